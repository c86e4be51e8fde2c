// Package wire reads numbers and byte strings from frames without ever reading
// outside of them. All frame decoders of this module use it: no index and no
// count of a frame is taken on trust.
package wire

import "encoding/binary"

// A Reader reads a frame from front to back. When a read does not fit into the
// rest of the frame, it returns zeros, and so do all reads after it; [Reader.Failed]
// tells. A decoder reads a whole structure and asks once at its end.
//
// Byte strings alias the frame. A Reader is a value: copying it is a way to
// look ahead.
type Reader struct {
	data   []byte
	off    int
	failed bool
}

// NewReader returns a reader at the start of data.
func NewReader(data []byte) Reader { return Reader{data: data} }

// Failed reports whether a read did not fit.
func (r *Reader) Failed() bool { return r.failed }

// Fail makes all further reads fail, for a decoder that found a lie.
func (r *Reader) Fail() { r.failed = true }

// Offset returns the position of the next byte in the frame. After a failure
// it is where the read that failed began.
func (r *Reader) Offset() int { return r.off }

// Len returns the number of bytes that are left, 0 after a failure.
func (r *Reader) Len() int {
	if r.failed {
		return 0
	}
	return len(r.data) - r.off
}

// Bytes returns the next n bytes. A negative n fails.
func (r *Reader) Bytes(n int) []byte {
	if r.failed || n < 0 || n > len(r.data)-r.off {
		r.failed = true
		return nil
	}
	b := r.data[r.off : r.off+n : r.off+n]
	r.off += n
	return b
}

// Skip passes over n bytes.
func (r *Reader) Skip(n int) { r.Bytes(n) }

// Rest returns all bytes that are left.
func (r *Reader) Rest() []byte { return r.Bytes(r.Len()) }

// Sub returns a reader for the next n bytes, and passes over them. Its offsets
// count from its own start.
func (r *Reader) Sub(n int) Reader {
	b := r.Bytes(n)
	return Reader{data: b, failed: r.failed}
}

// Uint8 reads one byte.
func (r *Reader) Uint8() uint8 {
	if b := r.Bytes(1); b != nil {
		return b[0]
	}
	return 0
}

// Uint16BE reads two bytes, the higher first.
func (r *Reader) Uint16BE() uint16 {
	if b := r.Bytes(2); b != nil {
		return binary.BigEndian.Uint16(b)
	}
	return 0
}

// Uint16LE reads two bytes, the lower first.
func (r *Reader) Uint16LE() uint16 {
	if b := r.Bytes(2); b != nil {
		return binary.LittleEndian.Uint16(b)
	}
	return 0
}

// Uint32BE reads four bytes, the highest first.
func (r *Reader) Uint32BE() uint32 {
	if b := r.Bytes(4); b != nil {
		return binary.BigEndian.Uint32(b)
	}
	return 0
}

// Uint32LE reads four bytes, the lowest first.
func (r *Reader) Uint32LE() uint32 {
	if b := r.Bytes(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}
