package opcua_test

import (
	"fmt"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
	opcuastatus "github.com/fieldstatus/fieldstatus/opcua"
)

func TestFrames(t *testing.T) {
	coretest.RunFrames(t, os.DirFS("testdata"), "*.frames", func(coretest.Stanza) coretest.Conversation {
		return new(opcuastatus.Conversation)
	})
}

// stanzas returns the recorded and constructed frames.
func stanzas(tb testing.TB) []coretest.Stanza {
	tb.Helper()
	all, err := coretest.ReadFrames(os.DirFS("testdata"), "*.frames")
	require.NoError(tb, err)
	return all
}

// TestFramesCover asserts what the frames reach: every documented OPC UA code
// but 10004, for which there is no StatusCode, and enough different statuses
// and types of response that a mistake in one of them shows.
func TestFramesCover(t *testing.T) {
	codes := map[core.Code]bool{}
	statuses := map[string]bool{}
	responses := map[string]bool{}
	for _, s := range stanzas(t) {
		for _, e := range s.Expect {
			codes[e.Code] = true
			statuses[e.Layer+e.Value] = true
		}
		last := s.Frames[len(s.Frames)-1].Data
		if r, err := opcuastatus.ParseResponse(last); err == nil {
			responses[fmt.Sprintf("%s %d", last[:4], r.TypeID())] = true
		}
	}
	for code := core.OPCUATagNotExist; code <= core.OPCUABadSecurityModeInsufficient; code++ {
		if code != core.OPCUATagNotReadable {
			assert.True(t, codes[code], "no frame reaches %v", code)
		}
	}
	for _, code := range []core.Code{core.OK, core.PluginNotConnected, core.PluginTagValueInvalid, core.PluginProtocolParseFailed, core.PluginTagNotReady, core.PluginMessageDisorder} {
		assert.True(t, codes[code], "no frame reaches %v", code)
	}
	assert.GreaterOrEqual(t, len(statuses), 70, "different statuses")
	assert.GreaterOrEqual(t, len(responses), 15, "different responses")
}
