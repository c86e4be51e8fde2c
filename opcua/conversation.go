package opcua

import (
	"slices"
	"strconv"

	"github.com/fieldstatus/fieldstatus/core"
)

// Bounds of what a Conversation keeps.
const (
	maxPending  = 256      // requests without an answer
	maxMessages = 16       // messages of which some chunks have come
	maxMessage  = 16 << 20 // bytes of all of them together
)

// Requests that have no readable request id. Theirs are above all of those.
const (
	helloID   = 1 << 32 // HEL and ACK
	openingID = 2 << 32 // OPN under a security policy
	zeroID    = 3 << 32 // the request id 0, since an Exchange without a request has the ID 0
)

// exchangeID returns the ID of the request with this number on the channel.
func exchangeID(requestID uint32) uint64 {
	if requestID == 0 {
		return zeroID
	}
	return uint64(requestID)
}

// A Conversation follows one connection, frame by frame in the order of each
// direction. It pairs responses with their requests, puts chunks together, and
// checks that a response answers what was asked. The zero Conversation is
// ready. It keeps a bounded amount of memory and must not be used by several
// goroutines at once.
type Conversation struct {
	pending  []request // oldest first
	messages []message
	buffered int // bytes in messages
	sending  []uint32
	exchange core.Exchange
	policy   string // URI of the security policy, once one other than None was seen
	first    uint32 // lowest request id that was sent
	greeted  bool   // HEL was sent
	asked    bool   // a request was sent; first is known
	evicted  bool   // a request was dropped for want of room
	closing  bool   // the client has closed the channel
}

// A message is one of which some chunks have come.
type message struct {
	id   uint32
	data []byte
	over bool // too long to be kept; its chunks are passed over
}

// Sent takes note of a frame from the client. It never fails: what it cannot
// read it ignores.
func (x *Conversation) Sent(frame []byte) {
	x.exchange = core.Exchange{}
	c, err := parseChunk(frame)
	if err != nil {
		return
	}
	switch c.kind {
	case kindHEL:
		*x = Conversation{greeted: true} // a new connection
		x.await(request{id: helloID, op: core.Connect})
	case kindCLO:
		x.closing = true
	case kindOPN, kindMSG:
		x.note(&c)
		if c.secured() {
			x.await(request{id: openingID, op: core.Connect})
			return
		}
		x.send(&c)
	}
}

// note remembers that a channel is protected.
func (x *Conversation) note(c *chunk) {
	if c.kind == kindOPN {
		x.policy = ""
		if c.secured() {
			x.policy = string(c.policy)
		}
	}
}

// send takes note of one chunk of a request. The first one tells what is asked.
func (x *Conversation) send(c *chunk) {
	id := exchangeID(c.requestID)
	if i := slices.Index(x.sending, c.requestID); i >= 0 {
		switch c.final {
		case 'F':
			x.sending = slices.Delete(x.sending, i, i+1)
		case 'A':
			x.sending = slices.Delete(x.sending, i, i+1)
			x.take(id) // the server drops it without an answer
		}
		x.exchange.ID = id
		if j := x.find(id); j >= 0 {
			x.exchange = core.Exchange{Op: x.pending[j].op, ID: id, Open: true}
		}
		return
	}
	q, ok := parseRequest(c.payload)
	if !ok || x.policy != "" && q.typeID == 0 {
		return // a response, or encrypted: then not even the id is one
	}
	q.id = id
	if c.final == 'C' && len(x.sending) < maxMessages {
		x.sending = append(x.sending, c.requestID)
	}
	if !x.asked {
		x.first, x.asked = c.requestID, true
	}
	x.first = min(x.first, c.requestID)
	x.await(q)
}

func (x *Conversation) await(q request) {
	if i := x.find(q.id); i >= 0 {
		x.pending[i] = q
	} else {
		if len(x.pending) == maxPending {
			x.pending = slices.Delete(x.pending, 0, 1)
			x.evicted = true
		}
		x.pending = append(x.pending, q)
	}
	x.exchange = core.Exchange{Op: q.op, ID: q.id, Open: true}
}

func (x *Conversation) find(id uint64) int {
	return slices.IndexFunc(x.pending, func(q request) bool { return q.id == id })
}

// take removes the request that a response answers.
func (x *Conversation) take(id uint64) (request, bool) {
	i := x.find(id)
	if i < 0 {
		return request{}, false
	}
	q := x.pending[i]
	x.pending = slices.Delete(x.pending, i, i+1)
	return q, true
}

// Exchange tells what the last frame given to Sent or Received belongs to. Its
// ID is the request id of the channel (3<<32 for the request id 0), 1<<32 for the
// greeting, or 2<<32 for the opening of a protected channel.
func (x *Conversation) Exchange() core.Exchange { return x.exchange }

// Received appends the statuses of a frame from the server, as
// [AppendStatuses] does, or of the message that the frame completes.
//
// It returns [core.ErrNotResponse] for a frame that answers nothing, which
// includes the [EncryptedError] of a channel that is protected, and
// [core.ErrIncomplete] for a chunk that does not complete its message. A frame
// that breaks the rules of OPC UA is a *[core.Error] with code 3009, also when
// it has another type or another number of results than its request asks for;
// a response to a request that was not sent, or was answered before, one with
// code 3012.
//
// A server that closes the channel by itself, or sends an ERR message, ends the
// connection: the error or status says so, and nothing is awaited any more.
func (x *Conversation) Received(dst []core.Status, frame []byte) ([]core.Status, error) {
	x.exchange = core.Exchange{}
	c, err := parseChunk(frame)
	if err != nil {
		return dst, err
	}
	switch c.kind {
	case kindACK:
		if _, ok := x.take(helloID); !ok && (x.greeted || x.asked) {
			return dst, core.BadFrame(core.FrameForeign.Status(), 0, "no hello awaits an acknowledgement")
		}
		x.exchange = core.Exchange{Op: core.Connect, ID: helloID}
	case kindERR:
		x.end()
	case kindCLO:
		return x.hangUp(dst)
	case kindOPN, kindMSG:
		x.note(&c)
		return x.message(dst, &c)
	}
	r, err := c.response()
	if err != nil {
		return dst, err
	}
	return r.appendStatuses(dst)
}

// end closes the latest exchange: whatever else was asked, gets no answer.
func (x *Conversation) end() {
	if n := len(x.pending); n > 0 {
		q := x.pending[n-1]
		x.exchange = core.Exchange{Op: q.op, ID: q.id}
	}
	x.pending, x.messages, x.buffered, x.sending = x.pending[:0], nil, 0, nil
}

// hangUp is a server's CloseSecureChannel. It carries no status of its own.
func (x *Conversation) hangUp(dst []core.Status) ([]core.Status, error) {
	if x.closing {
		return dst, core.ErrNotResponse
	}
	x.end()
	x.closing = true
	return append(dst, ServiceStatus(badSecureChannelClosed)), nil
}

// message takes one chunk of a response.
func (x *Conversation) message(dst []core.Status, c *chunk) ([]core.Status, error) {
	if x.policy != "" && !x.signedOnly(c) {
		if q, ok := x.take(openingID); ok && c.kind == kindOPN {
			x.exchange = core.Exchange{Op: q.op, ID: q.id}
		}
		return dst, &EncryptedError{Policy: x.policy}
	}
	q, asked := x.pendingOf(c)
	switch c.final {
	case 'C':
		x.exchange.Open = asked
		if err := x.keep(c); err != nil {
			return dst, err
		}
		return dst, core.ErrIncomplete
	case 'A':
		x.drop(c.requestID)
	default:
		var err error
		if c.payload, err = x.join(c); err != nil {
			return dst, err
		}
	}
	r, err := c.response()
	if err != nil {
		return dst, err
	}
	if !asked {
		if x.foreign(c.requestID) {
			return dst, core.BadFrame(core.FrameForeign.Status(), c.at, "no request "+strconv.FormatUint(uint64(c.requestID), 10)+" awaits an answer")
		}
		return r.appendStatuses(dst)
	}
	if want, known := responseTo(q.typeID); known && r.typeID != 0 && r.typeID != want && r.typeID != idServiceFault {
		return dst, core.BadFrame(Status(badUnknownResponse), c.at, "response of type "+strconv.FormatUint(uint64(r.typeID), 10)+" to a request of type "+strconv.FormatUint(uint64(q.typeID), 10))
	}
	r.nullable = q.nullable
	n := len(dst)
	if dst, err = r.appendItems(dst, int(q.items)); err != nil {
		return dst, err
	}
	if q.items != anyNumber && r.typeID != 0 && !isBad(r.code) && len(dst)-n != int(q.items) {
		return dst[:n], core.BadFrame(Status(badUnknownResponse), r.at, "another number of results than the "+strconv.Itoa(int(q.items))+" that were asked for")
	}
	if len(dst) == n {
		dst = append(dst, r.status)
	}
	return dst, nil
}

// signedOnly reports whether a message on a protected channel can be read
// nevertheless: with the mode Sign, a signature follows the plain message.
// Messages in several chunks have signatures in the middle and are not read.
func (x *Conversation) signedOnly(c *chunk) bool {
	if c.kind != kindMSG || c.final != 'F' {
		return false
	}
	_, err := parseMessage(c.payload, c.at)
	return err == nil
}

// pendingOf finds the request that a chunk answers, and takes it from the
// pending ones when the chunk is the last of its message.
func (x *Conversation) pendingOf(c *chunk) (request, bool) {
	id := exchangeID(c.requestID)
	x.exchange.ID = id
	i := x.find(id)
	if i < 0 {
		return request{}, false
	}
	q := x.pending[i]
	x.exchange.Op = q.op
	if c.final != 'C' {
		x.take(id)
	}
	return q, true
}

// foreign reports whether a response without a pending request answers none at
// all. Requests from before the conversation was followed, and requests that
// were dropped for want of room, may still be answered. There are none of the former
// when the greeting was seen, and while a protected channel is being opened none
// whose answer could be read.
func (x *Conversation) foreign(id uint32) bool {
	return !x.evicted && (x.greeted || x.asked && id >= x.first || x.find(openingID) >= 0)
}

// keep adds a chunk to its message.
func (x *Conversation) keep(c *chunk) error {
	i := slices.IndexFunc(x.messages, func(m message) bool { return m.id == c.requestID })
	if i < 0 {
		if len(x.messages) == maxMessages {
			x.drop(x.messages[0].id)
		}
		x.messages = append(x.messages, message{id: c.requestID})
		i = len(x.messages) - 1
	}
	m := &x.messages[i]
	if m.over {
		return nil
	}
	if x.buffered+len(c.payload) > maxMessage {
		x.buffered -= len(m.data)
		m.data, m.over = nil, true
		return malformed(c.at, "chunks make up more than "+strconv.Itoa(maxMessage)+" bytes")
	}
	m.data = append(m.data, c.payload...)
	x.buffered += len(c.payload)
	return nil
}

// drop forgets the chunks of a message.
func (x *Conversation) drop(id uint32) {
	if i := slices.IndexFunc(x.messages, func(m message) bool { return m.id == id }); i >= 0 {
		x.buffered -= len(x.messages[i].data)
		x.messages = slices.Delete(x.messages, i, i+1)
	}
}

// join returns the payload of the message that a final chunk completes.
func (x *Conversation) join(c *chunk) ([]byte, error) {
	i := slices.IndexFunc(x.messages, func(m message) bool { return m.id == c.requestID })
	if i < 0 {
		return c.payload, nil
	}
	m := x.messages[i]
	x.drop(c.requestID)
	if m.over || len(m.data)+len(c.payload) > maxMessage {
		return nil, malformed(c.at, "chunks make up more than "+strconv.Itoa(maxMessage)+" bytes")
	}
	return append(m.data, c.payload...), nil
}
