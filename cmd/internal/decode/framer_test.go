package decode

import (
	"bytes"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/cmd/internal/fake"
	"github.com/fieldstatus/fieldstatus/cmd/internal/traffic"
)

// A recorder is a receiver that keeps what a framer tells it.
type recorder struct {
	said        []string                // frames as their kind and identifier, and what is wrong
	frames      []frame                 // the good ones, and those that are cut
	implausible func(frame []byte) bool // nil when every frame is plausible
}

func (r *recorder) plausible(frame []byte) bool { return r.implausible == nil || !r.implausible(frame) }

func (r *recorder) emit(f frame) {
	f.data = bytes.Clone(f.data)
	r.frames = append(r.frames, f)
	how := ""
	if f.cut {
		how = " cut"
	}
	r.said = append(r.said, fmt.Sprintf("%c%d%s", f.data[4], f.data[5], how))
}

func (r *recorder) broken(f frame, err error) {
	r.said = append(r.said, fmt.Sprintf("broken in packet %d", f.packet))
}

func (r *recorder) astray() { r.said = append(r.said, "astray") }

// newFramer returns a framer of the fake protocol that has lost its way, as at the
// start of a capture, and what receives its frames.
func newFramer(t *testing.T) (*framer, *recorder) {
	r := new(recorder)
	scan := func(data []byte, atEOF bool) (int, []byte, error) {
		require.NotEmpty(t, data, "nobody is asked for the frames in nothing")
		return fake.Scan(data, atEOF)
	}
	return &framer{scan: scan, to: r, notes: new(Notes), budget: new(int)}, r
}

// momentOf returns the time of a packet.
func momentOf(packet int) time.Time { return traffic.Start.Add(time.Duration(packet) * time.Second) }

// arrive gives a framer segments that come all at once, as after a missing one.
// They have the packet numbers from first on, and acknowledge a hundred times that.
func (f *framer) arrive(first int, segments ...[]byte) {
	for i, data := range segments {
		f.add(data, first+i, momentOf(first+i), uint32(100*(first+i)))
	}
	f.run()
}

// arriveCut gives a framer a segment of which only the first bytes were captured.
func (f *framer) arriveCut(packet, captured int, data []byte) {
	f.addCut(packet, captured, data)
	f.run()
}

func (f *framer) addCut(packet, captured int, data []byte) {
	padded := append(bytes.Clone(data[:captured]), make([]byte, len(data)-captured)...)
	f.hole(f.end()+int64(captured), f.end()+int64(len(data)))
	f.add(padded, packet, momentOf(packet), uint32(100*packet))
}

func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

// An incomplete frame of which the end never comes.
var unfinished = []byte("F!\xff\xff")

func TestFrameTellsWhereItEnds(t *testing.T) {
	f, r := newFramer(t)
	f.begin()
	first, second := long(20, 'a', 1, 0), long(30, 'a', 2, 0)
	f.arrive(3, first[:15], join(first[15:], second[:12]), second[12:])
	require.Equal(t, []string{"a1", "a2"}, r.said)
	assert.Equal(t, frame{data: first, packet: 4, time: momentOf(4), end: 20, ack: 400}, r.frames[0])
	assert.Equal(t, frame{data: second, packet: 5, time: momentOf(5), end: 50, ack: 500}, r.frames[1])
	assert.Equal(t, Notes{Frames: 2}, *f.notes)
	assert.Zero(t, *f.budget)

	f.gap(7)
	f.begin()
	f.arrive(6, first)
	assert.EqualValues(t, 77, r.frames[2].end, "missing bytes count")
	assert.Equal(t, Notes{Frames: 3, LostBytes: 7}, *f.notes)
}

// A segment that had come before its turn completes no frame: the one did that it
// was waiting for.
func TestFrameIsCompletedByThePacketThatCameLast(t *testing.T) {
	f, r := newFramer(t)
	f.begin()
	data := long(20, 'a', 1, 0)
	f.add(data[:10], 2, momentOf(2), 200)
	f.add(data[10:], 1, momentOf(1), 100)
	f.run()
	assert.Equal(t, []frame{{data: data, packet: 2, time: momentOf(2), end: 20, ack: 100}}, r.frames)
}

// Where frames begin in a stream of which nobody saw the start: they begin and end
// with segments, or follow each other.
func TestFindingTheFirstFrame(t *testing.T) {
	inside := []byte("the end of a frame")
	one, two, three := frameOf('a', 1, 0), frameOf('a', 2, 0), frameOf('a', 3, 0)
	for name, test := range map[string]struct {
		segments [][]byte
		want     []string
	}{
		"a segment":                                          {[][]byte{one}, []string{"a1"}},
		"the end of a segment":                               {[][]byte{join(inside, one)}, []string{"a1"}},
		"the end of a segment, before another":               {[][]byte{join(inside, one), inside}, []string{"a1", "astray"}},
		"two up to the end of a segment":                     {[][]byte{join(inside, one, two)}, []string{"a1", "a2"}},
		"the start of a segment, and what is no frame":       {[][]byte{join(one, inside)}, nil},
		"the start of a segment, and an incomplete one":      {[][]byte{join(one, unfinished)}, []string{"a1"}},
		"the middle of a segment":                            {[][]byte{join(inside, one, inside)}, nil},
		"the middle of a segment, and an incomplete one":     {[][]byte{join(inside, one, unfinished)}, nil},
		"two in the middle, and an incomplete one":           {[][]byte{join(inside, one, two, unfinished)}, nil},
		"three in the middle, and an incomplete one":         {[][]byte{join(inside, one, two, three, unfinished)}, []string{"a1", "a2", "a3"}},
		"three in the middle, and what is no frame":          {[][]byte{join(inside, one, two, three, inside)}, nil},
		"segments one after the other":                       {[][]byte{one, two, three}, []string{"a1", "a2", "a3"}},
		"a segment that belongs to the frame before, then a": {[][]byte{inside, one}, []string{"a1"}},
	} {
		f, r := newFramer(t)
		f.arrive(1, test.segments...)
		assert.Equal(t, test.want, r.said, name)
	}
}

// Three frames in a row are no accident. Then it is the sender's fault when
// something else follows.
func TestGarbageAfterFrames(t *testing.T) {
	garbage := []byte("garbage")
	for _, test := range []struct {
		begun  bool // the start of the connection was captured
		frames int
		want   []string
		unread int64
	}{
		{true, 0, []string{"broken in packet 1", "astray"}, 0},
		{false, 2, []string{"a0", "a1", "astray"}, 7},
		{false, 3, []string{"a0", "a1", "a2", "broken in packet 4", "astray"}, 0},
	} {
		f, r := newFramer(t)
		if test.begun {
			f.begin()
		}
		for i := range test.frames {
			f.arrive(1+i, frameOf('a', byte(i), 0))
		}
		f.arrive(1+test.frames, garbage, frameOf('a', 9, 0))
		assert.Equal(t, append(test.want, "a9"), r.said, "the next segment begins a frame again")
		assert.Equal(t, Notes{Frames: test.frames + 1, UnreadBytes: test.unread}, *f.notes, "garbage that is reported is not called unread as well")
		assert.Equal(t, frame{
			data: frameOf('a', 9, 0), packet: 2 + test.frames, time: momentOf(2 + test.frames),
			end: int64(7*test.frames + 7 + 7), ack: uint32(100 * (2 + test.frames)),
		}, r.frames[test.frames])
	}
}

// A new start has to be confirmed again.
func TestTrustEndsWithTheFrames(t *testing.T) {
	f, r := newFramer(t)
	f.begin()
	f.arrive(1, []byte("garbage"))
	f.arrive(2, frameOf('a', 1, 0))
	f.arrive(3, []byte("garbage"))
	assert.Equal(t, []string{"broken in packet 1", "astray", "a1", "astray"}, r.said)
}

func TestCutFrames(t *testing.T) {
	short := frameOf('a', 1, 0)
	large := long(200, 'a', 2, 0)
	t.Run("behind a whole one", func(t *testing.T) {
		f, r := newFramer(t)
		f.begin()
		f.arriveCut(1, 7, join(short, large))
		f.arrive(2, short)
		assert.Equal(t, []string{"a1", "astray", "a1"}, r.said)
		assert.Equal(t, Notes{Frames: 2, CutFrames: 1, UnreadBytes: 200}, *f.notes, "its header is missing")
	})
	t.Run("behind its header", func(t *testing.T) {
		f, r := newFramer(t)
		f.begin()
		f.arriveCut(1, minHeader, large)
		f.arrive(2, short)
		assert.Equal(t, []string{"a2 cut", "a1"}, r.said)
		assert.Equal(t, Notes{Frames: 1, CutFrames: 1}, *f.notes)
	})
	t.Run("in its header, and not complete", func(t *testing.T) {
		f, r := newFramer(t)
		f.begin()
		f.arriveCut(1, minHeader-1, large[:100])
		assert.Equal(t, []string{"astray"}, r.said, "its length may be zeros in place of what is missing")
		f.arrive(2, large[100:])
		f.arrive(3, short)
		assert.Equal(t, []string{"astray", "a1"}, r.said)
		assert.Equal(t, Notes{Frames: 1, CutFrames: 1, UnreadBytes: 200}, *f.notes)
	})
	t.Run("before the first one that is found", func(t *testing.T) {
		f, r := newFramer(t)
		f.addCut(1, 50, make([]byte, 100))
		f.arrive(2, short)
		assert.Equal(t, []string{"a1"}, r.said)
		assert.Equal(t, Notes{Frames: 1, UnreadBytes: 100}, *f.notes)
	})
	t.Run("as the first one", func(t *testing.T) {
		f, r := newFramer(t)
		r.implausible = func([]byte) bool { return true } // nobody can tell from a part
		f.arriveCut(1, minHeader, large)
		assert.Equal(t, []string{"a2 cut"}, r.said)
	})
	t.Run("as the first one, in its header", func(t *testing.T) {
		f, r := newFramer(t)
		f.arriveCut(1, minHeader-1, large)
		f.arrive(2, short)
		assert.Equal(t, []string{"a1"}, r.said)
		assert.Equal(t, Notes{Frames: 1, UnreadBytes: 200}, *f.notes, "who knows whether it was a frame")
	})
}

// What was not captured is of interest while its bytes are at hand.
func TestHolesAreForgotten(t *testing.T) {
	f, _ := newFramer(t)
	f.begin()
	f.arriveCut(1, 100, long(200, 'a', 1, 0))
	assert.Empty(t, f.holes)
	f.hole(150, 200)
	assert.Empty(t, f.holes, "of a segment that has come a second time")
	f.hole(150, 201)
	assert.Equal(t, []span{{150, 201}}, f.holes)
	for i := range int64(maxHoles) {
		f.hole(1000+i, 1001+i)
	}
	assert.Len(t, f.holes, maxHoles)
	assert.Equal(t, span{1000, 1001}, f.holes[0], "the oldest goes")
}

// Bytes that the receiver cannot read are no frame, wherever they seem to be one.
func TestImplausibleFrame(t *testing.T) {
	f, r := newFramer(t)
	r.implausible = func(data []byte) bool { return data[5] == 1 }
	f.arrive(1, join(frameOf('a', 1, 0), frameOf('a', 2, 0)))
	assert.Equal(t, []string{"a2"}, r.said)
	assert.EqualValues(t, 7, f.notes.UnreadBytes)
}

// Where a frame seems to begin whose end has not come is kept in mind, up to a
// number in each segment and in all.
func TestPossibleStartsAreBounded(t *testing.T) {
	decoys := func(n int) []byte { return append([]byte("x"), bytes.Repeat(unfinished, n)...) }
	frame := long(100, 'a', 1, 0)
	for decoysBefore, want := range map[int][]string{maxInside - 1: {"a1"}, maxInside: nil} {
		f, r := newFramer(t)
		f.arrive(1, append(decoys(decoysBefore), frame[:20]...))
		f.arrive(2, frame[20:])
		assert.Equal(t, want, r.said, "%d before it", decoysBefore)
	}

	f, _ := newFramer(t)
	for i := range maxMaybe {
		f.arrive(1+i, unfinished)
	}
	assert.Len(t, f.maybe, maxMaybe)
	assert.Zero(t, f.notes.UnreadBytes)
	for i := range int64(3) {
		f.arrive(1+maxMaybe+int(i), unfinished)
		assert.Len(t, f.maybe, maxMaybe)
		assert.Equal(t, 4*(i+1), f.maybe[0], "the oldest one is given up")
		assert.Equal(t, 4*(i+1), f.notes.UnreadBytes)
		assert.Equal(t, 4*maxMaybe, *f.budget)
	}
}

// Frames of which the end does not come are given up when they get too long, or all
// of them together.
func TestFramesThatAreTooLong(t *testing.T) {
	t.Run("one", func(t *testing.T) {
		f, r := newFramer(t)
		f.scan = func([]byte, bool) (int, []byte, error) { return 0, nil, nil }
		f.begin()
		f.arrive(1, make([]byte, maxFrame))
		assert.Empty(t, r.said)
		assert.Equal(t, Notes{}, *f.notes)
		f.arrive(2, make([]byte, 1))
		assert.Equal(t, []string{"astray"}, r.said)
		assert.Equal(t, Notes{TooLong: 1, UnreadBytes: maxFrame + 1}, *f.notes)
		assert.Zero(t, *f.budget)
	})
	t.Run("all together", func(t *testing.T) {
		f, r := newFramer(t)
		f.begin()
		*f.budget = maxBuffered - 10 // what the others have
		f.arrive(1, long(20, 'a', 1, 0))
		f.arrive(2, long(20, 'a', 2, 0)[:10])
		assert.Equal(t, []string{"a1"}, r.said)
		*f.budget++
		f.run()
		assert.Equal(t, []string{"a1", "astray"}, r.said)
		assert.Equal(t, Notes{Frames: 1, TooLong: 1, UnreadBytes: 10}, *f.notes)
		*f.budget += 100
		f.begin()
		f.arrive(3, long(20, 'a', 3, 0))
		assert.Equal(t, []string{"a1", "astray", "a3"}, r.said)
		assert.Equal(t, 1, f.notes.TooLong, "it keeps nothing")
	})
}

// The room for unfinished frames is twice what was needed, and serves again.
func TestRoomOfAFramer(t *testing.T) {
	f, _ := newFramer(t)
	f.begin()
	frames := func(n, each int) []byte { return bytes.Repeat(long(each, 'a', 1, 0), n) }
	f.arrive(1, frames(1, 100))
	assert.Equal(t, 200, cap(f.space))
	f.arrive(2, frames(2, 100))
	assert.Equal(t, 200, cap(f.space), "it fits")
	data := frames(1, 200)
	assert.Zero(t, testing.AllocsPerRun(10, func() {
		f.add(data[:150], 3, momentOf(3), 0)
		f.add(data[150:], 4, momentOf(4), 0)
		f.drop(len(data))
	}))
	f.arrive(5, data[:150])
	f.arrive(6, append(data[150:], data[:100]...))
	assert.Equal(t, 2*(150+150), cap(f.space))
	f.arrive(7, data[100:])

	f.arrive(8, frames(2, maxUnsynced/4))
	assert.Equal(t, maxUnsynced, cap(f.space), "that much is kept")
	f.arrive(9, frames(3, maxUnsynced/2-1))
	assert.Empty(t, f.buf)
	assert.Zero(t, cap(f.space), "an idle connection keeps no more")
}

// The end of the connection cuts off a frame.
func TestFrameAtTheEndOfAConnection(t *testing.T) {
	for name, test := range map[string]struct {
		before func(*framer)
		closed bool
		want   error
		unread int64
	}{
		"nothing":        {func(*framer) {}, true, nil, 0},
		"a part":         {func(f *framer) { f.arrive(1, unfinished) }, true, io.ErrUnexpectedEOF, 0},
		"of a capture":   {func(f *framer) { f.arrive(1, unfinished) }, false, nil, 4},
		"behind garbage": {func(f *framer) { f.arrive(1, []byte("x"), unfinished) }, true, nil, 4},
		"with a hole":    {func(f *framer) { f.arriveCut(1, 40, long(300, 'a', 1, 0)[:100]) }, true, nil, 100},
	} {
		f, _ := newFramer(t)
		f.begin()
		test.before(f)
		assert.Equal(t, test.want, f.close(test.closed), name)
		assert.Equal(t, test.unread, f.notes.UnreadBytes, name)
		assert.Zero(t, *f.budget, name)
	}
}
