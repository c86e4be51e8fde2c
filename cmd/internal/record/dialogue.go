package record

import (
	"errors"
	"time"

	"github.com/fieldstatus/fieldstatus/cmd/internal/protocol"
	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
)

// A dialogue is what one client and the device say to each other, as far as it
// was decoded. All of it but missed belongs to the goroutine that decodes.
type dialogue struct {
	recorder *Recorder
	datagram bool
	missed   bool // of the queue: an event was dropped

	inner protocol.Conversation
	sides [2]splitter // of the client, of the device
	log   log
	open  []request // without an answer yet, oldest first
	doubt bool      // a request may have been missed
	gone  bool      // the client has ended its direction
}

// A request is one that awaits its answer.
type request struct {
	id uint64
	op core.Op
}

// maxOpen is how many requests without an answer are remembered.
const maxOpen = 64

func (r *Recorder) dialogue(datagram bool) *dialogue {
	d := &dialogue{recorder: r, datagram: datagram, inner: r.Protocol.New()}
	d.sides[0] = splitter{scan: r.Protocol.Scan, solid: true, frame: d.sent, garbage: d.unreadable}
	d.sides[1] = splitter{scan: r.Protocol.Scan, solid: true}
	return d
}

// restart forgets everything: what comes next is not what comes next.
func (d *dialogue) restart() {
	d.inner, d.log, d.open, d.doubt = d.recorder.Protocol.New(), log{}, nil, true
	d.sides[0].miss()
	d.sides[1].miss()
}

func (d *dialogue) take(e event) {
	if e.gap {
		d.restart()
	}
	if d.datagram {
		if !e.ended {
			d.takeDatagram(e)
		}
		return
	}
	side := &d.sides[0]
	if e.fromDevice {
		side = &d.sides[1]
		side.frame = func(frame []byte) { d.received(frame, e.time) }
		side.garbage = func(data []byte, sure bool) {
			d.recorder.counts.unread.Add(int64(len(data)))
			if sure && !d.gone {
				d.received(data, e.time)
			}
		}
	}
	if !e.ended {
		side.add(e.data)
		return
	}
	side.end()
	switch {
	case !e.fromDevice:
		d.gone = true
	case !d.gone:
		d.recorder.counts.unanswered.Add(int64(len(d.open)))
		d.open = nil
	}
}

// takeDatagram takes the frames of a datagram. What cannot be split is given to
// the conversation as a whole: that says what is wrong with it.
func (d *dialogue) takeDatagram(e event) {
	for data := e.data; len(data) > 0; {
		n, token := len(data), data
		if p := d.recorder.Protocol; !p.Datagrams {
			if i, t, err := p.Scan(data, true); err == nil && i > 0 && i <= len(data) {
				n, token = i, t
			}
		}
		switch {
		case token == nil:
		case e.fromDevice:
			d.received(token, e.time)
		default:
			d.sent(token)
		}
		data = data[n:]
	}
}

// unreadable takes bytes of the client that are no frame. The device may answer
// them all the same.
func (d *dialogue) unreadable(data []byte, sure bool) {
	d.recorder.counts.unread.Add(int64(len(data)))
	if sure {
		d.sent(data)
	} else {
		d.doubt = true
	}
}

func (d *dialogue) sent(frame []byte) {
	d.inner.Sent(frame)
	x := d.inner.Exchange()
	i := d.find(x.ID)
	if x.ID != 0 && i < 0 {
		d.log.finish(x.ID) // another exchange of that number
	}
	d.log.add(entry{data: frame, sent: true, id: x.ID, connect: x.Op == core.Connect})
	if !x.Open || i >= 0 {
		return
	}
	if len(d.open) == maxOpen {
		d.open = append(d.open[:0], d.open[1:]...)
	}
	d.open = append(d.open, request{x.ID, x.Op})
}

// find returns the index of an open request, or -1.
func (d *dialogue) find(id uint64) int {
	for i := range d.open {
		if d.open[i].id == id {
			return i
		}
	}
	return -1
}

func (d *dialogue) received(frame []byte, t time.Time) {
	statuses, err := d.inner.Received(nil, frame)
	x := d.inner.Exchange()
	e := entry{data: frame, id: x.ID, connect: x.Op == core.Connect}
	switch {
	case errors.Is(err, core.ErrIncomplete):
		e.part = true
		d.log.add(e)
		return
	case errors.Is(err, core.ErrNotResponse):
		d.log.add(e)
		return
	}
	if x.ID == 0 && d.doubt {
		return // its request may have been the one that was missed
	}
	o := outcome{Exchange: x, time: t, known: x.ID != 0}
	if n := len(d.open); n > 0 && o.ID == 0 && (err != nil || ends(statuses)) {
		o.ID, o.Op = d.open[n-1].id, d.open[n-1].op // what it was answering is not known: the one that waits
	}
	o.statuses = statuses
	if err != nil {
		if core.CodeOf(d.recorder.Protocol.Translate(o.Op, err)) == core.OK {
			return
		}
		o.statuses = append(o.statuses, core.StatusOf(err))
	}
	e.id = o.ID
	d.log.add(e)
	d.judge(&o)
	d.close(x, ends(statuses))
	d.follow()
}

// ends reports whether a status is about more than one request: the session or
// the connection is over.
func ends(statuses []core.Status) bool {
	for _, s := range statuses {
		if s.Remedy() == core.Reconnect {
			return true
		}
	}
	return false
}

// close forgets the requests that got their answer.
func (d *dialogue) close(x core.Exchange, over bool) {
	if x.ID != 0 && !x.Open {
		d.log.finish(x.ID)
		if i := d.find(x.ID); i >= 0 {
			d.open = append(d.open[:i], d.open[i+1:]...)
		}
	}
	if over {
		d.open = d.open[:0] // that nothing else is answered is no further news
	}
}

// follow tells of a further endpoint that the device has opened.
func (d *dialogue) follow() {
	if d.recorder.Protocol.Endpoint == nil {
		return
	}
	if at, ok := d.recorder.Protocol.Endpoint(d.inner); ok && at.Port() != 0 {
		d.recorder.note("the device wants what follows at " + at.String() + ": a client that goes there is not recorded any more")
	}
}

// An outcome is what a frame of the device says about a request.
type outcome struct {
	core.Exchange
	known    bool // the conversation itself tells which request it is
	time     time.Time
	statuses []core.Status // of the device, and at the end that of a broken frame
}

// failures returns how many of the statuses are none of success.
func (o *outcome) failures() (n int) {
	for _, s := range o.statuses {
		if s.Code(o.Op) != core.OK {
			n++
		}
	}
	return n
}

func (o *outcome) expect() []coretest.Expect {
	expect := make([]coretest.Expect, len(o.statuses))
	for i, s := range o.statuses {
		expect[i] = coretest.ExpectOf(s, o.Op)
	}
	return expect
}

// judge decides what becomes of an outcome.
func (d *dialogue) judge(o *outcome) {
	r := d.recorder
	failed := o.failures() > 0
	if failed {
		r.counts.failures.Add(1)
	}
	if failed || !o.Open {
		r.counts.exchanges.Add(1)
	}
	if len(o.statuses) == 0 || !failed && (!r.All || o.Open) {
		return
	}
	s := coretest.Stanza{
		From: "recorded, fieldstatus record " + r.Version + ", " + o.time.UTC().Format(time.RFC3339) + ", from " + r.To,
		Op:   o.Op, Expect: o.expect(), Frames: d.log.exchange(o.ID),
	}
	if r.Output.has(r.Protocol.Name, s) {
		r.counts.repeats.Add(1)
		return
	}
	if !d.complete(&s, o) {
		r.counts.leftOut.Add(1)
		return
	}
	if r.Output.has(r.Protocol.Name, s) {
		r.counts.repeats.Add(1)
		return
	}
	s.Name = nameOf(s)
	s.Want = wantOf(r.Protocol.Name, s)
	switch err := r.Output.Add(r.Protocol.Name, s); {
	case err == nil:
		r.counts.written.Add(1)
	case errors.Is(err, errText):
		r.counts.leftOut.Add(1)
	default:
		r.counts.unwritten.Add(1)
		r.note(err.Error() + "; the traffic goes on, the recording has gaps")
	}
}

// complete gives the stanza as many frames as it needs to give the same result
// to somebody who knows nothing else. It reports false when there are none.
func (d *dialogue) complete(s *coretest.Stanza, o *outcome) bool {
	for frames := range d.log.candidates(o.ID) {
		s.Frames = frames
		c := d.recorder.Protocol.New()
		if s.Check(c) != nil {
			continue
		}
		if x := c.Exchange(); o.known && (x.ID == 0 || x.Op != o.Op) {
			continue // the answer says so alone: its request was not understood
		}
		return true
	}
	return false
}
