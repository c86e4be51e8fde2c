package finstest

import (
	"encoding/binary"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/devicetest"
	"github.com/fieldstatus/fieldstatus/fins"
)

// A session is one client: a UDP peer, or a TCP connection. It reads each frame
// once, in Read.
type session struct {
	device *Device
	q      request
	opened bool   // the handshake is done
	ended  bool   // the PLC hangs up
	held   []byte // late responses
}

// A request is what a frame of a client asks.
type request struct {
	tcp     fins.TCPCommand // FrameSend over UDP
	node    uint32          // in a handshake
	message []byte          // a FINS command, nil when it is none
	command
}

func (s *session) Read(frame []byte) devicetest.Request {
	s.q = readRequest(frame, s.device.tcp)
	q := devicetest.Request{Op: s.q.op, Understood: s.q.understood}
	for _, a := range s.q.items {
		q.Items = append(q.Items, a.String())
	}
	return q
}

// readRequest reads a frame, over TCP one that the splitter has cut.
func readRequest(frame []byte, tcp bool) request {
	q := request{tcp: fins.TCPFrameSend}
	message := frame
	if tcp {
		q.tcp = fins.TCPCommand(binary.BigEndian.Uint32(frame[8:]))
		message = frame[tcpHeader:]
	}
	switch {
	case q.tcp == fins.TCPNodeAddressDataSendClient:
		q.op, q.understood = core.Connect, true
		if len(message) >= 4 {
			q.node = binary.BigEndian.Uint32(message)
		}
	case q.tcp != fins.TCPFrameSend:
	case len(message) >= commandSize && message[1] == 0 && message[0]&0x40 == 0:
		q.message = append([]byte(nil), message...)
		q.command = readCommand(q.message)
	}
	return q
}

// nothing is an answer without a frame, which keeps a TCP connection open.
var nothing = []byte{}

func (s *session) Answer(_ []byte, p devicetest.Plan) []byte {
	d := s.device
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case s.q.tcp == fins.TCPNodeAddressDataSendClient && !s.opened:
		return s.handshake()
	case s.q.tcp == fins.TCPFrameSendErrorNotification:
		return nil // the client gives up
	case d.tcp && (s.q.tcp != fins.TCPFrameSend || !s.opened):
		return s.notify(fins.TCPCommandNotSupported)
	case s.q.message == nil:
		return nothing // what a PLC drops
	}
	o := d.outcomeOf(p)
	switch {
	case o.notify:
		return s.notify(o.tcpError)
	case o.instead:
		return tcpFrame(o.tcp, 0, nil)
	}
	answer := s.respond(o)
	if o.confirm {
		answer = append(tcpFrame(fins.TCPConnectionConfirmation, 0, nil), answer...)
	}
	if o.repeated {
		answer = append(answer, answer...)
	}
	s.held = append(s.held, answer...)
	if o.late || len(s.held) == 0 {
		return nothing
	}
	answer, s.held = s.held, nil
	return answer
}

// Ended reports whether the PLC hangs up behind the last answer.
func (s *session) Ended() bool { return s.ended }

// serverNode is the FINS node of the PLC: the last octet of its address.
const serverNode = 1

// firstNode is where automatic allocation of client nodes begins, and nodes is
// how many there are (W421-E1-04, 7-4).
const (
	firstNode = 239
	nodes     = 16
)

// handshake answers the node address exchange.
func (s *session) handshake() []byte {
	d := s.device
	if d.refuseSession != 0 {
		s.ended = true
		return tcpFrame(fins.TCPNodeAddressDataSendServer, d.refuseSession, nodesOf(s.q.node))
	}
	node := s.q.node
	if node == 0 {
		node = uint32(firstNode + d.nodes%nodes)
		d.nodes++
	}
	answer := tcpFrame(fins.TCPNodeAddressDataSendServer, 0, nodesOf(node))
	switch d.breakSession {
	case Silence:
		return nothing
	case Close:
		return nil
	case Cut:
		s.ended = true
		return answer[:len(answer)/2]
	case Garbage, Truncated, WrongLength:
		return s.spoil(answer, d.breakSession)
	}
	s.opened = true
	return answer
}

func nodesOf(client uint32) []byte {
	return binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, client), serverNode)
}

// notify tells the client that its frame is refused, and hangs up.
func (s *session) notify(e fins.TCPError) []byte {
	s.ended = true
	return tcpFrame(fins.TCPFrameSendErrorNotification, e, nil)
}

// respond does what the command asks, unless it is to fail, and answers.
func (s *session) respond(o outcome) []byte {
	code, data := o.code, []byte(nil)
	if code == fins.NormalCompletion {
		code, data = s.device.do(s.q.command)
	}
	if o.short {
		data = data[:len(data)/2]
	}
	if s.q.message[0]&1 != 0 {
		return nothing // no response wanted
	}
	return s.pack(response(s.q.message, code|o.flags, o.location, data))
}
