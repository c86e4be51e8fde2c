package knxtest_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
	"github.com/fieldstatus/fieldstatus/knx"
	"github.com/fieldstatus/fieldstatus/knx/knxtest"
)

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
