package main

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/fieldstatus/fieldstatus/core"

	"github.com/fieldstatus/fieldstatus/examples/southbound/drivertest"
)

// TestEveryTroubleShows: whatever a button does to a device, its tags say so, and
// no longer when the device has recovered.
func TestEveryTroubleShows(t *testing.T) {
	g := start(t, string(defaultConfig))
	var nodes sync.WaitGroup
	for _, n := range g.nodes {
		nodes.Go(func() {
			calm := func() bool {
				for _, r := range n.Readings() {
					if r.Err != nil || r.Status != (core.Status{}) && r.Status.Value() != 0 {
						return false
					}
				}
				return true
			}
			for _, x := range n.protocol.troubles {
				assert.True(t, n.afflict(x.ID))
				assert.Eventually(t, func() bool { return !calm() }, drivertest.Patience, 10*time.Millisecond, "%s: %s does not show", n.Name(), x.ID)
				assert.True(t, n.afflict(""))
				assert.Eventually(t, calm, drivertest.Patience, 10*time.Millisecond, "%s: %s does not end", n.Name(), x.ID)
			}
		})
	}
	nodes.Wait()
}
