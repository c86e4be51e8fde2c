package fins

import (
	"encoding/binary"
	"encoding/hex"

	"github.com/fieldstatus/fieldstatus/core"
)

// A framing is what carries a FINS message.
type framing uint8

const (
	overUDP framing = iota // nothing: one datagram is one message
	overTCP
	overHostLink
)

// framingOf tells the framing from the first bytes. A FINS message has 0 as its
// second byte, which neither of the others has.
func framingOf(frame []byte) framing {
	switch {
	case len(frame) >= len(tcpMagic) && string(frame[:len(tcpMagic)]) == tcpMagic:
		return overTCP
	case isHostLink(frame):
		return overHostLink
	}
	return overUDP
}

// A Response is a view of one response frame, which it aliases: a FINS response
// in a UDP datagram, in a FINS/TCP frame or in a Host Link frame, or what a
// FINS/TCP server says about the connection itself, the handshake answer and the
// error notification. Copying a Response is cheap; it allocates nothing.
type Response struct {
	framing        framing
	tcp            tcpFrame
	hostLink       HostLinkEndCode
	hasMessage     bool
	message        message
	client, server uint32
}

// ParseResponse reads a response frame: the payload of a datagram, a FINS/TCP
// frame, or a Host Link frame with the long FINS header. The three cannot be
// mistaken for each other.
//
// The error is [core.ErrNotResponse] for a command of the peer, a handshake
// request and a connection confirmation, and an *[core.Error] with 3009 for bytes
// that break the rules of FINS.
func ParseResponse(frame []byte) (Response, error) {
	var r Response
	if err := r.parse(frame); err != nil {
		return Response{}, err
	}
	return r, nil
}

// parse is ParseResponse for an empty response.
func (r *Response) parse(frame []byte) error {
	r.framing = framingOf(frame)
	var f fault
	switch r.framing {
	case overTCP:
		return r.parseTCP(frame)
	case overHostLink:
		r.hostLink, r.message, f = parseHostLink(frame)
		r.hasMessage = r.message.size > 0
	default:
		r.message, f = parseBinary(frame)
		r.hasMessage = true
	}
	switch {
	case f.reason != "":
		return badFrame(f)
	case r.hasMessage && !r.message.isResponse():
		return core.ErrNotResponse
	}
	return nil
}

func (r *Response) parseTCP(frame []byte) error {
	t, f := parseTCP(frame)
	if f.reason != "" {
		return badFrame(f)
	}
	r.tcp = t
	switch t.command {
	case TCPNodeAddressDataSendClient, TCPConnectionConfirmation:
		return core.ErrNotResponse
	case TCPNodeAddressDataSendServer:
		switch {
		case len(t.body) >= tcpNodes:
			r.client, r.server = binary.BigEndian.Uint32(t.body), binary.BigEndian.Uint32(t.body[4:])
		case t.err == TCPNormal: // a refusal says enough without nodes
			return badFrame(fault{tcpHeaderSize, "handshake answer without node addresses"})
		}
	case TCPFrameSendErrorNotification:
	case TCPFrameSend:
		r.message, f = parseBinary(t.body)
		r.hasMessage = f.reason == "" && r.message.isResponse()
		switch {
		case t.err != TCPNormal: // the header says it all
		case f.reason != "":
			return badFrame(fault{tcpHeaderSize + f.offset, f.reason})
		case !r.message.isResponse():
			return core.ErrNotResponse
		}
	default:
		return core.BadFrame(t.command.Status(), tcpLengthEnd, "unknown FINS/TCP command")
	}
	return nil
}

// Status returns the outcome of the whole response: FINS has one for a command,
// also for a command that reads several items. want is the number of bytes of
// data that a success has to bring, or [AnyLength]; see [WrongLength].
//
// The status of a relay error has the location as its second value; see
// [Location].
func (r Response) Status(want int) core.Status {
	if want < 0 {
		return r.status(length{})
	}
	return r.status(length{want, true})
}

func (r *Response) status(want length) core.Status {
	switch {
	case r.framing == overTCP && r.tcp.command == TCPNodeAddressDataSendServer:
		return r.tcp.err.Status()
	case r.framing == overTCP && r.tcp.command == TCPFrameSendErrorNotification:
		return r.notification()
	case r.framing == overTCP && r.tcp.err != TCPNormal:
		return r.tcp.err.Status()
	case r.hostLink != HostLinkNormalCompletion:
		return r.hostLink.Status()
	}
	s := r.message.endCode().Status()
	switch {
	case r.message.located:
		return s.WithExtended(uint32(binary.BigEndian.Uint16(r.message.head[responseSize:])))
	case s.Code(core.Other) == core.OK && !want.holds(r.dataLen()):
		return WrongLength.Status()
	}
	return s
}

// notification is the outcome of an error notification, which ends the
// connection whatever its error code is.
func (r *Response) notification() core.Status {
	s := r.tcp.err.Status()
	switch {
	case r.tcp.err == TCPNormal:
		return r.tcp.command.Status()
	case !s.Known():
		return r.tcp.command.Status().WithExtended(uint32(r.tcp.err))
	}
	return s
}

// Err returns the failure of the response for op, nil when it is a success. It
// does not look at the amount of data.
func (r Response) Err(op core.Op) error { return r.Status(AnyLength).Err(op) }

// EndCode returns the end code as it came, with its flags. It is
// [NormalCompletion] when the frame carries no FINS message.
func (r Response) EndCode() EndCode { return r.message.endCode() }

// TCPError returns the error code in the FINS/TCP header, [TCPNormal] for other
// framings.
func (r Response) TCPError() TCPError { return r.tcp.err }

// HostLinkEndCode returns the end code of the Host Link frame,
// [HostLinkNormalCompletion] for other framings.
func (r Response) HostLinkEndCode() HostLinkEndCode { return r.hostLink }

// Command returns the command code, which is copied from the request. It is 0
// when the frame carries no FINS message.
func (r Response) Command() Command { return r.message.command() }

// SID returns the service id, which is copied from the request and pairs the
// two. It is 0 when the frame carries no FINS message.
func (r Response) SID() uint8 { return r.message.sid() }

// Nodes returns the FINS node addresses in a handshake answer: the one that the
// server gave this client, and its own. ok is false for other frames and for a
// refused handshake.
func (r Response) Nodes() (client, server uint32, ok bool) {
	ok = r.framing == overTCP && r.tcp.command == TCPNodeAddressDataSendServer && r.tcp.err == TCPNormal
	if !ok {
		return 0, 0, false
	}
	return r.client, r.server, true
}

// Data returns what follows the end code, without the location of a relay
// error. It aliases the frame, except for Host Link, whose text is decoded into
// a new slice.
func (r Response) Data() []byte {
	if !r.message.hex {
		return r.message.text
	}
	data := make([]byte, r.dataLen())
	if _, err := hex.Decode(data, r.message.text); err != nil {
		return nil // cannot happen: the digits have been checked
	}
	return data
}

// op tells what the command attempted that the response repeats.
func (r *Response) op() core.Op {
	switch {
	case r.framing == overTCP && r.tcp.command == TCPNodeAddressDataSendServer:
		return core.Connect
	case r.hasMessage:
		return r.message.command().op()
	}
	return core.Other
}

// offset returns where byte i of the FINS message stands in the frame.
func (r *Response) offset(i int) int {
	switch r.framing {
	case overTCP:
		return tcpHeaderSize + i
	case overHostLink:
		return hostLinkResponse + 2*i
	}
	return i
}

func (r *Response) dataLen() int {
	if r.message.hex {
		return len(r.message.text) / 2
	}
	return len(r.message.text)
}

// AppendStatuses appends the one status of a response frame to dst. Without its
// request the amount of data cannot be checked; a [Conversation] can. It
// allocates nothing unless dst has to grow or the frame is faulty.
func AppendStatuses(dst []core.Status, frame []byte) ([]core.Status, error) {
	var r Response
	if err := r.parse(frame); err != nil {
		return dst, err
	}
	return append(dst, r.status(length{})), nil
}
