package eniptest

import (
	"encoding/binary"
	"slices"

	"github.com/fieldstatus/fieldstatus/core/devicetest"
	"github.com/fieldstatus/fieldstatus/enip"
	"github.com/fieldstatus/fieldstatus/internal/wire"
)

// Refusals that the device makes by itself, as Logix does.
var (
	unknownTag        = &refusal{enip.PathSegmentError, []uint16{0}}
	beyondEnd         = refusalOf(enip.LogixAccessBeyondEndOfObject)
	otherType         = refusalOf(enip.LogixDataTypeMismatch)
	tooShort          = &refusal{general: enip.NotEnoughData}
	noService         = &refusal{general: enip.ServiceNotSupported}
	noObject          = &refusal{general: enip.PathDestinationUnknown}
	noAttribute       = &refusal{general: enip.AttributeNotSupported}
	attributeFailed   = &refusal{general: enip.AttributeListError}
	itemFailed        = &refusal{general: enip.EmbeddedServiceError}
	moreFollows       = &refusal{general: enip.PartialTransfer}
	countOutOfRange   = &refusal{general: enip.InvalidParameterValue}
	maskSizeDiffers   = &refusal{general: enip.InvalidParameterValue}
	fragmentElsewhere = refusalOf(enip.LogixAddressOutOfRange)
)

// serve answers a message that is not for the Connection Manager. A reply has no
// more than limit bytes.
func (s *session) serve(m *message, p devicetest.Plan, limit int) []byte {
	whole := p.Native
	if whole == nil && len(p.Items) == 1 && m.packet == nil && m.list == nil {
		whole = p.Items[0]
	}
	if r := refusalOf(whole); r != nil && r.general != enip.Success {
		return s.refuse(m, r, limit)
	}
	switch {
	case m.packet != nil:
		return s.servePacket(m, p, limit)
	case m.list != nil:
		return s.serveList(m, p)
	case m.pccc != nil:
		return s.device.servePCCC(m.pccc, whole)
	}
	return s.serveOne(m, limit)
}

// refuse answers with a status. A router that cannot deliver a message answers
// for Unconnected Send itself, and says how much of the route was left.
func (s *session) refuse(m *message, r *refusal, limit int) []byte {
	switch {
	case r.general == enip.ConnectionFailure && s.q.routed:
		return reply(unconnectedSend, r, []byte{1, 0})
	case r.general == enip.PartialTransfer && (m.service == readTag || m.service == readFragmented):
		return s.readHalf(m, r, limit)
	}
	return reply(m.service, r, nil)
}

// serveOne answers a message that has one status.
func (s *session) serveOne(m *message, limit int) []byte {
	d := s.device
	if m.path.object {
		return d.serveObject(m)
	}
	switch m.service {
	case readTag, readFragmented:
		return d.read(m, limit)
	case writeTag, writeFragmented:
		return reply(m.service, d.write(m), nil)
	case readModifyWrite:
		return reply(m.service, d.modify(m), nil)
	}
	return reply(m.service, noService, nil)
}

// servePacket answers a Multiple Service Packet.
func (s *session) servePacket(m *message, p devicetest.Plan, limit int) []byte {
	n := len(m.packet)
	data := binary.LittleEndian.AppendUint16(nil, uint16(n))
	data = append(data, make([]byte, 2*n)...)
	var status *refusal
	for i := range m.packet {
		binary.LittleEndian.PutUint16(data[2+2*i:], uint16(len(data)))
		room := limit - 4 - len(data) - 4*(n-1-i) // the others need their status
		one := s.serve(&m.packet[i], devicetest.Plan{Native: p.Items[i]}, room)
		if one[2] != byte(enip.Success) {
			status = itemFailed
		}
		data = append(data, one...)
	}
	return reply(m.service, status, data)
}

// serveList answers Get_Attribute_List.
func (s *session) serveList(m *message, p devicetest.Plan) []byte {
	if !s.device.known(m.path.attribute.class, m.path.attribute.instance) {
		return reply(m.service, noObject, nil)
	}
	data := binary.LittleEndian.AppendUint16(nil, uint16(len(m.list)))
	var status *refusal
	for i, number := range m.list {
		a := m.path.attribute
		a.number = uint32(number)
		value, ok := s.device.attributes[a]
		general := enip.Success
		if !ok {
			general = enip.AttributeNotSupported
		}
		if i < len(p.Items) {
			if r := refusalOf(p.Items[i]); r != nil {
				general = r.general
			}
		}
		data = binary.LittleEndian.AppendUint16(data, number)
		data = append(data, byte(general), 0)
		if general == enip.Success {
			data = append(data, value...)
		} else {
			status = attributeFailed
		}
	}
	return reply(m.service, status, data)
}

// serveObject answers the services of objects.
func (d *Device) serveObject(m *message) []byte {
	a := m.path.attribute
	value, ok := d.attributes[a]
	switch {
	case !d.known(a.class, a.instance):
		if !understood(m) {
			return reply(m.service, noService, nil)
		}
		return reply(m.service, noObject, nil)
	case m.service == getAttributesAll:
		return reply(m.service, nil, d.all(a.class, a.instance))
	case m.service != getAttributeSingle && m.service != setAttributeSingle:
		return reply(m.service, noService, nil)
	case !ok:
		return reply(m.service, noAttribute, nil)
	case m.service == setAttributeSingle:
		d.attributes[a] = append([]byte(nil), m.body...)
		return reply(m.service, nil, nil)
	}
	return reply(m.service, nil, value)
}

// all returns the values of all attributes of an object, in order.
func (d *Device) all(class, instance uint32) (data []byte) {
	var numbers []uint32
	for a := range d.attributes {
		if a.class == class && a.instance == instance {
			numbers = append(numbers, a.number)
		}
	}
	slices.Sort(numbers)
	for _, n := range numbers {
		data = append(data, d.attributes[attribute{class, instance, n}]...)
	}
	return data
}

// typed is the type in front of values.
func (t *tag) typed() []byte {
	b := binary.LittleEndian.AppendUint16(nil, uint16(t.kind))
	if t.kind == enip.TypeStructure {
		b = binary.LittleEndian.AppendUint16(b, t.handle)
	}
	return b
}

// read answers Read Tag and Read Tag Fragmented.
//
// Source: Rockwell 1756-PM020, Read Tag Service, Read Tag Fragmented Service.
func (d *Device) read(m *message, limit int) []byte {
	t, value, offset, r := d.wanted(m)
	if r != nil {
		return reply(m.service, r, nil)
	}
	head := t.typed()
	rest := value[offset:]
	room := limit - 4 - len(head)
	if len(rest) <= room {
		return reply(m.service, nil, append(head, rest...))
	}
	part := 4 // structures are cut anywhere, but not inside four bytes
	if t.kind != enip.TypeStructure {
		part = t.size
	}
	return reply(m.service, moreFollows, append(head, rest[:max(room, 0)/part*part]...))
}

// readHalf answers a read with the first half of the values, and a status.
func (s *session) readHalf(m *message, r *refusal, limit int) []byte {
	t, value, offset, wrong := s.device.wanted(m)
	if wrong != nil {
		return reply(m.service, wrong, nil)
	}
	rest := value[offset:]
	half := min(len(rest)/2, max(limit-8, 0))
	if t.kind != enip.TypeStructure {
		half = half / t.size * t.size
	}
	return reply(m.service, r, append(t.typed(), rest[:half]...))
}

// wanted returns the values that a read asks for, and where it begins in them.
func (d *Device) wanted(m *message) (t *tag, value []byte, offset int, r *refusal) {
	b := wire.NewReader(m.body)
	n := int(b.Uint16LE())
	if m.service == readFragmented {
		offset = int(b.Uint32LE())
	}
	t, first := d.find(m.path.tag)
	switch {
	case b.Failed():
		return nil, nil, 0, tooShort
	case t == nil:
		return nil, nil, 0, unknownTag
	case n == 0:
		return nil, nil, 0, countOutOfRange
	case first+n*t.size > len(t.data):
		return nil, nil, 0, beyondEnd
	case offset > n*t.size:
		return nil, nil, 0, fragmentElsewhere
	}
	return t, t.data[first : first+n*t.size], offset, nil
}

// write stores what Write Tag and Write Tag Fragmented bring.
//
// Source: Rockwell 1756-PM020, Write Tag Service, Write Tag Fragmented Service.
func (d *Device) write(m *message) *refusal {
	b := wire.NewReader(m.body)
	kind, handle, offset := enip.DataType(b.Uint16LE()), uint16(0), 0
	if kind == enip.TypeStructure {
		handle = b.Uint16LE()
	}
	n := int(b.Uint16LE())
	if m.service == writeFragmented {
		offset = int(b.Uint32LE())
	}
	value := b.Rest()
	t, first := d.find(m.path.tag)
	switch {
	case b.Failed():
		return tooShort
	case t == nil:
		return unknownTag
	case kind != t.kind || handle != t.handle:
		return otherType
	case n == 0:
		return countOutOfRange
	case first+n*t.size > len(t.data):
		return beyondEnd
	case offset+len(value) > n*t.size:
		return &refusal{general: enip.TooMuchData}
	case m.service == writeTag && len(value) < n*t.size:
		return tooShort
	}
	copy(t.data[first+offset:], value)
	return nil
}

// modify sets and clears bits: Read Modify Write Tag.
//
// Source: Rockwell 1756-PM020, Read Modify Write Tag Service.
func (d *Device) modify(m *message) *refusal {
	b := wire.NewReader(m.body)
	n := int(b.Uint16LE())
	or, and := b.Bytes(n), b.Bytes(n)
	t, first := d.find(m.path.tag)
	switch {
	case b.Failed():
		return tooShort
	case t == nil:
		return unknownTag
	case n > t.size:
		return maskSizeDiffers
	case first+n > len(t.data):
		return beyondEnd
	}
	for i := range n {
		t.data[first+i] = t.data[first+i]&and[i] | or[i]
	}
	return nil
}
