package knxtest_test

import (
	"fmt"
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

func TestFaultsOfTheFrame(t *testing.T) {
	for name, c := range map[string]struct {
		fault    knxtest.Fault
		udp, tcp core.Code
	}{
		"silence":      {knxtest.Silence, core.PluginDeviceNotResponding, core.PluginDeviceNotResponding},
		"cut":          {knxtest.Cut, core.PluginProtocolParseFailed, core.PluginNotConnected},
		"close":        {knxtest.Close, core.PluginDeviceNotResponding, core.PluginNotConnected},
		"reset":        {knxtest.Reset, core.PluginDeviceNotResponding, core.PluginNotConnected},
		"garbage":      {knxtest.Garbage, core.PluginProtocolParseFailed, core.PluginProtocolParseFailed},
		"truncated":    {knxtest.Truncated, core.PluginProtocolParseFailed, core.PluginProtocolParseFailed},
		"wrong length": {knxtest.WrongLength, core.PluginProtocolParseFailed, core.PluginProtocolParseFailed},
		"wrong id":     {knxtest.WrongID, core.PluginMessageDisorder, core.PluginDeviceNotResponding},
	} {
		for network, want := range map[string]core.Code{"udp": c.udp, "tcp": c.tcp} {
			for _, op := range []core.Op{core.Read, core.Write} {
				t.Run(fmt.Sprintf("%s, %s, %s", name, network, op), func(t *testing.T) {
					start := knxtest.NewDevice
					if network == "tcp" {
						start = knxtest.NewTCPDevice
					}
					gateway := start(t)
					gateway.Set("1/2/3", []byte{0, 1, 2})
					client := dial(t, network, gateway.Addr())
					require.NoError(t, client.connect(4, 4, 2, 0))
					gateway.Break(c.fault, knxtest.Next)
					do := func() error {
						if op == core.Write {
							return client.writeGroup(light, 0, 1, 2)
						}
						_, err := client.readGroup(light)
						return err
					}
					coretest.RequireCode(t, do(), want)

					// After any of these a driver connects again, and all is well.
					client = dial(t, network, gateway.Addr())
					require.NoError(t, client.connect(4, 4, 2, 0))
					require.NoError(t, do())
				})
			}
		}
	}
}

// TestSpoiledFrames: what exactly is wrong with a damaged confirmation, behind
// additional information, too.
func TestSpoiledFrames(t *testing.T) {
	for _, info := range [][]byte{{0}, {4, 5, 2, 0xAA, 0xBB}} {
		telegram := append(append([]byte{0x11}, info...), 0xBC, 0xE0, 0, 0, 0x0A, 0x03, 1, 0, 0x81)
		at := 6 + 4 + 1 + len(info) // of the control field in a frame
		for network, start := range map[string]func(testing.TB) *knxtest.Device{"udp": knxtest.NewDevice, "tcp": knxtest.NewTCPDevice} {
			last := func(fault knxtest.Fault) []byte {
				t.Helper()
				gateway := start(t)
				c := dial(t, network, gateway.Addr())
				require.NoError(t, c.connect(4, 4, 2, 0))
				if fault != 0 {
					gateway.Break(fault, knxtest.Next)
				}
				_, err := c.conn.Write(frame(tunnelling, append([]byte{4, c.channel, 0, 0}, telegram...)...))
				require.NoError(t, err)
				f := mustRead(t, c)
				if network == "udp" && fault != knxtest.WrongID {
					f = mustRead(t, c) // behind the acknowledgement
				}
				return append([]byte(nil), f...)
			}
			good := last(0)
			n := byte(at + 9)
			require.Len(t, good, int(n))
			change := func(at int, b byte) []byte {
				f := append([]byte(nil), good...)
				f[at] = b
				return f
			}
			assert.Equal(t, change(5, n-1)[:n-1], last(knxtest.Truncated), network)
			switch network {
			case "udp":
				assert.Equal(t, change(5, n+1), last(knxtest.WrongLength))
				assert.Equal(t, frame(0x0421, 4, 1, 0x80, 0), last(knxtest.WrongID), "the acknowledgement")
			case "tcp":
				assert.Equal(t, change(at+6, 2), last(knxtest.WrongLength), "of the telegram")
				assert.Equal(t, change(at+5, 0x03^0xFF), last(knxtest.WrongID), "another destination")
			}
		}
	}
}

// TestSpoiledInTurn: a telegram that waits for the acknowledgement of another
// one is damaged when its turn comes.
func TestSpoiledInTurn(t *testing.T) {
	gateway := knxtest.NewDevice(t)
	c := open(t, gateway)
	write := func(sequence byte) {
		_, err := c.conn.Write(frame(tunnelling, 4, c.channel, sequence, 0, 0x11, 0, 0xBC, 0xE0, 0, 0, 0x0A, 0x03, 1, 0, 0x81))
		require.NoError(t, err)
		assert.Equal(t, byte(0x21), mustRead(t, c)[3])
	}
	write(0)
	first := mustRead(t, c)
	gateway.Break(knxtest.Truncated, knxtest.Next)
	write(1)
	assert.Equal(t, first, mustRead(t, c), "again, and whole")
	c.acknowledge(first)
	second := mustRead(t, c)
	assert.Len(t, second, len(first)-1)
}

// TestFaultsThatDoNotFit: a frame without a telegram has no such fields.
func TestFaultsThatDoNotFit(t *testing.T) {
	for fault, value := range map[knxtest.Fault][]byte{knxtest.WrongLength: {1, 2, 3, 4, 5, 6}, knxtest.WrongID: {1, 2, 3, 4, 5}} {
		gateway := knxtest.NewTCPDevice(t)
		c := dial(t, "tcp", gateway.Addr())
		require.NoError(t, c.connect(4, 4, 2, 0))
		gateway.Set("feature 8", value)
		gateway.Break(fault, knxtest.Next)
		require.NoError(t, c.request(core.Read, 0x0422, 8, 0))
		assert.Equal(t, value, c.value)
	}
}

// TestWrongIDOverTCP: none of the frames that answer a request is for its
// channel, the confirmation included.
func TestWrongIDOverTCP(t *testing.T) {
	gateway := knxtest.NewTCPDevice(t)
	c := dial(t, "tcp", gateway.Addr())
	require.NoError(t, c.connect(4, 4, 2, 0))
	gateway.Break(knxtest.WrongID, knxtest.Next)
	_, err := c.readGroup(light)
	coretest.RequireStatus(t, err, knx.ConfirmTimeout)
}

func TestSequenceGap(t *testing.T) {
	gateway := knxtest.NewDevice(t)
	c := open(t, gateway)
	gateway.Fail(knx.FrameSequenceGap, knxtest.Next)
	coretest.RequireStatus(t, c.writeGroup(light, 1), knx.FrameSequenceGap)
}

// A status that does not fit is a mistake of the test, which its log tells.
func TestStatusesThatDoNotFit(t *testing.T) {
	for _, native := range []error{knx.EConnectionID, knx.ReturnEError, knx.PropertyReadOnly, knx.TDisconnect, knx.RoutingBusy, knx.PresenceCheckTimeout, knx.HeartbeatFailed} {
		log := &recorder{TB: t}
		gateway := knxtest.NewDevice(log)
		c := open(t, gateway)
		gateway.Fail(native)
		_, err := c.readGroup(light)
		require.NoError(t, err)
		gateway.Close()
		assert.Contains(t, log.text, `no answer to a read of "1/2/3" says`)
	}
}

// A recorder keeps what is logged.
type recorder struct {
	testing.TB
	text string
}

func (r *recorder) Logf(format string, args ...any) { r.text += fmt.Sprintf(format, args...) }

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

func TestDisconnect(t *testing.T) {
	c := open(t, knxtest.NewDevice(t))
	disconnect := frame(0x0209, c.channel, 0, 8, 1, 0, 0, 0, 0, 0, 0)
	require.NoError(t, c.exchange(core.Other, disconnect))
	coretest.RequireStatus(t, c.exchange(core.Other, disconnect), knx.EConnectionID)
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
