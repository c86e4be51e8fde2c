package decode

import (
	"bytes"
	"cmp"
	"slices"
	"time"
)

// An event is something that was said in one direction and has to wait for what
// was said before in the other one. Captures mix the directions up, and a
// request that is given to a conversation after its answer has none.
type event struct {
	frame frame // a copy
	since time.Time
	do    func(frame)
}

func (s *tcpStream) other(d *direction) *direction {
	if d.fromServer {
		return s.directions[0]
	}
	return s.directions[1]
}

// seq returns the sequence number at an offset of the stream.
func (d *direction) seq(offset int64) uint32 { return d.first + uint32(offset) }

// ready reports whether everything that f acknowledges has been dealt with.
func (s *tcpStream) ready(d *direction, f frame) bool {
	o := s.other(d)
	if !o.started {
		return true
	}
	if missing := int32(f.ack - o.next); missing > 1 || missing == 1 && !o.ended { // a FIN counts as a byte
		return false
	}
	return len(o.held) == 0 || int32(o.seq(o.held[0].frame.end)-f.ack) > 0
}

// post does something with a frame, now or when its time has come.
func (s *tcpStream) post(d *direction, f frame, do func(frame)) {
	if len(d.held) == 0 && s.ready(d, f) {
		do(f)
		return
	}
	f.data = bytes.Clone(f.data)
	size := len(f.data)
	for _, e := range d.held {
		size += len(e.frame.data)
	}
	s.engine.buffered += len(f.data)
	d.held = append(d.held, event{f, s.engine.now, do})
	s.engine.holding[s] = true
	s.engine.waiting, s.engine.waitingSince = true, s.engine.now
	if len(d.held) > maxHeld || size > maxHeldBytes || s.engine.buffered > maxBuffered {
		s.giveUp(d)
	}
}

// drain does what is ready, and what would wait for an end that has come.
func (s *tcpStream) drain() {
	for again := true; again; {
		again = false
		for _, d := range s.directions {
			for len(d.held) > 0 && s.ready(d, d.held[0].frame) {
				s.next(d)
				again = true
			}
			if o := s.other(d); o.ended && len(o.held) == 0 && len(d.held) > 0 {
				s.giveUp(d)
				return
			}
		}
	}
	if len(s.directions[0].held)+len(s.directions[1].held) == 0 {
		delete(s.engine.holding, s)
	}
}

func (s *tcpStream) next(d *direction) {
	e := d.held[0]
	d.held = slices.Delete(d.held, 0, 1)
	s.engine.buffered -= len(e.frame.data)
	e.do(e.frame)
}

// giveUp does the next event of a direction although something before it is
// missing.
func (s *tcpStream) giveUp(d *direction) {
	if d.fromServer {
		s.conversation.forget()
	} else {
		s.conversation.lost()
	}
	s.next(d)
	s.drain()
}

// release gives up what waits since before a time, or all when it is zero.
func (s *tcpStream) release(limit time.Time) {
	for {
		s.drain()
		if len(s.directions[0].held)+len(s.directions[1].held) == 0 {
			return
		}
		old := slices.DeleteFunc(slices.Clone(s.directions[:]), func(d *direction) bool {
			return len(d.held) == 0 || !limit.IsZero() && d.held[0].since.After(limit)
		})
		if len(old) == 0 {
			return
		}
		s.giveUp(slices.MinFunc(old, func(a, b *direction) int {
			return cmp.Compare(a.held[0].frame.packet, b.held[0].frame.packet)
		}))
	}
}
