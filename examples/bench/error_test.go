package bench

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"testing"

	"github.com/gopcua/opcua/ua"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/internal/bench"
	opcuastatus "github.com/fieldstatus/fieldstatus/opcua"
)

var errSink error

func wrap(err error) error {
	return fmt.Errorf("poll: %w", fmt.Errorf("group 1: %w", fmt.Errorf("motor.speed: %w", err)))
}

func join(err error) error {
	return errors.Join(errors.New("a line that was idle"), fmt.Errorf("group 1: %w", fmt.Errorf("motor.speed: %w", err)))
}

// BenchmarkFind asks an error for its number. The floor is one call of errors.As,
// which gives the native value; from there to the number it is a lookup still,
// and it knows one type of one client.
func BenchmarkFind(b *testing.B) {
	status := opcuastatus.Status(ua.StatusBadNodeIDUnknown).Err(core.Read)
	for _, shape := range []struct {
		name         string
		ours, theirs error
	}{
		{"bare", status, ua.StatusBadNodeIDUnknown},
		{"wrapped", wrap(status), wrap(ua.StatusBadNodeIDUnknown)},
		{"joined", join(status), join(ua.StatusBadNodeIDUnknown)},
	} {
		var code ua.StatusCode
		as := func(n int) {
			for range n {
				if !errors.As(shape.theirs, &code) {
					b.Fatal(shape.theirs)
				}
			}
		}
		b.Run("error="+shape.name+"/by=CodeOf", func(b *testing.B) {
			bench.Against(b, "errors.As", as, func(n int) {
				for range n {
					sink = core.CodeOf(shape.ours)
				}
			})
			if sink != core.OPCUABadNodeIDUnknown {
				b.Fatal(sink)
			}
		})
		b.Run("error="+shape.name+"/by=chain", func(b *testing.B) {
			bench.Against(b, "errors.As", as, func(n int) {
				for range n {
					sink = codeByChain(shape.theirs)
				}
			})
		})
	}
}

// codeByChain is what a driver does that asks package errors: for the events of the
// network first, since they say most, then for the client's own type.
func codeByChain(err error) core.Code {
	var timeout net.Error
	var code ua.StatusCode
	switch {
	case err == nil:
		return core.OK
	case errors.Is(err, io.EOF), errors.Is(err, net.ErrClosed):
		return core.PluginNotConnected
	case errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return core.PluginDeviceNotResponding
	case errors.Is(err, fs.ErrPermission):
		return core.OPCUABadUserAccessDenied
	case errors.As(err, &code):
		return codeBySwitch(code)
	}
	return core.PluginReadFailed
}

// BenchmarkMake makes the error of a failed read.
func BenchmarkMake(b *testing.B) {
	status := opcuastatus.Status(ua.StatusBadNodeIDUnknown)
	err := status.Err(core.Read)
	for _, m := range []struct {
		by   string
		loop bench.Loop
	}{
		{"Status.Err", func(n int) {
			for range n {
				errSink = status.Err(core.Read)
			}
		}},
		{"Code.Err", func(n int) {
			for range n {
				errSink = core.OPCUABadNodeIDUnknown.Err()
			}
		}},
		{"Tagged", func(n int) {
			for range n {
				errSink = core.Tagged("motor.speed", err)
			}
		}},
		{"fmt.Errorf", func(n int) {
			for range n {
				errSink = fmt.Errorf("read motor.speed: %w", ua.StatusBadNodeIDUnknown)
			}
		}},
	} {
		b.Run("by="+m.by, func(b *testing.B) { bench.Alone(b, m.loop) })
	}
}
