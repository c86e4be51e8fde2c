package opcuatest

import (
	"encoding/binary"

	"github.com/gopcua/opcua/ua"

	"github.com/fieldstatus/fieldstatus/core/devicetest"
	"github.com/fieldstatus/fieldstatus/internal/wire"
)

// Layouts are those of OPC 10000-6 6.7.2 and 7.1.2.

const (
	bufferSize  = 65535
	maxBody     = 32768 // of a chunk to the server
	maxMessage  = 1 << 24
	maxChunks   = 4096
	policyNone  = "http://opcfoundation.org/UA/SecurityPolicy#None"
	typeIDBytes = 4
)

func u32(b []byte, at int) uint32 {
	if len(b) < at+4 {
		return 0
	}
	return binary.LittleEndian.Uint32(b[at:])
}

func putU32(b []byte, at int, v uint32) {
	if len(b) >= at+4 {
		binary.LittleEndian.PutUint32(b[at:], v)
	}
}

// frame puts the header in front of a body.
func frame(kind string, body []byte) []byte {
	f := append([]byte(kind), 0, 0, 0, 0)
	f = append(f, body...)
	putU32(f, 4, uint32(len(f)))
	return f
}

// message is a chunk of a MSG. channel is the id of the channel and of its token.
// The sequence number is left open.
func message(chunk byte, channel []byte, id uint32, payload []byte) []byte {
	body := append([]byte{}, channel...)
	body = append(body, 0, 0, 0, 0)
	body = binary.LittleEndian.AppendUint32(body, id)
	return frame("MSG"+string(chunk), append(body, payload...))
}

func appendString(b []byte, s string) []byte {
	b = binary.LittleEndian.AppendUint32(b, uint32(len(s)))
	return append(b, s...)
}

// errorBody is what ERR messages and abort chunks say.
func errorBody(code uint32, reason string) []byte {
	return appendString(binary.LittleEndian.AppendUint32(nil, code), reason)
}

func hello(url string) []byte {
	var body []byte
	for _, v := range []uint32{0, bufferSize, bufferSize, 0, 0} {
		body = binary.LittleEndian.AppendUint32(body, v)
	}
	return frame("HELF", appendString(body, url))
}

// acknowledge answers a HEL. The buffers are no larger than those of the client.
func acknowledge(hel []byte) []byte {
	var body []byte
	for _, v := range []uint32{0, min(bufferSize, u32(hel, 16)), min(bufferSize, u32(hel, 12)), maxMessage, maxChunks} {
		body = binary.LittleEndian.AppendUint32(body, v)
	}
	return frame("ACKF", body)
}

// sequenceAt is where the sequence header of an OPN begins, 0 when there is none
// that can be read.
func sequenceAt(opn []byte) int {
	r := wire.NewReader(opn)
	r.Skip(12)
	policy := ""
	for i := range 3 {
		b := r.Bytes(max(int(int32(r.Uint32LE())), 0)) // policy, certificate, thumbprint
		if i == 0 {
			policy = string(b)
		}
	}
	if r.Failed() || policy != policyNone || r.Len() < 8 {
		return 0
	}
	return r.Offset()
}

// openingID is the request id of an OPN whose security policy is None.
func openingID(opn []byte) (uint32, bool) {
	at := sequenceAt(opn)
	return u32(opn, at+4), at != 0
}

func requestID(f []byte) (uint32, bool) {
	switch string(f[:3]) {
	case "OPN":
		return openingID(f)
	case "MSG":
		return u32(f, 20), len(f) >= minMessage
	}
	return 0, false
}

// number gives frames to the client consecutive sequence numbers: some of the
// server's were replaced or left out.
func (s *session) number(frames []byte) []byte {
	for rest := frames; len(rest) >= 8; {
		size := int(u32(rest, 4))
		if size < 8 || size > len(rest) {
			break
		}
		at := 0
		switch string(rest[:3]) {
		case "OPN":
			at = sequenceAt(rest[:size])
		case "MSG":
			at = 16
		}
		if at != 0 {
			s.seq++
			putU32(rest[:size], at, s.seq)
		}
		rest = rest[size:]
	}
	return frames
}

// chunks is a request to the server in as many chunks as it takes. The server
// looks at sequence numbers only to drop chunks that it takes for repeated.
func (s *session) chunks(payload []byte) (frames []byte) {
	for seq := uint32(1); ; seq++ {
		kind, n := byte('F'), len(payload)
		if n > maxBody {
			kind, n = 'C', maxBody
		}
		chunk := message(kind, s.q.frame[8:16], s.q.id, payload[:n])
		putU32(chunk, 16, seq)
		frames = append(frames, chunk...)
		if payload = payload[n:]; len(payload) == 0 {
			return frames
		}
	}
}

// encode is a service with the id of its type.
func encode(service any) ([]byte, error) {
	payload, err := ua.Encode(ua.NewFourByteExpandedNodeID(0, ua.ServiceTypeID(service)))
	if err != nil {
		return nil, err
	}
	body, err := ua.Encode(service)
	return append(payload, body...), err
}

// Spoil damages an answer.
func (s *session) Spoil(answer []byte, f devicetest.Fault) []byte {
	spoiled := append([]byte{}, answer...)
	switch f {
	case devicetest.Garbage:
		return []byte("HTTP/1.1 400 Bad Request\r\n\r\n")
	case devicetest.Truncated: // a whole chunk whose message ends too early: inside the results, not only the diagnostics behind them
		if len(spoiled) > minMessage+8 {
			spoiled = spoiled[:len(spoiled)-8]
			putU32(spoiled, 4, uint32(len(spoiled)))
		}
	case devicetest.WrongLength:
		putU32(spoiled, 4, 0x7FFFFFFF)
	case devicetest.WrongID:
		if len(spoiled) >= minMessage {
			putU32(spoiled, 20, u32(spoiled, 20)+0x10000)
		}
	}
	return spoiled
}

// Adopt gives a recorded answer the channel, the request id and the handle of a
// request.
func (s *session) Adopt(recorded, request []byte) []byte {
	if len(recorded) < minMessage || len(request) < minMessage || string(recorded[:3]) != "MSG" {
		return recorded
	}
	copy(recorded[8:16], request[8:16])
	copy(recorded[20:24], request[20:24])
	if !s.within && recorded[3] != 'A' {
		if q, ok := s.q.body.(ua.Request); ok && q.Header() != nil {
			putU32(recorded, minMessage+typeIDBytes+8, q.Header().RequestHandle)
		}
	}
	s.within = recorded[3] == 'C'
	return s.number(recorded)
}
