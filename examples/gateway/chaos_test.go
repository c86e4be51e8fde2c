package main

import (
	"flag"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	chaos = flag.Duration("chaos", 3*time.Second, "how long the devices fail and recover at random")
	seed  = flag.Uint64("seed", 1, "of what happens meanwhile")
)

// TestChaos lets all devices fail and recover at random. Every tag has an answer
// in every cycle, and all tags are good again soon behind the last recovery. That
// nothing is left behind is seen at the end of the program.
func TestChaos(t *testing.T) {
	g := startWith(t, string(defaultConfig), patience)
	random := rand.New(rand.NewPCG(*seed, 0))
	t.Logf("seed %d", *seed)
	afflicted := map[string]int{}
	for end := time.Now().Add(*chaos); time.Now().Before(end); {
		n := g.nodes[random.IntN(len(g.nodes))]
		id := ""
		if random.IntN(3) > 0 {
			id = n.protocol.troubles[random.IntN(len(n.protocol.troubles))].ID
		}
		require.True(t, n.afflict(id))
		afflicted[n.Name()+" "+id]++
		if random.IntN(4) == 0 { // somebody writes meanwhile
			tag := n.config.Tags[random.IntN(len(n.config.Tags))]
			_ = n.Write(t.Context(), tag.Name, tag.Value) // may fail
		}
		time.Sleep(time.Duration(random.IntN(100)) * time.Millisecond)
	}
	for _, n := range g.nodes {
		require.True(t, n.afflict(""))
	}
	recovered := time.Now()
	require.Eventually(t, g.good, 5*time.Second, 10*time.Millisecond)
	t.Logf("all tags are good again after %v; %d kinds of trouble", time.Since(recovered).Round(time.Millisecond), len(afflicted))

	g.stop()
	for _, n := range g.nodes {
		for _, r := range n.Readings() {
			assert.Equal(t, n.Cycles(), r.Cycles, "%s %s has no answer in some cycles", n.Name(), r.Tag.Name)
			assert.Positive(t, r.Asked)
		}
		t.Logf("%s: %d cycles", n.Name(), n.Cycles())
	}
}
