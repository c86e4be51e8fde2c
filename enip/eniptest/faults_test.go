package eniptest_test

import (
	"net"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
	"github.com/fieldstatus/fieldstatus/enip"
	"github.com/fieldstatus/fieldstatus/enip/eniptest"
)

func TestFaultsOfTheConnection(t *testing.T) {
	for name, c := range map[string]struct {
		fault eniptest.Fault
		want  core.Code
	}{
		"silence":      {eniptest.Silence, core.PluginDeviceNotResponding},
		"cut":          {eniptest.Cut, core.PluginNotConnected},
		"close":        {eniptest.Close, core.PluginNotConnected},
		"reset":        {eniptest.Reset, core.PluginNotConnected},
		"garbage":      {eniptest.Garbage, core.PluginProtocolParseFailed},
		"truncated":    {eniptest.Truncated, core.PluginProtocolParseFailed},
		"wrong length": {eniptest.WrongLength, core.PluginProtocolParseFailed},
		"wrong id":     {eniptest.WrongID, core.PluginMessageDisorder},
	} {
		t.Run(name, func(t *testing.T) {
			plc := eniptest.NewDevice(t)
			plc.Set("Speed", int32(1))
			for _, request := range []func(*client) []byte{
				func(c *client) []byte { return c.connected(readTag("Speed", 1)) },
				func(c *client) []byte { return c.unconnected(readTag("Speed", 1)) },
			} {
				client := connect(t, plc)
				plc.Break(c.fault, eniptest.Next)
				coretest.RequireCode(t, client.one(core.Read, request(client)), c.want)

				// After any of these a driver connects again, and all is well.
				client = connect(t, plc)
				coretest.RequireCode(t, client.one(core.Read, request(client)), core.OK)
			}
		})
	}
}

// A refusal in the header has no body that could be spoiled.
func TestFaultsOfARefusal(t *testing.T) {
	plc := eniptest.NewDevice(t)
	for fault, want := range map[eniptest.Fault]core.Code{
		eniptest.Truncated: 10736, eniptest.WrongLength: 10736, eniptest.Cut: core.PluginNotConnected, eniptest.WrongID: core.PluginMessageDisorder,
	} {
		plc.Fail(enip.EncapsulationIncorrectData)
		plc.Break(fault)
		c := connect(t, plc)
		_, err := c.read("Speed", 1)
		coretest.RequireCode(t, err, want)
		plc.Recover()
	}
}

func TestHandshakesRefused(t *testing.T) {
	plc := eniptest.NewDevice(t)
	plc.RefuseSession(enip.EncapsulationUnsupportedProtocolRevision)
	err := dial(t, plc).register()
	coretest.RequireCode(t, err, core.ENIPSessionNotRegistered)
	coretest.RequireStatus(t, err, enip.EncapsulationUnsupportedProtocolRevision)
	plc.RefuseSession(enip.EncapsulationSuccess)
	c := dial(t, plc)
	coretest.RequireCode(t, c.register(), core.ENIPSessionNotRegistered)
	assert.Zero(t, c.session)
	coretest.RequireCode(t, c.forwardOpen(0x54, 500), core.ENIPSessionNotRegistered)
	plc.Recover()
	connect(t, plc)

	for native, code := range map[error]core.Code{
		enip.CMConnectionInUse:                                 core.ENIPNoCIPConnection,
		enip.ResourceUnavailable:                               10702,
		enip.ServiceNotSupported:                               10708,
		eniptest.Extended(enip.ConnectionFailure, 0x0109, 500): core.ENIPNoCIPConnection,
		enip.EncapsulationInsufficientMemory:                   10702,
	} {
		plc.RefuseForwardOpen(native)
		c := dial(t, plc)
		require.NoError(t, c.register())
		coretest.RequireCode(t, c.forwardOpen(0x5B, 4000), code)
		plc.Recover()
	}
	plc.Refuse()
	_, err = net.Dial("tcp", plc.Addr())
	coretest.RequireCode(t, enip.Translate(core.Connect, err), core.PluginNotConnected)
	plc.Recover()
	c = connect(t, plc)
	plc.Drop()
	_, err = c.read("Speed", 1)
	coretest.RequireCode(t, err, core.PluginNotConnected)
}
