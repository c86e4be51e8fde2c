package judge

import (
	"maps"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// chunk is how many conversations go into one capture.
const chunk = 20000

func TestWireshark(t *testing.T) {
	needTshark(t)
	long := os.Getenv("FIELDSTATUS_LONG") != ""
	single, double := 24, 4 // changes for each stanza
	if long {
		single, double = 1<<20, 100
	}
	for _, j := range judges() {
		t.Run(j.name, func(t *testing.T) {
			stanzas := j.stanzas(t)
			require.NotEmpty(t, stanzas)
			conversations := j.conversations(stanzas, single, double)
			result := newTally(j)
			for part := range slices.Chunk(conversations, chunk) {
				pcap, packets := j.capture(part)
				ours, trees := j.decode(t, pcap), tshark(t, pcap, j)
				for _, number := range slices.Sorted(maps.Keys(packets)) {
					p, claims := packets[number], ours[number]
					if j.needsAlone(claims) {
						claims = j.decodeAlone(t, p)
						result.alone++
					}
					result.packet(p, claims, j.theirs(trees[number]))
				}
			}
			result.check(t, long)
			t.Logf("%s: %d stanzas, %d conversations, %v", j.name, len(stanzas), len(conversations), result)
			for i, a := range j.differences {
				t.Logf("%6d accepted: ours %q, Wireshark %q: %s", result.accepted[i], a.ours, a.theirs, a.reason)
			}
		})
	}
}
