package record

import (
	"cmp"
	"iter"
	"slices"

	"github.com/fieldstatus/fieldstatus/core/coretest"
)

const (
	// maxLog and maxLogBytes bound how much of a connection is remembered for
	// the answers to come.
	maxLog      = 256
	maxLogBytes = 1 << 20
	// maxOpening and maxOpeningBytes bound the frames with which a connection
	// was opened, which are remembered as long as it lives.
	maxOpening      = 16
	maxOpeningBytes = 1 << 14
)

// An entry is one frame of a connection.
type entry struct {
	number  int // of the frame in its connection, from 1
	data    []byte
	sent    bool
	id      uint64 // of its exchange, 0 when it belongs to none
	connect bool   // the exchange opens the connection
	part    bool   // of an answer, others follow
	done    bool   // its exchange is over
}

func (e entry) frame() coretest.Frame { return coretest.Frame{Sent: e.sent, Data: e.data} }

// A log holds the last frames of a connection, in both directions.
type log struct {
	entries []entry
	added   int // since the connection began
	bytes   int
	dropped bool // entries does not begin with the connection

	opening      []entry
	openingBytes int
}

func (l *log) add(e entry) {
	l.added++
	e.number = l.added
	if e.connect && len(l.opening) < maxOpening && l.openingBytes+len(e.data) <= maxOpeningBytes {
		l.opening = append(l.opening, e)
		l.openingBytes += len(e.data)
	}
	l.entries = append(l.entries, e)
	l.bytes += len(e.data)
	n := 0
	for len(l.entries)-n > maxLog || l.bytes > maxLogBytes {
		l.bytes -= len(l.entries[n].data)
		n++
	}
	if n > 0 {
		l.dropped = true
		l.entries = append(l.entries[:0], l.entries[n:]...)
		clear(l.entries[len(l.entries):cap(l.entries)])
	}
}

// finish says that an exchange is over.
func (l *log) finish(id uint64) {
	for i := range l.entries {
		if e := &l.entries[i]; e.id == id || e.part && e.id == 0 {
			e.done = true
		}
	}
}

// exchange returns the frames that belong to an exchange, of which the last
// entry is the end.
func (l *log) exchange(id uint64) []coretest.Frame { return framesOf(l.of(id)) }

func (l *log) of(id uint64) []entry {
	var own []entry
	for i, e := range l.entries {
		last := i == len(l.entries)-1
		if last || !e.done && (id != 0 && e.id == id || e.part && e.id == 0 && len(own) > 0) {
			own = append(own, e)
		}
	}
	return own
}

// start returns the index of the first entry of an exchange, and of the frames
// without an exchange that were sent right before, which may be fragments of it.
func (l *log) start(id uint64) (first, withFragments int) {
	first = len(l.entries) - 1
	for i, e := range l.entries {
		if id != 0 && e.id == id && !e.done {
			first = i
			break
		}
	}
	withFragments = first
	for withFragments > 0 {
		if e := l.entries[withFragments-1]; !e.sent || e.id != 0 {
			break
		}
		withFragments--
	}
	return first, withFragments
}

// candidates returns the frames that may make up a stanza, the fewest first:
// those of the exchange, with its fragments, with everything in between, the
// same behind the opening of the connection, and all that is known.
func (l *log) candidates(id uint64) iter.Seq[[]coretest.Frame] {
	return func(yield func([]coretest.Frame) bool) {
		own := l.of(id)
		if len(own) == 0 {
			return
		}
		first, start := l.start(id)
		fragments := slices.Concat(l.entries[start:first], own)
		window := l.entries[start:]
		sets := [][]entry{own, fragments, window}
		if before := l.openingBefore(window[0]); len(before) > 0 {
			sets = append(sets, slices.Concat(before, fragments), slices.Concat(before, window))
		}
		if !l.dropped {
			sets = append(sets, l.entries)
		}
		for _, set := range sets {
			if !yield(framesOf(set)) {
				return
			}
		}
	}
}

// openingBefore returns the frames of the opening that came before an entry.
func (l *log) openingBefore(e entry) []entry {
	n, _ := slices.BinarySearchFunc(l.opening, e.number, func(o entry, number int) int { return cmp.Compare(o.number, number) })
	return l.opening[:n]
}

func framesOf(entries []entry) []coretest.Frame {
	frames := make([]coretest.Frame, len(entries))
	for i, e := range entries {
		frames[i] = e.frame()
	}
	return frames
}
