package finstest

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/fieldstatus/fieldstatus/core/devicetest"
	"github.com/fieldstatus/fieldstatus/fins"
)

func sessions() map[string]*session {
	return map[string]*session{"UDP": {device: &Device{}}, "TCP": {device: &Device{tcp: true}}}
}

// The addresses change places in a response; a command to node 0, which is any,
// is answered by the one of the PLC.
func TestAddressesOfResponses(t *testing.T) {
	command := unhex("800002 010203 040506 07 0101")
	assert.Equal(t, unhex("c00002 040506 010203 07 0101 1103"), response(command, 0x1103, [2]byte{}, nil))
	command[4] = 0
	assert.Equal(t, unhex("c00002 040506 010103 07 0101 8205 0a0b"), response(command, 0x8205, [2]byte{0x0A, 0x0B}, nil))
}

// Frames that were packed come apart again, wherever the last one was cut.
func TestSplit(t *testing.T) {
	first, second := unhex("c00002000100 00ef00 070101 0000"), unhex("c00002000100 00ef00 080101 0000")
	for name, s := range sessions() {
		packed := append(s.pack(first), s.pack(second)...)
		for n := range len(packed) + 1 {
			var messages [][]byte
			for rest := packed[:n]; len(rest) > 0; {
				frame, behind, at := s.split(rest)
				messages = append(messages, frame[at:])
				assert.Equal(t, rest, append(frame[:len(frame):len(frame)], behind...), "%s, %d bytes", name, n)
				rest = behind
			}
			whole := append(append([]byte{}, first...), second...)
			assert.True(t, bytes.HasPrefix(whole, bytes.Join(messages, nil)), "%s, %d bytes: %x", name, n, messages)
			if n == len(packed) {
				assert.Equal(t, [][]byte{first, second}, messages, name)
			}
		}
	}
}

func TestSpoil(t *testing.T) {
	message := unhex("c00002000100 00ef00 070101 0000")
	for name, s := range sessions() {
		answer := append(s.pack(message), s.pack(message)...)
		for fault, want := range map[devicetest.Fault][]byte{
			Truncated: message[:13], WrongID: unhex("c00002000100 00ef00 f80101 0000"), Garbage: []byte("HTTP/1.1 400 Bad Request\r\n\r\n"),
		} {
			spoilt := s.Spoil(answer, fault)
			frame, rest, at := s.split(spoilt)
			assert.Equal(t, message, frame[at:], "%s: the last frame is spoilt alone", name)
			if name == "TCP" && fault == Garbage {
				assert.Equal(t, want, rest)
				continue
			}
			frame, rest, at = s.split(rest)
			assert.Equal(t, want, frame[at:], "%s, fault %d", name, fault)
			assert.Empty(t, rest)
		}
		assert.Equal(t, append(s.pack(message), s.pack(message)...), answer, "it is a copy")

		_, behind, _ := s.split(s.Spoil(answer, WrongLength))
		if name == "TCP" {
			_, _, err := fins.ScanFrames(behind, false)
			assert.Error(t, err)
		} else {
			frame, _, at := s.split(behind)
			assert.Equal(t, append(append([]byte{}, message...), 0), frame[at:])
		}
		assert.Empty(t, s.Spoil([]byte{}, Garbage), "%s: nothing to spoil", name)
		for n := range message { // what is too short for another SID is left alone
			frame, _, at := s.split(s.spoil(s.pack(message[:n]), WrongID))
			assert.Equal(t, n > sidAt, !bytes.Equal(message[:n], frame[at:]), "%s, %d bytes", name, n)
			frame, _, at = s.split(s.spoil(s.pack(message[:n]), Truncated))
			assert.Len(t, frame[at:], n/2, name)
		}
	}
}

// A recorded response gets the SID of the command, as far as both have one.
func TestAdopt(t *testing.T) {
	recorded, command := unhex("c00002000100 00ef00 070101 0000"), unhex("800002000000 00ef00 550101")
	for name, s := range sessions() {
		frame := command
		if name == "TCP" {
			frame = s.pack(command)
		}
		for n := range len(recorded) + 1 {
			adopted, _, at := s.split(s.Adopt(append([]byte{}, recorded[:n]...), frame))
			want := append([]byte{}, recorded[:n]...)
			if n > sidAt {
				want[sidAt] = 0x55
			}
			assert.Equal(t, want, adopted[at:], "%s, %d bytes", name, n)
		}
		adopted, _, at := s.split(s.Adopt(append([]byte{}, recorded...), frame[:len(frame)-3]))
		assert.Equal(t, recorded, adopted[at:], "%s: a command without a SID", name)
	}
}
