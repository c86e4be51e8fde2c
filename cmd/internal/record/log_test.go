package record

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/fieldstatus/fieldstatus/core/coretest"
)

// names are what the tests below call frames: the texts that they consist of.
func names(frames []coretest.Frame) (all []string) {
	for _, f := range frames {
		all = append(all, string(f.Data))
	}
	return all
}

func entryNames(entries []entry) []string { return names(framesOf(entries)) }

func TestLogForgetsTheOldest(t *testing.T) {
	t.Run("frames", func(t *testing.T) {
		var l log
		for range maxLog {
			l.add(entry{data: []byte("x")})
		}
		assert.Len(t, l.entries, maxLog)
		assert.False(t, l.dropped)
		l.add(entry{data: []byte("y")})
		assert.Len(t, l.entries, maxLog)
		assert.True(t, l.dropped)
		assert.Equal(t, 2, l.entries[0].number)
		assert.Equal(t, "y", string(l.entries[maxLog-1].data))
		assert.Equal(t, maxLog, l.bytes)
	})
	t.Run("bytes", func(t *testing.T) {
		var l log
		for range 4 {
			l.add(entry{data: make([]byte, maxLogBytes/4)})
		}
		assert.Len(t, l.entries, 4)
		assert.False(t, l.dropped)
		l.add(entry{data: make([]byte, maxLogBytes/4+1)})
		assert.True(t, l.dropped)
		assert.Len(t, l.entries, 3, "two make room for one that is a byte longer")
		assert.Equal(t, 3*maxLogBytes/4+1, l.bytes)
	})
}

// The opening is remembered up to its bounds, and only the opening.
func TestLogOpening(t *testing.T) {
	t.Run("frames", func(t *testing.T) {
		var l log
		l.add(entry{data: []byte("other")})
		for range maxOpening + 1 {
			l.add(entry{data: []byte("open"), connect: true})
		}
		assert.Len(t, l.opening, maxOpening)
		assert.Equal(t, 2, l.opening[0].number)
	})
	t.Run("bytes", func(t *testing.T) {
		var l log
		half := entry{data: make([]byte, maxOpeningBytes/2), connect: true}
		l.add(half)
		l.add(half)
		assert.Len(t, l.opening, 2)
		l.add(entry{data: []byte("x"), connect: true})
		assert.Len(t, l.opening, 2)
		assert.Len(t, l.entries, 3)
	})
}

// What belongs to an exchange: the frames of its number, the parts without one
// behind its request, and the answer that ends it.
func TestLogExchange(t *testing.T) {
	entries := []entry{
		{data: []byte("part before"), part: true},
		{data: []byte("part of 6"), part: true, id: 6},
		{data: []byte("request 5"), sent: true, id: 5},
		{data: []byte("request 6"), sent: true, id: 6},
		{data: []byte("part"), part: true},
		{data: []byte("part of 5"), part: true, id: 5},
		{data: []byte("notification")},
		{data: []byte("answer"), id: 5},
	}
	var l log
	for _, e := range entries {
		l.add(e)
	}
	assert.Equal(t, []string{"request 5", "part", "part of 5", "answer"}, names(l.exchange(5)))
	assert.Equal(t, []string{"answer"}, names(l.exchange(0)), "an answer without a number")

	l.finish(5)
	l.add(entry{data: []byte("request 5 again"), sent: true, id: 5})
	l.add(entry{data: []byte("answer again"), id: 5})
	assert.Equal(t, []string{"request 5 again", "answer again"}, names(l.exchange(5)))
}

// The candidates for a stanza go from the exchange alone to all that is known.
func TestLogCandidates(t *testing.T) {
	connect := []entry{
		{data: []byte("hello"), sent: true, id: 1, connect: true},
		{data: []byte("welcome"), id: 1, connect: true},
	}
	exchange := []entry{
		{data: []byte("request 4"), sent: true, id: 4},
		{data: []byte("fragment"), sent: true},
		{data: []byte("request 5"), sent: true, id: 5},
		{data: []byte("answer 4"), id: 4},
		{data: []byte("answer 5"), id: 5},
	}
	own := []string{"request 5", "answer 5"}
	fragments := []string{"fragment", "request 5", "answer 5"}
	window := []string{"fragment", "request 5", "answer 4", "answer 5"}
	whole := []string{"request 4", "fragment", "request 5", "answer 4", "answer 5"}
	opened := func(rest []string) []string { return append([]string{"hello", "welcome"}, rest...) }
	for name, test := range map[string]struct {
		entries []entry
		id      uint64
		dropped bool
		want    [][]string
	}{
		"without an opening": {exchange, 5, false, [][]string{own, fragments, window, whole}},
		"with an opening": {append(connect[:2:2], exchange...), 5, false,
			[][]string{own, fragments, window, opened(fragments), opened(window), opened(whole)}},
		"not from the start": {append(connect[:2:2], exchange...), 5, true,
			[][]string{own, fragments, window, opened(fragments), opened(window)}},
		"the opening itself": {connect, 1, true, [][]string{opened(nil), opened(nil), opened(nil)}},
	} {
		t.Run(name, func(t *testing.T) {
			var l log
			for _, e := range test.entries {
				l.add(e)
			}
			l.dropped = test.dropped
			var got [][]string
			for frames := range l.candidates(test.id) {
				got = append(got, names(frames))
			}
			assert.Equal(t, test.want, got)
		})
	}
	for range new(log).candidates(1) {
		t.Error("nothing is known")
	}
}

// Of an opening that goes on behind the beginning of an exchange only what came
// before it is put in front.
func TestLogOpeningBefore(t *testing.T) {
	var l log
	for _, text := range []string{"hello", "request", "welcome", "answer"} {
		l.add(entry{data: []byte(text), connect: text == "hello" || text == "welcome"})
	}
	for i, want := range [][]string{nil, {"hello"}, {"hello"}, {"hello", "welcome"}} {
		assert.Equal(t, want, entryNames(l.openingBefore(l.entries[i])), i)
	}
}
