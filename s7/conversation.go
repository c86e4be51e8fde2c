package s7

import (
	"errors"

	"github.com/fieldstatus/fieldstatus/core"
)

// A Stage is how far a connection has come. What a frame or its absence means
// depends on it: before COTP is up everything that goes wrong is 10150, before
// S7 is set up 10151.
type Stage uint8

const (
	StageUnknown Stage = iota // the frames that open the connection were not seen
	StageConnect              // CR was sent, CC is awaited
	StageSession              // COTP is up, Setup Communication has not succeeded yet
	StageOpen                 // requests are answered
)

// maxPending bounds how many requests are remembered. Devices settle far fewer
// parallel jobs; when there are more, the oldest is forgotten.
const maxPending = 32

// A Conversation follows one connection. Give it every frame in both
// directions, each a whole TPKT as [ScanFrames] cuts them, and it tells what
// each response means: it knows the stage, what was asked, how many bytes each
// item needs, and joins fragments.
//
// The zero value is ready. A Conversation that has seen no request answers as
// [AppendStatuses] does. It keeps a bounded amount of memory, and belongs to one
// goroutine at a time.
type Conversation struct {
	// Stage follows the frames. Set it when the first frames were not seen.
	Stage Stage
	// Want is how many bytes the items of a response need whose request was
	// not seen: a number for each, or one for all. Without it each item needs
	// at least one.
	Want []int

	limit    int // PDU length that was settled, 0 before
	sent     fragments
	received fragments
	pending  [maxPending]pendingRequest
	n        int // pending requests, oldest first
	ids      uint64
	seen     bool // a request was seen
	unread   int  // requests that could not be read
	last     core.Exchange
}

type pendingRequest struct {
	request
	id uint64
}

// Exchange tells what the last frame given to Sent or Received belongs to.
func (c *Conversation) Exchange() core.Exchange { return c.last }

// Sent takes note of a frame that goes to the device.
func (c *Conversation) Sent(frame []byte) {
	c.last = core.Exchange{}
	var seg segment
	if err := seg.parse(frame); err != nil {
		c.unread++
		return
	}
	switch seg.tpdu.kind() {
	case ConnectRequestTPDU:
		*c = Conversation{Stage: StageConnect, Want: c.Want, ids: c.ids, sent: c.sent, received: c.received, pending: c.pending, seen: true}
		c.sent.reset()
		c.received.reset()
		q := c.push()
		q.request = request{op: core.Connect, want: q.want[:0]}
		c.last = core.Exchange{Op: core.Connect, ID: q.id, Open: true}
	case DataTPDU:
		payload, at, err := c.sent.add(&seg, maxPDU)
		if err != nil || len(payload) == 0 {
			return
		}
		var p pdu
		if err := p.parse(payload, at); err != nil {
			c.unread++
			return
		}
		c.asked(&p)
	}
}

// asked notes a request.
func (c *Conversation) asked(p *pdu) {
	q := c.push()
	if !q.read(p) {
		c.n-- // an answer of the driver to the device, or nothing that asks
		c.ids--
		return
	}
	c.seen = true
	if q.function == setup {
		c.Stage = StageSession
	}
	c.last = core.Exchange{Op: q.op, ID: q.id, Open: true}
}

// push makes room for one more request and returns it.
func (c *Conversation) push() *pendingRequest {
	if c.n == maxPending {
		c.remove(0)
	}
	c.ids++
	q := &c.pending[c.n]
	q.id = c.ids
	c.n++
	return q
}

// remove forgets the pending request i. Its memory moves to the end for reuse.
func (c *Conversation) remove(i int) {
	want := c.pending[i].want
	copy(c.pending[i:c.n], c.pending[i+1:c.n])
	c.n--
	c.pending[c.n] = pendingRequest{request: request{want: want[:0]}}
}

// Received appends the statuses of a frame that comes from the device to dst:
// one per item, successes too, or one for the response. It returns
//
//   - [core.ErrNotResponse] for what the device sends on its own; go on reading;
//   - [core.ErrIncomplete] for a fragment that others follow; go on reading;
//   - an *[core.Error] with the code 3009 for a frame that breaks the rules,
//     with 3012 for one that answers another request. Until S7 is set up these
//     are 10150 and 10151, by stage. The cause is a *[core.FrameError]. The
//     stream is out of step then: close the connection.
//
// A DC that confirms our own DR is reported like any other: the connection is over.
func (c *Conversation) Received(dst []core.Status, frame []byte) ([]core.Status, error) {
	c.last = core.Exchange{}
	var r Response
	seg := &r.seg
	switch err := seg.parse(frame); {
	case err != nil:
		return dst, c.staged(err)
	case c.limit > 0 && len(frame) > c.limit+dataHeader:
		return dst, c.staged(core.BadFrame(TPKTLengthAboveLimit.Status(), 2, "the TPKT is longer than the PDU length that was settled"))
	case seg.tpdu.kind() != DataTPDU:
		return c.receivedTPDU(dst, &r)
	}
	payload, at, err := c.received.add(seg, c.maxPayload())
	if err != nil {
		if errors.Is(err, core.ErrIncomplete) {
			c.last.Open = true
			return dst, err
		}
		return dst, c.staged(err)
	}
	if len(payload) == 0 {
		return dst, core.ErrNotResponse
	}
	switch err := r.parsePayload(payload, at); {
	case errors.Is(err, core.ErrNotResponse):
		return dst, err
	case err != nil:
		return dst, c.staged(err)
	case c.Stage == StageConnect:
		return dst, c.staged(fault{FunctionMismatch, dataHeader, "an S7 PDU before COTP is up"}.err())
	}
	return c.receivedPDU(dst, &r)
}

func (c *Conversation) maxPayload() int {
	if c.limit > 0 {
		return c.limit
	}
	return maxPDU
}

// receivedTPDU handles everything but data: the answers to CR, and the end of
// the connection.
func (c *Conversation) receivedTPDU(dst []core.Status, r *Response) ([]core.Status, error) {
	switch r.seg.tpdu.kind() {
	case ConnectRequestTPDU:
		if !c.seen && c.Stage == StageUnknown {
			return dst, core.ErrNotResponse
		}
		return append(dst, r.seg.tpdu.Status()), nil
	case ConnectConfirmTPDU:
		if c.Stage > StageConnect {
			return dst, c.staged(core.BadFrame(core.FrameMalformed.Status(), tpktHeader+1, "a connection confirm on a connection that is up"))
		}
		asked := c.n > 0 && c.pending[0].rosctr == 0
		if !asked && c.seen && c.unread == 0 {
			return dst, c.staged(core.BadFrame(core.FrameForeign.Status(), tpktHeader+1, "a connection confirm that nobody asked for"))
		}
		c.Stage = StageSession
		if asked {
			c.answered(0)
		}
	default: // DR, DC and ER leave nothing that could still be answered
		c.answered(c.n - 1)
		for c.n > 0 {
			c.remove(0)
		}
		c.received.reset()
	}
	return append(dst, r.Status()), nil
}

// answered takes the pending request i for the one that was answered. There is
// none when i is below 0.
func (c *Conversation) answered(i int) {
	if i < 0 {
		return
	}
	c.last = core.Exchange{Op: c.pending[i].op, ID: c.pending[i].id}
	c.remove(i)
}

// receivedPDU handles an S7 response.
func (c *Conversation) receivedPDU(dst []core.Status, r *Response) ([]core.Status, error) {
	i, f := c.find(r)
	switch {
	case i >= 0: // the request is known
	case c.seen && c.unread == 0:
		return dst, c.staged(f.err())
	default:
		c.unread = max(0, c.unread-1)
		q := request{want: c.Want}
		if r.isSetup() || c.Stage == StageSession {
			q.op = core.Connect
		}
		return c.finish(dst, &q, r)
	}
	q := c.pending[i].request
	c.answered(i)
	if f.event != 0 {
		return dst, c.staged(f.err())
	}
	return c.finish(dst, &q, r)
}

// find returns the index of the oldest request that r answers, or -1. A request
// with the same reference that r does not fit is returned with the fault.
func (c *Conversation) find(r *Response) (int, fault) {
	for i := range c.n {
		if c.pending[i].answeredBy(r) {
			return i, fault{}
		}
	}
	for i := range c.n {
		if q := &c.pending[i]; q.rosctr != 0 && q.ref == r.pdu.ref {
			return i, q.mismatch(r)
		}
	}
	return -1, fault{PDUReferenceMismatch, 11, "no request with this PDU reference awaits an answer"}
}

// finish appends the statuses of r, the answer to q.
func (c *Conversation) finish(dst []core.Status, q *request, r *Response) ([]core.Status, error) {
	switch {
	case c.Stage == StageSession && r.pdu.err != HeaderNoError:
		event := S7SetupFailed
		if q.op != core.Connect {
			event = S7NotSetUp // a request that came too early
		}
		return append(dst, r.setupFailed(event)), nil
	case r.PDULength() > 0:
		c.Stage, c.limit = StageOpen, r.PDULength()
	}
	dst, err := q.outcome(dst, r)
	if err != nil {
		return dst, c.staged(err)
	}
	return dst, nil
}

// staged gives a fault the meaning that the stage demands: until S7 is set up,
// whatever goes wrong says that the connection could not be opened.
// S7comm-plus keeps its name.
func (c *Conversation) staged(err error) error {
	c.received.reset()
	event := COTPHandshakeFailed
	switch c.Stage {
	case StageConnect:
	case StageSession:
		event = S7SetupFailed
	default:
		return err
	}
	var cause *core.FrameError
	if !errors.As(err, &cause) || errors.Is(err, ProtocolS7CommPlus) {
		return err
	}
	return core.BadFrame(event.Status(), cause.Offset, cause.Reason)
}
