// Package leaks compares what a test program has open before and after its
// tests: goroutines and file descriptors. Devices, relays and recorders use it,
// which must leave nothing behind in a driver's own tests.
package leaks

import (
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
	"testing"
	"time"
)

// patience is how long what the tests started may take to end.
const patience = 5 * time.Second

// Run runs the tests and returns the exit status: that of the tests, or 1 when
// they left something behind. After a failure, and while fuzzing, which keeps
// some of both, nothing is compared.
//
//	func TestMain(m *testing.M) { os.Exit(leaks.Run(m)) }
func Run(m *testing.M) int {
	if !flag.Parsed() {
		flag.Parse()
	}
	// The runtime opens its poller with the first socket, and keeps it.
	if l, err := net.Listen("tcp", "127.0.0.1:0"); err == nil {
		_ = l.Close()
	}
	before := now()
	status := m.Run()
	if status != 0 || fuzzing() {
		return status
	}
	if !settles(before, patience, os.Stdout) {
		return 1
	}
	return status
}

func fuzzing() bool {
	for _, name := range []string{"test.fuzz", "test.fuzzworker"} {
		if f := flag.Lookup(name); f != nil && f.Value.String() != f.DefValue {
			return true
		}
	}
	return false
}

// A state is what a process has open.
type state struct{ goroutines, files int }

func now() state { return state{runtime.NumGoroutine(), openFiles()} }

// settles waits until no more is open than before, and otherwise writes what is
// left.
func settles(before state, patience time.Duration, w io.Writer) bool {
	for deadline := time.Now().Add(patience); ; time.Sleep(time.Millisecond) {
		after := now()
		if after.goroutines <= before.goroutines && after.files <= before.files {
			return true
		}
		if time.Now().After(deadline) {
			fmt.Fprintf(w, "left behind: %d goroutines (%d before), %d files (%d before)\n", after.goroutines, before.goroutines, after.files, before.files)
			writeFiles(w)
			stacks := make([]byte, 1<<20)
			fmt.Fprintf(w, "%s\n", stacks[:runtime.Stack(stacks, true)])
			return false
		}
	}
}

// descriptors lists the file descriptors of the process where the system has
// such a directory.
const descriptors = "/proc/self/fd"

// openFiles counts the file descriptors of the process, 0 where that is not known.
func openFiles() int {
	entries, err := os.ReadDir(descriptors)
	if err != nil {
		return 0
	}
	return len(entries)
}

func writeFiles(w io.Writer) {
	entries, err := os.ReadDir(descriptors)
	if err != nil {
		return
	}
	for _, e := range entries {
		if to, err := os.Readlink(descriptors + "/" + e.Name()); err == nil {
			fmt.Fprintf(w, "  %s %s\n", e.Name(), to)
		}
	}
}
