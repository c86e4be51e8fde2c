package cli

import (
	"context"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
)

// A pasted error is the text of an error, and of the errors of the standard
// library in it those that the text ends in.
type pasted struct {
	text  string
	cause error
}

func (p *pasted) Error() string { return p.text }
func (p *pasted) Unwrap() error { return p.cause }

// wordings are the texts of errors that are recognised by their type and not
// by their text. Go's own errors end in them; the last match counts.
var wordings = []struct {
	text string
	err  error
}{
	{"EOF", io.EOF},
	{"unexpected EOF", io.ErrUnexpectedEOF},
	{"use of closed network connection", net.ErrClosed},
	{"context deadline exceeded", context.DeadlineExceeded},
	{"context canceled", context.Canceled},
	{"i/o timeout", os.ErrDeadlineExceeded},
	{"connection refused", syscall.ECONNREFUSED},
	{"connection reset by peer", syscall.ECONNRESET},
	{"software caused connection abort", syscall.ECONNABORTED},
	{"broken pipe", syscall.EPIPE},
	{"connection timed out", syscall.ETIMEDOUT},
	{"no route to host", syscall.EHOSTUNREACH},
	{"network is unreachable", syscall.ENETUNREACH},
	{"no such host", &net.DNSError{Err: "no such host", IsNotFound: true}},
	{"server misbehaving", &net.DNSError{Err: "server misbehaving"}},
	{"certificate signed by unknown authority", x509.UnknownAuthorityError{}},
}

// pastedError makes an error of its text.
func pastedError(text string) error {
	text = strings.TrimSpace(text)
	p := &pasted{text: text}
	for _, w := range wordings {
		if strings.HasSuffix(text, w.text) {
			p.cause = w.err
		}
	}
	if p.cause == nil {
		return errors.New(text)
	}
	if strings.Contains(text, "dial tcp") || strings.Contains(text, "dial udp") {
		p.cause = &net.OpError{Op: "dial", Net: "tcp", Err: p.cause}
	}
	return p
}
