package judge

import (
	"cmp"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// A tally is what has come out of the comparison for one protocol.
type tally struct {
	judge       *judge
	packets     int         // of devices
	alone       int         // of them decoded without their conversation
	broken      int         // of them broken for both
	agreed      int         // statuses
	accepted    map[int]int // packets for each reason
	unexplained map[difference]*example
}

// An example is a packet with a difference, and how many others have the same.
type example struct {
	packet packet
	count  int
}

func newTally(j *judge) *tally {
	return &tally{judge: j, accepted: make(map[int]int), unexplained: make(map[difference]*example)}
}

// packet compares what the two decoders say about a packet.
func (c *tally) packet(p packet, ours, theirs []claim) {
	result := compare(ours, theirs)
	c.packets++
	c.agreed += result.agreed
	if result.broken {
		c.broken++
	}
	seen := make(map[int]bool)
	for _, d := range result.differ {
		if i := c.judge.reason(d, p.frame); i >= 0 {
			if !seen[i] {
				c.accepted[i]++
			}
			seen[i] = true
			continue
		}
		if c.unexplained[d] == nil {
			c.unexplained[d] = &example{packet: p}
		}
		c.unexplained[d].count++
	}
}

// differences returns how many differences were accepted, several of a packet
// for the same reason counted once.
func (c *tally) differences() (n int) {
	for _, m := range c.accepted {
		n += m
	}
	return n
}

func (c *tally) String() string {
	return fmt.Sprintf("%d packets of devices (%d decoded alone), %d statuses agreed on, %d packets broken for both, %d differences accepted for %d reasons",
		c.packets, c.alone, c.agreed, c.broken, c.differences(), len(c.accepted))
}

// check fails the test for every difference without a reason, every reason
// without a difference, and every reason that covers too much.
func (c *tally) check(t *testing.T, long bool) {
	t.Helper()
	kinds := slices.SortedFunc(maps.Keys(c.unexplained), func(a, b difference) int {
		return cmp.Or(cmp.Compare(c.unexplained[b].count, c.unexplained[a].count), cmp.Compare(a.ours, b.ours), cmp.Compare(a.theirs, b.theirs))
	})
	var report strings.Builder
	for _, d := range kinds {
		e := c.unexplained[d]
		fmt.Fprintf(&report, "%6d  ours %q Wireshark %q\n        %s: %s\n", e.count, d.ours, d.theirs, e.packet.conversation.stanza.Name, hex.EncodeToString(e.packet.frame))
	}
	assert.Empty(t, kinds, "differences without a reason:\n%s", report.String())
	for i, a := range c.judge.differences {
		assert.NotEmpty(t, a.reason)
		if long || !a.rare {
			assert.Positive(t, c.accepted[i], "a reason without a difference: ours %q, Wireshark %q", a.ours, a.theirs)
		}
		assert.Less(t, c.accepted[i], c.packets/10, "a reason that covers too much: ours %q, Wireshark %q", a.ours, a.theirs)
	}
	assert.Greater(t, c.agreed, 3*c.differences(), "more agreement than differences")
}
