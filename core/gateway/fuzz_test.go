package gateway_test

import (
	"encoding/json"
	"math"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/gateway"
)

// roundTrip requires that what was read once is written and read again as the
// same. It reports whether data could be read at all.
func roundTrip[T any](t *testing.T, data []byte) bool {
	var first, second T
	if json.Unmarshal(data, &first) != nil {
		return false
	}
	text, err := json.Marshal(first)
	require.NoError(t, err, "what was read can be written")
	require.NoError(t, json.Unmarshal(text, &second), "%s", text)
	require.Equal(t, first, second, "%s", text)
	again, err := json.Marshal(second)
	require.NoError(t, err)
	require.Equal(t, string(text), string(again))
	return true
}

// FuzzJSON reads anything as each of the messages.
func FuzzJSON(f *testing.F) {
	for _, seed := range []string{
		`{"error":2003}`, `{"uuid":"u","error":0}`, `{"error":-2147483648}`,
		`{"name":"a","value":1.5e300}`, `{"name":"a","error":4711}`, `{"name":"a","value":null,"error":0}`,
		`{"tags":[{"group":"g","name":"a","error":0},{"name":"b","value":[1,"x",{"y":true}]}]}`,
		`{"timestamp":5,"node":"n","group":"g","values":{"a":1},"errors":{"b":3002},"metas":{"a":{}}}`,
		`{"timestamp":5,"states":[{"node":"n","link":1,"running":3}]}`,
		`{"name":"\ud800","value":"<&>\u2028"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		roundTrip[gateway.Reply](t, data)
		roundTrip[gateway.ReadReply](t, data)
		roundTrip[gateway.BatchReply](t, data)
		roundTrip[gateway.Tags](t, data)
		roundTrip[gateway.Values](t, data)
		roundTrip[gateway.StateReport](t, data)
		if roundTrip[gateway.Item](t, data) {
			text, err := json.Marshal(unmarshal[gateway.Item](t, data))
			require.NoError(t, err)
			members := unmarshal[map[string]json.RawMessage](t, text)
			_, value := members["value"]
			_, failed := members["error"]
			require.NotEqual(t, value, failed, "value XOR error: %s", text)
		}
	})
}

// FuzzItem writes an item of given parts and looks at what arrives.
func FuzzItem(f *testing.F) {
	f.Add("speed", math.NaN(), int32(0))
	f.Add("speed", math.MaxFloat64, int32(0))
	f.Add("", math.Copysign(0, -1), int32(0))
	f.Add("torque", 1.5, int32(10105))
	f.Add("\xff", 1.5, int32(math.MinInt32))
	f.Fuzz(func(t *testing.T, name string, value float64, code int32) {
		text, err := json.Marshal(gateway.Item{Name: name, Value: value, Error: core.Code(code)})
		require.NoError(t, err)
		got := unmarshal[gateway.Item](t, text)
		switch {
		case code != 0:
			require.Equal(t, core.Code(code), got.Error)
			require.Nil(t, got.Value)
		case math.IsNaN(value) || math.IsInf(value, 0):
			require.Equal(t, core.PluginTagValueInvalid, got.Error)
			require.Nil(t, got.Value)
		default:
			require.Equal(t, core.OK, got.Error)
			back, err := strconv.ParseFloat(string(got.Value.(json.Number)), 64)
			require.NoError(t, err)
			require.Equal(t, value, back)
		}
		_, ok := gateway.HTTPStatus(gateway.ForWrite(core.Code(code)))
		require.True(t, ok)
	})
}

func unmarshal[T any](t *testing.T, data []byte) T {
	var v T
	require.NoError(t, json.Unmarshal(data, &v), "%s", data)
	return v
}
