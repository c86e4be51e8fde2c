package main

import (
	"fmt"
	"log/slog"
	"sync"
	"testing"
)

// A stage lets the devices that are made for tests run in a program.
type stage struct {
	testing.TB // nil: devices call nothing but what stands here

	mu       sync.Mutex
	cleanups []func()
}

func (s *stage) Helper()                        {}
func (s *stage) Log(args ...any)                { slog.Debug(fmt.Sprint(args...)) }
func (s *stage) Logf(format string, a ...any)   { slog.Debug(fmt.Sprintf(format, a...)) }
func (s *stage) Error(args ...any)              { slog.Warn(fmt.Sprint(args...)) }
func (s *stage) Errorf(format string, a ...any) { slog.Warn(fmt.Sprintf(format, a...)) }
func (s *stage) Fatal(args ...any)              { panic(fatal(fmt.Sprint(args...))) }
func (s *stage) Fatalf(format string, a ...any) { panic(fatal(fmt.Sprintf(format, a...))) }

func (s *stage) Cleanup(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cleanups = append(s.cleanups, f)
}

// close does what devices have left for the end of the test, last things first.
func (s *stage) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.cleanups) > 0 {
		last := len(s.cleanups) - 1
		s.cleanups[last]()
		s.cleanups = s.cleanups[:last]
	}
}

// A fatal is what a device cannot live with, such as a port that does not open.
type fatal string

// try runs f, which starts a device or tells it something, and returns what the
// device cannot live with: in a test that would be the end of it.
func try(f func()) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("device: %v", p)
		}
	}()
	f()
	return nil
}
