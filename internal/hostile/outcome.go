package hostile

import (
	"errors"
	"fmt"
	"slices"

	"github.com/fieldstatus/fieldstatus/core"
)

// An Outcome is what a frame came to.
type Outcome uint8

const (
	Succeeded   Outcome = iota // statuses, the first of them a success
	Failed                     // statuses, the first of them a failure
	NotResponse                // [core.ErrNotResponse]
	Incomplete                 // [core.ErrIncomplete]
	Malformed                  // an error with a place in the frame
	Outcomes                   // how many there are
)

// Outcome checks the result of reading one frame, of which room bytes have been
// given so far: statuses or an error of a documented kind.
func (c *Checker) Outcome(got []core.Status, err error, room int) (Outcome, error) {
	if err != nil {
		if len(got) > 0 {
			return Malformed, fmt.Errorf("%d statuses and the error %v", len(got), err)
		}
		return c.fault(err, room)
	}
	if len(got) == 0 || len(got) > max(1, room) {
		return Failed, fmt.Errorf("%d statuses of %d bytes", len(got), room)
	}
	for _, s := range got {
		if s == (core.Status{}) {
			return Failed, errors.New("a status that says nothing")
		}
		for op := core.Other; op <= core.Write; op++ {
			if !s.Code(op).Documented() {
				return Failed, fmt.Errorf("%v: code %v", s, s.Code(op))
			}
		}
	}
	if got[0].Code(core.Read) == core.OK {
		return Succeeded, nil
	}
	return Failed, nil
}

// fault checks the error of one frame.
func (c *Checker) fault(err error, room int) (Outcome, error) {
	switch err {
	case core.ErrNotResponse:
		return NotResponse, nil
	case core.ErrIncomplete:
		return Incomplete, nil
	}
	e, ok := err.(*core.Error)
	var place *core.FrameError
	if ok {
		place, ok = e.Err.(*core.FrameError)
	}
	if !ok { // wrapped, or with a status beside the place
		if !errors.As(err, &place) {
			switch {
			case errors.Is(err, core.ErrNotResponse):
				return NotResponse, nil
			case errors.Is(err, core.ErrIncomplete):
				return Incomplete, nil
			case slices.Contains(c.Refusals, core.CodeOf(err)):
				return Malformed, nil
			}
			return Malformed, fmt.Errorf("an error without a place in the frame: %T %v", err, err)
		}
	}
	switch code := core.CodeOf(err); {
	case place.Offset < 0 || place.Offset > room:
		return Malformed, fmt.Errorf("offset %d in %d bytes: %v", place.Offset, room, err)
	case place.Reason == "":
		return Malformed, fmt.Errorf("no reason: %v", err)
	case code != core.PluginProtocolParseFailed && !slices.Contains(c.Faults, code):
		return Malformed, fmt.Errorf("code %v: %v", code, err)
	}
	return Malformed, nil
}
