package fins

import "github.com/fieldstatus/fieldstatus/core"

// stray is the error of a response that answers nothing that is open. It is
// an error for whoever shows frames, and [core.ErrNotResponse] for whoever
// waits: late, repeated and foreign responses are to be dropped.
func stray(e core.Event, offset int, reason string, native error) error {
	return e.Status().Wrap(core.Other, &strayError{core.FrameError{Offset: offset, Reason: reason}, native})
}

type strayError struct {
	fault  core.FrameError
	native error // what the response says
}

func (e *strayError) Error() string        { return e.fault.Error() }
func (e *strayError) Is(target error) bool { return target == core.ErrNotResponse }
func (e *strayError) Unwrap() []error      { return []error{&e.fault, e.native} }
