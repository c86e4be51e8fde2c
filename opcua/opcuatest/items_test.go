package opcuatest

import (
	"testing"

	"github.com/gopcua/opcua/id"
	"github.com/gopcua/opcua/ua"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
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

func TestVariables(t *testing.T) {
	for nodeID, ok := range map[string]bool{"i=1": false, "ns=1;i=1": true, "ns=9;s=last": true, "ns=10;i=1": false, "nothing": false} {
		if ok {
			assert.NotPanics(t, func() { variable(nodeID) }, nodeID)
		} else {
			assert.Panics(t, func() { variable(nodeID) }, nodeID)
		}
	}
}

// TestOwnAffairs: which reads clients send by themselves.
func TestOwnAffairs(t *testing.T) {
	read := func(ids ...*ua.NodeID) core.Op {
		q := &ua.ReadRequest{}
		for _, n := range ids {
			q.NodesToRead = append(q.NodesToRead, &ua.ReadValueID{NodeID: n})
		}
		return opOf(q)
	}
	limits := ua.NewNumericNodeID(0, 11705)
	assert.Equal(t, core.Connect, read(limits))
	assert.Equal(t, core.Read, read(limits, ua.NewStringNodeID(1, "speed")))
	assert.Equal(t, core.Read, read(ua.NewNumericNodeID(0, id.Server_ServerStatus_CurrentTime)), "what drivers ask as a probe")
	assert.Equal(t, core.Read, read())
}

// TestMatch: a rule names its item however the standard lets it be written.
func TestMatch(t *testing.T) {
	for rule, item := range map[string]string{"ns=1;s=a": "ns=1;s=a", "ns=0;i=85": "i=85", "i=85": "i=85", "ns=1;s=a Description": "ns=1;s=a Description"} {
		assert.True(t, match(rule, item), rule)
		assert.False(t, match(rule, "ns=1;s=b"), rule)
	}
	assert.False(t, match("no node", "ns=1;s=a"))
}

func TestAttributes(t *testing.T) {
	d := NewDevice(t)
	d.Set("ns=1;s=a", 1.5)
	s := &space{backend: d.backend}
	for attribute, want := range map[ua.AttributeID]any{ua.AttributeIDValueRank: int32(-2), ua.AttributeIDAccessLevel: byte(readWrite), ua.AttributeIDDataType: ua.NewNumericNodeID(0, id.Double)} {
		assert.Equal(t, want, s.Attribute(variable("ns=1;s=a"), attribute).Value.Value(), "%v", attribute)
	}
}
