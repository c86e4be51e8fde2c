package s7

import "github.com/fieldstatus/fieldstatus/core"

// AppendStatuses appends the statuses of one response: one per item, successes
// too, or one for the response when it has no items. It knows no request, so it
// takes each item of a read for good that has a value at all; see [Item.Status].
// It allocates only for the errors that [ParseResponse] lists; then it appends
// nothing.
func AppendStatuses(dst []core.Status, frame []byte) ([]core.Status, error) {
	var r Response
	if err := r.parse(frame); err != nil {
		return dst, err
	}
	return r.appendStatuses(dst, nil)
}

// appendStatuses appends the statuses of r. want tells how many bytes the items
// need: one number each, one for all, or none when that is not known.
func (r *Response) appendStatuses(dst []core.Status, want []int) ([]core.Status, error) {
	if r.count == 0 {
		return append(dst, r.Status()), nil
	}
	s := r.items()
	n, off := len(dst), 0
	for i := range r.count {
		code, data, end, ok := s.next(off)
		if !ok {
			return dst[:n], s.fault.err()
		}
		status := code.Status()
		if code == Success && !s.write && len(data) < wantOf(want, i) {
			status = tooShort(len(data))
		}
		dst, off = append(dst, status), end
	}
	if !s.end(off) {
		return dst[:n], s.fault.err()
	}
	return dst, nil
}

func wantOf(want []int, i int) int {
	switch {
	case i < len(want):
		return want[i]
	case len(want) == 1:
		return want[0]
	}
	return 1 // nobody asks for nothing
}
