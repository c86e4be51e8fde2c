package opcuatest

import (
	"testing"

	"github.com/gopcua/opcua/ua"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestItemsThatFail: the results of items that fail stand between those of the
// server, which is asked for the others alone.
func TestItemsThatFail(t *testing.T) {
	node := func(namespace uint16) *ua.ReadValueID {
		return &ua.ReadValueID{NodeID: ua.NewNumericNodeID(namespace, 1), AttributeID: ua.AttributeIDValue}
	}
	q := &ua.ReadRequest{NodesToRead: []*ua.ReadValueID{node(1), node(namespaces), node(namespaces + 1)}}
	codes := codesOf(q, []error{ua.StatusBadTimeout})
	assert.Equal(t, []ua.StatusCode{ua.StatusBadTimeout, 0, ua.StatusBadNodeIDUnknown}, codes)
	rest, some := withoutFailing(q, codes)
	assert.True(t, some)
	assert.Equal(t, q.NodesToRead[1:2], rest.(*ua.ReadRequest).NodesToRead)
	same, some := withoutFailing(q, make([]ua.StatusCode, 3))
	assert.True(t, some)
	assert.Same(t, q, same)
	_, some = withoutFailing(q, []ua.StatusCode{1, 2, 3})
	assert.False(t, some)

	value := &ua.DataValue{EncodingMask: ua.DataValueValue, Value: ua.MustVariant(true)}
	got := withFailing(&ua.ReadResponse{Results: []*ua.DataValue{value}}, q, codes).(*ua.ReadResponse)
	require.Len(t, got.Results, 3)
	assert.Equal(t, ua.StatusBadTimeout, got.Results[0].Status)
	assert.Same(t, value, got.Results[1])
	assert.Equal(t, ua.StatusBadNodeIDUnknown, got.Results[2].Status)
	got = withFailing(&ua.ReadResponse{}, q, codes).(*ua.ReadResponse)
	assert.Len(t, got.Results, 2, "a server that answers less")
}
