package record

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/fieldstatus/fieldstatus/cmd/internal/fake"
)

// garbage is what a splitter hands out that is no frame.
type garbage struct {
	length int
	sure   bool
}

// splitting returns a splitter of the fake protocol, and what it has found.
func splitting(t *testing.T) (s *splitter, frames *int, rest *[]garbage) {
	frames, rest = new(int), new([]garbage)
	return &splitter{
		scan: func(data []byte, atEOF bool) (int, []byte, error) {
			assert.NotEmpty(t, data, "nothing is scanned while nothing is there")
			return fake.Scan(data, atEOF)
		},
		frame:   func([]byte) { *frames++ },
		garbage: func(data []byte, sure bool) { *rest = append(*rest, garbage{len(data), sure}) },
	}, frames, rest
}

// Bytes that are no frame are the sender's fault when the stream was followed
// from its start, or when enough frames before them were right.
func TestSplitterIsSure(t *testing.T) {
	for before, want := range map[int]bool{0: false, 1: false, enough - 1: false, enough: true, enough + 1: true} {
		s, frames, rest := splitting(t)
		s.miss()
		for range before {
			s.add(fake.Frame('n', 1))
		}
		s.add([]byte("???"))
		assert.Equal(t, before, *frames)
		assert.Equal(t, []garbage{{3, want}}, *rest, "behind %d frames", before)

		s.add(fake.Frame('n', 1))
		s.add([]byte("??"))
		assert.Equal(t, before+1, *frames, "the next frame is found")
		assert.Equal(t, garbage{2, false}, (*rest)[1], "frames are counted anew")
	}
	s, _, rest := splitting(t)
	s.solid = true
	s.add([]byte("???"))
	assert.Equal(t, []garbage{{3, true}}, *rest)
}

// A frame that does not end is given up at a bound, and is nobody's fault.
func TestSplitterWaitsForSoMuch(t *testing.T) {
	var rest []garbage
	s := &splitter{
		scan:    func([]byte, bool) (int, []byte, error) { return 0, nil, nil },
		garbage: func(data []byte, sure bool) { rest = append(rest, garbage{len(data), sure}) },
		solid:   true,
	}
	s.add(make([]byte, maxFrame))
	assert.Empty(t, rest)
	s.add([]byte("x"))
	assert.Equal(t, []garbage{{maxFrame + 1, false}}, rest)
}

// A frame may end exactly where a read does, or in the next one.
func TestSplitterPutsTogether(t *testing.T) {
	s, frames, rest := splitting(t)
	two := append(fake.Frame('n', 1), fake.Frame('n', 2)...)
	s.add(two)
	assert.Equal(t, 2, *frames)
	s.add(two[:8])
	assert.Equal(t, 3, *frames)
	s.add(two[8:])
	assert.Equal(t, 4, *frames)
	s.end()
	assert.Empty(t, *rest)
	s.add(two[:8])
	s.end()
	assert.Equal(t, []garbage{{2, true}}, *rest, "the end came in a frame, behind %d that were right", *frames)
}

// A scanner that does not keep to the rules loses the stream, and no more.
func TestSplitterDoubtsItsScanner(t *testing.T) {
	for name, scan := range map[string]func(data []byte) (int, []byte, error){
		"backwards": func([]byte) (int, []byte, error) { return -1, nil, nil },
		"too far":   func(data []byte) (int, []byte, error) { return len(data) + 1, data, nil },
		"an error":  func([]byte) (int, []byte, error) { return 0, nil, errors.New("no frame") },
	} {
		var rest []garbage
		s := &splitter{
			scan:    func(data []byte, _ bool) (int, []byte, error) { return scan(data) },
			frame:   func([]byte) { t.Errorf("%s: a frame", name) },
			garbage: func(data []byte, sure bool) { rest = append(rest, garbage{len(data), sure}) },
			solid:   true,
		}
		s.add([]byte("abc"))
		assert.Equal(t, []garbage{{3, name == "an error"}}, rest, name)
	}
}
