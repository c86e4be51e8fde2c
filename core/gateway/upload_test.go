package gateway_test

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/gateway"
)

func upload() gateway.Tags {
	return gateway.Tags{
		Timestamp: 1750000000000, Node: "plc", Group: "g",
		Items: []gateway.Item{
			{Name: "speed", Value: 1480},
			{Name: "level", Value: math.NaN()},
			{Name: "torque", Error: core.S7AddressInvalid},
		},
	}
}

func TestTagsJSON(t *testing.T) {
	got, err := json.Marshal(upload())
	require.NoError(t, err)
	assert.Equal(t, `{"timestamp":1750000000000,"node":"plc","group":"g","tags":[{"name":"speed","value":1480},{"name":"level","error":3008},{"name":"torque","error":10105}]}`, string(got))

	var back gateway.Tags
	require.NoError(t, json.Unmarshal(got, &back))
	assert.Equal(t, gateway.Tags{
		Timestamp: 1750000000000, Node: "plc", Group: "g",
		Items: []gateway.Item{
			{Name: "speed", Value: json.Number("1480")},
			{Name: "level", Error: core.PluginTagValueInvalid},
			{Name: "torque", Error: core.S7AddressInvalid},
		},
	}, back)
}

func TestValuesJSON(t *testing.T) {
	got, err := json.Marshal(upload().Values())
	require.NoError(t, err)
	assert.Equal(t, `{"timestamp":1750000000000,"node":"plc","group":"g","values":{"speed":1480},"errors":{"level":3008,"torque":10105},"metas":{}}`, string(got))

	got, err = json.Marshal(gateway.Values{})
	require.NoError(t, err)
	assert.Equal(t, `{"timestamp":0,"node":"","group":"","values":{},"errors":{},"metas":{}}`, string(got))

	got, err = json.Marshal(gateway.Values{
		Values: map[string]any{"a": 1, "b": 2},
		Errors: map[string]core.Code{"a": core.PluginNotConnected, "b": core.OK, "c": core.OK, "d": 4711},
		Metas:  map[string]any{"b": map[string]int{"t": 5}, "x": math.Inf(1)},
	})
	require.NoError(t, err)
	assert.Equal(t, `{"timestamp":0,"node":"","group":"","values":{"b":2},"errors":{"a":3002,"d":4711},"metas":{"b":{"t":5}}}`, string(got))
}

func TestValuesFromJSON(t *testing.T) {
	var v gateway.Values
	require.NoError(t, json.Unmarshal([]byte(`{"timestamp":5,"node":"n","group":"g","values":{"a":9007199254740993,"b":1,"n":null},"errors":{"b":4711,"c":0},"metas":{"a":{"q":192},"n":null}}`), &v))
	assert.Equal(t, gateway.Values{
		Timestamp: 5, Node: "n", Group: "g",
		Values: map[string]any{"a": json.Number("9007199254740993")},
		Errors: map[string]core.Code{"b": 4711, "n": core.PluginTagValueInvalid},
		Metas:  map[string]any{"a": map[string]any{"q": json.Number("192")}},
	}, v)

	require.NoError(t, json.Unmarshal([]byte(`{}`), &v))
	assert.Equal(t, gateway.Values{Values: map[string]any{}, Errors: map[string]core.Code{}, Metas: map[string]any{}}, v)

	for _, text := range []string{`[]`, `{"values":[]}`, `{"errors":{"a":"3002"}}`, `{"errors":{"a":4294967296}}`, `{"timestamp":"5"}`} {
		assert.Error(t, json.Unmarshal([]byte(text), &v), text)
	}
}

func TestValuesOfRepeatedTags(t *testing.T) {
	v := gateway.Tags{Items: []gateway.Item{
		{Name: "a", Value: 1}, {Name: "a", Value: 2},
		{Name: "b", Value: 1}, {Name: "b", Error: 3002}, {Name: "b", Value: 2},
	}}.Values()
	assert.Equal(t, map[string]any{"a": 2}, v.Values)
	assert.Equal(t, map[string]core.Code{"b": core.PluginNotConnected}, v.Errors)
}
