package knxtest

import (
	"encoding/binary"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/devicetest"
	"github.com/fieldstatus/fieldstatus/knx"
)

// A session is one client: a UDP peer, or a TCP connection. It reads each frame
// once, in Read.
type session struct {
	device *Device
	q      request
}

// A request is what a frame of a client asks.
type request struct {
	service  uint16
	body     []byte // behind the header, and behind the connection header if there is one
	channel  uint8
	sequence uint8
	numbered bool // it has a connection header
	status   uint8
	cemi     []byte
	asked
}

func (s *session) Read(frame []byte) devicetest.Request {
	s.q = readRequest(frame)
	q := devicetest.Request{Op: s.q.op, Understood: s.q.understood}
	if s.q.item != "" && s.q.op != core.Connect {
		q.Items = []string{s.q.item}
	}
	return q
}

// readRequest reads a frame. What does not fit together is not understood.
func readRequest(frame []byte) (q request) {
	if len(frame) < headerLength || frame[0] != headerLength || frame[1] != 0x10 || int(binary.BigEndian.Uint16(frame[4:])) != len(frame) {
		return request{}
	}
	q.service = binary.BigEndian.Uint16(frame[2:])
	q.body = append([]byte(nil), frame[headerLength:]...)
	switch q.service {
	case configurationRequest, configurationAck, tunnellingRequest, tunnellingAck, featureGet, featureSet:
		if len(q.body) < connectionHeaderLength || q.body[0] != connectionHeaderLength {
			return request{}
		}
		q.numbered = true
		q.channel, q.sequence, q.status = q.body[1], q.body[2], q.body[3]
		q.body = q.body[connectionHeaderLength:]
	case searchRequest, descriptionRequest, connectRequest, stateRequest, disconnectRequest, disconnectResponse, sessionRequest:
		q.op, q.understood = core.Connect, true
		if len(q.body) > 0 {
			q.channel = q.body[0]
		}
		return q
	}
	switch q.service {
	case configurationAck, tunnellingAck:
		q.op, q.understood = core.Connect, true
	case configurationRequest:
		q.cemi = q.body
		q.asked = readManagement(q.cemi)
	case tunnellingRequest:
		if t, err := knx.ParseTelegram(q.body); err == nil && t.Message == dataRequest {
			q.cemi = q.body
			q.asked = readTelegram(t)
		}
	case featureGet, featureSet:
		if len(q.body) < 2 {
			break
		}
		q.asked = asked{op: core.Read, item: featureName(q.body[0]), data: q.body[2:], understood: true}
		if q.service == featureSet {
			q.op = core.Write
		}
	}
	return q
}

// nothing is an answer without a frame, which keeps a TCP connection open.
var nothing = []byte{}

func (s *session) Answer(_ []byte, p devicetest.Plan) []byte {
	d := s.device
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.mute {
		return nothing
	}
	if answer := s.answer(p); len(answer) > 0 {
		return answer
	}
	return nothing
}

func (s *session) answer(p devicetest.Plan) []byte {
	d, q := s.device, &s.q
	switch q.service {
	case searchRequest:
		return frame(searchResponse, append(append([]byte{}, d.endpoint...), description()...)...)
	case descriptionRequest:
		return frame(descriptionResponse, description()...)
	case connectRequest:
		return d.connect(s, q.body)
	case stateRequest:
		return d.state(q.channel)
	case disconnectRequest:
		return d.close(q.channel)
	case sessionRequest:
		if d.refuseSession != 0 {
			return frame(sessionStatus, byte(d.refuseSession), 0)
		}
		return frame(sessionResponse, make([]byte, 2+32+16)...)
	}
	c := d.channels[q.channel]
	if !q.numbered || c == nil {
		return nil // as real gateways do
	}
	if q.service == tunnellingAck || q.service == configurationAck {
		return c.acknowledged(q.sequence)
	}
	repeated, ok := c.accept(q.sequence)
	if !ok {
		return nil
	}
	if repeated {
		return append(c.acknowledge(q.service, q.sequence), c.next()...)
	}
	return s.perform(c, native(p))
}

// native is how a request with one item has to fail.
func native(p devicetest.Plan) error {
	if len(p.Items) > 0 && p.Items[0] != nil {
		return p.Items[0]
	}
	return p.Native
}

// perform does what is asked, for the first time.
func (s *session) perform(c *channel, native error) []byte {
	d, q := s.device, &s.q
	c.ack, c.refused = 0, false
	if native != nil && !q.canFail(native, c.tcp) {
		d.t.Logf("knxtest: no answer to a %s of %q says %v (%T): answered well", q.op, q.item, native, native)
		native = nil
	}
	switch e := native.(type) {
	case knx.Service:
		if e == knx.DisconnectRequest {
			return d.disconnect(c)
		}
	case knx.AckCode:
		if !c.tcp {
			c.ack = uint8(e)
		}
	case knx.Event:
		switch e {
		case knx.TunnelAckTimeout, knx.ConfigAckTimeout:
			c.in-- // it never came
			return nil
		case knx.FrameSequenceGap:
			c.out += 2
		}
	}
	if c.ack == 0 && (c.management != (q.service == configurationRequest) || q.service == tunnellingRequest && q.cemi == nil) {
		c.ack = uint8(knx.AckETunnellingLayer)
	}
	if c.ack != 0 {
		c.refused = true
		return append(c.acknowledge(q.service, q.sequence), c.next()...)
	}
	c.queue = append(c.queue, d.answers(c, q, native)...)
	return append(c.acknowledge(q.service, q.sequence), c.next()...)
}

// canFail reports whether an answer to the request can say that.
func (q *request) canFail(native error, tcp bool) bool {
	telegram := q.service == tunnellingRequest
	switch e := native.(type) {
	case knx.AckCode:
		return !tcp
	case knx.Service:
		return e == knx.DisconnectRequest
	case knx.Confirm:
		return telegram
	case knx.TPCI:
		return telegram && !q.t.Group
	case knx.PropertyError:
		return q.service == configurationRequest
	case knx.ReturnCode:
		isProperty := q.asked.service == propertyExtRead || q.asked.service == propertyExtWrite
		return isProperty || q.service == featureGet || q.service == featureSet
	case knx.Event:
		switch e {
		case knx.TunnelAckTimeout, knx.ConfigAckTimeout, knx.ResponseTimeout:
			return true
		case knx.FrameSequenceGap:
			return !tcp
		case knx.ConfirmTimeout:
			return telegram
		case knx.GroupReadTimeout:
			return telegram && q.t.Group
		case knx.PresenceCheckTimeout, knx.TransportAckTimeout:
			return telegram && !q.t.Group
		}
	}
	return false
}

// answers returns what follows the acknowledgement.
func (d *Device) answers(c *channel, q *request, native error) (out []outgoing) {
	switch q.service {
	case featureGet, featureSet:
		if q.understood && !isSilent(native) {
			out = append(out, outgoing{service: featureResponse, body: d.feature(q, native)})
		}
		return out
	case configurationRequest:
		if q.understood && !isSilent(native) {
			out = append(out, outgoing{service: configurationRequest, body: d.manage(q.cemi, q.asked, native)})
		}
		return out
	}
	say := func(cemi []byte) { out = append(out, outgoing{service: tunnellingRequest, body: cemi}) }
	if native == knx.ConfirmTimeout {
		return nil
	}
	control, _ := native.(knx.Confirm)
	say(confirm(q.cemi, c.address, control))
	if control&1 != 0 {
		return out
	}
	for _, answer := range d.bus(c, q.asked, native) {
		say(answer)
	}
	return out
}

// feature answers for an interface feature (KNX 3/8/4).
func (d *Device) feature(q *request, native error) []byte {
	if code, ok := native.(knx.ReturnCode); ok {
		return []byte{q.body[0], byte(code)}
	}
	if q.op == core.Write {
		d.write(q.item, q.data)
	}
	return append([]byte{q.body[0], byte(knx.ReturnESuccess)}, d.read(q.item)...)
}

// Adopt gives a recorded frame channel and sequence counter of a request. A
// telegram waits, as the gateway's own do, until that before it is acknowledged.
func (s *session) Adopt(recorded, _ []byte) []byte {
	d, q := s.device, &s.q
	d.mu.Lock()
	defer d.mu.Unlock()
	c := d.channels[q.channel]
	if c == nil || !q.numbered || len(recorded) < headerLength+connectionHeaderLength {
		return recorded
	}
	if q.sequence == c.in {
		c.in++
		c.ack, c.refused = 0, false
	}
	switch binary.BigEndian.Uint16(recorded[2:]) {
	case tunnellingAck, configurationAck:
		recorded[7], recorded[8] = c.id, q.sequence
		c.ack, c.refused = recorded[9], recorded[9] != 0
	case tunnellingRequest, configurationRequest, featureResponse:
		c.queue = append(c.queue, outgoing{service: binary.BigEndian.Uint16(recorded[2:]), body: recorded[headerLength+connectionHeaderLength:]})
		if len(c.queue) > 1 && !c.tcp {
			return nil
		}
		return c.next()
	case disconnectRequest:
		recorded[6] = c.id
	}
	return recorded
}
