package decode

import (
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"time"

	"github.com/fieldstatus/fieldstatus/cmd/internal/protocol"
	"github.com/fieldstatus/fieldstatus/core"
)

// A conversation is what two sockets say to each other.
type conversation struct {
	*dialogue
	pair pair
}

// A dialogue is what one client and one server say, over one pair of sockets or
// several, with the requests that wait for an answer.
type dialogue struct {
	engine   *Engine
	protocol *protocol.Protocol
	inner    protocol.Conversation
	flows    int // pairs of sockets
	open     []request
	doubt    int     // answers to come until we are sure to have seen all requests
	last     request // the newest request
	waiting  bool    // last has no answer yet
	gaveUp   bool    // the client has closed the connection
	followed bool    // an endpoint that it has negotiated may continue it
	statuses []core.Status

	first conversation // over the sockets that it began with
}

type request struct {
	id     uint64
	op     core.Op
	packet int
	time   time.Time
	pair   pair
}

func (e *Engine) converse(p *protocol.Protocol, ends pair) *conversation {
	d := e.spares.dialogue(p)
	if d == nil {
		d = &dialogue{engine: e, protocol: p, inner: p.New()}
	}
	d.flows = 1
	d.first = conversation{d, ends}
	return &d.first
}

// over returns the conversation as it goes on between two other sockets.
func (c *conversation) over(ends pair) *conversation {
	c.flows++
	return &conversation{c.dialogue, ends}
}

// frame takes a complete frame of either direction.
func (c *conversation) frame(f frame, fromServer bool) {
	switch {
	case f.cut && fromServer:
		c.lost()
	case f.cut:
		c.forget()
	case fromServer:
		c.received(f)
	default:
		c.sent(f)
	}
}

func (c *conversation) sent(f frame) {
	c.inner.Sent(f.data)
	x := c.inner.Exchange()
	c.last = request{x.ID, x.Op, f.packet, f.time, c.pair}
	c.waiting = x.Open
	if !x.Open {
		return
	}
	if len(c.open) == maxOpen {
		c.open = append(c.open[:0], c.open[1:]...)
	}
	c.open = append(c.open, c.last)
}

func (c *conversation) received(f frame) {
	statuses, err := c.inner.Received(c.statuses[:0], f.data)
	c.statuses = statuses[:0]
	if errors.Is(err, core.ErrNotResponse) || errors.Is(err, core.ErrIncomplete) {
		return // strays too, which some packages also call 3012: a driver drops them and waits on
	}
	x := c.inner.Exchange()
	if !x.Open {
		c.answered(x.ID)
	}
	finding := Finding{
		Packet: f.packet, Time: f.time, Src: c.pair.server, Dst: c.pair.client,
		Protocol: c.protocol, Op: x.Op, Item: -1,
	}
	for i, s := range statuses {
		finding.Status = s
		if len(statuses) > 1 || s.Scope() == core.Item {
			finding.Item = i
		}
		c.engine.report(finding)
		if finding.Failed() && s.Scope() == core.Connection {
			c.waiting = false // that it is closed now is no further news
		}
	}
	if err != nil {
		var malformed *core.FrameError
		if errors.As(err, &malformed) {
			if finding.Op == core.Other {
				finding.Op = c.waitingOp()
			}
			c.lost() // nobody knows what it was to answer
		}
		if c.doubt > 0 && core.CodeOf(err) == core.PluginMessageDisorder {
			return // its request may have been among those that are missing
		}
		c.fault(finding, err)
	}
	if c.protocol.Endpoint != nil {
		if endpoint, ok := c.protocol.Endpoint(c.inner); ok {
			c.engine.follow(endpoint, c)
		}
	}
}

// fault reports an error as the protocol translates it.
func (c *dialogue) fault(finding Finding, err error) {
	c.failed(finding, c.protocol.Translate(finding.Op, err))
}

// failed reports an error that has been translated, if it is one.
func (c *dialogue) failed(finding Finding, err error) {
	if core.CodeOf(err) == core.OK {
		return
	}
	finding.Item = -1
	finding.Status = core.StatusOf(err)
	finding.Cause = err
	c.engine.report(finding)
}

func (c *dialogue) answered(id uint64) {
	for i := len(c.open) - 1; i >= 0; i-- {
		if c.open[i].id == id {
			c.doubt = max(0, c.doubt-1)
			c.open = append(c.open[:i], c.open[i+1:]...)
			break
		}
	}
	if c.last.id == id {
		c.waiting = false
	}
}

// lost says that something of what the server said is missing in the capture:
// nobody knows which requests it answered.
func (c *dialogue) lost() {
	c.open = c.open[:0]
	c.waiting = false
}

// missed says that something of what the client said is missing in the capture
// or cannot be read: an answer to it answers nothing that we know. That doubt
// ends after as many answers as a client may have open requests.
func (c *dialogue) missed() { c.doubt = maxOpen }

// forget is missed where it is certain: what the conversation knows is no
// longer true. A new one takes an answer for what it says itself.
func (c *dialogue) forget() {
	c.missed()
	c.inner = c.protocol.New()
	c.waiting = false
}

// garbage reports bytes of the server that are no frame.
func (c *conversation) garbage(f frame, err error) {
	c.fault(Finding{
		Packet: f.packet, Time: f.time, Src: c.pair.server, Dst: c.pair.client,
		Protocol: c.protocol, Op: c.waitingOp(),
	}, err)
	c.lost()
}

// closed says that the server ended the connection. It is a failure when a
// request waits for its answer or a frame was cut off.
func (c *conversation) closed(reset bool, unfinished error, packet int, t time.Time) {
	var cause error
	switch {
	case c.gaveUp || !c.waiting && unfinished == nil:
		return
	case reset:
		cause = &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}
	case unfinished != nil:
		cause = unfinished
	default:
		cause = io.EOF
	}
	c.fault(Finding{
		Packet: packet, Time: t, Src: c.pair.server, Dst: c.pair.client,
		Protocol: c.protocol, Op: c.waitingOp(),
	}, cause)
	c.answered(c.last.id)
}

func (c *dialogue) waitingOp() core.Op {
	if c.waiting {
		return c.last.op
	}
	return core.Other
}

// finish reports the requests that have no answer. Their status is what a
// driver is told that waits for one.
func (c *conversation) finish() {
	if c.flows--; c.flows > 0 {
		return
	}
	var silence [core.Write + 1]error // by op; a conversation may end with many open requests
	for _, r := range c.open {
		op := r.op & 3
		if silence[op] == nil {
			silence[op] = c.protocol.Translate(r.op, os.ErrDeadlineExceeded)
		}
		c.failed(Finding{
			Packet: r.packet, Time: r.time, Src: r.pair.client, Dst: r.pair.server,
			Protocol: c.protocol, Op: r.op, Unanswered: true,
		}, silence[op])
	}
	c.open = c.open[:0]
	if c.flows == 0 && !c.followed {
		c.engine.spares.give(c.dialogue)
	}
}
