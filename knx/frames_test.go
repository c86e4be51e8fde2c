package knx

import (
	"maps"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
)

func TestFrames(t *testing.T) {
	coretest.RunFrames(t, os.DirFS("testdata"), "*.frames", func(coretest.Stanza) coretest.Conversation {
		return new(Conversation)
	})
}

func stanzas(t testing.TB) []coretest.Stanza {
	t.Helper()
	all, err := coretest.ReadFrames(os.DirFS("testdata"), "*.frames")
	require.NoError(t, err)
	return all
}

// TestFramesCover holds what the recordings and constructions reach: a stanza
// that is lost would not be missed otherwise.
func TestFramesCover(t *testing.T) {
	statuses := map[string]bool{}
	codes := map[core.Code]bool{}
	layers := map[string]bool{}
	all := stanzas(t)
	for _, s := range all {
		for _, e := range s.Expect {
			if e.Err == nil {
				statuses[e.Layer+" "+e.Value+" "+e.Symbol] = true
				layers[e.Layer] = true
				codes[e.Code] = true
			}
		}
	}
	assert.GreaterOrEqual(t, len(all), 100, "stanzas")
	assert.GreaterOrEqual(t, len(statuses), 70, "different statuses")
	assert.Equal(t, []core.Code{
		core.OK, core.PluginReadFailed, core.PluginWriteFailed, core.PluginNotConnected, core.PluginTagNotReadable, core.PluginTagNotWritable,
		core.PluginTagTypeMismatch, core.PluginTagValueInvalid, core.PluginProtocolParseFailed, core.PluginTagNotReady, core.PluginMessageDisorder, core.KNXDeviceNotExist,
	}, slices.Sorted(maps.Keys(codes)))
	for row := range Rows() {
		switch row.Layer {
		case "client", "busmon-status": // no frame says so
		default:
			assert.True(t, layers[row.Layer], "no stanza for layer %s", row.Layer)
		}
	}
}
