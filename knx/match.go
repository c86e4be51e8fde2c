package knx

import "github.com/fieldstatus/fieldstatus/core"

// settle takes note of what an exchange no longer waits for. A nil exchange is
// none.
func (c *Conversation) settle(e *exchange, got awaited) {
	if e != nil {
		e.await &^= got
		c.about(e)
	}
}

// everything ends an exchange: its answer is there.
const everything = ^awaited(0)

// refuse takes note of the failure that ends an exchange.
func (c *Conversation) refuse(e *exchange) {
	c.settle(e, everything)
	if e != nil {
		e.refused = true
	}
}

// answer takes a response for the answer to e. A success that answers no request is
// none of ours; a failure is worth knowing all the same.
func (c *Conversation) answer(e *exchange, failed bool) error {
	if e == nil && !failed {
		return core.ErrNotResponse
	}
	c.settle(e, everything)
	return nil
}

// match finds the request that a response belongs to. It returns
// [core.ErrNotResponse] for what is no answer to this client, and may put
// another status into r.
func (c *Conversation) match(r *Response) error {
	p := &r.packet
	failed := r.status.Code(core.Other) != core.OK
	switch p.service {
	case connectResponse:
		return c.answer(c.find(func(e *exchange) bool { return e.service == connectRequest && e.await != 0 }), failed)
	case connectionStateResponse:
		return c.answer(c.find(func(e *exchange) bool {
			return e.service == connectionStateRequest && e.channel == p.channel && e.await != 0
		}), failed)
	case disconnectResponse:
		err := c.answer(c.find(func(e *exchange) bool {
			return e.service == disconnectRequest && e.channel == p.channel && e.await != 0
		}), failed)
		c.forget(p.channel)
		return err
	case searchResponseExt, descriptionResponse:
		return c.answer(c.find(func(e *exchange) bool { return e.isOver(p.service) && e.await != 0 }), failed)
	case tunnellingAck, configurationAck:
		return c.matchAck(p, failed)
	case featureResponse:
		return c.answer(c.find(func(e *exchange) bool {
			return (e.service == featureGet || e.service == featureSet) && e.channel == p.channel && e.feature == r.feature && e.await&awaitAnswer != 0
		}), failed)
	case configurationRequest:
		return c.answer(c.find(func(e *exchange) bool {
			return e.channel == p.channel && e.isConfirmedBy(r.cemi) && e.await&awaitAnswer != 0
		}), failed)
	case tunnellingRequest, routingIndication, routingSystemBroadcast:
		if r.telegram.Message == dataConfirm {
			return c.matchConfirm(r, failed)
		}
		if r.telegram.isControl() {
			return c.matchControl(r.telegram, failed)
		}
		return c.matchAnswer(r, failed)
	case routingLostMessage, routingBusy: // whose telegram it was nobody knows; the last one tells the op
		c.settle(c.find(func(e *exchange) bool { return e.service == routingIndication }), 0)
	case sessionResponse:
		c.settle(c.find(func(e *exchange) bool { return e.service == sessionRequest && e.await != 0 }), everything)
	case sessionStatus:
		return c.answer(c.find(func(e *exchange) bool {
			return e.service == sessionAuthenticate && e.await != 0 && p.frame[p.body] != uint8(SessionStatusKeepalive)
		}), failed)
	case secureWrapper:
		if c.secure {
			return core.ErrNotResponse // the driver hands over what is inside
		}
	case disconnectRequest:
		c.settle(c.find(func(e *exchange) bool { return e.onChannel && e.channel == p.channel && e.await != 0 }), everything)
		c.forget(p.channel)
	case featureInfo:
	default: // a service of a later standard, which nobody waits for
		return core.ErrNotResponse
	}
	return nil
}

// matchAck finds the request that the gateway acknowledges.
func (c *Conversation) matchAck(p *packet, failed bool) error {
	e := c.find(func(e *exchange) bool {
		return e.ack() == p.service && e.channel == p.channel && e.sequence == p.sequence
	})
	switch {
	case e == nil:
		if c.find(func(e *exchange) bool { return e.ack() == p.service && e.channel == p.channel }) == nil {
			return c.answer(nil, failed) // its request was sent before this conversation began
		}
		return core.BadFrame(core.FrameForeign.Status(), headerLength+2, "no request has this sequence counter")
	case e.await&awaitAck == 0:
		return core.ErrNotResponse // acknowledged before
	case failed:
		c.refuse(e)
	default:
		c.settle(e, awaitAck)
	}
	return nil
}

// matchConfirm finds the request that was, or was not, on the bus.
func (c *Conversation) matchConfirm(r *Response, failed bool) error {
	want := telegramSum(r.telegram)
	e := c.find(func(e *exchange) bool {
		return e.message == dataRequest && e.await&awaitConfirm != 0 && e.telegram == want && e.channel == r.packet.channel
	})
	switch {
	case e == nil && !failed:
		return core.ErrNotResponse
	case failed:
		c.refuse(e)
		if c.channels[r.packet.channel].busDown {
			r.status = BusDown(r.status)
		}
	default:
		c.settle(e, awaitAck|awaitConfirm)
	}
	return nil
}

// matchControl finds the device that a transport control PDU comes from.
func (c *Conversation) matchControl(t Telegram, failed bool) error {
	e := c.find(func(e *exchange) bool {
		return e.connected && !e.group && e.destination == t.Source && e.await&awaitTransport != 0
	})
	if e == nil && failed {
		e = c.find(func(e *exchange) bool { return e.connected && !e.group && e.destination == t.Source })
	}
	switch {
	case e == nil:
		return core.ErrNotResponse
	case failed:
		c.refuse(e)
	default:
		c.settle(e, awaitAck|awaitTransport)
	}
	e.heard = true
	return nil
}

// matchAnswer finds the request that an application answers.
func (c *Conversation) matchAnswer(r *Response, failed bool) error {
	t := r.telegram
	e := c.find(func(e *exchange) bool { return e.await&awaitAnswer != 0 && e.isAnsweredBy(t) })
	if e == nil && !t.Group { // late or repeated, or of a request that need not be answered
		e = c.find(func(e *exchange) bool { return e.isAnsweredBy(t) })
	}
	if e == nil {
		if own := c.channels[r.packet.channel].address; t.Group || own == 0 || t.Destination != own {
			return core.ErrNotResponse
		}
		return c.answer(nil, failed)
	}
	c.settle(e, everything)
	e.heard = true
	return nil
}
