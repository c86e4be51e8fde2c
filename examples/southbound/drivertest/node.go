package drivertest

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core/gateway"

	"github.com/fieldstatus/fieldstatus/examples/southbound"
)

const (
	// Patience is for what has to come, on any machine: nothing waits that long
	// unless something is wrong.
	Patience = 10 * time.Second

	// Impatience is for what never comes, which a test has to wait for.
	Impatience = 300 * time.Millisecond
)

// NewNode returns a node that asks again soon, and is closed at the end of the
// test.
func NewNode(t testing.TB, driver southbound.Driver, tags []southbound.Tag) *southbound.Node {
	t.Helper()
	return newNode(t, driver, tags, southbound.Options{
		Timeout: Patience, Retry: time.Millisecond, RetryMax: 5 * time.Millisecond, Probe: 10 * time.Millisecond,
	})
}

func newNode(t testing.TB, driver southbound.Driver, tags []southbound.Tag, o southbound.Options) *southbound.Node {
	t.Helper()
	node := southbound.New("plc", driver, tags, o)
	t.Cleanup(func() { _ = node.Close() }) // the link may be gone
	return node
}

// RequireGood polls until all tags are good, and ends the test when they do not
// become so.
func RequireGood(t testing.TB, node *southbound.Node) {
	t.Helper()
	require.Eventually(t, func() bool {
		for _, r := range node.Poll(context.Background()) {
			if r.Err != nil {
				return false
			}
		}
		return true
	}, Patience, time.Millisecond, "the tags do not come back")
	assert.Equal(t, gateway.Connected, node.State().Link)
}
