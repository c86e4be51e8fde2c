package eniptest

import (
	"encoding/binary"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/devicetest"
	"github.com/fieldstatus/fieldstatus/enip"
	"github.com/fieldstatus/fieldstatus/internal/wire"
)

// A session is one TCP connection of a client. It reads each frame once, in Read.
type session struct {
	device      *Device
	handle      uint32 // registered, 0 for none
	connections map[uint32]connection
	q           request
}

// A connection is a CIP connection, by the identifier that requests have.
type connection struct {
	to     uint32 // identifier that replies have
	size   int    // that a reply may have
	serial []byte // serial number, vendor and serial number of the originator
}

// unconnectedSize is what an unconnected reply may have.
const unconnectedSize = 504

func (s *session) Read(frame []byte) devicetest.Request {
	s.q = readRequest(frame)
	switch s.q.command {
	case enip.SendRRData, enip.SendUnitData:
	case enip.NOP, enip.ListServices, enip.ListIdentity, enip.ListInterfaces, enip.RegisterSession, enip.UnRegisterSession:
		return devicetest.Request{Op: core.Connect, Understood: true}
	default:
		return devicetest.Request{Op: core.Other}
	}
	m := &s.q.message
	q := devicetest.Request{Op: opOf(m), Items: s.device.items(m), Understood: understood(m)}
	if m.packet != nil {
		q.Op = core.Read
		for i := range m.packet {
			q.Understood = q.Understood && understood(&m.packet[i])
			if op := opOf(&m.packet[i]); op != core.Read && q.Op != core.Write {
				q.Op = op
			}
		}
	}
	return q
}

// opOf tells what a message attempts. What clients do by themselves is a handshake.
func opOf(m *message) core.Op {
	if m.pccc != nil {
		return m.pccc.op()
	}
	switch m.path.attribute.class {
	case classConnectionManager:
		return core.Connect
	case classIdentity:
		if m.service == getAttributesAll || m.service == getAttributeList || m.service == getAttributeSingle {
			return core.Connect
		}
	}
	switch m.service {
	case getAttributesAll, getAttributeList, getAttributeSingle, readTag, readFragmented:
		return core.Read
	case setAttributeSingle, writeTag, writeFragmented, readModifyWrite:
		return core.Write
	}
	return core.Other
}

// understood reports whether the device has a service for what was sent.
func understood(m *message) bool {
	switch m.service {
	case executePCCC:
		return m.pccc != nil && m.pccc.address != ""
	case getAttributesAll, getAttributeSingle, setAttributeSingle:
		return m.path.object
	case getAttributeList:
		return m.list != nil
	case multiple:
		return m.packet != nil
	case readTag, writeTag, readFragmented, writeFragmented, readModifyWrite:
		return m.path.tag != "" || m.path.attribute.class == classConnectionManager
	case forwardOpen, largeForwardOpen:
		return m.path.attribute.class == classConnectionManager
	}
	return false
}

// items names what a message is about. Each message of a packet has one name.
func (d *Device) items(m *message) []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	if m.packet == nil {
		return d.itemsOf(m)
	}
	names := []string{}
	for i := range m.packet {
		name := ""
		if of := d.itemsOf(&m.packet[i]); len(of) > 0 {
			name = of[0]
		}
		names = append(names, name)
	}
	return names
}

func (d *Device) itemsOf(m *message) []string {
	switch {
	case m.pccc != nil:
		return []string{d.canonical(m.pccc.address)}
	case m.path.tag != "":
		return []string{d.canonical(m.path.tag)}
	case m.list != nil:
		names := []string{}
		for _, number := range m.list {
			a := m.path.attribute
			a.number = uint32(number)
			names = append(names, a.String())
		}
		return names
	case m.path.object && m.service != multiple:
		return []string{m.path.attribute.String()}
	}
	return nil
}

func (s *session) Answer(_ []byte, p devicetest.Plan) []byte {
	for _, native := range append([]error{p.Native}, p.Items...) {
		s.device.check(native, s.q.message.pccc != nil)
	}
	s.device.mu.Lock()
	defer s.device.mu.Unlock()
	q := &s.q
	if status, ok := headerStatus(p); ok {
		return q.header(status, nil)
	}
	switch q.command {
	case enip.NOP:
		return []byte{}
	case enip.UnRegisterSession:
		return nil
	case enip.ListServices:
		return q.header(0, services())
	case enip.ListIdentity:
		return q.header(0, s.device.identity())
	case enip.ListInterfaces:
		return q.header(0, []byte{0, 0})
	case enip.RegisterSession:
		return s.register()
	case enip.SendRRData, enip.SendUnitData:
	default:
		return q.header(enip.EncapsulationInvalidCommand, nil)
	}
	switch {
	case s.handle == 0 || q.session != s.handle:
		return q.header(enip.EncapsulationInvalidSessionHandle, nil)
	case q.connected != (q.command == enip.SendUnitData):
		return q.header(enip.EncapsulationIncorrectData, nil)
	}
	limit := unconnectedSize
	if q.connected {
		c, ok := s.connections[q.connection]
		if !ok {
			return s.envelope(reply(q.message.service, &refusal{general: enip.ConnectionLost}, nil))
		}
		limit = c.size - 2
	}
	if m := &q.message; m.path.attribute.class == classConnectionManager {
		return s.manage(m)
	}
	return s.envelope(s.serve(&q.message, p, limit))
}

// register answers RegisterSession.
func (s *session) register() []byte {
	q := &s.q
	d := s.device
	version := append([]byte(nil), q.body[:min(len(q.body), 4)]...)
	switch {
	case d.refusing:
		q.session = 0
		return q.header(d.refuseSession, version)
	case len(q.body) != 4:
		return q.header(enip.EncapsulationInvalidLength, nil)
	case version[0] != 1 || version[1] != 0 || version[2] != 0 || version[3] != 0:
		return q.header(enip.EncapsulationUnsupportedProtocolRevision, []byte{1, 0, 0, 0})
	case s.handle != 0:
		q.session = s.handle
		return q.header(enip.EncapsulationInvalidCommand, version)
	}
	d.handles++
	s.handle = d.handles<<8 | 1
	q.session = s.handle
	return q.header(0, version)
}

// manage answers requests to the Connection Manager.
func (s *session) manage(m *message) []byte {
	switch m.service {
	case forwardOpen, largeForwardOpen:
		return s.open(m)
	case forwardClose:
		return s.closeConnection(m)
	}
	return s.envelope(reply(m.service, &refusal{general: enip.ServiceNotSupported}, nil))
}

// open answers Forward Open.
//
// Source: CIP Volume 1, Chapter 3-5.5.2.
func (s *session) open(m *message) []byte {
	r := wire.NewReader(m.body)
	r.Skip(2 + 4) // ticks, and the identifier that the device chooses
	c := connection{to: r.Uint32LE()}
	c.serial = r.Bytes(8)
	r.Skip(4) // multiplier
	ot := r.Bytes(4)
	size := func() int { return int(r.Uint16LE()) & 0x1FF }
	if m.service == largeForwardOpen {
		size = func() int { return int(r.Uint32LE()) & 0xFFFF }
	}
	size()
	to := r.Bytes(4)
	c.size = size()
	switch {
	case r.Failed():
		return s.envelope(reply(m.service, &refusal{general: enip.NotEnoughData}, nil))
	case s.device.refuseOpen != nil:
		if status, ok := s.device.refuseOpen.(enip.EncapsulationStatus); ok {
			return s.q.header(status, nil)
		}
		return s.envelope(reply(m.service, refusalOf(s.device.refuseOpen), append(append([]byte(nil), c.serial...), 0, 0)))
	}
	s.device.connections++
	id := 0x00FE0000 | s.device.connections
	s.connections[id] = c
	data := binary.LittleEndian.AppendUint32(nil, id)
	data = binary.LittleEndian.AppendUint32(data, c.to)
	data = append(append(append(data, c.serial...), ot...), to...)
	return s.envelope(reply(m.service, nil, append(data, 0, 0)))
}

// closeConnection answers Forward Close.
func (s *session) closeConnection(m *message) []byte {
	r := wire.NewReader(m.body)
	r.Skip(2)
	serial := r.Bytes(8)
	if r.Failed() {
		return s.envelope(reply(m.service, &refusal{general: enip.NotEnoughData}, nil))
	}
	for id, c := range s.connections {
		if string(c.serial) == string(serial) {
			delete(s.connections, id)
			return s.envelope(reply(m.service, nil, append(serial, 0, 0)))
		}
	}
	return s.envelope(reply(m.service, refusalOf(enip.CMTargetConnectionNotFound), append(serial, 0, 0)))
}
