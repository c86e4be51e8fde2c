package knxtest

import (
	"encoding/binary"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/internal/wire"
	"github.com/fieldstatus/fieldstatus/knx"
)

// cEMI message codes (KNX 3/6/3).
const (
	dataRequest          = 0x11
	dataIndication       = 0x29
	dataConfirm          = 0x2E
	propertyWriteConfirm = 0xF5
	propertyWriteRequest = 0xF6
	propertyReadConfirm  = 0xFB
	propertyReadRequest  = 0xFC
)

// Application services (KNX 3/3/7).
const (
	groupValueRead         = 0x000
	groupValueResponse     = 0x040
	groupValueWrite        = 0x080
	propertyExtRead        = 0x1CC
	propertyExtResponse    = 0x1CD
	propertyExtWrite       = 0x1CE
	propertyExtWriteAnswer = 0x1CF
	descriptorRead         = 0x300
	descriptorResponse     = 0x340
)

// busDevice is the individual address 1.1.1, which answers for all group objects.
const busDevice = 0x1101

// telegram is a message with a link layer telegram of low priority.
func telegram(code byte, source, destination uint16, group bool, tpdu []byte) []byte {
	control := byte(0x60)
	if group {
		control |= 0x80
	}
	t := []byte{code, 0, 0xBC, control}
	t = binary.BigEndian.AppendUint16(t, source)
	t = binary.BigEndian.AppendUint16(t, destination)
	t = append(t, byte(len(tpdu)-1))
	return append(t, tpdu...)
}

// application is a TPDU with a service of which the first octet of data has six
// bits in the APCI.
func application(service uint16, value []byte) []byte {
	tpdu := []byte{byte(service >> 8), byte(service)}
	if len(value) > 0 {
		tpdu[1] |= value[0] & 0x3F
		tpdu = append(tpdu, value[1:]...)
	}
	return tpdu
}

// asked is what a telegram asks of the bus.
type asked struct {
	t          knx.Telegram
	op         core.Op
	item       string
	service    uint16
	data       []byte // behind the APCI
	understood bool
}

// readTelegram tells what a telegram asks.
func readTelegram(t knx.Telegram) asked {
	a := asked{t: t, item: individualName(t.Destination)}
	if t.Group {
		a.item = groupName(t.Destination)
	}
	apci, data, ok := t.Application()
	a.data = data
	switch {
	case !ok && !t.Group: // a transport control octet
		a.understood = true
		if knx.TPCI(t.TPDU[0])&0xC3 != knx.TConnect {
			a.op = core.Connect // acknowledgements, and the end of a connection
		}
		return a
	case !ok:
		return a
	case t.Group:
		a.service = apci &^ 0x3F
		switch a.service {
		case groupValueRead:
			a.op, a.understood = core.Read, true
		case groupValueWrite:
			a.op, a.understood = core.Write, true
		case groupValueResponse: // the client answers for a group object of its own
			a.understood = true
		}
	case apci&^0x3F == descriptorRead:
		a.service, a.op, a.understood = descriptorRead, core.Read, true
	case apci == propertyExtRead || apci == propertyExtWrite:
		a.service, a.op = apci, core.Read
		if apci == propertyExtWrite {
			a.op = core.Write
		}
		r := wire.NewReader(data)
		object, id := int(r.Uint16BE()), int(r.Uint8())<<16|int(r.Uint16BE())
		r.Skip(3) // count and index
		if a.understood = !r.Failed(); a.understood {
			a.item += " " + propertyName(object, id>>12, id&0xFFF)
		}
	}
	return a
}

// value is what a group telegram carries, from the six bits in the APCI on.
func (a asked) value() []byte {
	return append([]byte{a.t.TPDU[1] & 0x3F}, a.data...)
}

// confirm is the L_Data.con of a request. Only the confirm bit of control is used.
func confirm(cemi []byte, source uint16, control knx.Confirm) []byte {
	con := append([]byte(nil), cemi...)
	con[0] = dataConfirm
	at := 2 + int(con[1])
	con[at] = con[at]&^1 | byte(control)&1
	binary.BigEndian.PutUint16(con[at+2:], source)
	return con
}

// bus returns what comes back from the bus behind a confirmation.
func (d *Device) bus(c *channel, a asked, native error) [][]byte {
	if a.t.Group {
		return d.group(a, native)
	}
	return d.device(c, a, native)
}

func (d *Device) group(a asked, native error) [][]byte {
	switch {
	case a.service == groupValueWrite:
		d.write(a.item, a.value())
	case a.service == groupValueRead && !isSilent(native):
		return [][]byte{telegram(dataIndication, busDevice, a.t.Destination, true, application(groupValueResponse, d.read(a.item)))}
	}
	return nil
}

// isSilent reports whether a device does not answer what was on the bus.
func isSilent(native error) bool {
	switch native {
	case knx.GroupReadTimeout, knx.ResponseTimeout, knx.PresenceCheckTimeout, knx.TransportAckTimeout:
		return true
	}
	return false
}

// device answers for a device with an individual address.
func (d *Device) device(c *channel, a asked, native error) (answers [][]byte) {
	self := a.t.Destination
	say := func(tpdu ...byte) {
		answers = append(answers, telegram(dataIndication, self, c.address, false, tpdu))
	}
	tpci := a.t.TPDU[0]
	numbered := tpci&0xC0 == 0x40
	if p, ok := native.(knx.TPCI); ok {
		if p&0xC3 == knx.TNAK {
			p |= knx.TPCI(tpci & 0x3C)
		}
		say(byte(p))
		return answers
	}
	if knx.TPCI(tpci) == knx.TConnect {
		c.numbers[self] = 0
	}
	if numbered && native != knx.PresenceCheckTimeout && native != knx.TransportAckTimeout {
		say(byte(knx.TACK) | tpci&0x3C)
	}
	if isSilent(native) {
		return answers
	}
	var answer []byte
	switch a.service {
	case descriptorRead:
		answer = application(descriptorResponse, []byte{0, 0x07, 0xB0}) // a System B device
	case propertyExtRead, propertyExtWrite:
		if !a.understood {
			return answers
		}
		answer = d.property(a, native)
	default:
		return answers
	}
	if numbered {
		answer[0] |= 0x40 | c.numbers[self]<<2&0x3C
		c.numbers[self]++
	}
	say(answer...)
	return answers
}

// property answers the extended services for one element of a property.
func (d *Device) property(a asked, native error) []byte {
	code, failed := native.(knx.ReturnCode)
	service, rest := byte(propertyExtResponse&0xFF), d.read(a.item)
	head := append([]byte(nil), a.data[:8]...)
	if a.service == propertyExtWrite {
		service, rest = propertyExtWriteAnswer&0xFF, []byte{byte(knx.ReturnESuccess)}
	}
	switch {
	case failed:
		head[5], rest = 0, []byte{byte(code)} // no elements
	case a.service == propertyExtWrite:
		d.write(a.item, a.data[8:])
	}
	return append(append([]byte{propertyExtResponse >> 8, service}, head...), rest...)
}

// readManagement tells what a device management message asks of the gateway.
func readManagement(cemi []byte) (a asked) {
	r := wire.NewReader(cemi)
	code := r.Uint8()
	object, instance, property := int(r.Uint16BE()), int(r.Uint8()), int(r.Uint8())
	r.Skip(2) // count and index
	a.data = r.Rest()
	a.item = propertyName(object, instance, property)
	a.understood = !r.Failed()
	switch code {
	case propertyReadRequest:
		a.op = core.Read
	case propertyWriteRequest:
		a.op = core.Write
	default:
		a.understood = false
	}
	return a
}

// manage answers a device management message.
func (d *Device) manage(cemi []byte, a asked, native error) []byte {
	con := append([]byte(nil), cemi[:7]...)
	con[0] = propertyReadConfirm
	if a.op == core.Write {
		con[0] = propertyWriteConfirm
	}
	if e, ok := native.(knx.PropertyError); ok {
		con[5] &= 0x0F // no elements
		return append(con, byte(e))
	}
	if a.op == core.Write {
		d.write(a.item, a.data)
		return con
	}
	return append(con, d.read(a.item)...)
}
