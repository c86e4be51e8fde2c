package mutate

import (
	"encoding/binary"
	"math/rand/v2"
)

// A mutator makes mutants of frames. What it makes follows from the numbers that
// it was seeded with.
type mutator struct {
	source *rand.PCG
	random *rand.Rand
}

// newMutator returns a mutator that has to be seeded.
func newMutator() *mutator {
	source := rand.NewPCG(0, 0)
	return &mutator{source, rand.New(source)}
}

// begin makes all that follows depend on these two numbers alone.
func (m *mutator) begin(a, b uint64) { m.source.Seed(a, b) }

// one returns one of n.
func (m *mutator) one(n int) int { return int(m.random.Uint32N(uint32(n))) }

// mutate appends a mutant of frame to dst, which is empty: one to three changes.
// Another frame is what a splice goes on with.
func (m *mutator) mutate(dst, frame, other []byte) []byte {
	dst = append(dst, frame...)
	for n := 1 + m.one(3); n > 0; n-- {
		dst = m.change(dst, other)
	}
	return dst
}

// change makes one change.
func (m *mutator) change(b, other []byte) []byte {
	if len(b) == 0 {
		return append(b, byte(m.random.Uint32()))
	}
	at := m.one(len(b))
	switch m.one(16) {
	case 0, 1, 2, 3: // a bit
		b[at] ^= 1 << m.one(8)
	case 4, 5: // a byte
		b[at] = byte(m.random.Uint32())
	case 6, 7: // a byte at an edge
		b[at] = [...]byte{0x00, 0x01, 0x7F, 0x80, 0xFF, b[at] + 1, b[at] - 1, ^b[at]}[m.one(8)]
	case 8, 9: // a length of two bytes
		b = m.length16(b, at)
	case 10: // a length of four bytes
		b = m.length32(b, at)
	case 11, 12: // the end is missing
		b = b[:at]
	case 13: // bytes follow
		for range 1 + m.one(8) {
			b = append(b, byte(m.random.Uint32()))
		}
	case 14: // bytes are missing, or there twice
		n := min(1+m.one(8), len(b)-at)
		if m.one(2) == 0 {
			return append(b[:at], b[at+n:]...)
		}
		b = append(b, b[len(b)-n:]...)
		copy(b[at+n:], b[at:])
	default: // another frame goes on
		if len(other) > at {
			b = append(b[:at], other[at:]...)
		}
	}
	return b
}

// length16 writes a length, or a count, that lies by much or by little.
func (m *mutator) length16(b []byte, at int) []byte {
	if at+2 > len(b) {
		return b
	}
	var order binary.ByteOrder = binary.BigEndian
	if m.one(2) == 0 {
		order = binary.LittleEndian
	}
	v := order.Uint16(b[at:])
	n := uint16(len(b))
	order.PutUint16(b[at:], [...]uint16{0, 1, v + 1, v - 1, v * 2, n, n + 1, n - uint16(at), 0x7FFF, 0xFFFF}[m.one(10)])
	return b
}

func (m *mutator) length32(b []byte, at int) []byte {
	if at+4 > len(b) {
		return b
	}
	var order binary.ByteOrder = binary.BigEndian
	if m.one(2) == 0 {
		order = binary.LittleEndian
	}
	v := order.Uint32(b[at:])
	n := uint32(len(b))
	order.PutUint32(b[at:], [...]uint32{0, 1, v + 1, v - 1, n, n + 1, n - uint32(at), 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF}[m.one(10)])
	return b
}
