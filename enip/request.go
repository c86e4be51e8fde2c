package enip

import (
	"encoding/binary"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/internal/wire"
)

// A request is what has to be remembered of a request to read its response.
type request struct {
	header
	message             // of the CIP request, for SendRRData and SendUnitData
	id           uint64 // counts the requests of a conversation
	connected    bool
	connectionID uint32
	sequence     uint16
	routed       bool // wrapped into an Unconnected Send: message is the one inside
}

// A message is a CIP request.
type message struct {
	op          core.Op
	service     uint8
	class       uint16 // 0 when the path names none
	items       int    // of a Multiple Service Packet
	ids         idList // of a Get_Attribute_List
	pccc        uint8  // command of a PCCC request
	transaction uint16 // its number
}

// An idList holds the attributes of a request as far as there is room. Longer
// lists are not remembered.
type idList struct {
	n   uint8
	all [24]uint16
}

func (l *idList) list() []uint16 { return l.all[:l.n] }

// parseRequest reads a frame that the client has sent. It never fails: what it
// cannot read it leaves empty.
func parseRequest(frame []byte) (q request, ok bool) {
	h, body, _, fault := parseHeader(frame)
	q.header = h
	if fault != "" && (len(frame) < headerSize || h.command.known()) {
		return q, false // an unknown command may be refused by its echo
	}
	switch h.command {
	case RegisterSession:
		q.op = core.Connect
	case SendRRData, SendUnitData:
		p, _, fault := parsePacket(body)
		if fault != "" {
			break
		}
		q.connected, q.connectionID, q.sequence = p.connected, p.connectionID, p.sequence
		q.message, q.routed = parseMessage(p.message)
	}
	return q, true
}

// parseMessage reads a CIP request. An Unconnected Send to the Connection
// Manager is looked through: its answer is that of the message inside.
func parseMessage(data []byte) (m message, routed bool) {
	var body []byte
	m.service, m.class, body = parseHead(data)
	if m.service == serviceUnconnectedSend && m.class == classConnectionManager {
		r := wire.NewReader(body)
		r.Skip(2) // priority and time-out ticks
		inner := r.Bytes(int(r.Uint16LE()))
		if len(inner) < 2 {
			return m, false
		}
		m.service, m.class, body = parseHead(inner)
		routed = true
	}
	m.parseBody(body)
	return m, routed
}

// parseHead reads service and path.
func parseHead(data []byte) (service uint8, class uint16, body []byte) {
	r := wire.NewReader(data)
	service = r.Uint8()
	path := r.Bytes(2 * int(r.Uint8()))
	switch {
	case len(path) >= 2 && path[0] == 0x20: // 8-bit class
		class = uint16(path[1])
	case len(path) >= 4 && path[0] == 0x21: // 16-bit class
		class = binary.LittleEndian.Uint16(path[2:])
	}
	return service, class, r.Rest()
}

// parseBody reads what the answer has to be held against, and the op.
func (m *message) parseBody(body []byte) {
	r := wire.NewReader(body)
	m.op = opOf(m.service, m.class)
	switch {
	case m.service == serviceMultiple:
		m.items = int(r.Uint16LE())
		m.op = opOfPacket(body, m.items)
	case m.service == serviceGetAttributeList:
		if n := int(r.Uint16LE()); n <= len(m.ids.all) && 2*n <= r.Len() {
			m.ids.n = uint8(n)
			for i := range m.ids.list() {
				m.ids.all[i] = r.Uint16LE()
			}
		}
	case m.isPCCC():
		r.Skip(int(r.Uint8()) - 1) // requester ID, which counts its length byte
		m.pccc = r.Uint8()
		r.Skip(1)
		m.transaction = r.Uint16LE()
		if !r.Failed() {
			m.op = opOfPCCC(m.pccc, r.Uint8()) // not every command has a function
		}
	}
}

// continued reports whether the request exists to be continued, so that a
// partial answer is what its caller expects.
func (m *message) continued() bool {
	switch m.service {
	case serviceReadFragmented:
		return m.class != classConnectionManager
	case serviceReadTag:
		return m.class == classTemplate
	}
	return m.service == serviceGetInstanceAttrList
}

func (m *message) isPCCC() bool {
	return m.service == serviceExecutePCCC && m.class == classPCCC
}

// opOf tells what a service attempts. Whatever changes the device is a write.
func opOf(service uint8, class uint16) core.Op {
	if class == classConnectionManager {
		if service == serviceForwardOpen || service == serviceLargeForwardOpen {
			return core.Connect
		}
		if service == serviceForwardClose || service == serviceUnconnectedSend {
			return core.Other
		}
	}
	switch service {
	case serviceGetAttributesAll, serviceGetAttributeList, serviceGetAttributeSingle, serviceFindNext, serviceGetMember,
		serviceReadTag, serviceReadFragmented, serviceGetInstanceAttrList:
		return core.Read
	case serviceSetAttributesAll, serviceSetAttributeList, serviceSetAttributeSingle,
		0x05, 0x06, 0x07, 0x08, 0x09, 0x0D, 0x15, 0x16, 0x19, 0x1A, 0x1B, // Reset, Start, Stop, Create, Delete, Apply, Restore, Save, Set/Insert/Remove_Member
		serviceWriteTag, serviceWriteFragmented, serviceReadModifyWrite:
		return core.Write
	}
	return core.Other
}

// opOfPacket is a write when one of the embedded requests is, a read when all
// of them are.
func opOfPacket(body []byte, items int) core.Op {
	op := core.Read
	offsets := wire.NewReader(body)
	offsets.Skip(2) // their number
	for range items {
		embedded := wire.NewReader(body)
		embedded.Skip(int(offsets.Uint16LE()))
		if offsets.Failed() {
			return core.Other
		}
		service, class, _ := parseHead(embedded.Rest())
		switch opOf(service, class) {
		case core.Write:
			return core.Write
		case core.Read:
		default:
			op = core.Other
		}
	}
	if items == 0 {
		return core.Other
	}
	return op
}

// opOfPCCC tells what a PCCC command attempts.
//
// Source: Rockwell 1770-6.5.16, Chapter 7, message packet formats.
func opOfPCCC(command, function uint8) core.Op {
	switch command {
	case 0x01, 0x04: // unprotected read, physical read
		return core.Read
	case 0x00, 0x02, 0x03, 0x05, 0x07, 0x08: // protected and unprotected writes
		return core.Write
	case 0x06: // diagnostics
		return core.Other
	case 0x0F:
		switch function {
		case 0x01, 0x04, 0x17, 0x29, 0x68, 0xA1, 0xA2, 0xA7: // word range, file, physical and typed reads
			return core.Read
		case 0x00, 0x02, 0x03, 0x08, 0x18, 0x26, 0x3A, 0x50, 0x52, 0x57, 0x67, 0x79, 0x80, 0x88, 0xA9, 0xAA, 0xAB, 0xAF: // writes, bit writes, mode changes, downloads
			return core.Write
		}
	}
	return core.Other
}
