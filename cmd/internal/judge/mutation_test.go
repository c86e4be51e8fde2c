package judge

import (
	"bytes"
	"encoding/binary"

	"github.com/fieldstatus/fieldstatus/core/coretest"
)

// A mutation is one change of a frame.
type mutation struct {
	kind  kind
	at    int
	value byte
}

type kind uint8

const (
	put   kind = iota // the byte at is value
	flip              // the bit value of the byte at is another
	cut               // the frame ends at, and its outermost length says so
	strip             // the same, and the lengths inside say so too
	grow              // value zeros follow, and the outermost length says so
)

// apply returns the frame with the change in it.
func (m mutation) apply(j *judge, frame []byte) []byte {
	b := bytes.Clone(frame)
	switch m.kind {
	case put:
		b[m.at] = m.value
	case flip:
		b[m.at] ^= 1 << m.value
	case cut:
		b = j.seal(b[:m.at])
	case strip:
		b = j.sealAll(j.seal(b[:m.at]), len(frame))
	case grow:
		b = j.seal(append(b, make([]byte, m.value)...))
	}
	return b
}

// mutations returns all changes of the last frame of a stanza that the test
// knows: every value of each byte that tells the outcome, every bit of the
// headers, and every length.
func (j *judge) mutations(s coretest.Stanza) []mutation {
	frame := s.Frames[len(s.Frames)-1].Data
	var all []mutation
	for _, at := range j.outcome(s, frame) {
		for v := 0; at < len(frame) && v < 256; v++ {
			if byte(v) != frame[at] {
				all = append(all, mutation{put, at, byte(v)})
			}
		}
	}
	for at := range min(j.header, len(frame)) {
		for bit := range 8 {
			all = append(all, mutation{flip, at, byte(bit)})
		}
	}
	for at := j.shortest; at < len(frame); at++ {
		all = append(all, mutation{cut, at, 0})
		if j.sealAll != nil {
			all = append(all, mutation{strip, at, 0})
		}
	}
	for n := range 4 {
		all = append(all, mutation{grow, 0, byte(n + 1)})
	}
	return all
}

// put16 writes a number of two bytes where there is room for it.
func put16(order binary.ByteOrder, b []byte, at, n int) []byte {
	if at+2 <= len(b) {
		order.PutUint16(b[at:], uint16(n))
	}
	return b
}

// put32 writes a number of four bytes where there is room for it.
func put32(order binary.ByteOrder, b []byte, at, n int) []byte {
	if at+4 <= len(b) {
		order.PutUint32(b[at:], uint32(n))
	}
	return b
}

// add16 adds to a number of two bytes where there is one.
func add16(order binary.ByteOrder, b []byte, at, n int) []byte {
	if at+2 <= len(b) {
		order.PutUint16(b[at:], order.Uint16(b[at:])+uint16(n))
	}
	return b
}
