package focas

import (
	"os"
	"testing"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
)

func TestFrames(t *testing.T) {
	coretest.RunFrames(t, os.DirFS("testdata"), "*.frames", func(coretest.Stanza) coretest.Conversation {
		return new(Conversation)
	})
}

// TestFramesCover says what the stanzas reach, so that none is lost unseen.
func TestFramesCover(t *testing.T) {
	statuses := map[coretest.Expect]bool{}
	codes := map[core.Code]bool{}
	for _, s := range stanzas(t) {
		for _, e := range s.Expect {
			if e.Err == nil {
				statuses[e] = true
				codes[e.Code] = true
			}
		}
	}
	if len(statuses) < 59 || len(stanzas(t)) < 98 {
		t.Errorf("%d different statuses in %d stanzas", len(statuses), len(stanzas(t)))
	}
	for _, code := range []core.Code{core.OK, core.FOCASError, core.PluginNotConnected, core.PluginProtocolParseFailed, core.PluginTagNotReadable, core.PluginTagNotWritable} {
		if !codes[code] {
			t.Errorf("no stanza reaches %v", code)
		}
	}
}

func stanzas(t testing.TB) []coretest.Stanza {
	t.Helper()
	all, err := coretest.ReadFrames(os.DirFS("testdata"), "*.frames")
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// stanza returns the received frame of the stanza with this name.
func stanza(t testing.TB, name string) []byte {
	t.Helper()
	for _, s := range stanzas(t) {
		if s.Name == name {
			return s.Frames[len(s.Frames)-1].Data
		}
	}
	t.Fatalf("no stanza %q", name)
	return nil
}
