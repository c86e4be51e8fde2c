package s7test

import (
	"encoding/binary"

	"github.com/fieldstatus/fieldstatus/core/devicetest"
	"github.com/fieldstatus/fieldstatus/s7"
)

// tpkt puts the length in front of a TPDU (RFC 1006, section 6).
func tpkt(tpdu []byte) []byte {
	frame := []byte{0x03, 0x00, 0, 0}
	binary.BigEndian.PutUint16(frame[2:], uint16(4+len(tpdu)))
	return append(frame, tpdu...)
}

// confirm accepts a COTP connection request with the parameters that it had
// (ISO 8073, section 13.4). gos7 wants them all back: 22 bytes.
func confirm(request []byte) []byte {
	tpdu := append([]byte{}, request[4:]...)
	if len(tpdu) < 7 {
		return disconnect(0)
	}
	tpdu[1] = 0xD0
	copy(tpdu[2:4], request[8:10]) // the client's reference
	tpdu[4], tpdu[5] = 0x00, 0x01
	return tpkt(tpdu)
}

// disconnect is a COTP disconnect request (ISO 8073, section 13.5).
func disconnect(reason byte) []byte {
	return tpkt([]byte{6, 0x80, 0, 0, 0, 1, reason})
}

// data puts an S7 PDU into a COTP data TPDU.
func data(pdu []byte) []byte { return tpkt(append([]byte{2, dataTPDU, 0x80}, pdu...)) }

// ackFrame is a response with the header of message type rosctr.
func (q *request) ackFrame(rosctr byte, e s7.HeaderError, params, payload []byte) []byte {
	pdu := []byte{byte(s7.ProtocolS7Comm), rosctr, 0, 0, q.ref[0], q.ref[1]}
	pdu = binary.BigEndian.AppendUint16(pdu, uint16(len(params)))
	pdu = binary.BigEndian.AppendUint16(pdu, uint16(len(payload)))
	pdu = binary.BigEndian.AppendUint16(pdu, uint16(e))
	return data(append(append(pdu, params...), payload...))
}

// refuse answers with an error in the header and nothing else.
func (q *request) refuse(e s7.HeaderError) []byte { return q.ackFrame(2, e, nil, nil) }

// accept answers Setup Communication.
func (q *request) accept() []byte {
	params := []byte{setup, 0, 0, 1, 0, 1, 0, 0}
	binary.BigEndian.PutUint16(params[6:], pduLength)
	return q.ackFrame(3, 0, params, nil)
}

// ackData answers Read Var or Write Var.
func (q *request) ackData(payload []byte) []byte {
	return q.ackFrame(3, 0, []byte{q.function, byte(len(q.items))}, payload)
}

// answerUserdata refuses a userdata request, as a CPU does that lacks the
// function, or with the status that was asked for.
func (q *request) answerUserdata(p devicetest.Plan) []byte {
	code, ret := uint16(0xD401), byte(s7.UserdataObjectDoesNotExist)
	switch e := p.Native.(type) {
	case s7.ParamError:
		code = uint16(e)
	case s7.UserdataReturn:
		code, ret = 0, byte(e)
	}
	params := []byte{0, 1, 0x12, 8, 0x12, 0x84, 1, 1, 0, 0, 0, 0}
	if len(q.params) >= 8 {
		params[5], params[6], params[7] = 0x80|q.params[5]&0x0F, q.params[6], q.params[7]
	}
	binary.BigEndian.PutUint16(params[10:], code)
	payload := []byte{ret, 0, 0, 0}
	pdu := []byte{byte(s7.ProtocolS7Comm), userdata, 0, 0, q.ref[0], q.ref[1], 0, byte(len(params)), 0, byte(len(payload))}
	return data(append(append(pdu, params...), payload...))
}

// Spoil damages an answer.
func (s *session) Spoil(answer []byte, f devicetest.Fault) []byte {
	spoiled := append([]byte{}, answer...)
	switch f {
	case devicetest.Garbage:
		return []byte("HTTP/1.1 400 Bad Request\r\n\r\n")
	case devicetest.Truncated: // a whole TPKT whose S7 PDU ends too early
		spoiled = spoiled[:len(spoiled)-1]
		binary.BigEndian.PutUint16(spoiled[2:], uint16(len(spoiled)))
	case devicetest.WrongLength: // the parameters claim more than there is
		if len(spoiled) > 14 {
			spoiled[14]++
		}
	case devicetest.WrongID:
		if len(spoiled) > 12 {
			spoiled[11] ^= 0xFF
		}
	}
	return spoiled
}

// Adopt gives a recorded answer the PDU reference of a request; TPDUs of the
// COTP handshake have none.
func (s *session) Adopt(recorded, request []byte) []byte {
	carriesPDU := func(frame []byte) bool { return len(frame) > 12 && frame[5] == dataTPDU }
	if carriesPDU(recorded) && carriesPDU(request) {
		copy(recorded[11:13], request[11:13])
	}
	return recorded
}
