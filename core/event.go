package core

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"slices"
	"strings"
)

// EventOf returns what an error of the network or of a deadline says, or 0 when
// err is none. It looks through wrapped and joined errors. A failed dial
// differs from a failure on an open connection: after the former nothing was
// sent.
//
// A deadline that passed while dialing is NetDialTimeout; [context.DeadlineExceeded],
// [os.ErrDeadlineExceeded] and any other timeout are NetDeadline.
func EventOf(err error) (e Event) {
	defer func() {
		if recover() != nil { // a foreign method panicked
			e = 0
		}
	}()
	if err == nil || !finite(err) {
		return 0
	}
	return eventOf(err)
}

// eventOf is EventOf for a tree that ends.
func eventOf(err error) Event {
	var dns *net.DNSError
	if errors.As(err, &dns) {
		if dns.IsNotFound {
			return NetNameNotFound
		}
		return NetNameFailed
	}
	if op := dialError(err); op != nil {
		return dialEvent(op)
	}
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return NetUnexpectedEOF
	case errors.Is(err, io.EOF):
		return NetEOF
	case errors.Is(err, net.ErrClosed), errors.Is(err, os.ErrClosed), errors.Is(err, io.ErrClosedPipe):
		return NetClosed
	}
	if e := errnoEvent(err); e != 0 {
		return e
	}
	var timeout interface{ Timeout() bool }
	switch {
	case isTLS(err):
		return NetTLS
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		return NetDeadline
	case errors.As(err, &timeout) && timeout.Timeout():
		return NetDeadline
	}
	return 0
}

// dialError returns the failed dial in err, also one through a proxy, whose
// error stands inside another.
func dialError(err error) *net.OpError {
	var op *net.OpError
	for errors.As(err, &op) {
		if op.Op == "dial" {
			return op
		}
		err = op.Err
	}
	return nil
}

// dialEvent tells why a connection could not be opened.
func dialEvent(op *net.OpError) Event {
	switch errnoEvent(op) {
	case NetPortUnreachable:
		return NetDialRefused
	case NetUnreachable:
		return NetDialUnreachable
	case NetReset, NetAborted, NetBrokenPipe:
		return NetDialReset
	case NetTimedOut:
		return NetDialTimeout
	}
	if op.Timeout() || errors.Is(op, context.DeadlineExceeded) {
		return NetDialTimeout
	}
	return NetDialFailed
}

// isTLS recognises the errors of crypto/tls and crypto/x509 by the prefix that
// the texts of their innermost errors have. Importing these packages for their
// types would bring them into every driver.
func isTLS(err error) bool {
	switch e := err.(type) {
	case nil:
		return false
	case interface{ Unwrap() error }:
		return isTLS(e.Unwrap())
	case interface{ Unwrap() []error }:
		return slices.ContainsFunc(e.Unwrap(), isTLS)
	}
	text := err.Error()
	return strings.HasPrefix(text, "tls: ") || strings.HasPrefix(text, "x509: ")
}

// safeIs is [errors.Is], false when a foreign method panics.
func safeIs(err, target error) (is bool) {
	defer func() {
		if recover() != nil {
			is = false
		}
	}()
	return errors.Is(err, target)
}
