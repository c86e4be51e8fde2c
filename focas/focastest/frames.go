package focastest

import (
	"encoding/binary"

	"github.com/fieldstatus/fieldstatus/core/devicetest"
	"github.com/fieldstatus/fieldstatus/focas"
)

// protocolVersion is the one of a 0i-D or a 30i-B. It bounds the answers.
const (
	protocolVersion = 3
	headerSize      = 10
	maxBody         = 2910
	emptyBody       = 2 + blockSize // one block without payload
	blockSize       = 16
)

// frame puts the header in front of a body.
func frame(f focas.Function, d focas.Direction, body []byte) []byte {
	b := []byte{0xA0, 0xA0, 0xA0, 0xA0, 0, protocolVersion, byte(f), byte(d)}
	b = binary.BigEndian.AppendUint16(b, uint16(len(body)))
	return append(b, body...)
}

// receipt is a status in place of an answer.
func receipt(f focas.Function, s Status) []byte { return frame(f, focas.DirReceipt, s.body()) }

// body is that of receipts and abort notices: location, status, details.
func (s Status) body() []byte { return s.append([]byte{0, 0}) }

func (s Status) append(b []byte) []byte {
	for _, v := range []int16{int16(s.Code), s.Detail.ErrNo, s.Detail.ErrDtno} {
		b = binary.BigEndian.AppendUint16(b, uint16(v))
	}
	return b
}

// opened accepts an open request: 40 bytes and one entry of 32.
func opened() []byte {
	body := make([]byte, 40+32)
	body[21] = 1 // entries
	return frame(focas.FuncOpen, focas.DirAnswer, body)
}

// append adds the block that answers b.
func (b block) append(body []byte, s Status, payload []byte) []byte {
	for _, v := range []int{blockSize + len(payload), int(b.device), int(b.address.path), int(b.address.command)} {
		body = binary.BigEndian.AppendUint16(body, uint16(v))
	}
	body = s.append(body)
	body = binary.BigEndian.AppendUint16(body, uint16(len(payload)))
	return append(body, payload...)
}

// Spoil damages an answer.
func (s *session) Spoil(answer []byte, f devicetest.Fault) []byte {
	if f == devicetest.Garbage {
		return []byte("HTTP/1.1 400 Bad Request\r\n\r\n")
	}
	if len(answer) <= headerSize {
		return answer // program text has no answer, and some have nothing that could be wrong
	}
	spoiled := append([]byte{}, answer...)
	switch f {
	case devicetest.Truncated: // the last block, or the status, ends too early
		spoiled = spoiled[:len(spoiled)-1]
		binary.BigEndian.PutUint16(spoiled[8:], uint16(len(spoiled)-headerSize))
	case devicetest.WrongLength:
		at := 8 // of the body: more than any CNC of this version sends
		if s.q.function == focas.FuncCommand && len(spoiled) >= headerSize+emptyBody {
			at = 12 // of the first block: more than the body has
		}
		binary.BigEndian.PutUint16(spoiled[at:], maxBody+1)
	case devicetest.WrongID: // a function that nobody waits for
		spoiled[6] = byte(focas.FuncNotice)
	}
	return spoiled
}

// Adopt returns what was recorded as it is: FOCAS has no transaction number.
func (s *session) Adopt(recorded, _ []byte) []byte { return recorded }
