package enip

import (
	"os"
	"strings"
	"testing"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
	"github.com/stretchr/testify/require"
)

// conversation returns the conversation that a stanza is played to.
func conversation(s coretest.Stanza) coretest.Conversation {
	c := new(Conversation)
	if s.Want.Type != "" {
		t, ok := ParseDataType(s.Want.Type)
		if !ok {
			panic("unknown type " + s.Want.Type)
		}
		c.Type = t
	}
	return c
}

func TestFrames(t *testing.T) {
	coretest.RunFrames(t, os.DirFS("testdata"), "*.frames", conversation)
}

// stanzas returns all recorded and constructed cases.
func stanzas(t testing.TB) []coretest.Stanza {
	t.Helper()
	all, err := coretest.ReadFrames(os.DirFS("testdata"), "*.frames")
	require.NoError(t, err)
	return all
}

func TestFramesCoverage(t *testing.T) {
	recorded := map[string]bool{} // different statuses
	reached := map[core.Code]bool{}
	n := 0
	for _, s := range stanzas(t) {
		if strings.HasPrefix(s.From, "recorded, ") {
			n++
		}
		for _, e := range s.Expect {
			if e.Err != nil {
				continue
			}
			reached[e.Code] = true
			if strings.HasPrefix(s.From, "recorded, ") {
				recorded[e.String()] = true
			}
		}
	}
	require.GreaterOrEqual(t, n, 30, "recorded stanzas")
	require.GreaterOrEqual(t, len(recorded), 28, "different recorded statuses")
	for code := core.ENIPErrorFirst; code <= core.ENIPErrorLast; code++ {
		require.True(t, reached[code], "no frame reaches %v", code)
	}
	for _, code := range []core.Code{core.ENIPNoCIPConnection, core.ENIPDataTypeMismatch, core.ENIPSessionNotRegistered, core.PluginProtocolParseFailed, core.PluginMessageDisorder} {
		require.True(t, reached[code], "no frame reaches %v", code)
	}
}
