package coretest

import (
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"testing"

	"github.com/fieldstatus/fieldstatus/core"
)

// A Conversation is the type of that name in each protocol package.
type Conversation interface {
	Sent(frame []byte)
	Received(dst []core.Status, frame []byte) ([]core.Status, error)
}

// RunFrames runs every stanza of the files that match pattern as a subtest.
// open returns the conversation that a stanza is played to; it may look at the
// stage of the stanza and at what its request wanted.
//
//	coretest.RunFrames(t, os.DirFS("testdata"), "*.frames", func(coretest.Stanza) coretest.Conversation {
//		return new(s7.Conversation)
//	})
func RunFrames(t *testing.T, fsys fs.FS, pattern string, open func(Stanza) Conversation) {
	t.Helper()
	stanzas, err := ReadFrames(fsys, pattern)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range stanzas {
		t.Run(s.Name, func(t *testing.T) {
			if err := s.Check(open(s)); err != nil {
				t.Error(err)
			}
		})
	}
}

// Play plays a stanza to a conversation and returns what the last received frame
// gives.
func (s Stanza) Play(c Conversation) (statuses []core.Status, err error) {
	for _, f := range s.Frames {
		if f.Sent {
			c.Sent(f.Data)
			continue
		}
		statuses, err = c.Received(statuses[:0], f.Data)
	}
	return statuses, err
}

// Check plays a stanza to a conversation and returns an error that says where
// the last received frame gives something else than expected. The error starts
// with file and line.
func (s Stanza) Check(c Conversation) error {
	statuses, err := s.Play(c)
	var got []Expect
	for _, status := range statuses {
		got = append(got, ExpectOf(status, s.Op))
	}
	switch {
	case err == nil:
	case errors.Is(err, core.ErrNotResponse):
		got = append(got, Expect{Err: core.ErrNotResponse})
	case errors.Is(err, core.ErrIncomplete):
		got = append(got, Expect{Err: core.ErrIncomplete})
	default:
		got = append(got, ExpectOf(core.StatusOf(err), s.Op))
	}
	if same(got, s.Expect) {
		return nil
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s:%d: %s (%s)\n", s.File, s.Line, s.Name, s.From)
	for _, f := range s.Frames {
		way := "recv"
		if f.Sent {
			way = "sent"
		}
		fmt.Fprintf(&b, "  %s  %x\n", way, f.Data)
	}
	for _, e := range s.Expect {
		fmt.Fprintf(&b, "  want  %v\n", e)
	}
	for _, e := range got {
		fmt.Fprintf(&b, "  got   %v\n", e)
	}
	if err != nil {
		fmt.Fprintf(&b, "  error %v\n", err)
	}
	return errors.New(b.String())
}

func same(got, want []Expect) bool {
	if len(got) != len(want) {
		return false
	}
	for i := range got {
		g, w := got[i], want[i]
		if g.Err != w.Err || g.Layer != w.Layer || g.Symbol != w.Symbol || g.Code != w.Code || !sameValue(g.Value, w.Value, g.pair) {
			return false
		}
		if w.Full && (g.Remedy != w.Remedy || g.Scope != w.Scope || g.Quality != w.Quality) {
			return false
		}
	}
	return true
}

// sameValue compares values as numbers where both are, so that 0x05 and 0x0005
// are the same. A second value counts where it is wanted, and always when it is a
// pair, which says what the value alone does not.
func sameValue(got, want string, pair bool) bool {
	for {
		w, restWant, more := strings.Cut(want, "/")
		g, restGot, left := strings.Cut(got, "/")
		if !sameNumber(g, w) {
			return false
		}
		if !more {
			return !(pair && left)
		}
		got, want = restGot, restWant
	}
}

func sameNumber(a, b string) bool {
	if a == b {
		return true
	}
	m, errA := strconv.ParseInt(a, 0, 64)
	n, errB := strconv.ParseInt(b, 0, 64)
	return errA == nil && errB == nil && m == n
}
