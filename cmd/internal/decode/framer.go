package decode

import (
	"bufio"
	"time"
)

// A framer cuts one direction of a TCP stream into frames.
//
// Offsets are those of the stream, from 0 at the first byte that was seen.
type framer struct {
	scan      bufio.SplitFunc
	plausible func(frame []byte) bool // whether bytes of unknown origin are a frame indeed
	emit      func(f frame)           // gets every frame
	broken    func(f frame, err error)
	notes     *Notes
	budget    *int // bytes buffered by all framers together

	buf    []byte
	offset int64  // of buf[0]
	marks  []mark // the segments that buf came in
	holes  []span // what was not captured
	synced bool   // buf[0] begins a frame
	solid  bool   // it does so by what was captured since the connection was made
	inSync int    // frames since the beginning was found otherwise
}

// A frame is a complete frame and where it came from. Data is valid during the
// call only.
type frame struct {
	data   []byte
	packet int // that completed it
	time   time.Time
	cut    bool // parts were not captured; data holds zeros in their place
}

// A mark is the end of a segment in the stream.
type mark struct {
	start, end int64
	packet     int
	time       time.Time
}

type span struct{ start, end int64 }

// minHeader is how many bytes at the start of a frame are taken for its header
// when it was not captured as a whole: a hole in there hides where it ends.
const minHeader = 32

// end returns the offset at which the next byte comes.
func (f *framer) end() int64 { return f.offset + int64(len(f.buf)) }

// hole remembers that bytes of the stream were not captured. They are counted
// in the length of the segment that is added later.
func (f *framer) hole(start, end int64) {
	if end <= f.offset {
		return
	}
	if len(f.holes) == maxHoles {
		f.holes = append(f.holes[:0], f.holes[1:]...)
	}
	f.holes = append(f.holes, span{start, end})
}

// gap says that the next n bytes of the stream are missing.
func (f *framer) gap(n int64) {
	f.notes.LostBytes += n
	f.unread(int64(len(f.buf)))
	f.reset(f.end() + n)
}

// add appends the bytes of one segment.
func (f *framer) add(data []byte, packet int, t time.Time) {
	if len(data) == 0 {
		return
	}
	f.marks = append(f.marks, mark{f.end(), f.end() + int64(len(data)), packet, t})
	f.buf = append(f.buf, data...)
	*f.budget += len(data)
}

// run hands out the frames that are complete.
func (f *framer) run() {
	for len(f.buf) > 0 {
		if !f.synced && !f.sync() {
			break
		}
		if !f.step() {
			break
		}
	}
	if len(f.buf) > maxFrame || len(f.buf) > 0 && *f.budget > maxBuffered {
		f.notes.TooLong++
		f.unread(int64(len(f.buf)))
		f.reset(f.end())
	}
	if len(f.buf) == 0 && cap(f.buf) > maxUnsynced {
		f.buf = nil // an idle connection does not hold on to the space of its longest frame
	}
}

// step takes one frame off the buffer. It returns false when that needs more
// bytes.
func (f *framer) step() bool {
	n, token, err := f.scan(f.buf, false)
	n = max(0, min(n, len(f.buf)))
	header := min(minHeader, len(f.buf))
	if err == nil && n > 0 {
		header = min(header, n)
	}
	if hole, ok := f.holeIn(0, header); ok {
		// The header was not captured: nobody knows where the frame ends.
		f.notes.CutFrames++
		f.lose(int(min(hole.end, f.end()) - f.offset))
		return true
	}
	switch {
	case err != nil:
		n := f.toNextSegment()
		if f.trusted() {
			last := f.at(0, header)
			f.broken(frame{data: f.buf, packet: last.packet, time: last.time}, err)
			f.unread(int64(-n)) // they are accounted for
		}
		f.lose(n)
		return true
	case n == 0:
		return false
	case token != nil:
		f.hand(token, n)
	}
	f.drop(n)
	return true
}

// hand gives out a frame that takes n bytes of the buffer.
func (f *framer) hand(token []byte, n int) {
	last := f.at(0, n)
	_, cut := f.holeIn(0, n)
	if cut {
		f.notes.CutFrames++
	} else {
		f.notes.Frames++
		f.inSync++
	}
	f.emit(frame{data: token, packet: last.packet, time: last.time, cut: cut})
}

// enough is how many frames in a row must have been right before bytes that
// are none are taken for a fault of the sender and not for a wrong start.
const enough = 3

func (f *framer) trusted() bool { return f.solid || f.inSync >= enough }

// begin says that the next byte begins a frame because it is the first one of
// the connection.
func (f *framer) begin() { f.synced, f.solid = true, true }

// sync looks for the start of a frame.
func (f *framer) sync() bool {
	candidate := -1
	for i := range f.buf {
		n, token, err := f.scan(f.buf[i:], false)
		switch {
		case err != nil:
		case token != nil && n > 0 && n <= len(f.buf)-i:
			if _, cut := f.holeIn(i, i+n); cut || !f.chained(i, n) || !f.plausible(token) {
				continue
			}
			f.unread(int64(i))
			f.drop(i)
			f.synced, f.inSync = true, 0
			return true
		case candidate < 0 && n == 0:
			candidate = i
		}
	}
	if candidate < 0 {
		candidate = len(f.buf)
	}
	if len(f.buf)-candidate > maxUnsynced {
		candidate = len(f.buf) - maxUnsynced/2
	}
	f.unread(int64(candidate))
	f.drop(candidate)
	return false
}

// chained reports whether a frame of n bytes that seems to begin at i is
// supported by its neighbours. Senders write whole frames, so that most frames
// begin and end where a segment does; and where one ends the next one begins.
func (f *framer) chained(i, n int) bool {
	begins, _ := f.segmentAt(i)
	for frames := 1; ; frames++ {
		i += n
		if _, ends := f.segmentAt(i); ends || i >= len(f.buf) {
			return true
		}
		var err error
		n, _, err = f.scan(f.buf[i:], false)
		switch {
		case err != nil:
			return false
		case n <= 0 || n > len(f.buf)-i:
			return begins || frames >= enough
		}
	}
}

// segmentAt reports whether a segment begins or ends at i.
func (f *framer) segmentAt(i int) (begins, ends bool) {
	at := f.offset + int64(i)
	for _, m := range f.marks {
		begins = begins || m.start == at
		ends = ends || m.end == at
	}
	return begins, ends
}

// at returns the segment with the highest packet number among those that the
// bytes from i to j came in.
func (f *framer) at(i, j int) (last mark) {
	start, end := f.offset+int64(i), f.offset+int64(j)
	for _, m := range f.marks {
		if m.start < end && m.end > start && m.packet > last.packet {
			last = m
		}
	}
	return last
}

func (f *framer) holeIn(i, j int) (span, bool) {
	start, end := f.offset+int64(i), f.offset+int64(j)
	for _, h := range f.holes {
		if h.start < end && h.end > start {
			return h, true
		}
	}
	return span{}, false
}

// toNextSegment returns the number of bytes up to the next start of a segment.
func (f *framer) toNextSegment() int {
	for _, m := range f.marks {
		if m.start > f.offset {
			return int(m.start - f.offset)
		}
	}
	return len(f.buf)
}

// lose gives up n bytes and the knowledge of where frames begin.
func (f *framer) lose(n int) {
	f.unread(int64(n))
	f.drop(n)
	f.synced, f.solid = false, false
}

func (f *framer) unread(n int64) { f.notes.UnreadBytes += n }

// drop removes n bytes from the front of the buffer.
func (f *framer) drop(n int) {
	f.buf = f.buf[:copy(f.buf, f.buf[n:])]
	f.offset += int64(n)
	*f.budget -= n
	marks := f.marks[:0]
	for _, m := range f.marks {
		if m.end > f.offset {
			marks = append(marks, m)
		}
	}
	f.marks = marks
	holes := f.holes[:0]
	for _, h := range f.holes {
		if h.end > f.offset {
			holes = append(holes, h)
		}
	}
	f.holes = holes
}

// reset empties the buffer and goes on at an offset.
func (f *framer) reset(offset int64) {
	f.drop(len(f.buf))
	f.offset = offset
	f.synced, f.solid = false, false
}

// close is called at the end of the stream. It reports a frame that the end of
// the connection cuts off.
func (f *framer) close(closed bool, packet int, t time.Time) (err error) {
	if closed && f.synced && f.trusted() && len(f.buf) > 0 {
		if _, hole := f.holeIn(0, len(f.buf)); !hole {
			_, _, err = f.scan(f.buf, true)
		}
	}
	if err == nil {
		f.unread(int64(len(f.buf)))
	}
	f.reset(f.end())
	return err
}
