package drivertest

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"

	"github.com/fieldstatus/fieldstatus/examples/southbound"
)

// RequireBadAddress ends the test unless a driver whose address is none, such as
// "x:y:z", says what one looks like.
func RequireBadAddress(t *testing.T, driver southbound.Driver) {
	t.Helper()
	_, err := driver.Open(context.Background())
	coretest.RequireCode(t, err, core.PluginNotConnected)
	require.ErrorContains(t, err, "give host:port")
}

// RequireBadTags ends the test unless each tag that nothing can be asked for has
// its code, for a read and for a write, with its address in the text, and costs
// neither a request nor a good tag beside it anything.
func RequireBadTags(t *testing.T, device Device, driver southbound.Driver, good southbound.Tag, bad map[core.Code][]southbound.Tag) {
	t.Helper()
	var tags []southbound.Tag
	var want []core.Code
	for code, list := range bad {
		for _, tag := range list {
			tag.Name = fmt.Sprintf("%d %q %s", len(tags), tag.Address, tag.Type)
			tags, want = append(tags, tag), append(want, code)
		}
	}
	check := func(node *southbound.Node) {
		t.Helper()
		for i, r := range node.Poll(context.Background())[:len(tags)] {
			coretest.RequireCode(t, r.Err, want[i])
			coretest.RequireRemedy(t, r.Err, core.Fix)
			if want[i] != core.TagTypeUnsupported {
				require.ErrorContains(t, r.Err, fmt.Sprintf("address %q", r.Tag.Address))
			}
			var value any = 1
			if r.Tag.Type == southbound.Bool {
				value = true
			}
			coretest.RequireCode(t, node.Write(context.Background(), r.Tag.Name, value), want[i])
		}
	}
	check(NewNode(t, driver, tags))
	assert.Empty(t, device.Requests(), "there is nothing to ask for")
	node := NewNode(t, driver, append(tags, good))
	check(node)
	require.NoError(t, node.Readings()[len(tags)].Err)
	assert.Len(t, device.Requests(), 1)
}
