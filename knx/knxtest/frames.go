package knxtest

import (
	"encoding/binary"

	"github.com/fieldstatus/fieldstatus/core/devicetest"
	"github.com/fieldstatus/fieldstatus/knx"
)

// Service types (KNX 3/8/2 to 3/8/4 and 3/8/9).
const (
	searchRequest          = 0x0201
	searchResponse         = 0x0202
	descriptionRequest     = 0x0203
	descriptionResponse    = 0x0204
	connectRequest         = 0x0205
	connectResponse        = 0x0206
	stateRequest           = 0x0207
	stateResponse          = 0x0208
	disconnectRequest      = 0x0209
	disconnectResponse     = 0x020A
	configurationRequest   = 0x0310
	configurationAck       = 0x0311
	tunnellingRequest      = 0x0420
	tunnellingAck          = 0x0421
	featureGet             = 0x0422
	featureResponse        = 0x0423
	featureSet             = 0x0424
	sessionRequest         = 0x0951
	sessionResponse        = 0x0952
	sessionStatus          = 0x0954
	tunnelConnection       = 0x04
	managementConnection   = 0x03
	linkLayer              = 0x02
	headerLength           = 6
	connectionHeaderLength = 4
)

// frame puts a header in front of a body.
func frame(service uint16, body ...byte) []byte {
	f := []byte{headerLength, 0x10, 0, 0, 0, 0}
	binary.BigEndian.PutUint16(f[2:], service)
	binary.BigEndian.PutUint16(f[4:], uint16(headerLength+len(body)))
	return append(f, body...)
}

// description tells what the gateway is: the blocks of device information and
// of supported services (KNX 3/8/2, description information blocks).
func description() []byte {
	b := make([]byte, 54)
	b[0], b[1] = 54, 1
	b[2] = 2                // twisted pair
	b[4], b[5] = 0x11, 0x00 // 1.1.0
	copy(b[14:], []byte{224, 0, 23, 12})
	copy(b[24:], "knxtest")
	return append(b, 10, 2, 2, 2, 3, 2, 4, 2, 0, 0)
}

// Divide returns the frames of an answer. What is no frame is a datagram too.
func (s *session) Divide(answer []byte) [][]byte {
	var frames [][]byte
	for {
		advance, frame, _ := knx.ScanFrames(answer, true)
		if advance == 0 {
			return append(frames, answer)
		}
		frames = append(frames, frame)
		answer = answer[advance:]
	}
}

// Spoil damages an answer. A telegram that still waits for the acknowledgement
// of another one is damaged when its turn comes.
func (s *session) Spoil(answer []byte, f devicetest.Fault) []byte {
	s.device.mu.Lock()
	defer s.device.mu.Unlock()
	if f == devicetest.Garbage {
		return []byte("HTTP/1.1 400 Bad Request\r\n\r\n")
	}
	frames := s.Divide(answer)
	frames = frames[:len(frames)-1] // nothing is behind the last frame
	if len(frames) == 0 {
		return answer
	}
	if f == devicetest.WrongID && !s.device.tcp {
		return spoil(frames[0], f, false)
	}
	if f == devicetest.WrongID {
		var spoiled []byte
		for _, one := range frames {
			spoiled = append(spoiled, spoil(one, f, true)...)
		}
		return spoiled
	}
	if c := s.device.channels[s.q.channel]; c != nil && len(c.queue) > 1 {
		c.queue[len(c.queue)-1].fault = f
		return answer
	}
	last := frames[len(frames)-1]
	return append(append([]byte{}, answer[:len(answer)-len(last)]...), spoil(last, f, s.device.tcp)...)
}

// spoil returns a damaged copy of a frame.
func spoil(f []byte, fault devicetest.Fault, tcp bool) []byte {
	f = append([]byte{}, f...)
	behind := headerLength + connectionHeaderLength // a cEMI message
	destination := behind + 6
	if len(f) > behind+1 {
		destination += int(f[behind+1])
	}
	switch {
	case fault == devicetest.Truncated:
		if len(f) > headerLength {
			f = f[:len(f)-1]
			binary.BigEndian.PutUint16(f[4:], uint16(len(f)))
		}
	case fault == devicetest.WrongLength && tcp: // the telegram's own length, since the other one is the only border in a stream
		if len(f) > destination+2 {
			f[destination+2]++
		}
	case fault == devicetest.WrongLength:
		binary.BigEndian.PutUint16(f[4:], uint16(len(f)+1))
	case fault == devicetest.WrongID && tcp:
		if len(f) > destination+1 {
			f[destination+1] ^= 0xFF
		}
	case fault == devicetest.WrongID:
		if len(f) > headerLength+2 {
			f[headerLength+2] ^= 0x80
		}
	}
	return f
}
