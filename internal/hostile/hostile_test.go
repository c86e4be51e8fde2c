package hostile

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/fieldstatus/fieldstatus/core"
)

var (
	good = core.NewStatus(&core.Row{Protocol: "toy", Layer: "status", Value: "0", Why: "good"}, 0)
	bad  = core.NewStatus(&core.Row{Protocol: "toy", Layer: "status", Value: "1", Codes: [4]core.Code{3000, 3000, 3000, 3001}, Quality: core.Bad}, 1)
)

func malformed(at int) error { return core.BadFrame(core.FrameMalformed.Status(), at, "toy") }

// The toy protocol: a T, the length of the frame, and a status for each byte that
// follows; a frame with an R in place of the T is a request.
func toyAppend(dst []core.Status, frame []byte) ([]core.Status, error) {
	switch {
	case len(frame) < 3 || frame[0] != 'T' && frame[0] != 'R':
		return dst, malformed(0)
	case int(frame[1]) != len(frame):
		return dst, malformed(1)
	case frame[0] == 'R':
		return dst, core.ErrNotResponse
	}
	for _, b := range frame[2:] {
		if b == 0 {
			dst = append(dst, good)
		} else {
			dst = append(dst, bad)
		}
	}
	return dst, nil
}

func toyScan(data []byte, atEOF bool) (int, []byte, error) {
	switch {
	case len(data) > 0 && data[0] != 'T' && data[0] != 'R':
		return 0, nil, malformed(0)
	case len(data) > 1 && data[1] < 3:
		return 0, nil, malformed(1)
	case len(data) > 1 && len(data) >= int(data[1]):
		n := int(data[1])
		return n, data[:n:n], nil
	case atEOF && len(data) > 0:
		return 0, nil, io.ErrUnexpectedEOF
	}
	return 0, nil, nil
}

type toy struct {
	id, open uint64
	last     core.Exchange
	kept     []byte
	careless bool // answers whatever comes
	keeps    bool // keeps frames
	counts   bool // keeps them all
}

func (c *toy) Exchange() core.Exchange { return c.last }

func (c *toy) Sent(frame []byte) {
	c.last = core.Exchange{}
	if len(frame) > 0 && frame[0] == 'R' {
		c.id++
		c.open = c.id
		c.last = core.Exchange{ID: c.id, Open: true}
	}
	if c.keeps {
		c.kept = frame
	}
	if c.counts {
		c.kept = append(c.kept, make([]byte, 1000)...)
	}
}

func (c *toy) Received(dst []core.Status, frame []byte) ([]core.Status, error) {
	c.last = core.Exchange{}
	got, err := toyAppend(dst, frame)
	switch {
	case err != nil:
		return dst, err
	case c.keeps && len(c.kept) > 0 && c.kept[0] != 'R':
		return dst, malformed(0)
	case c.open == 0 && !c.careless && c.id > 0:
		return dst, core.BadFrame(core.FrameForeign.Status(), 0, "toy")
	}
	c.last.ID = c.open
	if !c.careless {
		c.open = 0
	}
	return got, nil
}

func toyFace() Face {
	return Face{
		Append: toyAppend, Scan: toyScan, Open: func() Conversation { return new(toy) },
		Faults: []core.Code{core.PluginMessageDisorder}, Bound: 1000,
		Views: func(frame []byte) [][]byte { return [][]byte{frame[min(2, len(frame)):len(frame):len(frame)]} },
	}
}

var (
	answer  = []byte{'T', 5, 0, 1, 0}
	request = []byte{'R', 3, 0}
	script  = AppendFrame(AppendFrame(nil, Frame{Sent: true, Data: request}), Frame{Data: answer})
)

func TestGoodProtocol(t *testing.T) {
	c := NewChecker(toyFace())
	for _, frame := range [][]byte{answer, request, {}, {'X'}, {'T', 9, 0}, {'T'}} {
		if err := c.Frame(bytes.Clone(frame)); err != nil {
			t.Errorf("%x: %v", frame, err)
		}
		if err := c.Stream(append(bytes.Clone(answer), frame...)); err != nil {
			t.Errorf("%x: %v", frame, err)
		}
	}
	if err := c.Dialogue(append(bytes.Clone(script), script...)); err != nil {
		t.Error(err)
	}
}

// Every property is one that a protocol can break.
func TestBadProtocols(t *testing.T) {
	appends := func(f func(dst []core.Status, frame []byte) ([]core.Status, error)) func(*Face) {
		return func(face *Face) { face.Append = f }
	}
	for what, break_ := range map[string]func(*Face){
		"offset 9 in 5 bytes":        appends(func(dst []core.Status, frame []byte) ([]core.Status, error) { return dst, malformed(9) }),
		"an error without a place":   appends(func(dst []core.Status, frame []byte) ([]core.Status, error) { return dst, io.EOF }),
		"1 statuses and the error":   appends(func(dst []core.Status, frame []byte) ([]core.Status, error) { return append(dst, bad), malformed(0) }),
		"0 statuses of 5 bytes":      appends(func(dst []core.Status, frame []byte) ([]core.Status, error) { return dst, nil }),
		"a status that says nothing": appends(func(dst []core.Status, frame []byte) ([]core.Status, error) { return append(dst, core.Status{}), nil }),
		"are gone":                   appends(func(dst []core.Status, frame []byte) ([]core.Status, error) { return append(dst[:0], bad), nil }),
		"code 3002": appends(func(dst []core.Status, frame []byte) ([]core.Status, error) {
			return dst, core.BadFrame(core.NetEOF.Status(), 0, "toy")
		}),
		"no reason": appends(func(dst []core.Status, frame []byte) ([]core.Status, error) {
			return dst, core.BadFrame(core.FrameMalformed.Status(), 0, "")
		}),
		"of 5 bytes give [": appends(func(dst []core.Status, frame []byte) ([]core.Status, error) { return append(dst, good), nil }),
		"written to": appends(func(dst []core.Status, frame []byte) ([]core.Status, error) {
			if len(frame) > 0 {
				frame[0]++
			}
			return dst, core.ErrNotResponse
		}),
		"6 of 5 bytes": appends(func(dst []core.Status, frame []byte) ([]core.Status, error) {
			if len(frame) > 5 {
				frame = frame[:5]
			}
			return toyAppend(dst, frame)
		}),
		"does not lie in the frame": func(f *Face) { f.Views = func(frame []byte) [][]byte { return [][]byte{exactly(frame)} } },
		"with room for":             func(f *Face) { f.Views = func(frame []byte) [][]byte { return [][]byte{frame[:2]} } },
	} {
		face := toyFace()
		break_(&face)
		complains(t, what, NewChecker(face).Frame(exactly(answer)))
	}
	for what, scan := range map[string]func(data []byte, atEOF bool) (int, []byte, error){
		"advance 0 of 10": func([]byte, bool) (int, []byte, error) { return 0, nil, nil },
		"not the next":    func(data []byte, _ bool) (int, []byte, error) { return 2, []byte("no")[:2:2], nil },
		"with room for":   func(data []byte, _ bool) (int, []byte, error) { return 3, data[:3], nil },
		"bytes give":      func(data []byte, _ bool) (int, []byte, error) { n := min(3, len(data)); return n, data[:n:n], nil },
		"ends with":       func(data []byte, _ bool) (int, []byte, error) { return 0, nil, io.ErrNoProgress },
		"are good again": func(data []byte, atEOF bool) (int, []byte, error) {
			if len(data) == 2 {
				return 0, nil, nil
			}
			return 0, nil, malformed(0)
		},
		"and with all with": func(data []byte, atEOF bool) (int, []byte, error) { return 0, nil, malformed(len(data)) },
		"a token of":        func(data []byte, atEOF bool) (int, []byte, error) { return 1, data[:1:1], malformed(0) },
		"with 6 bytes": func(data []byte, atEOF bool) (int, []byte, error) {
			if len(data) == 6 && !atEOF {
				return 0, nil, nil
			}
			return toyScan(data, atEOF)
		},
		"the end gives": func(data []byte, atEOF bool) (int, []byte, error) {
			if len(data) == 0 && atEOF {
				return 0, nil, io.EOF
			}
			return toyScan(data, atEOF)
		},
	} {
		complains(t, what, Split(scan, exactly(append(bytes.Clone(answer), answer...))))
	}
	twice := append(bytes.Clone(script), script...)
	for what, c := range map[string]toy{
		"answered twice": {careless: true}, "used again": {keeps: true}, "are retained": {counts: true},
	} {
		face := toyFace()
		face.Open = func() Conversation { fresh := c; return &fresh }
		complains(t, what, NewChecker(face).Dialogue(twice))
	}
	face := toyFace()
	face.Open = func() Conversation { return &unasked{} }
	complains(t, "were asked", NewChecker(face).Dialogue(script))
}

// An unasked conversation gives answers without a request.
type unasked struct{ toy }

func (c *unasked) Received(dst []core.Status, frame []byte) ([]core.Status, error) {
	c.last = core.Exchange{}
	return toyAppend(dst, frame)
}

func exactly(b []byte) []byte { b = bytes.Clone(b); return b[:len(b):len(b)] }

func complains(t *testing.T, what string, err error) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), what) {
		t.Errorf("%q is not noticed: %v", what, err)
	}
}

func TestRetained(t *testing.T) {
	if n := Retained(&toy{kept: make([]byte, 3, 100)}); n < 100 || n > 300 {
		t.Errorf("%d bytes", n)
	}
	type inner struct{ a, b []uint16 }
	c := &struct {
		unasked
		list []inner
		text string
		of   map[string][]byte
	}{list: []inner{{make([]uint16, 5), nil}}[:0], text: "abc", of: map[string][]byte{"k": make([]byte, 1000)}}
	if n, least := Retained(c), 1000+10+3; n < least || n > least+400 {
		t.Errorf("%d bytes, want %d and some", n, least)
	}
}
