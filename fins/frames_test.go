package fins

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
)

func TestFrames(t *testing.T) {
	coretest.RunFrames(t, os.DirFS("testdata"), "*.frames", func(coretest.Stanza) coretest.Conversation { return new(Conversation) })
}

// stanzas returns all recorded and constructed cases.
func stanzas(t testing.TB) []coretest.Stanza {
	t.Helper()
	all, err := coretest.ReadFrames(os.DirFS("testdata"), "*.frames")
	require.NoError(t, err)
	return all
}

func TestFramesCoverage(t *testing.T) {
	cases := map[string]string{}
	reached := map[core.Code]bool{}
	statuses := map[string]bool{}
	recorded := 0
	for _, s := range stanzas(t) {
		key := ""
		for _, f := range s.Frames {
			key += string(f.Data) + "|"
		}
		assert.Empty(t, cases[key], "%s has the frames of another stanza", s.Name)
		cases[key] = s.Name
		if strings.HasPrefix(s.From, "recorded, ") {
			recorded++
		}
		for _, e := range s.Expect {
			statuses[e.String()] = true
			if e.Err == nil {
				reached[e.Code] = true
			}
		}
	}
	assert.GreaterOrEqual(t, recorded, 11, "recorded stanzas")
	assert.GreaterOrEqual(t, len(statuses), 60, "different outcomes")
	for code := core.FINSDisconnected; code <= core.FINSAbort; code++ {
		assert.True(t, reached[code], "no frame reaches %v", code)
	}
	assert.True(t, reached[core.OK] && reached[core.PluginProtocolParseFailed])
}

// TestStanzasWithWant: what the stanzas say about wanted lengths is what the
// conversation finds in the requests.
func TestStanzasWithWant(t *testing.T) {
	n := 0
	for _, s := range stanzas(t) {
		if s.Want.Bytes == nil {
			continue
		}
		n++
		require.Len(t, s.Frames, 2, s.Name)
		r, err := ParseResponse(s.Frames[1].Data)
		require.NoError(t, err, s.Name)
		assert.Equal(t, s.Expect[0].Code, r.Status(s.Want.BytesOf(0)).Code(s.Op), s.Name)
	}
	assert.Greater(t, n, 10)
}
