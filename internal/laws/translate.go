package laws

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
	"testing"

	"github.com/fieldstatus/fieldstatus/core"
)

// Translate checks what every Translate must do, with errors of the network,
// hostile errors, and the given ones, which come from the protocol or its clients.
func Translate(t *testing.T, translate func(op core.Op, err error) error, own ...error) {
	t.Helper()
	for _, op := range ops {
		if err := translate(op, nil); err != nil {
			t.Errorf("%v: nil became %v", op, err)
		}
		var typed *core.Error
		if err := translate(op, typed); err != nil {
			t.Errorf("%v: a nil *Error became %v", op, err)
		}
		if err := translate(op, core.OK); err != nil {
			t.Errorf("%v: OK became %v", op, err)
		}
		for _, sentinel := range []error{context.Canceled, core.ErrNotResponse, core.ErrIncomplete, fmt.Errorf("stopped: %w", context.Canceled)} {
			if err := translate(op, sentinel); err != sentinel {
				t.Errorf("%v: %v became %v", op, sentinel, err)
			}
		}
		for _, cause := range append(networkErrors(), own...) {
			one(t, translate, op, cause)
		}
		for _, err := range hostileErrors() {
			got := translate(op, err)
			if got == nil || !core.CodeOf(got).Documented() {
				t.Errorf("%v: hostile %T became %v", op, err, got)
			}
		}
	}
}

func one(t *testing.T, translate func(op core.Op, err error) error, op core.Op, cause error) {
	t.Helper()
	err := translate(op, cause)
	if err == nil {
		return // a success that a client reports as an error
	}
	at := fmt.Sprintf("%v: %T %q", op, cause, cause)
	code := core.CodeOf(err)
	if !code.Documented() || code == core.OK {
		t.Errorf("%s: code %v", at, code)
	}
	var e *core.Error
	if !errors.As(err, &e) {
		t.Errorf("%s: became a %T", at, err)
		return
	}
	switch cause.(type) {
	case core.Code, *core.Error: // became the error itself, field by field
	default:
		if !errors.Is(err, cause) {
			t.Errorf("%s: the cause is lost", at)
		}
	}
	if again := translate(op, err); again != err {
		t.Errorf("%s: translating twice gives %v, then %v", at, err, again)
	}
	if e.Op != op {
		t.Errorf("%s: op became %v", at, e.Op)
	}
	for how, wrapped := range map[string]error{
		"wrapped": fmt.Errorf("driver: %w", err), "joined": errors.Join(errors.New("first"), err), "both": fmt.Errorf("%w, %w", io.EOF, errors.Join(err)),
	} {
		if got := core.CodeOf(wrapped); got != code {
			t.Errorf("%s: %s it is %v instead of %v", at, how, got, code)
		}
		if got := core.CodeOf(translate(op, wrapped)); got != code {
			t.Errorf("%s: %s and translated it is %v instead of %v", at, how, got, code)
		}
		if core.RemedyOf(wrapped) != core.RemedyOf(err) || core.ScopeOf(wrapped) != core.ScopeOf(err) {
			t.Errorf("%s: %s its remedy or scope changes", at, how)
		}
	}
	if core.CodeOf(translate(op, fmt.Errorf("client: %w", cause))) != code {
		t.Errorf("%s: wrapped before it is translated it is another code", at)
	}
}

func networkErrors() []error {
	dial := func(err error) error { return &net.OpError{Op: "dial", Net: "tcp", Err: err} }
	read := func(err error) error { return &net.OpError{Op: "read", Net: "tcp", Err: err} }
	return []error{
		io.EOF, io.ErrUnexpectedEOF, net.ErrClosed, os.ErrDeadlineExceeded, context.DeadlineExceeded,
		dial(os.NewSyscallError("connect", syscall.ECONNREFUSED)), dial(os.ErrDeadlineExceeded), dial(&net.DNSError{Err: "no such host", Name: "plc", IsNotFound: true}),
		read(os.NewSyscallError("read", syscall.ECONNRESET)), read(os.ErrDeadlineExceeded), &net.OpError{Op: "write", Net: "tcp", Err: os.NewSyscallError("write", syscall.EPIPE)},
		core.S7AddressInvalid, core.PluginDeviceNotResponding.Err(), &core.Error{Code: core.FINSAbort}, core.NetReset,
		&core.FrameError{Offset: 3, Reason: "no magic"}, errors.New("something that nobody knows"),
	}
}

type panicking struct{}

func (*panicking) Error() string       { panic("Error") }
func (*panicking) Unwrap() error       { panic("Unwrap") }
func (*panicking) Is(error) bool       { panic("Is") }
func (*panicking) As(any) bool         { panic("As") }
func (*panicking) Status() core.Status { panic("Status") }

type endless struct{}

func (e endless) Error() string { return "endless" }
func (e endless) Unwrap() error { return e }

type uncomparable struct{ _ []int }

func (uncomparable) Error() string { return "uncomparable" }

// hostileErrors are errors whose methods do what they should not.
func hostileErrors() []error {
	var op *net.OpError
	var dns *net.DNSError
	var path *os.PathError
	return []error{new(panicking), (*panicking)(nil), op, dns, path, uncomparable{}, fmt.Errorf("with one inside: %w", new(panicking)), errors.Join(op, new(panicking)), endless{}, fmt.Errorf("with one inside: %w", endless{}), &net.OpError{Op: "dial"}}
}
