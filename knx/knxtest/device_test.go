package knxtest_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
	"github.com/fieldstatus/fieldstatus/knx"
	"github.com/fieldstatus/fieldstatus/knx/knxtest"
)

// Group addresses and an individual one, as they stand in telegrams.
const (
	light  = 1<<11 | 2<<8 | 3 // 1/2/3
	shade  = 1<<11 | 2<<8 | 4 // 1/2/4
	device = 1<<12 | 1<<8 | 5 // 1.1.5
)

func TestValuesAreReadAndWritten(t *testing.T) {
	for network, start := range map[string]func(testing.TB) *knxtest.Device{"udp": knxtest.NewDevice, "tcp": knxtest.NewTCPDevice} {
		t.Run(network, func(t *testing.T) {
			gateway := start(t)
			gateway.Set("1/2/3", []byte{0, 0x0C, 0x1A})
			c := dial(t, network, gateway.Addr())
			require.NoError(t, c.connect(4, 4, 2, 0))
			value, err := c.readGroup(light)
			require.NoError(t, err)
			assert.Equal(t, []byte{0, 0x0C, 0x1A}, value)
			value, err = c.readGroup(shade)
			require.NoError(t, err)
			assert.Equal(t, []byte{0}, value)
			gateway.Set("1/2/4", []byte{})
			value, err = c.readGroup(shade)
			require.NoError(t, err)
			assert.Equal(t, []byte{0}, value, "six bits are the least")
			assert.Equal(t, []byte{0}, gateway.Value("1/2/4"))
			require.NoError(t, c.writeGroup(shade, 1))
			value, err = c.readGroup(shade)
			require.NoError(t, err)
			assert.Equal(t, []byte{1}, value)
			assert.Equal(t, []byte{1}, gateway.Value("1/516"))

			requests := gateway.Requests()
			require.Len(t, requests, 5)
			assert.Equal(t, []string{"1/2/3"}, requests[0].Items)
			assert.Equal(t, core.Write, requests[3].Op)
			assert.True(t, requests[3].Understood)
		})
	}
}

func TestGroupObjectsFail(t *testing.T) {
	for name, c := range map[string]struct {
		native error
		code   core.Code
		read   bool // only a read fails
	}{
		"nobody acknowledges": {knx.ConfirmError, core.KNXDeviceNotExist, false},
		"no acknowledgement":  {knx.TunnelAckTimeout, core.PluginDeviceNotResponding, false},
		"no confirmation":     {knx.ConfirmTimeout, core.PluginDeviceNotResponding, false},
		"no answer":           {knx.GroupReadTimeout, core.PluginDeviceNotResponding, true},
		"channel closed":      {knx.DisconnectRequest, core.PluginNotConnected, false},
	} {
		t.Run(name, func(t *testing.T) {
			gateway := knxtest.NewDevice(t)
			gateway.FailItem("1/2/3", c.native)
			client := open(t, gateway)
			_, err := client.readGroup(shade)
			require.NoError(t, err)
			_, err = client.readGroup(light)
			coretest.RequireStatus(t, err, c.native)
			coretest.RequireCode(t, err, c.code)
			if c.native == knx.TunnelAckTimeout {
				client.sequence-- // it never came
			}
			if c.native == knx.DisconnectRequest {
				require.NoError(t, client.connect(4, 4, 2, 0))
			}
			err = client.writeGroup(light, 1)
			if c.read {
				require.NoError(t, err)
			} else {
				coretest.RequireStatus(t, err, c.native)
			}
		})
	}
}

func TestTheNthRequest(t *testing.T) {
	gateway := knxtest.NewDevice(t)
	c := open(t, gateway)
	gateway.Fail(knx.ConfirmError, knxtest.When(3))
	for _, want := range []core.Code{core.OK, core.OK, core.KNXDeviceNotExist, core.OK} {
		_, err := c.readGroup(light)
		coretest.RequireCode(t, err, want)
	}
}

func TestDelay(t *testing.T) {
	gateway := knxtest.NewDevice(t)
	c := open(t, gateway)
	gateway.Delay(time.Hour) // the end of the test does not wait for it
	_, err := c.readGroup(light)
	coretest.RequireCode(t, err, core.PluginDeviceNotResponding)
	gateway.Disconnect() // nor does anything else
	assert.Equal(t, byte(0x09), mustRead(t, c)[3])
}

func mustRead(t *testing.T, c *client) []byte {
	t.Helper()
	require.NoError(t, c.conn.SetReadDeadline(time.Now().Add(5*time.Second)))
	f, err := c.read()
	require.NoError(t, err)
	return f
}

func TestSpontaneous(t *testing.T) {
	gateway := knxtest.NewDevice(t)
	c, other := open(t, gateway), open(t, gateway)
	gateway.Indicate("1/2/3", []byte{1})
	for _, c := range []*client{c, other} {
		f := mustRead(t, c)
		assert.Equal(t, []byte{0x29, 0x00, 0xBC, 0xE0, 0x11, 0x01, 0x0A, 0x03, 0x01, 0x00, 0x81}, f[10:])
		c.acknowledge(f)
		_, err := c.conversation.Received(nil, f)
		require.ErrorIs(t, err, core.ErrNotResponse)
	}
	value, err := c.readGroup(light)
	require.NoError(t, err)
	assert.Equal(t, []byte{1}, value)

	gateway.Disconnect()
	statuses, err := c.conversation.Received(nil, mustRead(t, c))
	require.NoError(t, err)
	coretest.RequireStatus(t, statuses[0].Err(core.Other), knx.DisconnectRequest)
	_, err = c.readGroup(light)
	coretest.RequireStatus(t, err, knx.TunnelAckTimeout)
}

func TestPortClosed(t *testing.T) {
	gateway := knxtest.NewDevice(t)
	c := open(t, gateway)
	gateway.Refuse()
	_, err := c.readGroup(light)
	coretest.RequireCode(t, err, core.PluginNotConnected)
	gateway.Recover()
	_, err = c.readGroup(light)
	coretest.RequireStatus(t, err, knx.TunnelAckTimeout) // the channel is forgotten
	require.NoError(t, c.connect(4, 4, 2, 0))
	_, err = c.readGroup(light)
	require.NoError(t, err)
}

func TestWhatIsNotUnderstood(t *testing.T) {
	gateway := knxtest.NewDevice(t)
	c := open(t, gateway)
	coretest.RequireStatus(t, c.request(core.Read, tunnelling, 0xFC, 0, 0, 1, 52, 0x10, 1), knx.AckETunnellingLayer)
	require.NoError(t, c.telegram(core.Write, 0x60, device, 0x02, 0x81, 0, 0, 0)) // A_Memory_Write is only confirmed
	for _, f := range [][]byte{[]byte("GET / HTTP/1.1\r\n\r\n"), {}, {6}, frame(tunnelling), frame(0x9999, 1), frame(0x0422, 4, 2, 2, 0)} {
		_, err := c.conn.Write(f)
		require.NoError(t, err)
	}
	require.NoError(t, c.conn.SetReadDeadline(time.Now().Add(patience)))
	_, err := c.read()
	coretest.RequireCode(t, knx.Translate(core.Read, err), core.PluginDeviceNotResponding)
	for _, q := range gateway.Requests() {
		assert.False(t, q.Understood, "%x", q.Raw)
	}

	c = dial(t, "tcp", knxtest.NewTCPDevice(t).Addr())
	_, err = c.conn.Write(frame(0x9999, 1))
	require.NoError(t, err)
	require.NoError(t, c.connect(4, 4, 2, 0), "it does not end the connection")
}

func TestAddresses(t *testing.T) {
	gateway := knxtest.NewDevice(t)
	for _, addr := range []string{"", "1", "1/2", "32/0/1", "1/8/1", "1/2048", "1.1", "16.1.1", "feature", "feature 256", "property 1", "1.1 property 1/1/1", "1.1.5 property 1/1/4096"} {
		if addr == "1/2" {
			assert.NotPanics(t, func() { gateway.Set(addr, nil) }, "two levels")
			continue
		}
		assert.Panics(t, func() { gateway.Set(addr, nil) }, addr)
		assert.Panics(t, func() { gateway.Value(addr) }, addr)
	}
	assert.Panics(t, func() { gateway.Indicate("1.1.5", nil) })
}

// What was recorded at a plant fails in a unit test as it did there.
func TestReplay(t *testing.T) {
	stanzas, err := coretest.ParseFrames("plant.frames", []byte(`name: nobody on the line
from: constructed, KNX 3/8/4 and 3/6/3: acknowledgement and negative confirmation
op: read
sent: 061004200015 04090500 1100bce000000a03010000
recv: 06100421000a 04090500
recv: 061004200015 04090700 2e00bde011050a03010000
expect: cemi-confirm 0x01 CONFIRM_ERROR 10200

name: a value
from: constructed, KNX 3/8/4 and 3/6/3: acknowledgement, confirmation and value
op: read
sent: 061004200015 04090500 1100bce000000a03010000
recv: 06100421000a 04090500
recv: 061004200015 04090700 2e00bce011050a03010000
recv: 061004200015 04090800 2900bce011050a03010041
expect: return-code 0x00 E_SUCCESS 0

name: refused
from: constructed, KNX 3/8/4: acknowledgement with a status
op: read
sent: 061004200015 04090500 1100bce000000a03010000
recv: 06100421000a 04090521
expect: knxnetip-ack-status 0x21 E_CONNECTION_ID 3002

name: cut short
from: constructed, KNX 3/8/4: an acknowledgement of eight octets
op: read
sent: 061004200015 04090500 1100bce000000a03010000
recv: 061004210008 0409
expect: frame - TruncatedBody 3009

name: closed
from: constructed, KNX 3/8/2: disconnect request
op: read
sent: 061004200015 04090500 1100bce000000a03010000
recv: 061002090010 0900 08017f0000010e57
expect: knxnetip-service 0x0209 DISCONNECT_REQUEST 3002
`))
	require.NoError(t, err)
	for network, start := range map[string]func(testing.TB) *knxtest.Device{"udp": knxtest.NewDevice, "tcp": knxtest.NewTCPDevice} {
		t.Run(network, func(t *testing.T) {
			gateway := start(t)
			c := dial(t, network, gateway.Addr())
			require.NoError(t, c.connect(4, 4, 2, 0))
			gateway.Replay(stanzas[:2]...)
			_, err = c.readGroup(light)
			coretest.RequireStatus(t, err, knx.ConfirmError)
			value, err := c.readGroup(light)
			require.NoError(t, err)
			assert.Equal(t, []byte{1}, value)
			_, err = c.readGroup(light)
			require.NoError(t, err, "the device goes on counting")
			if network == "tcp" {
				return // where nothing is acknowledged
			}
			gateway.Replay(stanzas[2])
			_, err = c.readGroup(light)
			coretest.RequireStatus(t, err, knx.AckEConnectionID)
			c.sequence--
			_, err = c.readGroup(light)
			require.NoError(t, err, "after a refusal the same counter comes again")
			gateway.Replay(stanzas[3:]...)
			_, err = c.readGroup(light)
			coretest.RequireCode(t, err, core.PluginProtocolParseFailed)
			_, err = c.readGroup(light)
			coretest.RequireStatus(t, err, knx.DisconnectRequest)
		})
	}
}
