package southbound

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
)

func TestHostPort(t *testing.T) {
	for addr, want := range map[string]string{
		"192.168.0.1:1102": "192.168.0.1:1102",
		"192.168.0.1":      "192.168.0.1:102",
		"plc":              "plc:102",
		"::1":              "[::1]:102",
		"[::1]:1102":       "[::1]:1102",
	} {
		got, err := HostPort(addr, 102)
		require.NoError(t, err)
		assert.Equal(t, want, got)
	}
	for _, addr := range []string{"", ":102", "plc:", "plc:s7", "plc:0", "plc:65536", "plc:1:2", "[::1"} {
		_, err := HostPort(addr, 102)
		coretest.RequireCode(t, err, core.PluginNotConnected)
		require.ErrorContains(t, err, "give host:port, such as 192.168.0.1:102", addr)
	}
}
