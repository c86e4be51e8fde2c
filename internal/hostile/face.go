package hostile

import (
	"bufio"

	"github.com/fieldstatus/fieldstatus/core"
)

// A Conversation is the type of that name in each protocol package.
type Conversation interface {
	Sent(frame []byte)
	Received(dst []core.Status, frame []byte) ([]core.Status, error)
	Exchange() core.Exchange
}

// A Face is what a protocol package promises about hostile bytes.
type Face struct {
	Append func(dst []core.Status, frame []byte) ([]core.Status, error)
	Scan   bufio.SplitFunc
	Open   func() Conversation

	// Faults are the codes of frames that break the rules, besides 3009.
	Faults []core.Code
	// Refusals are the codes of errors about frames that obey the rules, and
	// say what the caller did not want.
	Refusals []core.Code
	// Views returns what is parsed out of a frame: every byte string that
	// is a part of it. It may be nil.
	Views func(frame []byte) [][]byte
	// Enough returns how many bytes of a frame that gave statuses suffice for
	// some, where nothing in the frame says how long it is, and 0 where something
	// does. It may be nil.
	Enough func(frame []byte) int
	// Mend writes the length of a frame, and its checksum, where they have to be,
	// so that bytes which changed are looked at. It may be nil.
	Mend func(frame []byte)
	// Unasked says why a success may come that answers no request of the
	// conversation, whose IDs are issued; see [Hearing.Receive]. It may be nil.
	Unasked func(issued []uint64, x core.Exchange, s core.Status) bool
	// Repeats says that a repeated answer comes out with its request again.
	Repeats bool
	// Bound is the most bytes that a conversation retains.
	Bound int
}

// A Checker holds a package to its promises. It has room for the results of one
// frame, so it belongs to one goroutine.
type Checker struct {
	Face
	statuses []core.Status
	twin     []core.Status
	before   []byte
	mended   []byte
}

// NewChecker returns a Checker for a package.
func NewChecker(f Face) *Checker {
	return &Checker{Face: f, statuses: make([]core.Status, 1, 1024), twin: make([]core.Status, 0, 1024), before: make([]byte, 0, 1<<16)}
}
