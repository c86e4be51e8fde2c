package judge

import "slices"

// A difference is where the two decoders do not say the same about a packet.
// One side may be empty.
type difference struct{ ours, theirs string }

// A comparison is how far two decoders agree on a packet.
type comparison struct {
	agreed int  // statuses
	broken bool // both find a fault
	differ []difference
}

// compare compares what two decoders say about a packet.
//
// Of one in which both find a fault it does not matter what else was read. Where
// only one of them does, the difference names the fault and, of the other side,
// whether it reads a status.
func compare(ours, theirs []claim) (c comparison) {
	isFault := func(c claim) bool { return c.fault }
	i, k := slices.IndexFunc(ours, isFault), slices.IndexFunc(theirs, isFault)
	switch {
	case len(theirs) == 0 && len(ours) == 1 && ours[0].layer == silence:
		return c
	case len(ours) == 0 && k >= 0 && theirs[k] == notDissected: // the rest of a frame is awaited
		return c
	case i >= 0 && k >= 0:
		c.broken = true
		return c
	case i >= 0:
		c.add(ours[i].String(), reads(theirs))
		return c
	case k >= 0:
		fault, rest := theirs[k], slices.DeleteFunc(slices.Clone(theirs), isFault)
		same := len(rest) > 0 && slices.EqualFunc(ours, rest, claim.says)
		if same && fault == malformed {
			fault = malformedBehind
		}
		c.add(reads(ours), fault.String())
		if !same && !fault.soft {
			return c
		}
		theirs = rest
	}
	c.statuses(ours, theirs)
	return c
}

func (c *comparison) add(ours, theirs string) { c.differ = append(c.differ, difference{ours, theirs}) }

// statuses compares statuses in their order. Where one side has more, it is
// between what both begin and end with.
func (c *comparison) statuses(ours, theirs []claim) {
	if len(ours) != len(theirs) {
		for len(ours) > 0 && len(theirs) > 0 && ours[0].says(theirs[0]) {
			ours, theirs, c.agreed = ours[1:], theirs[1:], c.agreed+1
		}
		for len(ours) > 0 && len(theirs) > 0 && ours[len(ours)-1].says(theirs[len(theirs)-1]) {
			ours, theirs, c.agreed = ours[:len(ours)-1], theirs[:len(theirs)-1], c.agreed+1
		}
	}
	for n := range max(len(ours), len(theirs)) {
		switch {
		case n >= len(ours):
			c.add("", theirs[n].String())
		case n >= len(theirs):
			c.add(ours[n].String(), "")
		case ours[n].says(theirs[n]):
			c.agreed++
		default:
			c.add(ours[n].String(), theirs[n].String())
		}
	}
}

// reads says in which layer somebody who finds no fault with a packet reads a
// status, and whether it is a success, which only our decoders can tell.
func reads(claims []claim) string {
	switch {
	case len(claims) == 0:
		return ""
	case claims[0].layer == silence:
		return claims[0].String()
	case claims[0].good:
		return "success in " + claims[0].layer
	}
	return "status in " + claims[0].layer
}
