package eniptest

import (
	"encoding/binary"

	"github.com/fieldstatus/fieldstatus/core/devicetest"
	"github.com/fieldstatus/fieldstatus/enip"
	"github.com/fieldstatus/fieldstatus/internal/wire"
)

// header is an answer with the header of the request.
//
// Source: CIP Volume 2, Chapter 2-3.1.
func (q *request) header(status enip.EncapsulationStatus, body []byte) []byte {
	b := binary.LittleEndian.AppendUint16(nil, uint16(q.command))
	b = binary.LittleEndian.AppendUint16(b, uint16(len(body)))
	b = binary.LittleEndian.AppendUint32(b, q.session)
	b = binary.LittleEndian.AppendUint32(b, uint32(status))
	b = append(b, q.context...)
	b = append(b, 0, 0, 0, 0)
	return append(b, body...)
}

// envelope puts a CIP reply into the items that the request came in.
//
// Source: CIP Volume 2, Chapter 2-6.
func (s *session) envelope(cip []byte) []byte {
	q := &s.q
	body := []byte{0, 0, 0, 0, 0, 0, 2, 0}
	if !q.connected {
		body = binary.LittleEndian.AppendUint32(body, itemNull)
		body = binary.LittleEndian.AppendUint16(body, itemUnconnectedData)
		body = binary.LittleEndian.AppendUint16(body, uint16(len(cip)))
		return q.header(0, append(body, cip...))
	}
	body = binary.LittleEndian.AppendUint16(body, itemConnectedAddress)
	body = binary.LittleEndian.AppendUint16(body, 4)
	body = binary.LittleEndian.AppendUint32(body, s.connections[q.connection].to)
	body = binary.LittleEndian.AppendUint16(body, itemConnectedData)
	body = binary.LittleEndian.AppendUint16(body, uint16(2+len(cip)))
	body = binary.LittleEndian.AppendUint16(body, q.sequence)
	return q.header(0, append(body, cip...))
}

// unwrap returns the CIP reply of a frame, nil when it has none.
func unwrap(frame []byte) (cip []byte) {
	r := wire.NewReader(frame)
	r.Skip(headerSize + 6)
	for range int(r.Uint16LE()) {
		kind := r.Uint16LE()
		item := r.Sub(int(r.Uint16LE()))
		switch kind {
		case itemConnectedData:
			item.Skip(2)
			cip = item.Rest()
		case itemUnconnectedData:
			cip = item.Rest()
		}
		if r.Failed() {
			return nil
		}
	}
	return cip
}

// services is the answer to ListServices: CIP over TCP.
//
// Source: CIP Volume 2, Chapter 2-4.6.
func services() []byte {
	body := []byte{1, 0, 0x00, 0x01, 20, 0, 1, 0, 0x20, 0}
	return append(body, "Communications\x00\x00"...)
}

// identity is the answer to ListIdentity.
//
// Source: CIP Volume 2, Chapter 2-4.2.
func (d *Device) identity() []byte {
	item := []byte{1, 0, 0, 2, 0xAF, 0x12, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0}
	for n := uint32(1); n <= 7; n++ {
		item = append(item, d.attributes[attribute{classIdentity, 1, n}]...)
	}
	item = append(item, 3) // operational
	body := binary.LittleEndian.AppendUint16([]byte{1, 0, 0x0C, 0}, uint16(len(item)))
	return append(body, item...)
}

// Spoil damages an answer.
func (s *session) Spoil(answer []byte, f devicetest.Fault) []byte {
	if f == devicetest.Garbage {
		return []byte("HTTP/1.1 400 Bad Request\r\n\r\n")
	}
	if len(answer) < headerSize {
		return answer
	}
	spoiled := append([]byte{}, answer...)
	cip := unwrap(answer)
	switch f {
	case devicetest.Truncated: // lengths are right, but the reply has no status
		if cip != nil {
			return s.envelope(cip[:3])
		}
	case devicetest.WrongLength: // the data item claims more than there is
		if cip != nil {
			at := len(answer) - len(cip) - 2
			if s.q.connected {
				at -= 2
			}
			spoiled[at] += 8
		}
	case devicetest.WrongID:
		spoiled[12] ^= 0xFF
		if s.q.connected && cip != nil {
			spoiled[len(answer)-len(cip)-2] ^= 0xFF
		}
	}
	return spoiled
}

// Adopt gives a recorded answer the session, the connection and the numbers of a
// request. A reply that was recorded on a connection also answers an unconnected
// request, and the other way round.
func (s *session) Adopt(recorded, _ []byte) []byte {
	if len(recorded) < headerSize {
		return recorded
	}
	if status := binary.LittleEndian.Uint32(recorded[8:]); status != 0 {
		return s.q.header(enip.EncapsulationStatus(status), nil)
	}
	if cip := unwrap(recorded); cip != nil {
		return s.envelope(cip)
	}
	binary.LittleEndian.PutUint32(recorded[4:], s.q.session)
	copy(recorded[12:20], s.q.context)
	return recorded
}
