package enip

import (
	"github.com/fieldstatus/fieldstatus/core"
)

// A Conversation reads responses with the requests that they answer. Give it
// every frame of one TCP connection in order: those of the client to Sent, those
// of the device to Received. The zero value is ready to use.
//
// The request tells what a service code means (0x52 is Unconnected Send for the
// Connection Manager and Read Tag Fragmented for a tag), how many items a packet
// has, which attributes a list names, and what was attempted. Responses are
// paired by sequence count or sender context, and by service. A response that
// answers none of the open requests is 3012; the native status that it carries
// stays reachable with [errors.As].
//
// A late answer to an earlier request comes out like any other, with the ID of
// that request: a driver that waits for one answer compares the ID of
// [Conversation.Exchange] with the one it had after Sent.
//
// It keeps a fixed number of open requests, the newest 32, and has no goroutine
// and no clock. It must not be used concurrently.
type Conversation struct {
	// Continues says that the caller asks on after a partial answer (general
	// status 0x06) to any read. Without it that is 10706, except in answer to Read
	// Tag Fragmented, Get Instance Attribute List and reads of a template, which
	// exist to be continued: then it is a success whose value is 0x06.
	Continues bool
	// Type, when it is not 0, is the data type that the reads have to deliver.
	// Another one is 10798.
	Type DataType

	begun   bool   // a request has been seen
	session uint32 // handle in use
	ids     uint64 // requests so far
	links   [8]link
	linked  int // connections opened so far
	open    [32]request
	n       int
	last    core.Exchange
}

// Sent takes a frame that the client has sent. It never fails.
func (c *Conversation) Sent(frame []byte) {
	q, ok := parseRequest(frame)
	c.last = core.Exchange{}
	if !ok {
		return
	}
	c.begun = true
	c.ids++
	q.id = c.ids
	c.last = core.Exchange{Op: q.op, ID: q.id}
	switch q.command {
	case NOP:
		return
	case UnRegisterSession:
		c.session, c.n = 0, 0 // the device closes the connection
		return
	}
	if c.n == len(c.open) {
		c.remove(0)
	}
	c.open[c.n] = q
	c.n++
	c.last.Open = true
}

// Exchange tells what the last frame given to Sent or Received belongs to. When
// the device ends the session, that is the newest open request. The refusal of a Forward Open by the header has op Other: only a refused
// RegisterSession means that there is no session.
func (c *Conversation) Exchange() core.Exchange { return c.last }

func (c *Conversation) remove(i int) {
	copy(c.open[i:c.n], c.open[i+1:c.n])
	c.n--
}

// Received takes a frame that the device has sent, and appends its statuses to
// dst: one for each item of a Multiple Service Packet or attribute list, one for
// anything else. The error is [core.ErrNotResponse], or an *[core.Error]: 3009
// for a frame that breaks the rules, 3012 for one that answers another request.
//
// While no request has been seen it answers as [AppendStatuses] does.
func (c *Conversation) Received(dst []core.Status, frame []byte) ([]core.Status, error) {
	c.last = core.Exchange{}
	if h, _, _, fault := parseHeader(frame); fault == "" && h.command == UnRegisterSession {
		if c.n > 0 { // it answers what was asked last, and nothing else will be answered
			c.last = core.Exchange{Op: c.open[c.n-1].op, ID: c.open[c.n-1].id}
		}
		c.session, c.n = 0, 0
		return append(dst, noSession(h.status)), nil
	}
	if !c.begun {
		return AppendStatuses(dst, frame)
	}
	var r Response
	err := r.parseAnswer(frame)
	if err == core.ErrNotResponse && c.awaits(frame) {
		err = badFrame(headerSize, "an answer without the bit of a reply")
	}
	if err != nil {
		return dst, err
	}
	i := c.match(&r)
	if i < 0 {
		return dst, foreign(&r)
	}
	q := c.open[i]
	c.remove(i)
	c.last = core.Exchange{Op: q.op, ID: q.id}
	if !r.hasReply {
		c.last.Op = headerOp(q.op, q.command)
		return append(dst, c.headerStatus(&r)), nil
	}
	if q.op == core.Connect {
		c.remember(r.reply)
	}
	r.reply.manager = q.class == classConnectionManager || q.routed && r.reply.service == serviceUnconnectedSend
	return c.appendReply(dst, &q, &r.reply)
}

// awaits reports whether a message of the device that is no reply stands where
// a reply is awaited. A device that echoes the request answers wrongly.
func (c *Conversation) awaits(frame []byte) bool {
	h, _, _, _ := parseHeader(frame)
	for i := range c.n {
		if c.open[i].command == h.command && h.command != NOP {
			return true
		}
	}
	return false
}

// headerStatus is the outcome of a response without a CIP reply.
func (c *Conversation) headerStatus(r *Response) core.Status {
	if r.command != RegisterSession {
		return r.status.Status()
	}
	switch {
	case r.status == EncapsulationSuccess && r.session == 0:
		return noSession(r.status)
	case r.status == EncapsulationInvalidCommand && r.session != 0 && r.session == c.session:
		// The session exists already, and goes on existing.
		return core.NewStatus(rowEncapsulation(uint32(EncapsulationSuccess)), int64(r.status))
	case r.status == EncapsulationSuccess:
		c.session = r.session
	}
	return r.status.Status()
}

// noSession is the outcome of a frame that ends or refuses a session without
// saying so in its status.
func noSession(status EncapsulationStatus) core.Status {
	return core.NewStatus(rowEncapsulation(uint32(EncapsulationInvalidSessionHandle)), int64(status))
}

// appendReply appends the statuses of the reply to q.
func (c *Conversation) appendReply(dst []core.Status, q *request, r *Reply) ([]core.Status, error) {
	if r.More() && r.service == q.service && (c.Continues || q.continued()) {
		if err := c.checkType(q, *r); err != nil {
			return dst, err
		}
		return append(dst, moreToFollow()), nil
	}
	if q.isPCCC() && r.service == q.service && r.general == Success {
		p, fault := parsePCCC(r.data)
		switch {
		case fault != "":
			return dst, badFrame(r.at, fault)
		case p.Command != q.pccc|pcccReplyBit:
			return dst, badFrame(r.at, "PCCC reply to a command that was not sent")
		case p.Transaction != q.transaction:
			return dst, foreignStatus("PCCC reply with the transaction number of another request", p.Status())
		}
		return append(dst, p.Status()), nil
	}
	if r.shapeOf() == shapePacket {
		items, fault := r.items(nil)
		refusal := items.count == 0 && r.general != Success // of the packet as a whole
		if fault == "" && !refusal && items.count != q.items {
			return dst, badFrame(r.at, "not as many items as were asked for")
		}
	}
	if err := c.checkType(q, *r); err != nil {
		return dst, err
	}
	if q.service != serviceExecutePCCC {
		return r.appendStatuses(dst, q.ids.list())
	}
	return append(dst, r.cipStatus()), nil // of an object that is not PCCC
}
