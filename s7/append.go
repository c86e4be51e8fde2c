package s7

import "github.com/fieldstatus/fieldstatus/core"

// AppendStatuses appends the statuses of one response: one per item, successes
// too, or one for the response when it has no items. It knows no request, so it
// takes each item of a read for good that has a value at all; see [Item.Status].
// It allocates only for the errors that [ParseResponse] lists; then it appends
// nothing.
func AppendStatuses(dst []core.Status, frame []byte) ([]core.Status, error) {
	r, err := parseHeader(frame)
	if err != nil {
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
	n := len(dst)
	for i := range r.count {
		item, f := s.next()
		if f.event != 0 {
			return dst[:n], f.err()
		}
		dst = append(dst, item.Status(wantOf(want, i)))
	}
	if f := s.end(); f.event != 0 {
		return dst[:n], f.err()
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
