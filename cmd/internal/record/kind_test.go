package record

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
)

func casesOf(t *testing.T, protocol string) []coretest.Stanza {
	t.Helper()
	cases, err := coretest.ReadFrames(os.DirFS("../../../"+protocol+"/testdata"), "*.frames")
	require.NoError(t, err)
	return cases
}

// Requests of one kind are many in our cases, and kinds are told apart by what
// the protocol asks with.
func TestKinds(t *testing.T) {
	for protocol, kinds := range map[string]map[string]int{ // how many cases there are at least
		"s7":    {"e0": 3, "01 f0": 2, "01 04": 10, "01 05": 4, "07 4401": 2},
		"opcua": {"HEL": 1, "OPN": 4, "MSG461": 1, "MSG631": 20, "MSG673": 5},
		"fins":  {"0101": 20, "0102": 5, "tcp 0 0000": 5, "tcp 2 0101": 5, "@": 5},
		"enip":  {"0065": 4, "006f 4c": 4, "0070 4c": 8, "006f 54 06": 4, "006f sent 4c": 1, "006f pccc 0f a2": 4, "0070 0a 02": 2},
		"knx":   {"0205": 5, "0420 11 000": 3, "0420 11 080": 4, "0420 11 2c7": 1, "0310 fc": 2},
		"focas": {"01": 2, "21 001d": 20, "21 8001": 1, "21 0019 00e1 0098": 1},
	} {
		have := map[string]int{}
		for _, s := range casesOf(t, protocol) {
			have[kindOf(protocol, requestOf(s))]++
		}
		for kind, n := range kinds {
			assert.GreaterOrEqual(t, have[kind], n, "%s %s", protocol, kind)
		}
	}
	assert.Empty(t, kindOf("fake", []byte("F!")))
}

// What is cut off has another kind at worst.
func TestKindsOfPieces(t *testing.T) {
	for _, protocol := range []string{"s7", "opcua", "fins", "enip", "knx", "focas"} {
		for _, s := range casesOf(t, protocol) {
			for _, f := range s.Frames {
				for n := range min(len(f.Data), 80) {
					piece := coretest.Stanza{Op: core.Read, Frames: []coretest.Frame{{Sent: true, Data: f.Data[:n]}}}
					assert.NotPanics(t, func() {
						kindOf(protocol, f.Data[:n])
						wantOf(protocol, piece)
					})
				}
			}
		}
	}
}

// Where our cases say what a read wants, the request says the same.
func TestWants(t *testing.T) {
	for protocol, least := range map[string]int{"s7": 10, "fins": 10} {
		found := 0
		for _, s := range casesOf(t, protocol) {
			want := wantOf(protocol, s)
			found += len(want.Bytes)
			if s.Op == core.Read && len(s.Want.Bytes) > 0 && len(want.Bytes) > 0 {
				assert.Equal(t, s.Want.Bytes, want.Bytes, "%s:%d", s.File, s.Line)
			}
			if len(want.Bytes) > 1 && len(s.Expect) > 1 {
				assert.Len(t, want.Bytes, len(s.Expect), "%s:%d", s.File, s.Line)
			}
		}
		assert.GreaterOrEqual(t, found, least, protocol)
	}
	assert.Equal(t, coretest.Want{}, wantOf("s7", coretest.Stanza{Op: core.Read}))
}

// How long the items of an area are that FINS reads: words, bits and flags.
func TestWantsOfAreas(t *testing.T) {
	words, bits := []int{2 * 5}, []int{5}
	for area, want := range map[byte][]int{
		0x81: nil, 0x82: words, 0x83: nil, 0xAF: nil, 0xB0: words, 0xB1: words, 0xB2: words, 0xB3: words, 0xB4: nil,
		0x01: nil, 0x02: bits, 0x03: nil, 0x2F: nil, 0x30: bits, 0x31: bits, 0x32: bits, 0x33: bits, 0x34: nil,
	} {
		request := []byte{0x80, 0, 2, 0, 0x64, 0, 1, 0, 0, 1, 0x01, 0x01, area, 0, 10, 0, 0, 5}
		got := wantOf("fins", coretest.Stanza{Op: core.Read, Frames: []coretest.Frame{{Sent: true, Data: request}}})
		assert.Equal(t, coretest.Want{Bytes: want}, got, "%#x", area)
	}
}

// A path may end with its class.
func TestKindsOfPaths(t *testing.T) {
	for kind, message := range map[string][]byte{
		"4c":    {0x4C, 0},
		"4c 6b": {0x4C, 1, 0x20, 0x6B},
		"0e 01": {0x0E, 2, 0x20, 0x01, 0x24, 0x01},
		"52 06": {0x52, 2, 0x20, 0x06, 0x24, 0x01}, // inside another message it sends nothing
	} {
		assert.Equal(t, kind, cipKind(message, false))
	}
}
