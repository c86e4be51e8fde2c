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

// property is what the extended services name 1.1.5 property 11/1/52 by, with
// one element from index 1 on.
var property = []byte{0, 11, 0x00, 0x10, 0x34, 1, 0, 1}

func (c *client) readProperty() ([]byte, error) {
	err := c.telegram(core.Read, 0x60, device, append([]byte{0x01, 0xCC}, property...)...)
	return c.value, err
}

func (c *client) writeProperty(value byte) error {
	return c.telegram(core.Write, 0x60, device, append(append([]byte{0x01, 0xCE}, property...), value)...)
}

func TestPropertiesOfDevices(t *testing.T) {
	gateway := knxtest.NewDevice(t)
	gateway.Set("1.1.5 property 11/1/52", []byte{7})
	c := open(t, gateway)
	value, err := c.readProperty()
	require.NoError(t, err)
	assert.Equal(t, []byte{7}, value)
	require.NoError(t, c.writeProperty(8))
	assert.Equal(t, []byte{8}, gateway.Value("1.1.5 property 11/1/52"))
	assert.Equal(t, core.Read, gateway.Requests()[0].Op)
	assert.Equal(t, core.Write, gateway.Requests()[1].Op)
	for code := 0xA0; code < 256; code++ {
		gateway.FailItem("1.1.5", knx.ReturnCode(code))
		_, err := c.readProperty()
		coretest.RequireStatus(t, err, knx.ReturnCode(code))
		coretest.RequireStatus(t, c.writeProperty(9), knx.ReturnCode(code))
		gateway.Recover()
	}
	assert.Equal(t, []byte{8}, gateway.Value("1.1.5 property 11/1/52"))
	gateway.FailItem("1.1.5", knx.ResponseTimeout, knxtest.Next)
	_, err = c.readProperty()
	coretest.RequireStatus(t, err, knx.ResponseTimeout)
	gateway.FailItem("1.1.5", knx.ConfirmError)
	_, err = c.readProperty()
	coretest.RequireCode(t, err, core.KNXDeviceNotExist)
}

// The standard's check whether a device is there.
func TestPresence(t *testing.T) {
	gateway := knxtest.NewDevice(t)
	c := open(t, gateway)
	check := func() error {
		if err := c.telegram(core.Connect, 0x60, device, 0x80); err != nil {
			return err
		}
		defer func() { _ = c.telegram(core.Other, 0x60, device, 0x81) }()
		return c.telegram(core.Read, 0x60, device, 0x43, 0x00)
	}
	require.NoError(t, check())
	require.NoError(t, check())
	gateway.FailItem("1.1.6", knx.PresenceCheckTimeout)
	require.NoError(t, check())

	gateway.FailItem("1.1.5", knx.TDisconnect)
	coretest.RequireStatus(t, check(), knx.TDisconnect)
	gateway.Recover()
	gateway.FailItem("1.1.5", knx.TNAK, knxtest.When(2))
	coretest.RequireCode(t, check(), core.PluginMessageDisorder)

	stranger := open(t, gateway) // it has not heard the device yet
	c = stranger
	gateway.FailItem("1.1.5", knx.PresenceCheckTimeout)
	coretest.RequireCode(t, check(), core.KNXDeviceNotExist)
	for _, q := range gateway.Requests() {
		assert.Equal(t, []string{"1.1.5"}, q.Items)
	}
}

// TestTransportConnection looks at the numbers that a device counts on it.
func TestTransportConnection(t *testing.T) {
	gateway := knxtest.NewDevice(t)
	c := open(t, gateway)
	// ask sends a TPDU, and returns those that come from the device.
	ask := func(tpdu ...byte) (said [][]byte) {
		t.Helper()
		cemi := []byte{0x11, 0, 0xBC, 0x60, 0, 0, device >> 8, device & 0xFF, byte(len(tpdu) - 1)}
		_, err := c.conn.Write(frame(tunnelling, append([]byte{4, c.channel, c.sequence, 0}, append(cemi, tpdu...)...)...))
		require.NoError(t, err)
		c.sequence++
		for {
			require.NoError(t, c.conn.SetReadDeadline(time.Now().Add(patience)))
			f, err := c.read()
			if err != nil {
				return said
			}
			c.acknowledge(f)
			if len(f) > 10 && f[10] == 0x29 {
				said = append(said, f[19:])
			}
		}
	}
	descriptor := func(number byte) []byte { return []byte{0x43 | number<<2, 0x40, 0x07, 0xB0} }
	for range 2 { // a new connection counts from 0
		assert.Empty(t, ask(0x80))
		assert.Equal(t, [][]byte{{0xC2}, descriptor(0)}, ask(0x43, 0x00))
		assert.Equal(t, [][]byte{{0xC6}, descriptor(1)}, ask(0x47, 0x00))
	}
	assert.Equal(t, [][]byte{{0x03, 0x40, 0x07, 0xB0}}, ask(0x03, 0x00), "without a connection")
	gateway.FailItem("1.1.5", knx.TNAK)
	assert.Equal(t, [][]byte{{0xCB}}, ask(0x4B, 0x00), "the number that was asked with")
	gateway.Recover()
	gateway.FailItem("1.1.5", knx.TDisconnect)
	assert.Equal(t, [][]byte{{0x81}}, ask(0x4B, 0x00))
	gateway.Recover()
	for _, silence := range []error{knx.TransportAckTimeout, knx.PresenceCheckTimeout} {
		gateway.FailItem("1.1.5", silence)
		assert.Empty(t, ask(0x4B, 0x00))
		gateway.Recover()
	}
	gateway.FailItem("1.1.5", knx.ResponseTimeout)
	assert.Equal(t, [][]byte{{0xCA}}, ask(0x4B, 0x00), "the device has got it, and says no more")
}

// TestNumbers of channels and, over TCP, of frames. (Over UDP a frame waits
// until the one before it is acknowledged.)
func TestNumbers(t *testing.T) {
	gateway := knxtest.NewTCPDevice(t)
	c := dial(t, "tcp", gateway.Addr())
	for i := range 255 + 3 { // behind the last number comes the first
		require.NoError(t, c.connect(4, 4, 2, 0))
		require.EqualValues(t, i%255+1, c.channel)
		if i < 255 {
			require.NoError(t, c.exchange(core.Other, frame(0x0209, c.channel, 0, 8, 1, 0, 0, 0, 0, 0, 0)))
		}
	}
	gateway.Indicate("1/2/3", []byte{1})
	gateway.Indicate("1/2/3", []byte{2})
	sequences := map[byte][]byte{}
	for range 6 {
		f := mustRead(t, c)
		sequences[f[7]] = append(sequences[f[7]], f[8])
	}
	assert.Equal(t, map[byte][]byte{1: {0, 1}, 2: {0, 1}, 3: {0, 1}}, sequences)
	gateway.Indicate("1/2/3", nil)
	assert.Equal(t, []byte{0x01, 0x00, 0x80}, mustRead(t, c)[18:], "six bits are the least")
}

// TestAdditionalInformation in front of a telegram is kept in its confirmation.
func TestAdditionalInformation(t *testing.T) {
	gateway := knxtest.NewDevice(t)
	c := open(t, gateway)
	write := func() error {
		return c.request(core.Write, tunnelling, 0x11, 4, 5, 2, 0xAA, 0xBB, 0xBC, 0xE0, 0, 0, 0x0A, 0x03, 1, 0, 0x81)
	}
	require.NoError(t, write())
	assert.Equal(t, []byte{1}, gateway.Value("1/2/3"))
	gateway.Fail(knx.ConfirmError)
	coretest.RequireStatus(t, write(), knx.ConfirmError)
}

func TestFeatures(t *testing.T) {
	gateway := knxtest.NewDevice(t)
	c := open(t, gateway)
	require.NoError(t, c.request(core.Read, 0x0422, 3, 0))
	assert.Equal(t, []byte{1}, c.value)
	gateway.Set("feature 3", []byte{0})
	coretest.RequireStatus(t, c.request(core.Read, 0x0422, 3, 0), knx.BusDisconnected)
	gateway.FailItem("feature 1", knx.ReturnEAccessReadOnly)
	coretest.RequireCode(t, c.request(core.Write, 0x0424, 1, 0, 5), core.PluginTagNotWritable)
	require.NoError(t, c.request(core.Write, 0x0424, 8, 0, 1))
	assert.Equal(t, []byte{1}, gateway.Value("feature 8"))
}

func TestManagement(t *testing.T) {
	gateway := knxtest.NewDevice(t)
	gateway.Set("property 11/1/52", []byte{7})
	c := dial(t, "udp", gateway.Addr())
	require.NoError(t, c.connect(2, 3))
	read := func() error { return c.request(core.Read, management, 0xFC, 0, 11, 1, 52, 0x10, 1) }
	write := func() error { return c.request(core.Write, management, 0xF6, 0, 11, 1, 52, 0x10, 1, 8) }
	require.NoError(t, read())
	assert.Equal(t, []byte{7}, c.value)
	require.NoError(t, write())
	assert.Equal(t, []byte{8}, gateway.Value("property 11/1/52"))
	for e := range 256 {
		gateway.FailItem("property 11/1/52", knx.PropertyError(e))
		coretest.RequireStatus(t, read(), knx.PropertyError(e))
		coretest.RequireStatus(t, write(), knx.PropertyError(e))
		gateway.Recover()
	}
	gateway.Fail(knx.ConfigAckTimeout, knxtest.Next)
	coretest.RequireStatus(t, read(), knx.ConfigAckTimeout)
	c.sequence--
	gateway.Fail(knx.AckEDataConnection, knxtest.Next)
	coretest.RequireStatus(t, read(), knx.AckEDataConnection)
	gateway.Fail(knx.ResponseTimeout, knxtest.Next)
	coretest.RequireStatus(t, read(), knx.ResponseTimeout)
	// A telegram has no place here.
	coretest.RequireStatus(t, c.writeGroup(light, 1), knx.AckETunnellingLayer)
}
