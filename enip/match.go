package enip

import "github.com/fieldstatus/fieldstatus/core"

// match returns the position of the request that r answers, -1 when there is
// none.
func (c *Conversation) match(r *Response) int {
	for i := range c.n {
		if c.open[i].answeredBy(r) && c.sameLink(&c.open[i], r) {
			return i
		}
	}
	return -1
}

// A link is a CIP connection by its two identifiers: requests have one, replies
// the other.
type link struct{ ot, to uint32 }

// remember keeps the identifiers of a connection that was opened.
func (c *Conversation) remember(r Reply) {
	if opened, ok := r.Connection(); ok && r.general == Success {
		c.links[c.linked%len(c.links)] = link{opened.OTConnectionID, opened.TOConnectionID}
		c.linked++
	}
}

// sameLink reports whether r can have come on the connection that q went out
// on. Connections whose opening was not seen are trusted. Some clients open
// several connections with one identifier for replies.
func (c *Conversation) sameLink(q *request, r *Response) bool {
	known := false
	for _, l := range c.links[:min(c.linked, len(c.links))] {
		if l.to == r.connectionID {
			if l.ot == q.connectionID {
				return true
			}
			known = true
		}
	}
	return !r.connected || !known
}

// answeredBy reports whether r can be the answer to q. Among requests that are
// alike the oldest is answered first.
func (q *request) answeredBy(r *Response) bool {
	if q.command != r.command {
		return false
	}
	if !r.hasReply {
		return r.context == q.context || r.context == [8]byte{}
	}
	if r.connected != q.connected || !q.serves(r.reply) {
		return false
	}
	if r.connected {
		// The sender context of connected messages is not reliable. A device that
		// does not know the connection cannot know its sequence count.
		return r.sequence == q.sequence || r.reply.general == ConnectionLost && r.sequence == 0
	}
	return r.context == q.context || r.context == [8]byte{} // some devices clear it
}

// serves reports whether r can be an answer to the service of q. A message
// inside an Unconnected Send is answered with its own service when it arrived,
// and with that of Unconnected Send when it did not. A refusal of service 0,
// which no request has, is that of a device that could not read the service.
func (q *request) serves(r Reply) bool {
	return r.service == q.service || q.routed && r.service == serviceUnconnectedSend || r.service == 0 && r.general != Success
}

// foreign is the 3012 of a response that answers no open request.
func foreign(r *Response) error {
	return foreignStatus("answers none of the open requests", r.Status())
}

func foreignStatus(reason string, s core.Status) error {
	return core.FrameForeign.Status().Wrap(core.Other, &foreignReply{core.FrameError{Reason: reason}, s.Err(core.Other)})
}

// A foreignReply is the cause of a 3012: what is wrong with the frame, and what
// it says all the same.
type foreignReply struct {
	core.FrameError
	native error // nil when the response says success
}

func (f *foreignReply) Error() string {
	if f.native == nil {
		return f.FrameError.Error()
	}
	return f.FrameError.Error() + ": " + f.native.Error()
}

// Unwrap returns the [core.FrameError] and the native failure.
func (f *foreignReply) Unwrap() []error {
	if f.native == nil {
		return []error{&f.FrameError}
	}
	return []error{&f.FrameError, f.native}
}
