package decode

import (
	"bufio"
	"cmp"
	"slices"
	"time"
)

// A framer cuts one direction of a TCP stream into frames.
//
// Offsets are those of the stream, from 0 at the first byte that was seen.
type framer struct {
	scan   bufio.SplitFunc // takes no more than there is
	to     receiver
	notes  *Notes
	budget *int // bytes buffered by all framers together

	buf    []byte
	space  []byte // what buf is a part of
	offset int64  // of buf[0]
	marks  []mark // the segments that buf came in
	holes  []span // what was not captured
	synced bool   // buf[0] begins a frame
	solid  bool   // it does so by what was captured since the connection was made
	inSync int    // frames since the beginning was found otherwise

	tried int64   // out of sync: every byte before this one has been tried
	maybe []int64 // offsets at which a frame may begin whose end has not come
}

// A receiver gets what a framer finds.
type receiver interface {
	plausible(frame []byte) bool // whether bytes of unknown origin are a frame indeed
	emit(f frame)
	broken(f frame, err error)
	astray() // bytes are missing or make no sense
}

// A frame is a complete frame and where it came from. Data is valid during the
// call only.
type frame struct {
	data   []byte
	packet int // that completed it
	time   time.Time
	end    int64  // offset in the stream behind it
	ack    uint32 // what the segment that holds its end acknowledges
	cut    bool   // parts were not captured; data holds zeros in their place
}

// A mark is a segment in the stream.
type mark struct {
	start, end int64
	packet     int
	time       time.Time
	ack        uint32
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
	f.to.astray()
}

// add appends the bytes of one segment.
func (f *framer) add(data []byte, packet int, t time.Time, ack uint32) {
	if len(data) == 0 {
		return
	}
	f.marks = append(f.marks, mark{f.end(), f.end() + int64(len(data)), packet, t, ack})
	if len(f.buf) == 0 {
		f.buf = f.space[:0]
	}
	if len(f.buf)+len(data) > cap(f.buf) {
		f.space = append(make([]byte, 0, 2*(len(f.buf)+len(data))), f.buf...)
		f.buf = f.space
	}
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
		f.to.astray()
	}
	if len(f.buf) == 0 && cap(f.space) > maxUnsynced {
		f.buf, f.space = nil, nil // an idle connection does not hold on to the space of its longest frame
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
			f.to.broken(f.frame(f.buf, f.toFault()), err)
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
	x := f.frame(token, n)
	_, x.cut = f.holeIn(0, n)
	if x.cut {
		f.notes.CutFrames++
	} else {
		f.notes.Frames++
		f.inSync++
	}
	f.to.emit(x)
}

// frame returns data as a frame that takes n bytes of the buffer.
func (f *framer) frame(data []byte, n int) frame {
	x := frame{data: data, end: f.offset + int64(n)}
	for _, m := range f.marks {
		if m.start >= x.end {
			break
		}
		if m.packet > x.packet {
			x.packet, x.time = m.packet, m.time
		}
		x.ack = m.ack
	}
	return x
}

// enough is how many frames in a row must have been right before bytes that
// are none are taken for a fault of the sender and not for a wrong start.
const enough = 3

func (f *framer) trusted() bool { return f.solid || f.inSync >= enough }

// begin says that the next byte begins a frame because it is the first one of
// the connection.
func (f *framer) begin() { f.synced, f.solid = true, true }

// sync looks for the start of a frame. Every byte is tried once; those that may
// begin a frame of which the end has not come yet are kept in mind.
func (f *framer) sync() bool {
	maybe := f.maybe[:0]
	for _, at := range f.maybe {
		switch f.try(at) {
		case begins:
			return f.found(at)
		case mayBegin:
			maybe = append(maybe, at)
		}
	}
	inside := 0
	for at := max(f.tried, f.offset); at < f.end(); at++ {
		switch f.try(at) {
		case begins:
			return f.found(at)
		case mayBegin:
			if !f.segmentBegins(at) {
				if inside++; inside > maxInside {
					continue
				}
			}
			maybe = append(maybe, at)
		}
	}
	f.tried = f.end()
	maybe = slices.Delete(maybe, 0, max(0, len(maybe)-maxMaybe))
	f.maybe = maybe
	start := f.end()
	if len(maybe) > 0 {
		start = maybe[0]
	}
	start = max(start, f.end()-maxUnsynced)
	f.unread(start - f.offset)
	f.drop(int(start - f.offset))
	return false
}

// found goes on in sync at an offset.
func (f *framer) found(at int64) bool {
	f.unread(at - f.offset)
	f.drop(int(at - f.offset))
	f.synced, f.inSync, f.maybe = true, 0, f.maybe[:0]
	return true
}

// A verdict says whether a frame begins at some byte.
type verdict uint8

const (
	no verdict = iota
	mayBegin
	begins
)

// try judges the bytes at an offset.
func (f *framer) try(at int64) verdict {
	i := int(at - f.offset)
	if i < 0 {
		return no // it was given up
	}
	n, token, err := f.scan(f.buf[i:], false)
	if err != nil {
		return no
	}
	start := f.segmentBegins(at)
	if !start && len(f.holes) > 0 {
		return no // too little is left to tell a frame from its inside
	}
	if n <= 0 {
		return mayBegin
	}
	if token == nil || !f.chained(i, n, start) {
		return no
	}
	if _, hidden := f.holeIn(i, i+min(n, minHeader)); hidden {
		return no
	}
	if _, cut := f.holeIn(i, i+n); !cut && !f.to.plausible(token) {
		return no
	}
	return begins
}

// chained reports whether a frame of n bytes that seems to begin at i is
// supported by its neighbours. Senders write whole frames, so that most frames
// begin and end where a segment does; and where one ends the next one begins.
func (f *framer) chained(i, n int, start bool) bool {
	for frames := 1; ; frames++ {
		i += n
		if i >= len(f.buf) || f.segmentBegins(f.offset+int64(i)) {
			return true
		}
		var err error
		n, _, err = f.scan(f.buf[i:], false)
		switch {
		case err != nil:
			return false
		case n <= 0:
			return start || frames >= enough
		}
	}
}

// segmentBegins reports whether a segment begins at an offset.
func (f *framer) segmentBegins(at int64) bool {
	_, begins := slices.BinarySearchFunc(f.marks, at, func(m mark, at int64) int { return cmp.Compare(m.start, at) })
	return begins
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

// toFault returns the number of bytes up to the end of the segment with which the
// buffer became what is no frame.
func (f *framer) toFault() int {
	for _, m := range f.marks {
		n := int(m.end - f.offset)
		if _, _, err := f.scan(f.buf[:n], false); err != nil {
			return n
		}
	}
	return len(f.buf)
}

// lose gives up n bytes and the knowledge of where frames begin.
func (f *framer) lose(n int) {
	f.unread(int64(n))
	f.drop(n)
	f.outOfSync()
	f.to.astray()
}

// outOfSync says that nobody knows whether the next byte begins a frame.
func (f *framer) outOfSync() {
	f.synced, f.solid = false, false
	f.tried, f.maybe = f.offset, f.maybe[:0]
}

func (f *framer) unread(n int64) { f.notes.UnreadBytes += n }

// drop removes n bytes from the front of the buffer.
func (f *framer) drop(n int) {
	f.buf = f.buf[n:]
	f.offset += int64(n)
	*f.budget -= n
	gone := 0
	for gone < len(f.marks) && f.marks[gone].end <= f.offset {
		gone++
	}
	if gone == len(f.marks) {
		f.marks = f.marks[:0] // as mostly; what stands there points to nothing
	} else {
		f.marks = slices.Delete(f.marks, 0, gone)
	}
	f.holes = slices.DeleteFunc(f.holes, func(h span) bool { return h.end <= f.offset })
}

// reset empties the buffer and goes on at an offset.
func (f *framer) reset(offset int64) {
	f.drop(len(f.buf))
	f.offset = offset
	f.outOfSync()
}

// close is called at the end of the stream. It reports a frame that the end of
// the connection cuts off.
func (f *framer) close(closed bool) (err error) {
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
