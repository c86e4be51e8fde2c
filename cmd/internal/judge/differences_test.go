package judge

import "strings"

// An acceptedDifference says why the two decoders may differ. Ours and theirs
// are what a difference names; a pattern that ends in * stands for all that
// begin so.
type acceptedDifference struct {
	ours, theirs string
	reason       string
	when         func(frame []byte) bool // narrows it to some frames; nil for all
	rare         bool                    // only the long run is sure to meet it
}

// reason returns the index of the reason for a difference, or -1.
func (j *judge) reason(d difference, frame []byte) int {
	for i, a := range j.differences {
		if matches(a.ours, d.ours) && matches(a.theirs, d.theirs) && (a.when == nil || a.when(frame)) {
			return i
		}
	}
	return -1
}

func matches(pattern, s string) bool {
	if prefix, ok := strings.CutSuffix(pattern, "*"); ok {
		return strings.HasPrefix(s, prefix)
	}
	return pattern == s
}
