package enip

import (
	"fmt"
	"net"
	"testing"
	"time"

	"github.com/danomagnum/gologix"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
	enipstatus "github.com/fieldstatus/fieldstatus/enip"
)

// limit is how long the driver waits where nothing comes.
const limit = 300 * time.Millisecond

// open returns a driver that is connected to a controller with these replies to
// reads, writes and packets. The firmware probe of gologix has an answer.
func open(t *testing.T, reply string) *Driver {
	t.Helper()
	host, port := plc{answer: func(service byte) string {
		if service == 0x0E && reply != "probe" {
			return "8e000000 200b"
		}
		return reply
	}}.start(t)
	wait := 5 * time.Second
	if reply == "" {
		wait = limit
	}
	d, err := Open(host, port, wait)
	require.NoError(t, err)
	t.Cleanup(func() { _ = d.Close() }) // the connection may be gone
	return d
}

func TestRead(t *testing.T) {
	for reply, want := range map[string]core.Code{
		"cc000000 c400 2a000000":  core.OK,
		"cc000401 0000":           10704,
		"cc00ff01 0521":           10731,                 // gologix drops the word
		"cc000500":                core.PluginReadFailed, // and a refusal without words altogether
		"cc000600 a002 ce0f 0500": 10706,                 // a structure in parts
		"cc000000 ca00 0000c03f":  core.ENIPDataTypeMismatch,
		"header 64000000":         core.ENIPSessionNotRegistered,
		"close":                   core.PluginNotConnected,
		"":                        core.PluginDeviceNotResponding,
	} {
		var v int32
		err := open(t, reply).Read("Speed", &v)
		assert.Equal(t, want, core.CodeOf(err), "%s: %v", reply, err)
		if err == nil {
			assert.EqualValues(t, 42, v)
		}
	}
}

func TestWrite(t *testing.T) {
	for reply, want := range map[string]core.Code{
		"cd000000":          core.OK,
		"cd00ff01 0721":     core.ENIPDataTypeMismatch,
		"cd00ff01 0521":     10704,
		"cd000f00":          10715,
		"cd001f02 02010310": 10731,
		"header 01000000":   10708,
		"close":             core.PluginNotConnected,
	} {
		err := open(t, reply).Write("Speed", int32(1))
		assert.Equal(t, want, core.CodeOf(err), "%s: %v", reply, err)
	}
	err := open(t, "cd00ff01 0721").Write("Speed", int32(1))
	coretest.RequireStatus(t, err, enipstatus.LogixDataTypeMismatch)
}

func TestReadAll(t *testing.T) {
	for reply, want := range map[string]core.Code{
		"8a000000 0100 0400 cc000000 c400 2a000000": core.OK,
		"8a000000 0100 0400 cc000501 0000":          10705,
		"8a000000 0100 0400 cc000500":               core.PluginReadFailed,
		"8a001e00 0100 0400 cc000500":               10730, // gologix does not look inside
		"8a000800 0000":                             10708,
		"header 64000000":                           core.ENIPSessionNotRegistered,
		"8a000000 0100 ff00 cc000500":               core.PluginProtocolParseFailed, // gologix panics
	} {
		err := open(t, reply).ReadAll(map[string]any{"Speed": int32(0)})
		assert.Equal(t, want, core.CodeOf(err), "%s: %v", reply, err)
	}
}

func TestOpen(t *testing.T) {
	for name, c := range map[string]struct {
		plc  plc
		want core.Code
	}{
		"no session":        {plc{register: "69000000"}, core.ENIPSessionNotRegistered},
		"open refused":      {plc{open: "d4000101 1301 0100 4d00 01000000 0000"}, core.ENIPNoCIPConnection},
		"no resources":      {plc{open: "d4000200"}, 10702},
		"refused in header": {plc{open: "header 64000000"}, core.ENIPSessionNotRegistered},
	} {
		host, port := c.plc.start(t)
		_, err := Open(host, port, 5*time.Second)
		assert.Equal(t, c.want, core.CodeOf(err), "%s: %v", name, err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	port := uint(l.Addr().(*net.TCPAddr).Port)
	require.NoError(t, l.Close())
	_, err = Open("127.0.0.1", port, 5*time.Second)
	coretest.RequireCode(t, err, core.PluginNotConnected)
}

// TestMessages: the calls that the driver does not use have wordings of their own.
func TestMessages(t *testing.T) {
	client := open(t, "ab002c00").client
	_, err := client.GenericCIPMessage(0x2B, unhex("20012401"), nil)
	require.ErrorAs(t, err, new(gologix.CIPStatusError))
	coretest.RequireStatus(t, recognizer.Translate(core.Read, err), enipstatus.AttributeNotGettable)

	client = open(t, "83000a00 0100 0100 1400").client
	_, err = client.GetAttrList(gologix.CipObject_Identity, 1, 1)
	coretest.RequireStatus(t, recognizer.Translate(core.Read, err), enipstatus.AttributeListError)

	client = open(t, "83000401 0000").client
	_, err = client.GetAttrList(gologix.CipObject_Identity, 1, 1)
	coretest.RequireStatus(t, recognizer.Translate(core.Read, err), enipstatus.PathSegmentError)
}

// TestTexts: all texts of gologix differ from each other, so that each of them
// names one status.
func TestTexts(t *testing.T) {
	seen := map[string]int{}
	for n := range 256 {
		text := gologix.CIPStatus(n).String()
		if first, ok := seen[text]; ok {
			t.Errorf("0x%02X and 0x%02X are both %q", first, n, text)
		}
		seen[text] = n
		err := recognizer.Translate(core.Read, fmt.Errorf("read of Speed returned status %v", gologix.CIPStatus(n)))
		assert.Equal(t, enipstatus.GeneralStatus(n).Status().Code(core.Read), core.CodeOf(err), text)
	}
}
