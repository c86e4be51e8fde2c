package s7

import "github.com/fieldstatus/fieldstatus/core"

// maxPDU is the longest PDU that a Setup Communication can settle.
const maxPDU = 0xFFFF

// fragments joins the payloads of data TPDUs until the one that is marked last.
type fragments struct{ buf []byte }

func (f *fragments) reset() { f.buf = f.buf[:0] }

// add returns the whole payload and the offset of its first byte, as if one
// frame had brought it. It returns [core.ErrIncomplete] while fragments are
// missing. limit bounds what is kept.
func (f *fragments) add(seg *segment, limit int) (payload []byte, at int, err error) {
	if len(f.buf) == 0 && seg.last {
		return seg.payload, seg.offset, nil // the usual case: nothing to copy
	}
	if len(f.buf)+len(seg.payload) > limit {
		f.reset()
		return nil, 0, core.BadFrame(TPKTLengthAboveLimit.Status(), seg.offset, "the fragments are longer than the PDU length that was settled")
	}
	f.buf = append(f.buf, seg.payload...)
	if !seg.last {
		return nil, 0, core.ErrIncomplete
	}
	payload = f.buf
	f.reset() // the bytes stay until the next fragment overwrites them
	return payload, dataHeader, nil
}
