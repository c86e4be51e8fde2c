package knxtest

import (
	"github.com/fieldstatus/fieldstatus/core/devicetest"
	"github.com/fieldstatus/fieldstatus/knx"
)

// A channel is a tunnel, or a channel for device management.
type channel struct {
	id         uint8
	owner      devicetest.Session // who opened it
	tcp        bool
	management bool
	address    uint16 // of the tunnel

	in      uint8 // sequence counter that the client should use next
	ack     uint8 // status of the last acknowledgement
	refused bool  // it refused: the client may use the counter again

	out     uint8 // sequence counter of the first telegram of the queue
	queue   []outgoing
	numbers map[uint16]uint8 // of devices on their transport connections
}

// outgoing is a numbered frame to the client.
type outgoing struct {
	service uint16
	body    []byte // behind the connection header
	fault   devicetest.Fault
}

// most is how many telegrams wait for a client that acknowledges none. Behind
// that they are lost.
const most = 64

// next returns the frame that the client should get now. Over UDP that is the
// first that it has not acknowledged, over TCP all of them.
func (c *channel) next() []byte {
	c.queue = c.queue[:min(len(c.queue), most)]
	if !c.tcp {
		if len(c.queue) == 0 {
			return nil
		}
		return c.build(c.queue[0])
	}
	var frames []byte
	for _, o := range c.queue {
		frames = append(frames, c.build(o)...)
		c.out++
	}
	c.queue = nil
	return frames
}

func (c *channel) build(o outgoing) []byte {
	f := frame(o.service, append([]byte{connectionHeaderLength, c.id, c.out, 0}, o.body...)...)
	if o.fault != 0 {
		return spoil(f, o.fault, c.tcp)
	}
	return f
}

// acknowledged takes the client's acknowledgement, and returns what comes next.
func (c *channel) acknowledged(sequence uint8) []byte {
	if len(c.queue) == 0 || sequence != c.out {
		return nil
	}
	c.out++
	c.queue = c.queue[1:]
	return c.next()
}

// acknowledge is the gateway's acknowledgement of a request, none over TCP.
func (c *channel) acknowledge(service uint16, sequence uint8) []byte {
	if c.tcp {
		return nil
	}
	ack := uint16(tunnellingAck)
	if service == configurationRequest {
		ack = configurationAck
	}
	return frame(ack, connectionHeaderLength, c.id, sequence, c.ack)
}

// accept takes the sequence counter of a request. A repeated one is to be
// acknowledged again, but not done again.
func (c *channel) accept(sequence uint8) (repeated, ok bool) {
	switch {
	case c.tcp:
		return false, true
	case sequence == c.in:
		c.in++
		return false, true
	case sequence == c.in-1:
		return !c.refused, true
	}
	return false, false
}

// open opens a channel. There are 255 of them: the oldest gives way.
func (d *Device) open(owner devicetest.Session, management bool) *channel {
	d.number++
	if d.number == 0 {
		d.number++
	}
	c := &channel{id: d.number, owner: owner, tcp: d.tcp, management: management, address: 0x1200 | uint16(d.number), numbers: map[uint16]uint8{}}
	d.channels[c.id] = c
	return c
}

// disconnect closes a channel from the gateway's side.
func (d *Device) disconnect(c *channel) []byte {
	delete(d.channels, c.id)
	return frame(disconnectRequest, append([]byte{c.id, 0}, d.endpoint...)...)
}

// connect answers a CONNECT_REQUEST.
func (d *Device) connect(owner devicetest.Session, body []byte) []byte {
	refuse := func(status knx.ErrorCode) []byte { return frame(connectResponse, 0, byte(status)) }
	if d.refuseConnect != 0 {
		return refuse(d.refuseConnect)
	}
	if len(body) < 18 { // two host addresses and a connection request information
		return refuse(knx.EConnectionOption)
	}
	switch kind, information := body[17], body[16:]; {
	case kind == managementConnection:
		c := d.open(owner, true)
		return frame(connectResponse, append(append([]byte{c.id, 0}, d.endpoint...), 2, managementConnection)...)
	case kind != tunnelConnection:
		return refuse(knx.EConnectionType)
	case len(information) < 4 || information[2] != linkLayer:
		return refuse(knx.ETunnellingLayer)
	}
	c := d.open(owner, false)
	return frame(connectResponse, append(append([]byte{c.id, 0}, d.endpoint...), 4, tunnelConnection, byte(c.address>>8), byte(c.address))...)
}

// state answers a CONNECTIONSTATE_REQUEST.
func (d *Device) state(id uint8) []byte {
	status := d.refuseState
	if d.channels[id] == nil {
		status = knx.EConnectionID
	}
	return frame(stateResponse, id, byte(status))
}

// close answers a DISCONNECT_REQUEST.
func (d *Device) close(id uint8) []byte {
	status := knx.ENoError
	if d.channels[id] == nil {
		status = knx.EConnectionID
	}
	delete(d.channels, id)
	return frame(disconnectResponse, id, byte(status))
}
