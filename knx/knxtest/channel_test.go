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

func TestConnectRefused(t *testing.T) {
	gateway := knxtest.NewDevice(t)
	c := dial(t, "udp", gateway.Addr())
	for status := 1; status < 256; status++ {
		gateway.RefuseConnect(knx.ErrorCode(status))
		err := c.connect(4, 4, 2, 0)
		coretest.RequireStatus(t, err, knx.ErrorCode(status))
		coretest.RequireCode(t, err, knx.ErrorCode(status).Status().Code(core.Connect))
	}
	gateway.Recover()
	coretest.RequireStatus(t, c.connect(4, 4, 0x80, 0), knx.ETunnellingLayer) // busmonitor
	coretest.RequireStatus(t, c.connect(2, 6), knx.EConnectionType)
	coretest.RequireStatus(t, c.connect(), knx.EConnectionOption)
	gateway.Mute()
	coretest.RequireStatus(t, c.connect(4, 4, 2, 0), knx.ConnectTimeout)
	gateway.Recover()
	require.NoError(t, c.connect(4, 4, 2, 0))
}

func TestAcknowledgements(t *testing.T) {
	gateway := knxtest.NewDevice(t)
	c := open(t, gateway)
	for status := 1; status < 256; status++ {
		gateway.Fail(knx.AckCode(status), knxtest.Next)
		err := c.writeGroup(light, 1)
		coretest.RequireStatus(t, err, knx.AckCode(status))
		coretest.RequireCode(t, err, knx.AckCode(status).Status().Code(core.Write))
	}
	require.NoError(t, c.writeGroup(light, 1))
	// After a refusal, the same counter may come again.
	gateway.Fail(knx.AckEError, knxtest.Next)
	coretest.RequireStatus(t, c.writeGroup(light, 1), knx.AckEError)
	c.sequence--
	require.NoError(t, c.writeGroup(light, 1))
}

func TestConnectionState(t *testing.T) {
	gateway := knxtest.NewDevice(t)
	c := open(t, gateway)
	state := func() error {
		return c.exchange(core.Other, frame(0x0207, c.channel, 0, 8, 1, 0, 0, 0, 0, 0, 0))
	}
	require.NoError(t, state())
	for status := 1; status < 256; status++ {
		gateway.RefuseState(knx.ErrorCode(status))
		coretest.RequireStatus(t, state(), knx.ErrorCode(status))
	}
	gateway.RefuseState(knx.EKNXConnection)
	require.Error(t, state())
	gateway.Fail(knx.ConfirmError)
	coretest.RequireCode(t, c.writeGroup(light, 1), core.PluginNotConnected) // the bus is down
	gateway.Recover()
	gateway.Drop()
	coretest.RequireStatus(t, state(), knx.EConnectionID)
	gateway.Mute()
	coretest.RequireStatus(t, state(), knx.HeartbeatFailed)
}

// A request that was lost is repeated, done once, and answered.
func TestRepetition(t *testing.T) {
	for name, lose := range map[string]func(*knxtest.Device){
		"the answer is lost":  func(g *knxtest.Device) { g.Break(knxtest.Silence, knxtest.Next) },
		"the request is lost": func(g *knxtest.Device) { g.Fail(knx.TunnelAckTimeout, knxtest.Next) },
		"both are lost in turns": func(g *knxtest.Device) {
			g.Fail(knx.TunnelAckTimeout, knxtest.Next)
			g.Break(knxtest.Silence, knxtest.When(2))
		},
	} {
		t.Run(name, func(t *testing.T) {
			gateway := knxtest.NewDevice(t)
			gateway.Set("1/2/3", []byte{9})
			c := open(t, gateway)
			c.repeat = 2
			lose(gateway)
			value, err := c.readGroup(light)
			require.NoError(t, err)
			assert.Equal(t, []byte{9}, value)
			require.NoError(t, c.writeGroup(light, 1))
			requests := gateway.Requests()
			assert.Equal(t, requests[0].Raw, requests[1].Raw)
		})
	}
}

// A telegram waits until the one before it is acknowledged, and comes again
// with the next request of a client that did not acknowledge it.
func TestUnacknowledgedTelegrams(t *testing.T) {
	gateway := knxtest.NewDevice(t)
	c := open(t, gateway)
	read := func() []byte {
		t.Helper()
		require.NoError(t, c.conn.SetReadDeadline(time.Now().Add(5*time.Second)))
		f, err := c.read()
		require.NoError(t, err)
		return f
	}
	write := func(sequence byte) []byte {
		return frame(tunnelling, 4, c.channel, sequence, 0, 0x11, 0, 0xBC, 0xE0, 0, 0, 0x0A, 0x03, 1, 0, 0x80)
	}
	_, err := c.conn.Write(write(0))
	require.NoError(t, err)
	assert.Equal(t, byte(0x21), read()[3])
	first := read()
	assert.Equal(t, byte(0x2E), first[10])
	_, err = c.conn.Write(write(1))
	require.NoError(t, err)
	assert.Equal(t, byte(0x21), read()[3])
	assert.Equal(t, first, read(), "the first confirmation again")
	c.acknowledge(first)
	second := read()
	assert.Equal(t, first[8]+1, second[8])
	c.acknowledge(first) // late, and of no use
	c.acknowledge(second)
	_, err = c.conn.Write(write(7)) // neither the next counter nor the last one
	require.NoError(t, err)
	require.NoError(t, c.conn.SetReadDeadline(time.Now().Add(patience)))
	_, err = c.read()
	coretest.RequireCode(t, knx.Translate(core.Read, err), core.PluginDeviceNotResponding)
}

func TestDisconnect(t *testing.T) {
	c := open(t, knxtest.NewDevice(t))
	disconnect := frame(0x0209, c.channel, 0, 8, 1, 0, 0, 0, 0, 0, 0)
	require.NoError(t, c.exchange(core.Other, disconnect))
	coretest.RequireStatus(t, c.exchange(core.Other, disconnect), knx.EConnectionID)
}

func TestSearchAndDescription(t *testing.T) {
	gateway := knxtest.NewDevice(t)
	c := dial(t, "udp", gateway.Addr())
	for service, answer := range map[uint16]byte{0x0201: 0x02, 0x0203: 0x04} {
		require.NoError(t, c.exchange(core.Other, frame(service, 8, 1, 0, 0, 0, 0, 0, 0)))
		_, err := c.conn.Write(frame(service, 8, 1, 0, 0, 0, 0, 0, 0))
		require.NoError(t, err)
		f := mustRead(t, c)
		assert.Equal(t, answer, f[3])
		assert.Contains(t, string(f), "knxtest")
	}
	_, err := c.conn.Write(frame(0x0201)) // without an address
	require.NoError(t, err)
	assert.EqualValues(t, 0x02, mustRead(t, c)[3])
	require.NoError(t, c.connect(4, 4, 2, 0))
	endpoint, ok := c.conversation.DataEndpoint()
	assert.True(t, ok)
	assert.Equal(t, gateway.Addr(), endpoint.String())
	gateway.Mute()
	err = c.exchange(core.Connect, frame(0x0201, 8, 1, 0, 0, 0, 0, 0, 0))
	coretest.RequireStatus(t, err, knx.SearchTimeout)
	coretest.RequireCode(t, err, core.KNXDeviceNotExist)
	coretest.RequireStatus(t, c.exchange(core.Connect, frame(0x0203, 8, 1, 0, 0, 0, 0, 0, 0)), knx.DescriptionTimeout)
}

func TestSecureSessions(t *testing.T) {
	gateway := knxtest.NewTCPDevice(t)
	request := frame(0x0951, make([]byte, 8+32)...)
	c := dial(t, "tcp", gateway.Addr())
	err := c.exchange(core.Connect, request)
	coretest.RequireStatus(t, err, knx.SessionResponseRefused)
	coretest.RequireCode(t, err, core.PluginNotConnected)
	_, err = c.conn.Write(request)
	require.NoError(t, err)
	assert.Len(t, mustRead(t, c), 6+2+32+16)
	for _, status := range []knx.SessionStatus{knx.SessionStatusAuthenticationFailed, knx.SessionStatusUnauthenticated, knx.SessionStatusTimeout, knx.SessionStatusClose} {
		gateway.RefuseSession(status)
		coretest.RequireStatus(t, c.exchange(core.Connect, request), status)
	}
}
