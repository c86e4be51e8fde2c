package gateway_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/gateway"
)

func TestItemJSON(t *testing.T) {
	for _, test := range []struct {
		item gateway.Item
		want string
	}{
		{gateway.Item{Name: "a", Value: 1480}, `{"name":"a","value":1480}`},
		{gateway.Item{Name: "a", Value: 0}, `{"name":"a","value":0}`},
		{gateway.Item{Name: "a", Value: false}, `{"name":"a","value":false}`},
		{gateway.Item{Name: "a", Value: ""}, `{"name":"a","value":""}`},
		{gateway.Item{Name: "a", Value: []int16{}}, `{"name":"a","value":[]}`},
		{gateway.Item{Name: "a", Value: uint64(math.MaxUint64)}, `{"name":"a","value":18446744073709551615}`},
		{gateway.Item{Name: "a", Value: float32(0.1)}, `{"name":"a","value":0.1}`},
		{gateway.Item{Name: "a", Error: core.S7AddressInvalid}, `{"name":"a","error":10105}`},
		{gateway.Item{Name: "a", Value: 1480, Error: core.PluginNotConnected}, `{"name":"a","error":3002}`},
		{gateway.Item{Name: "a", Error: 3022}, `{"name":"a","error":3022}`},
		{gateway.Item{Name: "a", Error: -7}, `{"name":"a","error":-7}`},
		{gateway.Item{Value: 1}, `{"value":1}`},
		{gateway.Item{Error: 3022}, `{"error":3022}`},

		// what JSON cannot express
		{gateway.Item{Name: "a", Value: math.NaN()}, `{"name":"a","error":3008}`},
		{gateway.Item{Name: "a", Value: float32(math.Inf(1))}, `{"name":"a","error":3008}`},
		{gateway.Item{Name: "a", Value: math.Inf(-1)}, `{"name":"a","error":3008}`},
		{gateway.Item{Name: "a", Value: []float32{1, float32(math.NaN())}}, `{"name":"a","error":3008}`},
		{gateway.Item{Name: "a", Value: map[string]any{"x": []any{math.NaN()}}}, `{"name":"a","error":3008}`},
		{gateway.Item{Name: "a", Value: marshaler{math.NaN()}}, `{"name":"a","error":3008}`},
		{gateway.Item{Name: "a"}, `{"name":"a","error":3008}`},
		{gateway.Item{Name: "a", Value: (*int)(nil)}, `{"name":"a","error":3008}`},
		{gateway.Item{Name: "a", Value: []int(nil)}, `{"name":"a","error":3008}`},
		{gateway.Item{Name: "a", Value: json.RawMessage(" null ")}, `{"name":"a","error":3008}`},
	} {
		got, err := json.Marshal(test.item)
		require.NoError(t, err, test.want)
		assert.Equal(t, test.want, string(got))
	}
}

// marshaler asks encoding/json again, as types with a MarshalJSON method do.
type marshaler struct{ f float64 }

func (m marshaler) MarshalJSON() ([]byte, error) { return json.Marshal([]float64{m.f}) }

func TestItemThatCannotBeWritten(t *testing.T) {
	loop := map[string]any{}
	loop["loop"] = loop
	for _, value := range []any{make(chan int), func() {}, complex(1, 2), loop, broken{}} {
		_, err := json.Marshal(gateway.Item{Name: "a", Value: value})
		assert.Error(t, err, "%T", value)
		_, err = json.Marshal(gateway.Values{Values: map[string]any{"a": value}})
		assert.Error(t, err, "%T", value)
		_, err = json.Marshal(gateway.Values{Metas: map[string]any{"a": value}})
		assert.Error(t, err, "%T", value)
	}
}

type broken struct{}

func (broken) MarshalJSON() ([]byte, error) { return nil, io.ErrClosedPipe }

func TestItemFromJSON(t *testing.T) {
	for _, test := range []struct {
		text string
		want gateway.Item
	}{
		{`{"name":"a","value":1480}`, gateway.Item{Name: "a", Value: json.Number("1480")}},
		{`{"name":"a","value":9007199254740993}`, gateway.Item{Name: "a", Value: json.Number("9007199254740993")}},
		{`{"name":"a","value":1.50,"transferPrecision":2}`, gateway.Item{Name: "a", Value: json.Number("1.50")}},
		{`{"name":"a","value":"text"}`, gateway.Item{Name: "a", Value: "text"}},
		{`{"name":"a","value":[true,1]}`, gateway.Item{Name: "a", Value: []any{true, json.Number("1")}}},
		{`{"value":1,"name":"a","error":0}`, gateway.Item{Name: "a", Value: json.Number("1")}},
		{`{"name":"a","error":3002}`, gateway.Item{Name: "a", Error: core.PluginNotConnected}},
		{`{"name":"a","error":4711}`, gateway.Item{Name: "a", Error: 4711}},
		{`{"name":"a","error":-1}`, gateway.Item{Name: "a", Error: -1}},
		{`{"name":"a","value":1,"error":3002}`, gateway.Item{Name: "a", Error: core.PluginNotConnected}},
		{`{"name":"a","value":null}`, gateway.Item{Name: "a", Error: core.PluginTagValueInvalid}},
		{`{"name":"a"}`, gateway.Item{Name: "a", Error: core.PluginTagValueInvalid}},
		{`{"value":1}`, gateway.Item{Value: json.Number("1")}},
	} {
		var got gateway.Item
		require.NoError(t, json.Unmarshal([]byte(test.text), &got), test.text)
		assert.Equal(t, test.want, got, test.text)
	}
	for _, text := range []string{`[]`, `1`, `{"name":1}`, `{"error":"3002"}`, `{"error":3002.5}`, `{"error":2147483648}`, `{"error":{}}`} {
		got := gateway.Item{Name: "before"}
		assert.Error(t, json.Unmarshal([]byte(text), &got), text)
		assert.Equal(t, gateway.Item{Name: "before"}, got, "a failed Unmarshal changes nothing")
	}
}

func TestNewItem(t *testing.T) {
	assert.Equal(t, gateway.Item{Name: "a", Value: 1}, gateway.NewItem("a", 1, nil))
	assert.Equal(t, gateway.Item{Name: "a", Value: 1}, gateway.NewItem("a", 1, (*core.Error)(nil)))
	assert.Equal(t, gateway.Item{Name: "a", Error: core.PluginNotConnected}, gateway.NewItem("a", 1, fmt.Errorf("poll: %w", io.EOF)))
	assert.Equal(t, gateway.Item{Name: "a", Error: core.S7AddressInvalid}, gateway.NewItem("a", nil, core.S7AddressInvalid.Err()))
	assert.Equal(t, gateway.Item{Name: "a", Error: core.PluginReadFailed}, gateway.NewItem("a", 1, errors.New("no idea")))
}
