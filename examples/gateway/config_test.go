package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
)

func TestDefaultConfig(t *testing.T) {
	c, err := readConfig("")
	require.NoError(t, err)
	seen := map[string]bool{}
	for _, n := range c.Nodes {
		seen[n.Protocol] = true
	}
	for _, name := range protocolNames() {
		assert.True(t, seen[name], "nobody sees %s", name)
	}
	assert.Equal(t, 500*time.Millisecond, c.Nodes[0].interval)
}

// TestConfigFile reads a file of somebody's own.
func TestConfigFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "plant.json")
	require.NoError(t, os.WriteFile(name, []byte(strings.Replace(lab, `"20ms"`, `"10ms"`, 1)), 0o600))
	c, err := readConfig(name)
	require.NoError(t, err)
	require.Len(t, c.Nodes, 1)
	assert.Equal(t, "plc", c.Nodes[0].Name)
	assert.Equal(t, 10*time.Millisecond, c.Nodes[0].interval, "the shortest")

	require.NoError(t, os.WriteFile(name, []byte(`{"nodes": []}`), 0o600))
	_, err = readConfig(name)
	require.EqualError(t, err, name+": no nodes")
	_, err = readConfig(name + "5")
	require.ErrorIs(t, err, fs.ErrNotExist)
}

// TestConfigOfHelp: what --help shows can be taken for a model.
func TestConfigOfHelp(t *testing.T) {
	text := usage[strings.Index(usage, `{"nodes"`):]
	c, err := parseConfig([]byte(text[:strings.Index(text, "]}\n\n")+2]))
	require.NoError(t, err)
	assert.Equal(t, time.Second, c.Nodes[0].interval)
	assert.Equal(t, 3*time.Second, c.Nodes[0].timeout)
}

// TestTimeout: the configuration decides how long a device may take, for the node
// as for the driver. A device that answers too late does so behind that time.
func TestTimeout(t *testing.T) {
	for text, want := range map[string]time.Duration{
		``:                   patience.Timeout,
		`"timeout": "50ms",`: 50 * time.Millisecond,
		`"timeout": "3s",`:   3 * time.Second,
	} {
		n := still(t, strings.Replace(lab, `"interval"`, text+`"interval"`, 1)).node("plc")
		assert.Equal(t, want, n.timeout)
	}

	n := still(t, strings.Replace(lab, `"interval"`, `"timeout": "1m", "interval"`, 1)).node("plc")
	n.device.Delay(patience.Timeout + late)
	for _, r := range n.Poll(t.Context()) {
		assert.NoError(t, r.Err, "not later than the node waits")
	}

	n = still(t, strings.Replace(lab, `"interval"`, `"timeout": "300ms", "interval"`, 1)).node("plc")
	require.True(t, n.afflict("late"))
	for _, r := range n.Poll(t.Context()) {
		coretest.RequireCode(t, r.Err, core.PluginDeviceNotResponding)
	}
}

// TestConfigErrors: the text says where, and what would be right.
func TestConfigErrors(t *testing.T) {
	for _, c := range []struct{ from, to, want string }{
		{`"s7"`, `"s8"`, `node 1 ("plc"): protocol "s8" is none of s7, opcua, fins, enip, knx, focas`},
		{`"name": "plc"`, `"name": ""`, "no name"},
		{`"group": "g"`, `"group": ""`, "no group"},
		{`"20ms"`, `"20"`, `"500ms"`},
		{`"20ms"`, `"1us"`, "10ms or more"},
		{`"interval"`, `"timeout": "3", "interval"`, `node 1 ("plc"): timeout "3": give 10ms or more, such as "3s"`},
		{`"interval"`, `"timeout": "9ms", "interval"`, `timeout "9ms"`},
		{`"interval"`, `"timeout": "-3s", "interval"`, `timeout "-3s"`},
		{`"interval"`, `"timeout": 3000000000, "interval"`, "timeout"},
		{`"INT16"`, `"WORD"`, `tag speed: type "WORD" is none of BOOL, INT16`},
		{`"torque"`, `"speed"`, "tag speed stands there twice"},
		{`"speed"`, `""`, "tag 1 has no name"},
		{`"DB1.DBW4"`, `""`, "tag speed has no address"},
		{`"group"`, `"grupo"`, "grupo"},
		{`[{"name": "plc"`, `[{"name": "plc", "tags": []}, {"name": "plc"`, `node 1 ("plc"): no group`},
		{lab, `{"nodes": []}`, "no nodes"},
		{lab, lab + "\n", ""},
		{lab, lab + lab, "something stands behind the last brace"},
		{lab, lab + "}", "something stands behind the last brace"},
		{lab, `[`, "unexpected EOF"},
		{`]}`, `]}, ` + strings.TrimSuffix(strings.TrimPrefix(lab, `{"nodes": [`), `]}`), `node 2: a node "plc" stands above`},
	} {
		_, err := parseConfig([]byte(strings.Replace(lab, c.from, c.to, 1)))
		if c.want == "" {
			assert.NoError(t, err, c.to)
			continue
		}
		assert.ErrorContains(t, err, c.want)
	}
	for _, c := range []struct{ from, to, want string }{
		{`"group": "g"`, `"group": "g", "settings": {"rak": 1}`, "node plc: settings"},
		{"DB1.DBW4", "somewhere", "node plc: tag speed: device"},
		{"1480", "70000", "node plc: tag speed: "},
	} {
		config, err := parseConfig([]byte(strings.Replace(lab, c.from, c.to, 1)))
		require.NoError(t, err)
		_, err = newGateway(config, patience)
		assert.ErrorContains(t, err, c.want)
	}
}

// TestLinesOfConfigErrors: where a file is none, and where it says something else
// than it should.
func TestLinesOfConfigErrors(t *testing.T) {
	for text, want := range map[string]string{
		`{"nodes": [}`:                                     "line 1: invalid character '}'",
		"{\n\n\"nodes\": [\n{\"name\": plc}]}":             "line 4: invalid character 'p'",
		"{\"nodes\": [\n{\"name\": 7}]}":                   "line 2: json: cannot unmarshal number",
		"{\"nodes\":\n[{\"tags\":\n[{\"readonly\": 1}]}]}": "line 3: json: cannot unmarshal number",
		"{\n\"nods\": []}":                                 `json: unknown field "nods"`, // of which the line is not known
	} {
		_, err := parseConfig([]byte(text))
		require.Error(t, err)
		assert.True(t, strings.HasPrefix(err.Error(), want), "%s: %v", text, err)
	}
}
