package gateway_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/gateway"
)

func TestStateReportJSON(t *testing.T) {
	const text = `{"timestamp":5,"states":[{"node":"a","link":1,"running":3},{"node":"b","link":0,"running":4},{"node":"c","link":7,"running":9}]}`
	var report gateway.StateReport
	require.NoError(t, json.Unmarshal([]byte(text), &report))
	assert.Equal(t, gateway.StateReport{Timestamp: 5, States: []gateway.NodeState{
		{Node: "a", Link: gateway.Connected, Running: gateway.Running},
		{Node: "b", Link: gateway.Disconnected, Running: gateway.Stopped},
		{Node: "c", Link: 7, Running: 9},
	}}, report)
	back, err := json.Marshal(report)
	require.NoError(t, err)
	assert.Equal(t, text, string(back))
}

func TestStateStrings(t *testing.T) {
	assert.Equal(t, "disconnected connected 2", gateway.Disconnected.String()+" "+gateway.Connected.String()+" "+gateway.Link(2).String())
	got := ""
	for p := gateway.Phase(0); p < 6; p++ {
		got += p.String() + " "
	}
	assert.Equal(t, "0 init ready running stopped 5 ", got)
}

func TestLinkAfter(t *testing.T) {
	for _, err := range []error{nil, core.OK, (*core.Error)(nil), core.S7AddressInvalid.Err(), core.NetDeadline.Status().Err(core.Read), errors.New("no idea"), context.Canceled} {
		assert.Equal(t, gateway.Connected, gateway.LinkAfter(err), "%v", err)
	}
	for _, err := range []error{io.EOF, core.S7COTPDisconnected.Err(), core.ENIPNoCIPConnection.Err(), core.NetNameNotFound.Status().Err(core.Connect), core.PluginProtocolParseFailed.Err()} {
		assert.Equal(t, gateway.Disconnected, gateway.LinkAfter(err), "%v", err)
	}
}
