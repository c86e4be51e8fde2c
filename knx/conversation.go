package knx

import (
	"net/netip"

	"github.com/fieldstatus/fieldstatus/core"
)

// A Conversation follows the frames between one client and a gateway, or
// between one client and the routers of a multicast group: it tells which
// frames answer which request, what the request attempted, and which frames are
// none of ours. Its zero value is ready. It has a fixed size of some
// kilobytes, keeps no frames, and is not for concurrent use.
//
// A tunnelled request has up to four answers, and each of them is a status of
// its own: the acknowledgement of the gateway (UDP only), the confirmation that
// the telegram was on the bus, T_ACK on a transport connection, and the answer
// of the device. The first failure ends the exchange. When the gateway closes a
// channel, that answers the newest open request on it, and ends all others.
//
// A late answer to an earlier request comes out like any other, with the ID of
// that request: a driver that waits for one answer compares the ID of
// [Conversation.Exchange] with the one it had after Sent.
//
// What no frame says is up to the driver, since a conversation has no clock: it
// reports silence with an [Event] such as [TunnelAckTimeout], [ConfirmTimeout],
// [GroupReadTimeout] or [PresenceCheckTimeout].
//
// As long as nothing was sent, every frame counts as an answer, as in
// [AppendStatuses].
type Conversation struct {
	count    uint64 // of exchanges; the last one has this id
	ring     [16]exchange
	channels [256]channel
	open     int // number of channels that are ours
	secure   bool
	endpoint netip.AddrPort
	last     core.Exchange
}

// A channel is what a conversation knows of a communication channel.
type channel struct {
	ours    bool
	tcp     bool
	counted bool  // next is known
	heard   bool  // a frame with a sequence counter came
	next    uint8 // sequence counter that the gateway should use next
	busDown bool
	address uint16 // individual address of the tunnel, 0 when it is not known
}

// Exchange tells about the last frame that was given to Sent or Received. Its ID
// is 0 when the frame belongs to no request.
func (c *Conversation) Exchange() core.Exchange { return c.last }

// DataEndpoint returns where the gateway wants the frames of the channel that
// was opened last, when that is another address than the one it answers from.
// See [Response.DataEndpoint].
func (c *Conversation) DataEndpoint() (endpoint netip.AddrPort, ok bool) {
	return c.endpoint, c.endpoint.IsValid()
}

// Sent takes note of a frame that the driver sends to the gateway. A repetition
// of the last request counts as the same request. Of secure sessions it wants
// the decrypted frames.
func (c *Conversation) Sent(frame []byte) {
	c.last = core.Exchange{}
	var p packet
	if p.parseRequest(frame) != nil {
		return
	}
	if p.hasChannel && p.service != disconnectResponse {
		c.adopt(p.channel)
	}
	e, ok := newExchange(&p, c.channels[p.channel].tcp)
	if !ok {
		return
	}
	if p.service == sessionRequest {
		c.secure = true
	}
	if again := c.repeated(&e); again != nil {
		c.about(again)
		return
	}
	c.count++
	e.id = c.count
	slot := &c.ring[e.id%uint64(len(c.ring))]
	*slot = e
	c.about(slot)
}

// Received takes a frame from the gateway and appends its status to dst. Frames
// of other clients' channels, telegrams between others, repetitions of what was
// received before, and answers without a status give [core.ErrNotResponse]. An
// acknowledgement that fits no request, and a sequence counter that skips,
// give 3012.
func (c *Conversation) Received(dst []core.Status, frame []byte) ([]core.Status, error) {
	c.last = core.Exchange{}
	var r Response
	p := &r.packet
	if err := p.parse(frame); err != nil {
		return dst, err
	}
	alone := c.count == 0
	if !alone {
		if err := c.expect(p); err != nil {
			return dst, err
		}
	}
	err := r.read()
	if err == nil {
		c.learn(&r)
	}
	switch {
	case alone:
	case err == nil:
		err = c.match(&r)
	default:
		c.settle(c.find(func(e *exchange) bool { return e.await != 0 && e.isOver(p.service) }), awaitAnswer)
	}
	if err != nil {
		return dst, err
	}
	return append(dst, r.status), nil
}

// about makes an exchange the subject of Exchange.
func (c *Conversation) about(e *exchange) {
	c.last = core.Exchange{Op: e.op, ID: e.id, Open: e.await != 0}
}

func (c *Conversation) adopt(channel uint8) {
	if ch := &c.channels[channel]; !ch.ours {
		ch.ours = true
		c.open++
	}
}

func (c *Conversation) release(number uint8) {
	if ch := &c.channels[number]; ch.ours {
		*ch = channel{}
		c.open--
	}
}

// forget ends all exchanges on a channel that is over.
func (c *Conversation) forget(channel uint8) {
	for i := range c.ring {
		if e := &c.ring[i]; e.onChannel && e.channel == channel {
			*e = exchange{}
		}
	}
}

// find returns the latest exchange that match accepts.
func (c *Conversation) find(match func(e *exchange) bool) *exchange {
	for i := range uint64(len(c.ring)) {
		id := c.count - i
		if e := &c.ring[id%uint64(len(c.ring))]; id != 0 && e.id == id && match(e) {
			return e
		}
	}
	return nil
}

// repeated returns the exchange that e is a repetition of. A request with a
// sequence counter is known by it, another one as long as it is unanswered.
// After a refusal the same request is another attempt.
func (c *Conversation) repeated(e *exchange) *exchange {
	return c.find(func(o *exchange) bool {
		numbered := e.await&awaitAck != 0
		return o.service == e.service && o.sum == e.sum && !o.refused && (numbered || o.await != 0)
	})
}

// expect refuses frames of other channels and of wrong order.
func (c *Conversation) expect(p *packet) error {
	if !p.hasChannel || p.service == connectResponse {
		return nil
	}
	ch := &c.channels[p.channel]
	if !ch.ours && c.open > 0 {
		return core.ErrNotResponse
	}
	switch p.service {
	case tunnellingRequest, configurationRequest, featureResponse, featureInfo:
	default:
		return nil
	}
	if ch.tcp || !ch.counted {
		return nil
	}
	next := ch.next
	switch {
	case p.sequence == next:
		ch.next, ch.heard = next+1, true
		return nil
	case p.sequence == next-1 && ch.heard:
		return core.ErrNotResponse // repeated, since our acknowledgement was lost or late
	}
	ch.next, ch.heard = p.sequence+1, true
	return fault(FrameSequenceGap, headerLength+2, "sequence counter is neither the next nor the last one")
}

// learn takes note of channels and of the state of the bus.
func (c *Conversation) learn(r *Response) {
	p := &r.packet
	ch := &c.channels[p.channel]
	success := r.status != (core.Status{}) && r.status.Code(core.Other) == core.OK
	switch p.service {
	case connectResponse:
		if !success {
			return
		}
		c.endpoint = r.endpoint
		c.release(p.channel)
		c.adopt(p.channel)
		*ch = channel{ours: true, tcp: r.tcp, counted: true, address: r.address}
		c.forget(p.channel)
	case connectionStateResponse:
		ch.busDown = p.status == uint8(EKNXConnection)
	case featureResponse, featureInfo:
		if r.feature == featureBusStatus && r.status.Row().Layer == "tunnel-bus-status" {
			ch.busDown = !success
		}
	case disconnectRequest, disconnectResponse:
		c.release(p.channel)
	case sessionResponse:
		c.secure = true
	}
}
