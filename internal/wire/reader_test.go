package wire

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestReaderReadsInOrder(t *testing.T) {
	r := NewReader([]byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23})
	assert.Equal(t, uint8(0x01), r.Uint8())
	assert.Equal(t, uint16(0x0203), r.Uint16BE())
	assert.Equal(t, uint16(0x0504), r.Uint16LE())
	assert.Equal(t, uint32(0x06070809), r.Uint32BE())
	assert.Equal(t, uint32(0x0D0C0B0A), r.Uint32LE())
	assert.Equal(t, []byte{14, 15, 16, 17, 18, 19, 20, 21, 22}, r.Bytes(9))
	assert.Equal(t, 22, r.Offset())
	assert.Equal(t, 1, r.Len())
	assert.Equal(t, []byte{23}, r.Rest())
	assert.Empty(t, r.Rest())
	assert.False(t, r.Failed())
}

func TestReaderFailsOnceAndForAll(t *testing.T) {
	reads := map[string]func(*Reader){
		"Uint8":    func(r *Reader) { r.Skip(3); assert.Zero(t, r.Uint8()) },
		"Uint16BE": func(r *Reader) { r.Skip(2); assert.Zero(t, r.Uint16BE()) },
		"Uint16LE": func(r *Reader) { r.Skip(2); assert.Zero(t, r.Uint16LE()) },
		"Uint32BE": func(r *Reader) { assert.Zero(t, r.Uint32BE()) },
		"Uint32LE": func(r *Reader) { assert.Zero(t, r.Uint32LE()) },
		"Bytes":    func(r *Reader) { assert.Nil(t, r.Bytes(4)) },
		"negative": func(r *Reader) { assert.Nil(t, r.Bytes(-1)) },
		"huge":     func(r *Reader) { assert.Nil(t, r.Bytes(int(^uint(0)>>1))) },
		"Sub":      func(r *Reader) { s := r.Sub(4); assert.True(t, s.Failed()) },
		"Fail":     func(r *Reader) { r.Fail() },
	}
	for name, read := range reads {
		t.Run(name, func(t *testing.T) {
			r := NewReader([]byte{1, 2, 3})
			read(&r)
			at := r.Offset()
			assert.True(t, r.Failed())
			assert.Zero(t, r.Len())
			assert.Zero(t, r.Uint8(), "a read after a failure")
			assert.Equal(t, at, r.Offset(), "a failed reader stays where it is")
		})
	}
}

func TestReaderStringsCannotGrowIntoTheFrame(t *testing.T) {
	frame := []byte{1, 2, 3, 4}
	r := NewReader(frame)
	_ = append(r.Bytes(2), 0xFF)
	assert.Equal(t, byte(3), frame[2])
	s := r.Sub(1)
	_ = append(s.Rest(), 0xFF)
	assert.Equal(t, byte(4), frame[3])
}

func TestReaderAllocatesNothing(t *testing.T) {
	frame := make([]byte, 64)
	assert.Zero(t, testing.AllocsPerRun(100, func() {
		r := NewReader(frame)
		for !r.Failed() {
			r.Uint16BE()
			s := r.Sub(3)
			s.Uint8()
		}
	}))
}

func FuzzReader(f *testing.F) {
	f.Add([]byte{1, 2, 3, 4, 5}, []byte{0, 1, 2, 3})
	f.Fuzz(func(t *testing.T, frame, script []byte) {
		r := NewReader(frame)
		for _, step := range script {
			before := r.Offset()
			switch step % 8 {
			case 0:
				r.Uint8()
			case 1:
				r.Uint16BE()
			case 2:
				r.Uint16LE()
			case 3:
				r.Uint32BE()
			case 4:
				r.Uint32LE()
			case 5:
				r.Skip(8)
			case 6:
				r.Bytes(int(int8(step)))
			case 7:
				s := r.Sub(int(step) / 8)
				if s.Len() > len(frame) {
					t.Fatal("a part is longer than the whole")
				}
			}
			if r.Offset() < before || r.Offset() > len(frame) {
				t.Fatalf("offset %d after %d in %d bytes", r.Offset(), before, len(frame))
			}
			if r.Failed() && r.Len() != 0 {
				t.Fatal("bytes left after a failure")
			}
		}
	})
}
