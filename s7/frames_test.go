package s7

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
)

// conversationFor returns the conversation that a stanza is played to.
func conversationFor(s coretest.Stanza) coretest.Conversation {
	stages := map[string]Stage{"": StageUnknown, "connect": StageConnect, "session": StageSession, "open": StageOpen}
	return &Conversation{Stage: stages[s.Stage], Want: s.Want.Bytes}
}

func TestFrames(t *testing.T) {
	coretest.RunFrames(t, os.DirFS("testdata"), "*.frames", conversationFor)
}

// The frames reach what they are there for: every documented code of S7, many
// native statuses in many layers, with two client libraries.
func TestFramesReachEnough(t *testing.T) {
	stanzas, err := coretest.ReadFrames(os.DirFS("testdata"), "*.frames")
	require.NoError(t, err)
	codes, statuses, layers, clients := map[core.Code]bool{}, map[string]bool{}, map[string]bool{}, map[string]int{}
	for _, s := range stanzas {
		for _, client := range []string{"gos7", "nodes7"} {
			if strings.HasPrefix(s.From, "recorded, "+client) {
				clients[client]++
			}
		}
		for _, e := range s.Expect {
			if e.Err == nil {
				codes[e.Code], layers[e.Layer] = true, true
				statuses[e.Layer+e.Value+e.Symbol] = true
			}
		}
	}
	for code := range core.Codes() {
		if code.Section() == core.S7AddressInvalid.Section() {
			assert.True(t, codes[code], "no frame gives %v", code)
		}
	}
	assert.GreaterOrEqual(t, len(statuses), 60)
	assert.GreaterOrEqual(t, len(layers), 12)
	assert.GreaterOrEqual(t, clients["gos7"], 15)
	assert.GreaterOrEqual(t, clients["nodes7"], 5)
}
