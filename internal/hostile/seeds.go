package hostile

import (
	"os"
	"testing"

	"github.com/fieldstatus/fieldstatus/core/coretest"
)

// Stanzas returns the recorded frames of the package under test.
func Stanzas(tb testing.TB) []coretest.Stanza {
	tb.Helper()
	stanzas, err := coretest.ReadFrames(os.DirFS("testdata"), "*.frames")
	if err != nil {
		tb.Fatal(err)
	}
	return stanzas
}

// FuzzFrames runs a fuzz target over single frames, seeded with the recorded
// ones. check may add properties to those of the Checker; it may be nil.
func FuzzFrames(f *testing.F, c *Checker, check func(t *testing.T, frame []byte)) {
	for _, s := range Stanzas(f) {
		for _, frame := range s.Frames {
			f.Add(frame.Data)
		}
	}
	f.Fuzz(func(t *testing.T, frame []byte) {
		if err := c.Frame(frame); err != nil {
			t.Fatalf("%x: %v", frame, err)
		}
		if check != nil {
			check(t, frame)
		}
	})
}

// maxStream bounds the streams of a fuzz target: longer ones say nothing new.
const maxStream = 4096

// FuzzStreams runs a fuzz target over streams, seeded with what each side says in
// the recorded conversations.
func FuzzStreams(f *testing.F, check func(stream []byte) error) {
	for _, s := range Stanzas(f) {
		var sent, received []byte
		for _, frame := range s.Frames {
			if frame.Sent {
				sent = append(sent, frame.Data...)
			} else {
				received = append(received, frame.Data...)
			}
		}
		f.Add(sent)
		f.Add(received)
	}
	f.Fuzz(func(t *testing.T, stream []byte) {
		stream = stream[:min(len(stream), maxStream)]
		if err := check(stream[:len(stream):len(stream)]); err != nil {
			t.Fatalf("%x: %v", stream, err)
		}
	})
}

// FuzzScripts runs a fuzz target over conversations, seeded with the recorded
// ones.
func FuzzScripts(f *testing.F, c *Checker) {
	for _, s := range Stanzas(f) {
		var script []byte
		for _, frame := range s.Frames {
			script = AppendFrame(script, Frame{Sent: frame.Sent, Data: frame.Data})
		}
		f.Add(script)
	}
	f.Fuzz(func(t *testing.T, script []byte) {
		if err := c.Dialogue(script); err != nil {
			t.Fatalf("%x: %v", script, err)
		}
	})
}
