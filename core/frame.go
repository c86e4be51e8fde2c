package core

import (
	"errors"
	"strconv"
)

// ErrNotResponse says that a frame is none to map: a request, a keep-alive, or
// a message that the peer sends on its own. It is no failure: go on reading.
// Compare with [errors.Is]: packages wrap it to say which frame it was.
var ErrNotResponse = errors.New("core: frame is not a response")

// ErrIncomplete says that a frame is one piece of a message and that the rest
// is still to come. It is no failure: go on reading. Compare with [errors.Is].
var ErrIncomplete = errors.New("core: message is not complete yet")

// A FrameError says what is wrong with a frame and where. It is the cause
// inside an [Error] with the code 3009.
type FrameError struct {
	Offset int    // in the frame, from 0
	Reason string // what the rules of the protocol say about these bytes
}

// Error gives the offset and the reason: "at byte 7: ...".
func (e *FrameError) Error() string {
	if e == nil {
		return "<nil>"
	}
	return "at byte " + strconv.Itoa(e.Offset) + ": " + e.Reason
}

// BadFrame returns the *[Error] of a frame that breaks the rules of its
// protocol. The status says in the protocol's terms what kind of fault it is;
// packages without a row for it use FrameMalformed.Status().
func BadFrame(s Status, offset int, reason string) error {
	return s.Wrap(Other, &FrameError{Offset: offset, Reason: reason})
}
