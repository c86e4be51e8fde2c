package decode

import (
	"container/list"
	"net"
	"net/netip"
	"syscall"

	"github.com/fieldstatus/fieldstatus/cmd/internal/capture"
)

// A udpFlow is what two UDP sockets send to each other.
type udpFlow struct {
	key          pair // as in Engine.flows
	conversation *conversation
}

// udp takes a UDP packet.
func (e *Engine) udp(p *capture.Packet) {
	flow, fromServer := e.flow(p)
	if flow == nil {
		e.unknown(p, true)
		return
	}
	e.Notes.Packets++
	if p.Missing > 0 {
		e.Notes.CutFrames++
		if fromServer {
			flow.conversation.lost()
		} else {
			flow.conversation.forget()
		}
		return
	}
	e.datagram(flow.conversation, p, fromServer)
}

// datagram gives the frames of a datagram to the conversation.
func (e *Engine) datagram(c *conversation, p *capture.Packet, fromServer bool) {
	data := p.Payload
	for len(data) > 0 {
		n, token := len(data), data
		if !c.protocol.Datagrams {
			// What cannot be split is given as a whole: the conversation says
			// what is wrong with it.
			if i, t, err := c.protocol.Scan(data, true); err == nil && i > 0 {
				n, token = min(i, len(data)), t
			}
		}
		if token != nil {
			e.Notes.Frames++
			c.frame(frame{data: token, packet: p.Number, time: p.Time}, fromServer)
		}
		data = data[n:]
	}
}

// flow finds the conversation that a datagram belongs to, or begins one.
func (e *Engine) flow(p *capture.Packet) (f *udpFlow, fromServer bool) {
	ends := pair{p.Src, p.Dst}
	if f := e.flows.last(); f != nil && (f.key == ends || f.key == ends.reverse()) {
		return f, p.Src == f.conversation.pair.server // as most are
	}
	if f := e.flows.get(ends); f != nil {
		return f, p.Src == f.conversation.pair.server
	}
	if f := e.flows.get(ends.reverse()); f != nil {
		return f, p.Src == f.conversation.pair.server
	}
	if c := e.endpoints[endpoint{p.Src.Addr(), p.Dst}]; c != nil {
		return e.begin(ends, c, ends), false
	}
	if c := e.endpoints[endpoint{p.Dst.Addr(), p.Src}]; c != nil {
		return e.begin(ends, c, ends.reverse()), true
	}
	side, known := e.sideOf(p.Src, p.Dst, true)
	if !known {
		return nil, false
	}
	switch {
	case p.Dst.Addr().IsMulticast():
		side.toServer = false // who speaks to a group speaks for itself
	case !side.sure && side.protocol.Request != nil:
		side.toServer = side.protocol.Request(p.Payload)
	}
	client := ends
	if !side.toServer {
		client = ends.reverse()
	}
	f = &udpFlow{key: ends, conversation: e.converse(side.protocol, client)}
	if !side.toServer {
		f.conversation.missed() // what it answers came before the capture
	}
	e.flows.put(f)
	return f, !side.toServer
}

// begin returns a flow over a negotiated endpoint. It continues the
// conversation that has negotiated it.
func (e *Engine) begin(key pair, c *conversation, ends pair) *udpFlow {
	f := &udpFlow{key: key, conversation: c.over(ends)}
	e.flows.put(f)
	return f
}

// An endpoint is a socket that a server opens for one client.
type endpoint struct {
	client netip.Addr
	server netip.AddrPort
}

// follow takes an endpoint that a server has negotiated. An address that it
// left open is its own.
func (e *Engine) follow(server netip.AddrPort, c *conversation) {
	if server.Addr().IsUnspecified() {
		server = netip.AddrPortFrom(c.pair.server.Addr(), server.Port())
	}
	if server.Port() == 0 || server == c.pair.server {
		return
	}
	key := endpoint{c.pair.client.Addr(), server}
	if _, known := e.endpoints[key]; !known && len(e.endpoints) == maxEndpoints {
		return
	}
	e.endpoints[key] = c
	c.followed = true
}

// unreachable takes an ICMP message about a UDP datagram.
func (e *Engine) unreachable(p *capture.Packet) {
	f := e.flows.get(pair{p.Src, p.Dst})
	if f == nil {
		f = e.flows.get(pair{p.Dst, p.Src})
	}
	if f == nil || p.Src != f.conversation.pair.client {
		return
	}
	e.Notes.Packets++
	c := f.conversation
	c.fault(Finding{
		Packet: p.Number, Time: p.Time, Src: c.pair.server, Dst: c.pair.client, Protocol: c.protocol, Op: c.waitingOp(),
	}, &net.OpError{Op: "read", Net: "udp", Err: syscall.ECONNREFUSED})
	c.answered(c.last.id)
}

// A flowTable holds the flows, the ones that were used last in front.
type flowTable struct {
	limit int
	byKey map[pair]*list.Element
	order list.List
	drop  func(*udpFlow)
}

func (t *flowTable) get(key pair) *udpFlow {
	e := t.byKey[key]
	if e == nil {
		return nil
	}
	t.order.MoveToFront(e)
	return e.Value.(*udpFlow)
}

// last returns the flow that was used last, nil when there is none.
func (t *flowTable) last() *udpFlow {
	if e := t.order.Front(); e != nil {
		return e.Value.(*udpFlow)
	}
	return nil
}

func (t *flowTable) put(f *udpFlow) {
	if t.order.Len() >= t.limit {
		last := t.order.Back()
		t.order.Remove(last)
		delete(t.byKey, last.Value.(*udpFlow).key)
		t.drop(last.Value.(*udpFlow))
	}
	t.byKey[f.key] = t.order.PushFront(f)
}
