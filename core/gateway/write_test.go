package gateway_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/gateway"
)

func TestReplyJSON(t *testing.T) {
	for _, test := range []struct {
		reply any
		want  string
	}{
		{gateway.Reply{}, `{"error":0}`},
		{gateway.Reply{Error: core.NodeNotExist}, `{"error":2003}`},
		{gateway.Reply{Error: 4007}, `{"error":4007}`},
		{gateway.Reply{UUID: "u", Error: core.PluginNotConnected}, `{"uuid":"u","error":3002}`},
		{gateway.ReadReply{UUID: "u", Tags: []gateway.Item{{Name: "a", Value: 1}, {Name: "b", Error: 3002}}}, `{"uuid":"u","tags":[{"name":"a","value":1},{"name":"b","error":3002}]}`},
		{gateway.BatchReply{Tags: []gateway.WriteResult{{Group: "g", Name: "a"}, {Group: "g", Name: "b", Error: core.S7AccessDenied}}}, `{"tags":[{"group":"g","name":"a","error":0},{"group":"g","name":"b","error":10103}]}`},
	} {
		got, err := json.Marshal(test.reply)
		require.NoError(t, err)
		assert.Equal(t, test.want, string(got))
	}
}

func TestReplyFromJSON(t *testing.T) {
	var reply gateway.Reply
	require.NoError(t, json.Unmarshal([]byte(`{"error":4007}`), &reply))
	assert.Equal(t, gateway.Reply{Error: 4007}, reply)
	assert.False(t, reply.Error.Documented())
	assert.Error(t, json.Unmarshal([]byte(`{"error":"2003"}`), &reply))
	assert.Error(t, json.Unmarshal([]byte(`{"error":9223372036854775807}`), &reply))

	var batch gateway.BatchReply
	require.NoError(t, json.Unmarshal([]byte(`{"tags":[{"group":"g","name":"a","error":0},{"group":"g","name":"b","error":3020}]}`), &batch))
	assert.Equal(t, core.Code(3020), batch.Code())
	assert.Equal(t, core.OK, gateway.BatchReply{}.Code())
}

func TestWriteReply(t *testing.T) {
	silent := core.NetDeadline.Status()
	for _, test := range []struct {
		err  error
		want core.Code
	}{
		{nil, core.OK},
		{core.OK, core.OK},
		{(*core.Error)(nil), core.OK},
		{core.S7AccessDenied.Err(), core.S7AccessDenied},
		{io.EOF, core.PluginNotConnected},
		{errors.New("no idea"), core.PluginWriteFailed},
		{context.Canceled, core.PluginNotRunning},
		{core.Status{}.Err(core.Write), core.PluginWriteFailed},

		// the numbers that end the gateway's process
		{silent.Err(core.Write), core.PluginWriteFailed},
		{os.ErrDeadlineExceeded, core.PluginWriteFailed},
		{context.DeadlineExceeded, core.PluginWriteFailed},
		{core.PluginTagValueInvalid.Err(), core.PluginWriteFailed},
		{core.PluginSyncReadUnsupported.Err(), core.PluginWriteFailed},
		{core.Code(3020).Err(), core.PluginWriteFailed},
		{core.ServerDataFlowError.Err(), core.PluginWriteFailed},
	} {
		assert.Equal(t, gateway.Reply{Error: test.want}, gateway.WriteReply(test.err), "%v", test.err)
		assert.Equal(t, gateway.WriteResult{Group: "g", Name: "a", Error: test.want}, gateway.NewWriteResult("g", "a", test.err), "%v", test.err)
	}
}
