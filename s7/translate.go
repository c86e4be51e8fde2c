package s7

import (
	"errors"
	"net"

	"github.com/fieldstatus/fieldstatus/core"
)

// Translate returns what err means as an error of the driver: nil for nil,
// otherwise an *[core.Error] that keeps err reachable. It knows the errors and
// texts of gos7 and the rules of S7 for the end of a connection; everything
// else is [core.Translate].
//
// op matters: what ends a connection while it is being opened (core.Connect)
// means that COTP did not come up, 10150 with the hint to check rack and slot;
// gos7 uses one text for that, for a malformed answer to a read, and for a
// refused write.
//
//	dial refused, timed out, unreachable, name unknown   3002
//	end of file, reset, broken pipe                      10150: in class 0 the TCP connection is the COTP connection
//	deadline, while connecting                           10150
//	deadline, on an established connection               3015: close the connection, a late answer would be taken for the next one
//	closed by our own side, never connected              3002
//	bytes that are no TPKT or no S7, while connecting    10150: the port does not speak S7
//
// When the association failed after COTP was up, the driver that knows it wraps
// or returns [S7SetupFailed] (10151); gos7 says so itself.
//
// [context.Canceled], [core.ErrNotResponse] and [core.ErrIncomplete] pass
// through, and an error that carries a success gives nil.
func Translate(op core.Op, err error) error {
	if op == core.Connect && isNotS7(err) {
		return COTPHandshakeFailed.Status().Wrap(op, err)
	}
	return core.TranslateFunc(op, err, recognize)
}

// isNotS7 reports whether the peer answered in another protocol. S7comm-plus
// keeps its name.
func isNotS7(err error) bool {
	s := core.StatusOf(err)
	if s.Protocol() != "s7" {
		return false
	}
	return s.Layer() == "tpkt-fault" || s.Layer() == "protocol-id" && s.Value() != int64(ProtocolS7CommPlus)
}

func recognize(op core.Op, err error) (core.Status, bool) {
	if s, ok := recognizeGos7(err); ok {
		return s, true
	}
	if e := transportEvent(op, err); e != 0 {
		return e.Status(), true
	}
	return core.Status{}, false
}

// transportEvent is what an event of the network means to S7, or 0 when it
// means nothing special.
func transportEvent(op core.Op, err error) Event {
	event := core.EventOf(err)
	switch event {
	case core.NetDialRefused, core.NetPortUnreachable:
		return DialRefused
	case core.NetDialTimeout:
		return DialTimeout
	case core.NetDialUnreachable, core.NetUnreachable:
		return HostUnreachable
	case core.NetNameNotFound, core.NetNameFailed:
		return NameResolution
	case core.NetClosed:
		return LocallyClosed
	}
	if op == core.Connect {
		switch event {
		case core.NetEOF, core.NetUnexpectedEOF, core.NetReset, core.NetAborted, core.NetBrokenPipe, core.NetDeadline, core.NetTimedOut:
			return COTPHandshakeFailed
		}
		return 0
	}
	switch event {
	case core.NetEOF:
		return EOF
	case core.NetUnexpectedEOF:
		return UnexpectedEOF
	case core.NetReset, core.NetAborted:
		return Reset
	case core.NetBrokenPipe:
		return BrokenPipe
	case core.NetDeadline, core.NetTimedOut:
		var e *net.OpError
		if errors.As(err, &e) && e.Op == "write" {
			return WriteTimeout
		}
		return ReadTimeout
	}
	return 0
}
