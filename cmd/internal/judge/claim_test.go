package judge

import (
	"errors"
	"fmt"

	"github.com/fieldstatus/fieldstatus/core"
)

// A claim is one thing that a decoder says about a packet: a status in a layer,
// or that the packet breaks the rules.
type claim struct {
	layer string // of ours, also for what Wireshark says
	value int64
	more  int64  // the second value, -1 when there is none
	text  string // of an outcome without a number, and what is wrong with a frame
	fault bool
	soft  bool // of Wireshark: the fault leaves the statuses of the packet as they are
	good  bool // of ours: no failure
}

// silence is the layer of a frame that our decoder passes over for a reason
// that the judge has a name for.
const silence = "silence"

// numbered is a claim with a number.
func numbered(layer string, value int64) claim { return claim{layer: layer, value: value, more: -1} }

// broken is the claim that a packet breaks the rules.
func broken(text string) claim { return claim{layer: "fault", text: text, fault: true, more: -1} }

// says reports whether two claims say the same.
func (c claim) says(d claim) bool {
	return c.layer == d.layer && c.value == d.value && c.more == d.more && c.text == d.text
}

func (c claim) String() string {
	switch {
	case c.fault:
		return "fault: " + c.text
	case c.text != "":
		return c.layer + " " + c.text
	case c.more >= 0:
		return fmt.Sprintf("%s 0x%x/0x%x", c.layer, c.value, c.more)
	}
	return fmt.Sprintf("%s 0x%x", c.layer, c.value)
}

// status turns a status of ours into a claim.
func (j *judge) status(s core.Status) claim {
	c := j.statusOnWire(s)
	c.good = s.Code(core.Other) == core.OK
	return c
}

func (j *judge) statusOnWire(s core.Status) claim {
	if j.native != nil {
		if c, ok := j.native(s); ok {
			return c
		}
	}
	row := s.Row()
	layer := row.Layer
	if as, ok := j.fold[layer]; ok {
		layer = as
	}
	if row.Native.Bits == 0 { // no number
		return claim{layer: layer, text: row.Symbol, more: -1}
	}
	c := numbered(layer, s.Value())
	if x, ok := s.Extended(); ok && j.extended[layer] {
		c.more = int64(x)
	}
	return c
}

// fault turns the error of a frame that breaks the rules into a claim.
func (j *judge) fault(err error) claim {
	var frame *core.FrameError
	if errors.As(err, &frame) {
		return broken(frame.Reason)
	}
	return broken(core.StatusOf(err).Row().Symbol)
}

// Claims of Wireshark about packets of which it shows no status, or not all.
var (
	// The dissector refuses the packet, or still awaits the rest of it.
	notDissected = broken("not dissected")
	// The dissector reads past the end of what there is.
	malformed = broken("malformed")
	// The same, behind statuses on which both agree.
	malformedBehind = broken("malformed behind the statuses")
)
