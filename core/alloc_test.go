package core_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/fieldstatus/fieldstatus/core"
)

var (
	sinkCode core.Code
	sinkErr  error
	sinkText string
)

func TestAllocations(t *testing.T) {
	s := faultAddress.Status()
	err := s.Err(core.Read)
	wrapped := fmt.Errorf("a: %w", fmt.Errorf("b: %w", errors.Join(io.EOF, fmt.Errorf("c: %w", err))))
	quiet := slog.New(slog.NewTextHandler(io.Discard, &slog.HandlerOptions{Level: slog.LevelError}))
	for name, c := range map[string]struct {
		want float64
		do   func()
	}{
		"Status.Code":                   {0, func() { sinkCode = s.Code(core.Read) }},
		"CodeOf through four wraps":     {0, func() { sinkCode = core.CodeOf(wrapped) }},
		"RemedyOf":                      {0, func() { _ = core.RemedyOf(wrapped) }},
		"Code.Err":                      {0, func() { sinkErr = core.S7AddressInvalid.Err() }},
		"Status.Err":                    {1, func() { sinkErr = s.Err(core.Read) }},
		"Error.Error":                   {1, func() { sinkText = err.Error() }},
		"Code.Name":                     {0, func() { sinkText = core.S7AddressInvalid.Name() }},
		"errors.Is with a code":         {0, func() { _ = errors.Is(err, core.S7AddressInvalid.Err()) }},
		"a log line that nobody writes": {0, func() { quiet.LogAttrs(context.Background(), slog.LevelInfo, "poll", slog.Any("err", err)) }},
	} {
		assert.LessOrEqual(t, testing.AllocsPerRun(100, c.do), c.want, name)
	}
}

func BenchmarkCodeOf(b *testing.B) {
	err := faultAddress.Status().Err(core.Read)
	wrapped := fmt.Errorf("a: %w", fmt.Errorf("b: %w", fmt.Errorf("c: %w", err)))
	joined := errors.Join(errors.New("x"), fmt.Errorf("b: %w", fmt.Errorf("c: %w", err)))
	for name, err := range map[string]error{"direct": err, "wrapped": wrapped, "joined": joined} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for range b.N {
				sinkCode = core.CodeOf(err)
			}
		})
	}
	b.Run("errors.As", func(b *testing.B) { // what one would do otherwise
		b.ReportAllocs()
		for range b.N {
			var e *core.Error
			if errors.As(wrapped, &e) {
				sinkCode = e.Code
			}
		}
	})
}

func BenchmarkErr(b *testing.B) {
	s := faultAddress.Status()
	b.Run("Code.Err", func(b *testing.B) {
		b.ReportAllocs()
		for range b.N {
			sinkErr = core.S7AddressInvalid.Err()
		}
	})
	b.Run("Status.Err", func(b *testing.B) {
		b.ReportAllocs()
		for range b.N {
			sinkErr = s.Err(core.Read)
		}
	})
	b.Run("Error.Error", func(b *testing.B) {
		b.ReportAllocs()
		err := s.Err(core.Read)
		for range b.N {
			sinkText = err.Error()
		}
	})
}
