package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"

	"github.com/fieldstatus/fieldstatus/examples/southbound"
)

// still returns a gateway that polls only when it is told to.
func still(t *testing.T, config string) *Gateway {
	t.Helper()
	c, err := parseConfig([]byte(config))
	require.NoError(t, err)
	g, err := newGateway(c, patience)
	require.NoError(t, err)
	t.Cleanup(g.Close)
	return g
}

// TestSwing: values that swing go up and down with the age of the gateway, with
// two decimals where the type has decimals. All others are given once, so that
// what a client writes stays.
func TestSwing(t *testing.T) {
	g := still(t, `{"nodes": [{"name": "plc", "protocol": "s7", "group": "g", "tags": [
		{"name": "count", "address": "DB1.DBW0", "type": "INT16", "value": 100, "swing": 10},
		{"name": "level", "address": "DB1.DBD4", "type": "FLOAT", "value": 1.5, "swing": 0.25},
		{"name": "energy", "address": "DB1.DBB8", "type": "DOUBLE", "value": 20, "swing": 0.25},
		{"name": "fixed", "address": "DB1.DBW16", "type": "INT16", "value": 7},
		{"name": "running", "address": "M0.1", "type": "BOOL", "value": true, "swing": 1},
		{"name": "unset", "address": "DB1.DBW18", "type": "INT16", "swing": 1}
	]}]}`)
	n := g.node("plc")
	values := func() (all []any) {
		for _, r := range n.Poll(t.Context()) {
			require.NoError(t, r.Err)
			all = append(all, r.Value)
		}
		return all
	}
	assert.Equal(t, []any{int16(100), float32(1.5), 20.0, int16(7), true, int16(0)}, values())

	require.NoError(t, n.Write(t.Context(), "fixed", 8))
	require.NoError(t, n.Write(t.Context(), "running", false))
	require.NoError(t, n.Write(t.Context(), "unset", 9))
	require.NoError(t, n.setValues(time.Second)) // the sine of 1 is 0.8415
	assert.Equal(t, []any{int16(108), float32(1.71), 20.21, int16(8), false, int16(9)}, values())
	require.NoError(t, n.setValues(4712389*time.Microsecond)) // and that of 3/2 pi is -1
	assert.Equal(t, []any{int16(90), float32(1.25), 19.75, int16(8), false, int16(9)}, values())
}

// TestValues: a device in this process holds what the configuration says,
// whatever the type.
func TestValues(t *testing.T) {
	types := []southbound.Type{southbound.Bool, southbound.Int16, southbound.Uint16, southbound.Int32, southbound.Uint32, southbound.Float, southbound.Double}
	values := []any{true, int16(-1480), uint16(60000), int32(-100000), uint32(0x12345678), float32(-1.25), 0.001}
	for protocol, addresses := range map[string][]string{
		"s7":    {"M0.1", "DB1.DBW4", "MW20", "DB1.DBD8", "DB1.DBB16", "QD4", "MB40"},
		"opcua": {"ns=2;i=1", "ns=2;i=2", "ns=2;i=3", "ns=2;i=4", "ns=2;i=5", "ns=2;i=6", "ns=2;i=7"},
		"fins":  {"CIO0.01", "D65535", "T7", "H5", "D110", "E2_4", "D120"},
		"enip":  {"A", "B", "C", "D", "E", "F", "G"},
		"knx":   {"1/1/1", "1/1/2", "1/1/3", "1/1/4", "1/1/5", "1/1/6", "1/1/7"},
	} {
		t.Run(protocol, func(t *testing.T) {
			var tags []string
			for i, kind := range types {
				tags = append(tags, fmt.Sprintf(`{"name": "%d", "address": "%s", "type": "%s", "value": %v}`, i, addresses[i], kind, values[i]))
			}
			g := still(t, `{"nodes": [{"name": "n", "protocol": "`+protocol+`", "group": "g", "tags": [`+strings.Join(tags, ",")+`]}]}`)
			for i, r := range g.node("n").Poll(t.Context()) {
				require.NoError(t, r.Err)
				assert.Equal(t, values[i], r.Value)
			}
		})
	}
}

// TestDeviceElsewhere: a device that the configuration has an address for is
// polled and written as any other, but has no buttons, and gets no values.
func TestDeviceElsewhere(t *testing.T) {
	there := still(t, lab)
	here := still(t, strings.Replace(lab, `"group"`, `"address": "`+there.node("plc").device.Addr()+`", "group"`, 1))
	n := here.node("plc")
	require.NoError(t, there.node("plc").Write(t.Context(), "speed", 7))
	require.NoError(t, n.setValues(0))
	readings := n.Poll(t.Context())
	require.NoError(t, readings[0].Err)
	assert.Equal(t, int16(7), readings[0].Value)

	assert.False(t, n.afflict("off"))
	assert.False(t, n.afflict(""))
	text, err := json.Marshal(here.view())
	require.NoError(t, err)
	assert.Contains(t, string(text), `"troubles":[],"trouble":""`)
}

// TestTroubleOfTheSecondTag is that of the first where there is no second.
func TestTroubleOfTheSecondTag(t *testing.T) {
	for _, c := range []struct {
		protocol, address, kind, trouble string
		code                             core.Code
	}{
		{"s7", "DB1.DBW4", "INT16", "address", core.S7AddressInvalid},
		{"focas", "#500", "DOUBLE", "number", core.FOCASError},
	} {
		tag := func(name, address string) string {
			return `{"name": "` + name + `", "address": "` + address + `", "type": "` + c.kind + `", "value": 1}`
		}
		node := func(tags ...string) *node {
			return still(t, `{"nodes": [{"name": "n", "protocol": "`+c.protocol+`", "group": "g", "tags": [`+strings.Join(tags, ",")+`]}]}`).node("n")
		}
		n := node(tag("a", c.address))
		require.True(t, n.afflict(c.trouble))
		coretest.RequireCode(t, n.Poll(t.Context())[0].Err, c.code)

		other := map[string]string{"s7": "DB1.DBW8", "focas": "#501"}[c.protocol]
		n = node(tag("a", c.address), tag("b", other))
		require.True(t, n.afflict(c.trouble))
		readings := n.Poll(t.Context())
		require.NoError(t, readings[0].Err)
		coretest.RequireCode(t, readings[1].Err, c.code)
	}
}

// TestPatience: a person looks on. What was 0 would be as long as on a plant.
func TestPatience(t *testing.T) {
	for _, pause := range []time.Duration{patience.Timeout, patience.Retry, patience.RetryMax, patience.Probe} {
		assert.Positive(t, pause)
		assert.LessOrEqual(t, pause, 2*time.Second)
	}
	assert.Positive(t, late)
}

// TestMacros: the CNC in this process has variables with three decimals, and
// nothing else can be had from it.
func TestMacros(t *testing.T) {
	const config = `{"nodes": [{"name": "mill", "protocol": "focas", "group": "g", "tags": [{"name": "a", "address": "#500", "type": "DOUBLE", "value": -12.3456}]}]}`
	r := still(t, config).node("mill").Poll(t.Context())[0]
	require.NoError(t, r.Err)
	assert.Equal(t, -12.346, r.Value)
	for _, wrong := range [][2]string{{"#500", "D20"}, {"DOUBLE", "FLOAT"}} {
		c, err := parseConfig([]byte(strings.Replace(config, wrong[0], wrong[1], 1)))
		require.NoError(t, err)
		_, err = newGateway(c, patience)
		assert.ErrorContains(t, err, "node mill: tag a: ")
		assert.ErrorContains(t, err, "type DOUBLE")
	}
}
