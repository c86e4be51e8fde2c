package eniptest

import (
	"fmt"
	"strings"

	"github.com/fieldstatus/fieldstatus/enip"
	"github.com/fieldstatus/fieldstatus/internal/wire"
)

// Services of requests.
const (
	getAttributesAll   = 0x01
	getAttributeList   = 0x03
	multiple           = 0x0A
	getAttributeSingle = 0x0E
	setAttributeSingle = 0x10
	readTag            = 0x4C
	writeTag           = 0x4D
	readModifyWrite    = 0x4E // of a tag
	forwardClose       = 0x4E // of the Connection Manager
	readFragmented     = 0x52 // of a tag
	unconnectedSend    = 0x52 // of the Connection Manager
	writeFragmented    = 0x53
	forwardOpen        = 0x54
	largeForwardOpen   = 0x5B

	replyBit = 0x80
)

const (
	classRouter            = 0x02
	classConnectionManager = 0x06
)

// Items of the common packet format.
const (
	itemNull             = 0x0000
	itemConnectedAddress = 0x00A1
	itemConnectedData    = 0x00B1
	itemUnconnectedData  = 0x00B2
)

const headerSize = 24

// A request is what a frame of a client asks.
type request struct {
	command    enip.Command
	session    uint32
	context    []byte // 8 bytes
	body       []byte
	connected  bool
	connection uint32
	sequence   uint16
	routed     bool    // message came inside an Unconnected Send
	message    message // of SendRRData and SendUnitData
}

// A message is a CIP request.
type message struct {
	service uint8 // 0 when there is none that can be read
	path    path
	body    []byte
	packet  []message // of a Multiple Service Packet
	list    []uint16  // of a Get_Attribute_List
	pccc    *pccc     // of an Execute PCCC
}

// A path is what a message is for: a tag, or an object.
type path struct {
	tag       string
	object    bool
	attribute attribute
}

// readRequest reads a frame, whose length is right.
func readRequest(frame []byte) request {
	r := wire.NewReader(append([]byte(nil), frame...))
	q := request{command: enip.Command(r.Uint16LE())}
	r.Skip(2)
	q.session = r.Uint32LE()
	r.Skip(4)
	q.context = r.Bytes(8)
	r.Skip(4)
	q.body = r.Rest()
	if q.command != enip.SendRRData && q.command != enip.SendUnitData {
		return q
	}
	p := wire.NewReader(q.body)
	p.Skip(6)
	for range int(p.Uint16LE()) {
		kind := p.Uint16LE()
		item := p.Sub(int(p.Uint16LE()))
		switch kind {
		case itemConnectedAddress:
			q.connection = item.Uint32LE()
		case itemConnectedData:
			q.connected, q.sequence = true, item.Uint16LE()
			q.message = readMessage(item.Rest())
		case itemUnconnectedData:
			q.message = readMessage(item.Rest())
		}
		if p.Failed() {
			q.message = message{}
			break
		}
	}
	if m := q.message; m.service == unconnectedSend && m.path.attribute.class == classConnectionManager {
		r := wire.NewReader(m.body)
		r.Skip(2) // priority and time-out ticks
		q.message, q.routed = readMessage(r.Bytes(int(r.Uint16LE()))), true
	}
	return q
}

// readMessage reads a CIP request. What does not fit together has no service.
func readMessage(data []byte) message {
	r := wire.NewReader(data)
	m := message{service: r.Uint8()}
	route := r.Bytes(2 * int(r.Uint8()))
	m.body = r.Rest()
	var ok bool
	if m.path, ok = readPath(route); r.Failed() || !ok {
		return message{}
	}
	b := wire.NewReader(m.body)
	switch {
	case m.service == multiple && m.path.attribute.class == classRouter:
		m.packet = readPacket(m.body)
	case m.service == executePCCC && m.path.attribute.class == classPCCC:
		m.pccc = readPCCC(m.body)
	case m.service == getAttributeList && m.path.object:
		for range int(b.Uint16LE()) {
			if b.Len() < 2 {
				m.list = nil
				break
			}
			m.list = append(m.list, b.Uint16LE())
		}
	}
	return m
}

// readPacket reads the requests of a Multiple Service Packet, nil when it lies.
func readPacket(body []byte) []message {
	r := wire.NewReader(body)
	var offsets []int
	for range int(r.Uint16LE()) {
		offsets = append(offsets, int(r.Uint16LE()))
	}
	if r.Failed() {
		return nil
	}
	var packet []message
	for i, from := range offsets {
		to := len(body)
		if i+1 < len(offsets) {
			to = offsets[i+1]
		}
		r := wire.NewReader(body)
		r.Skip(from)
		m := readMessage(r.Bytes(to - from))
		if r.Failed() || m.packet != nil {
			return nil // it lies, or is a packet inside a packet
		}
		packet = append(packet, m)
	}
	return packet
}

// readPath reads the segments of a path: the symbols and elements of a tag, or
// class, instance and attribute of an object.
//
// Source: CIP Volume 1, Appendix C-1.4.
func readPath(route []byte) (p path, ok bool) {
	r := wire.NewReader(route)
	for r.Len() > 0 {
		kind := r.Uint8()
		if kind == 0x91 { // symbol
			n := int(r.Uint8())
			name := string(r.Bytes(n))
			r.Skip(n % 2)
			if p.tag != "" {
				name = "." + name
			}
			p.tag += name
			continue
		}
		var n uint32
		switch kind & 3 {
		case 0:
			n = uint32(r.Uint8())
		case 1:
			r.Skip(1)
			n = uint32(r.Uint16LE())
		case 2:
			r.Skip(1)
			n = r.Uint32LE()
		}
		switch kind &^ 3 {
		case 0x20:
			p.object, p.attribute.class = true, n
		case 0x24:
			p.attribute.instance = n
		case 0x28: // element
			if before, ok := strings.CutSuffix(p.tag, "]"); ok {
				p.tag = fmt.Sprintf("%s,%d]", before, n)
			} else {
				p.tag = fmt.Sprintf("%s[%d]", p.tag, n)
			}
		case 0x30:
			p.attribute.number = n
		default:
			return p, false
		}
	}
	return p, !r.Failed()
}
