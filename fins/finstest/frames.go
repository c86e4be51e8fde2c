package finstest

import (
	"encoding/binary"

	"github.com/fieldstatus/fieldstatus/core/devicetest"
	"github.com/fieldstatus/fieldstatus/fins"
)

const (
	tcpMagic     = "FINS"
	tcpHeader    = 16
	responseSize = 14 // header, command code and end code
	sidAt        = 9
)

// tcpFrame puts the header of FINS/TCP in front of a body (W421-E1-04, 7-4).
func tcpFrame(command fins.TCPCommand, e fins.TCPError, body []byte) []byte {
	f := make([]byte, tcpHeader, tcpHeader+len(body))
	copy(f, tcpMagic)
	binary.BigEndian.PutUint32(f[4:], uint32(8+len(body)))
	binary.BigEndian.PutUint32(f[8:], uint32(command))
	binary.BigEndian.PutUint32(f[12:], uint32(e))
	return append(f, body...)
}

// response answers a command (W227-E1-2, 1-3): the addresses change places, and
// a relay error has two bytes with its location.
func response(command []byte, code fins.EndCode, location [2]byte, data []byte) []byte {
	f := []byte{0xC0, 0, 2}
	f = append(f, command[6:9]...)
	f = append(f, command[3:6]...)
	if f[7] == 0 {
		f[7] = serverNode
	}
	f = append(f, command[sidAt:commandSize]...)
	f = binary.BigEndian.AppendUint16(f, uint16(code))
	if code.Relay() {
		f = append(f, location[:]...)
	}
	return append(f, data...)
}

// pack makes a frame of a FINS message. Over UDP that is the message with its
// length in front, which Divide takes away again.
func (s *session) pack(message []byte) []byte {
	if s.device.tcp {
		return tcpFrame(fins.TCPFrameSend, 0, message)
	}
	return append(binary.BigEndian.AppendUint16(nil, uint16(len(message))), message...)
}

// split returns the first frame that was packed, as much of it as is there, and
// where its message begins.
func (s *session) split(frames []byte) (frame, rest []byte, message int) {
	end := len(frames)
	if s.device.tcp {
		message = tcpHeader
		if len(frames) >= 8 {
			end = min(end, 8+int(binary.BigEndian.Uint32(frames[4:])))
		}
	} else {
		message = 2
		if len(frames) >= 2 {
			end = min(end, 2+int(binary.BigEndian.Uint16(frames)))
		}
	}
	return frames[:end], frames[end:], min(message, end)
}

// Divide returns the datagrams of an answer.
func (s *session) Divide(answer []byte) [][]byte {
	var datagrams [][]byte
	for len(answer) > 0 {
		frame, rest, message := s.split(answer)
		datagrams = append(datagrams, frame[message:])
		answer = rest
	}
	return datagrams
}

// Spoil damages the last frame of an answer.
func (s *session) Spoil(answer []byte, f devicetest.Fault) []byte {
	for rest := answer; len(rest) > 0; {
		frame, behind, _ := s.split(rest)
		if len(behind) == 0 {
			before := answer[:len(answer)-len(frame)]
			return append(append([]byte{}, before...), s.spoil(frame, f)...)
		}
		rest = behind
	}
	return answer
}

func (s *session) spoil(frame []byte, f devicetest.Fault) []byte {
	_, _, at := s.split(frame)
	message := append([]byte{}, frame[at:]...)
	tcp := s.device.tcp
	switch f {
	case devicetest.Garbage:
		text := []byte("HTTP/1.1 400 Bad Request\r\n\r\n")
		if tcp {
			return text
		}
		return s.pack(text)
	case devicetest.Truncated: // the length is right, the message is too short
		if len(message) >= responseSize {
			message = message[:responseSize-1]
		} else {
			message = message[:len(message)/2]
		}
	case devicetest.WrongLength:
		if tcp {
			frame = append([]byte{}, frame...)
			frame[4] = 0x7F // longer than any frame can be
			return frame
		}
		message = append(message, 0)
	case devicetest.WrongID:
		if len(message) > sidAt {
			message[sidAt] ^= 0xFF
		}
	}
	if tcp {
		return tcpFrame(fins.TCPCommand(binary.BigEndian.Uint32(frame[8:])), fins.TCPError(binary.BigEndian.Uint32(frame[12:])), message)
	}
	return s.pack(message)
}

// Adopt gives a recorded answer the SID of a command. What was recorded over UDP
// can be replayed over TCP, and the other way round.
func (s *session) Adopt(recorded, request []byte) []byte {
	tcp := len(recorded) >= tcpHeader && string(recorded[:len(tcpMagic)]) == tcpMagic
	message := recorded
	if tcp {
		switch fins.TCPCommand(binary.BigEndian.Uint32(recorded[8:])) {
		case fins.TCPFrameSend:
			message = recorded[tcpHeader:]
		case fins.TCPFrameSendErrorNotification:
			s.ended = s.device.tcp
			fallthrough
		default:
			tcp, request = s.device.tcp, nil // there is no SID
		}
	}
	if s.device.tcp {
		request = request[min(tcpHeader, len(request)):]
	}
	if len(message) > sidAt && len(request) > sidAt {
		message[sidAt] = request[sidAt]
	}
	if tcp && s.device.tcp {
		return recorded // with the header that it has
	}
	return s.pack(message)
}
