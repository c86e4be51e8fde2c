package fins

import (
	"encoding/hex"
	"errors"

	"github.com/fieldstatus/fieldstatus/core"
)

// A Conversation reads responses with the commands that they answer. Give it
// every frame between one client and one device in order: those of the client to
// Sent, those of the device to Received. The zero value is ready to use.
//
// The command tells what was attempted and how much data a success has to bring.
// Responses are paired by SID, which is all that FINS offers, and must repeat the
// command code. Addresses are not compared: relays and units with address 0
// answer under another one.
//
// A late response, to a command that was given up, still finds its command:
// compare Exchange().ID with that of the command that is waited for, and give
// commands in a row different SIDs.
//
// It remembers one command for each of the 256 SIDs, and has no goroutine and no
// clock. It must not be used concurrently.
type Conversation struct {
	begun     bool // a command or a handshake request has been seen
	framing   framing
	ids       uint64
	handshake uint64 // id of the handshake request whose answer is awaited
	newest    uint8  // SID of the newest command
	awaited   [256]request
	last      core.Exchange
}

// A request is a command that has been sent. Its id is 0 when no response to it
// is awaited.
type request struct {
	id      uint64
	command Command
	op      core.Op
	answer  length
}

// Exchange tells what the last frame given to Sent or Received belongs to.
func (c *Conversation) Exchange() core.Exchange { return c.last }

// Sent takes a frame that the client has sent. It never fails: what is neither a
// command nor a handshake request it ignores.
func (c *Conversation) Sent(frame []byte) {
	c.last = core.Exchange{}
	framing := framingOf(frame)
	var m message
	var f fault
	switch framing {
	case overTCP:
		var t tcpFrame
		if t, f = parseTCP(frame); f.reason == "" {
			switch t.command {
			case TCPNodeAddressDataSendClient:
				c.begin(framing)
				c.handshake = c.ids
				c.last = core.Exchange{Op: core.Connect, ID: c.ids, Open: true}
				return
			case TCPFrameSend:
				m, f = parseBinary(t.body)
			default:
				return
			}
		}
	case overHostLink:
		m, f = parseHostLinkCommand(frame)
	default:
		m, f = parseBinary(frame)
	}
	if f.reason != "" || m.isResponse() {
		return
	}
	c.begin(framing)
	q := request{id: c.ids, command: m.command(), op: m.command().op(), answer: wanted(&m)}
	c.last = core.Exchange{Op: q.op, ID: q.id, Open: m.wantsResponse()}
	if !m.wantsResponse() {
		return
	}
	c.newest = m.sid()
	c.awaited[c.newest] = q
}

// wanted tells how much data a success of a command has to bring.
func wanted(m *message) length {
	if !m.hex {
		return m.command().answer(m.text)
	}
	var params [hostLinkMax / 2]byte
	n, err := hex.Decode(params[:], m.text)
	if err != nil {
		return length{}
	}
	return m.command().answer(params[:n])
}

func (c *Conversation) begin(f framing) {
	c.begun, c.framing = true, f
	c.ids++
}

// Received takes a frame that the device has sent, and appends its status to
// dst. The error is [core.ErrNotResponse] for what is no response, or an
// *[core.Error]:
//
//   - 3009 for a frame that breaks the rules, 10500 instead while the answer to
//     the handshake is awaited ([HandshakeFailed]);
//   - 3012 for a response that answers no open command, as a repeated one does,
//     and 3009 for one that repeats another command code. Both are
//     [core.ErrNotResponse] as well: FINS asks a receive loop to drop them and to
//     go on waiting. The native status that they carry is reachable with
//     [errors.As].
//
// While no command has been seen it answers as [AppendStatuses] does, and takes
// the op from the command code in the response.
func (c *Conversation) Received(dst []core.Status, frame []byte) ([]core.Status, error) {
	c.last = core.Exchange{}
	if !c.begun {
		r, err := ParseResponse(frame)
		if err != nil {
			return dst, err
		}
		c.last.Op = r.op()
		return append(dst, r.Status(AnyLength)), nil
	}
	r, err := c.parse(frame)
	switch {
	case err != nil:
		return dst, err
	case r.framing == overTCP && r.tcp.command == TCPNodeAddressDataSendServer:
		if c.handshake == 0 {
			return dst, stray(core.FrameForeign, tcpLengthEnd, "handshake answer that nobody awaits", r.tcp.err)
		}
		c.take(&c.handshake, core.Connect)
	case r.framing == overTCP && r.tcp.err != TCPNormal, !r.hasMessage && r.framing == overTCP:
		c.closed()
	case !r.hasMessage: // a refusal on a serial line, where one command is open at a time
		c.take(&c.awaited[c.newest].id, c.awaited[c.newest].op)
	default:
		q := &c.awaited[r.SID()]
		switch {
		case q.id == 0:
			return dst, stray(core.FrameForeign, r.offset(sidAt), "SID of no open command", r.EndCode())
		case q.command != r.Command():
			return dst, stray(core.FrameMalformed, r.offset(commandAt), "command code is not that of the command with this SID", r.EndCode())
		}
		c.take(&q.id, q.op)
		return append(dst, r.status(q.answer)), nil
	}
	return append(dst, r.status(length{})), nil
}

// take notes that what id stands for has its answer.
func (c *Conversation) take(id *uint64, op core.Op) {
	if *id != 0 {
		c.last = core.Exchange{Op: op, ID: *id}
		*id = 0
	}
}

// closed notes that the peer gives the connection up. That answers what was sent
// last, and nothing else will be answered.
func (c *Conversation) closed() {
	if c.handshake != 0 {
		c.take(&c.handshake, core.Connect)
	} else {
		c.take(&c.awaited[c.newest].id, c.awaited[c.newest].op)
	}
	clear(c.awaited[:])
}

// parse is ParseResponse for what the client is waiting for.
func (c *Conversation) parse(frame []byte) (Response, error) {
	r, err := ParseResponse(frame)
	if framingOf(frame) != c.framing {
		err = badFrame(fault{0, "not in the framing of the commands"})
	}
	if err == nil || c.framing != overTCP {
		return r, err
	}
	if err == core.ErrNotResponse {
		if t, _ := parseTCP(frame); t.command == TCPNodeAddressDataSendClient {
			c.take(&c.handshake, core.Connect)
			err = core.BadFrame(t.command.Status(), tcpLengthEnd, "handshake request from the side of the server")
		}
		return r, err
	}
	var f *core.FrameError
	if c.handshake != 0 && errors.As(err, &f) {
		c.take(&c.handshake, core.Connect)
		err = core.BadFrame(HandshakeFailed.Status(), f.Offset, f.Reason)
	}
	return r, err
}
