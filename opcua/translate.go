package opcua

import (
	"context"
	"errors"
	"net"
	"net/url"

	"github.com/gopcua/opcua/ua"
	"github.com/gopcua/opcua/uacp"

	"github.com/fieldstatus/fieldstatus/core"
)

// Translate returns what an error of gopcua means: nil for nil and for a good or
// uncertain service result, otherwise a *[core.Error] that keeps err reachable.
// [context.Canceled], [core.ErrNotResponse] and [core.ErrIncomplete] pass through.
// It is for the error of a call; look at
// the items of its response with [ReadStatuses] and its like, and at the errors
// of Node.Value with [TranslateItem].
//
//   - A ua.StatusCode, also inside of a *uacp.Error, is mapped as by
//     [ServiceStatus]. gopcua reports every service result other than 0 as an
//     error, those that are Good or Uncertain as well; for these Translate
//     returns nil, and the response can be used (Call alone drops it).
//   - io.EOF is 3002. gopcua returns it for everything that happens to the
//     connection once the server has acknowledged it, an ERR message included.
//     While connecting it gets a hint at certificates: see [TranslateSecured].
//   - A deadline of the context that passes during a request is 10003, silence
//     while connecting 3015, a name that is not known 10002.
//   - gopcua's own errors have neither types nor codes; their texts are
//     recognised as version 0.8.0 words them.
//   - Anything else is as [core.Translate] says, but what fails a Connect for a
//     reason that nobody knows is 10002: the client could not even ask.
func Translate(op core.Op, err error) error {
	return core.TranslateFunc(op, err, func(op core.Op, err error) (core.Status, bool) {
		return recognize(op, err, ServiceStatus, &outcomes[outcomeOpeningClosed])
	})
}

// TranslateItem is Translate for errors that are the status of one item:
// those of gopcua's Node.Value, Node.Attribute and the methods built on it,
// of Node.TranslateBrowsePathsToNodeIDs, and of the package monitor. They are
// mapped as by [Status]. Note that Node.Value returns the value beside an error
// that is Uncertain, or Good with information bits, and that this returns nil.
func TranslateItem(op core.Op, err error) error {
	return core.TranslateFunc(op, err, func(op core.Op, err error) (core.Status, bool) {
		return recognize(op, err, Status, &outcomes[outcomeOpeningClosed])
	})
}

// TranslateSecured is Translate with op Connect for connections with a security
// policy other than None: a server that closes the connection without a word
// while the secure channel is opened has nearly always refused the certificate,
// the policy or the mode, so that this is 10002 instead of 3002.
func TranslateSecured(err error) error {
	return core.TranslateFunc(core.Connect, err, func(op core.Op, err error) (core.Status, bool) {
		return recognize(op, err, ServiceStatus, &outcomes[outcomeOpeningRefused])
	})
}

// recognize returns the status of an error that gopcua returned. closed answers
// for a connection that the server closes while it is being opened.
func recognize(op core.Op, err error, code func(ua.StatusCode) core.Status, closed *core.Row) (core.Status, bool) {
	if s, ok := findCode(err, code); ok {
		return s, true
	}
	if s, ok := network(op, err, closed); ok {
		return s, true
	}
	s, ok, worded := findText(err)
	switch {
	case ok:
		return s, true
	case core.EventOf(err) != 0:
		return core.Status{}, false
	case op == core.Connect:
		return core.NewStatus(&outcomes[outcomeOpeningFailed], 0), true
	case worded:
		return Status(badUnexpectedError), true
	}
	return core.Status{}, false
}

// network returns what an error of the network means to OPC UA where that
// differs from what it means elsewhere.
func network(op core.Op, err error, closed *core.Row) (core.Status, bool) {
	switch core.EventOf(err) {
	case core.NetUnexpectedEOF:
		return core.FrameMalformed.Status(), true // gopcua: a message that ends inside a value
	case core.NetEOF, core.NetReset, core.NetBrokenPipe:
		if op == core.Connect {
			return core.NewStatus(closed, 0), true
		}
	case core.NetNameNotFound:
		return Status(badTCPEndpointURLInvalid), true
	case core.NetTLS: // there is no TLS under opc.tcp: a certificate could not be parsed or verified
		return Status(badCertificateInvalid), true
	case core.NetDialTimeout:
		return core.NetTimedOut.Status(), true
	case core.NetDeadline:
		var op *net.OpError
		if !errors.As(err, &op) && errors.Is(err, context.DeadlineExceeded) {
			return Status(badTimeout), true
		}
	case 0:
		var parse *url.Error
		if errors.As(err, &parse) && parse.Op == "parse" {
			return Status(badTCPEndpointURLInvalid), true
		}
	}
	return core.Status{}, false
}

// findCode returns the status of the first StatusCode in the tree of an error
// that is a failure, or of a success when there is nothing else in the tree.
func findCode(err error, code func(ua.StatusCode) core.Status) (found core.Status, ok bool) {
	success, other := false, false
	visit(err, func(err error, leaf bool) (stop bool) {
		switch e := err.(type) {
		case *uacp.Error:
			if e == nil {
				other = true
				return false
			}
			found, ok = errorStatus(ua.StatusCode(e.ErrorCode)), true
			return true
		case ua.StatusCode:
			if s := code(e); isBad(e) || !success {
				found = s
				ok = isBad(e)
				success = !ok
			}
			return ok
		}
		other = other || leaf
		return false
	})
	return found, ok || success && !other
}

// visit calls f with the errors of a tree, outer ones first, until it returns
// true. leaf tells that an error wraps no other. The tree ends: [core.TranslateFunc]
// asks about no other.
func visit(err error, f func(err error, leaf bool) (stop bool)) {
	var walk func(err error) bool
	walk = func(err error) bool {
		for err != nil {
			switch e := err.(type) {
			case *uacp.Error:
				return f(err, true) // wraps its code; but a code in an ERR is another matter
			case interface{ Unwrap() []error }:
				if f(err, false) {
					return true
				}
				for _, inner := range e.Unwrap() {
					if walk(inner) {
						return true
					}
				}
				return false
			case interface{ Unwrap() error }:
				inner := e.Unwrap()
				if f(err, inner == nil) {
					return true
				}
				err = inner
			default:
				return f(err, true)
			}
		}
		return false
	}
	walk(err)
}
