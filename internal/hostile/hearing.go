package hostile

import (
	"errors"
	"fmt"
	"slices"

	"github.com/fieldstatus/fieldstatus/core"
)

// A Hearing gives frames to one conversation and checks what it answers.
type Hearing struct {
	*Checker
	Conversation
	statuses   []core.Status
	issued     []uint64 // IDs of requests
	understood bool     // every frame that was sent has an ID
	given      int      // bytes received so far, which fragments are offsets into
}

// Hear returns the hearing of a fresh conversation.
func (c *Checker) Hear(conversation Conversation) Hearing {
	return Hearing{Checker: c, Conversation: conversation, statuses: make([]core.Status, 0, 256), issued: make([]uint64, 0, 64), understood: true}
}

// Again makes the hearing that of another conversation, or of one that was made
// fresh again.
func (h *Hearing) Again(conversation Conversation) {
	*h = Hearing{Checker: h.Checker, Conversation: conversation, statuses: h.statuses[:0], issued: h.issued[:0], understood: true}
}

// Send gives the conversation a frame of the client.
func (h *Hearing) Send(frame []byte) error {
	h.Conversation.Sent(frame)
	x := h.Exchange()
	if x.Open && x.ID == 0 {
		return errors.New("a request is open without an ID")
	}
	h.understood = h.understood && x.ID != 0
	if x.ID != 0 && !slices.Contains(h.issued, x.ID) {
		h.issued = append(h.issued, x.ID)
	}
	return nil
}

// Receive gives the conversation a frame of the device. A success answers a
// request that was sent, as long as all that was sent was understood, and with the
// exceptions of [Face.Unasked].
func (h *Hearing) Receive(frame []byte) ([]core.Status, Outcome, error) {
	h.given += len(frame)
	got, err := h.Conversation.Received(h.statuses[:0], frame)
	if cap(got) > cap(h.statuses) {
		h.statuses = got
	}
	outcome, violated := h.Outcome(got, err, h.given)
	x := h.Exchange()
	switch {
	case violated != nil:
		return got, outcome, violated
	case x.Open && x.ID == 0 && outcome != Incomplete:
		return got, outcome, errors.New("a request is open without an ID")
	case outcome == Succeeded && h.understood && len(h.issued) > 0 && !h.asked(x) && (h.Unasked == nil || !h.Unasked(h.issued, x, got[0])):
		return got, outcome, fmt.Errorf("%v with %+v, but only %v were asked", got, x, h.issued)
	}
	return got, outcome, nil
}

// asked reports whether an answer belongs to a request that was sent.
func (h *Hearing) asked(x core.Exchange) bool { return slices.Contains(h.issued, x.ID) }
