package fins

import "github.com/fieldstatus/fieldstatus/core"

// Translate returns what err means as an error of the driver; see
// [core.Translate]. It adds to that:
//
//   - A lost connection is 10500 ([Disconnected]), and so is a peer that accepts
//     a connection and does not answer the handshake properly ([HandshakeFailed],
//     when op is [core.Connect]). A connection that cannot be opened stays 3002,
//     and silence after a request 3015 with the remedy [core.Retry]: over UDP there
//     is no connection, and over TCP the SID tells a late response from the next
//     one. The package comment says when TCP needs a new connection all the same.
//   - The errors of the Go clients of FINS, none of which is imported: l1va/gofins
//     and its descendants (folke99, siyka-au), bronystylecrazy/gofins,
//     chia0hwan9/gofins and hiroeorz/omron-fins-go. End codes and FINS/TCP error
//     codes are read from their texts, or from the fields of their types. The
//     tests have copies of these by hand, not the clients; see the package comment.
//
// A client that takes the CPU flags of a success for a failure is put right: a
// write that was answered with 0x0040 gives nil. For a read that is
// [ValueDropped], since such a client returns no data with its error.
//
// Two text forms lose the end code and become 10501 ([EndCodeLost]): a number of
// more than 16 bits, which siyka-au/gofins prints, and a pair out of range.
func Translate(op core.Op, err error) error {
	if op == core.Connect && core.StatusOf(err) == core.FrameMalformed.Status() {
		return HandshakeFailed.Status().Wrap(op, err) // not FINS/TCP, as ScanFrames or ParseResponse found
	}
	return core.TranslateFunc(op, err, recognize)
}

func recognize(op core.Op, err error) (core.Status, bool) {
	s, ok := recognizeType(op, err)
	if !ok {
		s, ok = recognizeText(op, err.Error())
	}
	if ok {
		return s, true
	}
	switch core.EventOf(err) {
	case core.NetEOF, core.NetUnexpectedEOF, core.NetClosed, core.NetReset, core.NetAborted, core.NetBrokenPipe:
		return lost(op), true
	case core.NetDeadline, core.NetTimedOut:
		return HandshakeFailed.Status(), op == core.Connect
	}
	return core.Status{}, false
}

// lost is the outcome of a connection that was there and is gone.
func lost(op core.Op) core.Status {
	if op == core.Connect {
		return HandshakeFailed.Status()
	}
	return Disconnected.Status()
}

// silence is the outcome of a client's own deadline.
func silence(op core.Op) core.Status {
	if op == core.Connect {
		return HandshakeFailed.Status()
	}
	return core.NetDeadline.Status()
}

// refused is the outcome of an end code that a client reports as a failure.
func refused(op core.Op, c uint64) core.Status {
	if c > 0xFFFF {
		return EndCodeLost.Status()
	}
	s := EndCode(c).Status()
	if op == core.Read && s.Code(op) == core.OK {
		return ValueDropped.Status().WithExtended(uint32(c))
	}
	return s
}

// closed is the outcome of a FINS/TCP error code that a client reports.
func closed(v uint64) core.Status {
	if v == 0 || v > 0xFFFFFFFF {
		return TCPFrameSendErrorNotification.Status()
	}
	return TCPError(v).Status()
}
