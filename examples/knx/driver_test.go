package knx

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
	"github.com/fieldstatus/fieldstatus/core/devicetest"
	knxstatus "github.com/fieldstatus/fieldstatus/knx"
	"github.com/fieldstatus/fieldstatus/knx/knxtest"

	"github.com/fieldstatus/fieldstatus/examples/southbound"
	"github.com/fieldstatus/fieldstatus/examples/southbound/drivertest"
)

// tags have one of each type. The first two are the ones that tests fail.
var tags = []southbound.Tag{
	{Name: "position", Address: "1/2/3", Type: southbound.Int16},
	{Name: "brightness", Address: "1/2/4", Type: southbound.Uint16},
	{Name: "light", Address: "1/2/5", Type: southbound.Bool},
	{Name: "temperature", Address: "2/1", Type: southbound.Float},
	{Name: "energy", Address: "3/0/1", Type: southbound.Int32},
	{Name: "pulses", Address: "3/0/2", Type: southbound.Uint32},
	{Name: "raw", Address: "3/0/3", Type: southbound.Double},
	{Name: "light again", Address: "1/517", Type: southbound.Bool, ReadOnly: true}, // 1/2/5
}

var values = []any{int16(-5), uint16(5), true, float32(21.5), int32(-100000), uint32(0x12345678), 2.25, true}

// start returns a gateway whose bus holds the values, and a driver for it.
func start(t testing.TB) (*knxtest.Device, Driver) {
	t.Helper()
	plant := knxtest.NewDevice(t)
	plant.Set("1/2/3", []byte{0, 0xFF, 0xFB})
	plant.Set("1/2/4", []byte{0, 0, 5})
	plant.Set("1/2/5", []byte{1})
	plant.Set("2/1", []byte{0, 0x0C, 0x33})
	plant.Set("3/0/1", []byte{0, 0xFF, 0xFE, 0x79, 0x60})
	plant.Set("3/0/2", []byte{0, 0x12, 0x34, 0x56, 0x78})
	plant.Set("3/0/3", []byte{0, 0x40, 0x02, 0, 0, 0, 0, 0, 0})
	return plant, Driver{Addr: plant.Addr(), Timeout: drivertest.Patience}
}

func TestDriver(t *testing.T) {
	drivertest.Run(t, drivertest.Subject{
		Start: func(t testing.TB) (drivertest.Device, southbound.Driver) {
			plant, driver := start(t)
			driver.Timeout = drivertest.Impatience
			return plant, driver
		},
		Tags:    tags,
		Values:  values,
		Unknown: knxstatus.ConfirmError,
		Code:    core.KNXDeviceNotExist,
		Silent:  core.PluginDeviceNotResponding,
		Off:     core.PluginNotConnected,
		Repeats: true,
		Timeout: 2 * drivertest.Impatience,
	})
}

type failure drivertest.Failure[*knxtest.Device]

// TestFailures: what gateway and bus do to position, and what becomes of it. The
// other tags share its fate where the channel is in question.
func TestFailures(t *testing.T) {
	item := func(native error) func(*knxtest.Device) {
		return func(plant *knxtest.Device) { plant.FailItem("1/2/3", native) }
	}
	fault := func(f devicetest.Fault) func(*knxtest.Device) {
		return func(plant *knxtest.Device) { plant.Break(f) }
	}
	value := func(octets ...byte) func(*knxtest.Device) {
		return func(plant *knxtest.Device) { plant.Set("1/2/3", octets) }
	}
	for name, c := range map[string]failure{
		"device does not exist": {item(knxstatus.ConfirmError), core.KNXDeviceNotExist, knxstatus.ConfirmError, core.Fix, drivertest.Alone},
		"nobody answers":        {item(knxstatus.GroupReadTimeout), core.PluginDeviceNotResponding, knxstatus.GroupReadTimeout, core.Retry, drivertest.Alone},
		"no confirmation":       {item(knxstatus.ConfirmTimeout), core.PluginDeviceNotResponding, knxstatus.ConfirmTimeout, core.Retry, drivertest.Alone},
		"refused telegram":      {item(knxstatus.AckETunnellingLayer), core.PluginReadFailed, knxstatus.AckETunnellingLayer, core.Fix, drivertest.Alone},
		"value too short":       {value(0, 1), core.PluginTagTypeMismatch, knxstatus.ValueLengthMismatch, core.Fix, drivertest.Alone},
		"a bit":                 {value(1), core.PluginTagTypeMismatch, knxstatus.ValueLengthMismatch, core.Fix, drivertest.Alone},

		"channel unknown":   {item(knxstatus.AckEConnectionID), core.PluginNotConnected, knxstatus.AckEConnectionID, core.Reconnect, drivertest.Lost},
		"gateway hangs up":  {item(knxstatus.DisconnectRequest), core.PluginNotConnected, knxstatus.DisconnectRequest, core.Reconnect, drivertest.Lost},
		"channel ended":     {(*knxtest.Device).Disconnect, core.PluginNotConnected, knxstatus.DisconnectRequest, core.Reconnect, drivertest.Lost},
		"gateway is silent": {(*knxtest.Device).Mute, core.PluginDeviceNotResponding, knxstatus.TunnelAckTimeout, core.Reconnect, drivertest.Lost},
		"disorder":          {fault(knxtest.WrongID), core.PluginMessageDisorder, core.FrameForeign, core.Reconnect, drivertest.Lost},
		"garbage":           {fault(knxtest.Garbage), core.PluginProtocolParseFailed, core.PluginProtocolParseFailed, core.Reconnect, drivertest.Lost},
		"cut":               {fault(knxtest.Cut), core.PluginProtocolParseFailed, core.PluginProtocolParseFailed, core.Reconnect, drivertest.Lost},
		"truncated":         {fault(knxtest.Truncated), core.PluginProtocolParseFailed, core.PluginProtocolParseFailed, core.Reconnect, drivertest.Lost},
		"wrong length":      {fault(knxtest.WrongLength), core.PluginProtocolParseFailed, core.PluginProtocolParseFailed, core.Reconnect, drivertest.Lost},
	} {
		t.Run(name, func(t *testing.T) {
			plant, driver := start(t)
			if c.Code == core.PluginDeviceNotResponding {
				driver.Timeout = drivertest.Impatience
			}
			drivertest.Failure[*knxtest.Device](c).Require(t, plant, driver, tags, func() { plant.Set("1/2/3", []byte{0, 0xFF, 0xFB}) })
		})
	}
}

// TestRefusedChannels: also the statuses that knx-go keeps to itself.
func TestRefusedChannels(t *testing.T) {
	refuse := func(status knxstatus.ErrorCode) func(*knxtest.Device) {
		return func(plant *knxtest.Device) { plant.RefuseConnect(status) }
	}
	for name, c := range map[string]failure{
		"full":               {refuse(knxstatus.ENoMoreConnections), core.PluginNotConnected, knxstatus.ENoMoreConnections, core.Reconnect, drivertest.Refused},
		"no address left":    {refuse(knxstatus.ENoMoreUniqueConnections), core.PluginNotConnected, knxstatus.ENoMoreUniqueConnections, core.Fix, drivertest.Refused},
		"no such layer":      {refuse(knxstatus.ETunnellingLayer), core.PluginNotConnected, knxstatus.ETunnellingLayer, core.Fix, drivertest.Refused},
		"a status of nobody": {refuse(0x99), core.PluginNotConnected, knxstatus.ErrorCode(0x99), core.Reconnect, drivertest.Refused},
		"silent":             {(*knxtest.Device).Mute, core.PluginDeviceNotResponding, knxstatus.ConnectTimeout, core.Reconnect, drivertest.Refused},
		"nobody at the port": {(*knxtest.Device).Refuse, core.PluginNotConnected, core.PluginNotConnected, core.Reconnect, drivertest.Refused},
	} {
		t.Run(name, func(t *testing.T) {
			plant, driver := start(t)
			if c.Code == core.PluginDeviceNotResponding {
				driver.Timeout = drivertest.Impatience
			}
			drivertest.Failure[*knxtest.Device](c).Require(t, plant, driver, tags)
		})
	}
}

// TestNeighbours: objects that are silent cost the others nothing, and one
// patience in all.
func TestNeighbours(t *testing.T) {
	plant, driver := start(t)
	driver.Timeout = 2 * drivertest.Impatience
	node := drivertest.NewNode(t, driver, tags)
	for _, silent := range []string{"1/2/3", "1/2/4", "3/0/2"} {
		plant.FailItem(silent, knxstatus.GroupReadTimeout)
	}
	plant.FailItem("3/0/1", knxstatus.ConfirmTimeout)
	plant.FailItem("1/2/5", knxstatus.ConfirmError) // that two tags stand for
	want := []core.Code{
		core.PluginDeviceNotResponding, core.PluginDeviceNotResponding, core.KNXDeviceNotExist, core.OK,
		core.PluginDeviceNotResponding, core.PluginDeviceNotResponding, core.OK, core.KNXDeviceNotExist,
	}
	started := time.Now()
	for i, r := range node.Poll(context.Background()) {
		coretest.RequireCode(t, r.Err, want[i])
	}
	assert.Less(t, time.Since(started), 3*driver.Timeout, "one behind the other they would take four")
	assert.Len(t, plant.Requests(), 7, "the object of two tags is asked once")
}

// TestRefusedWrites: what a write ends as, and whether it may be sent again.
func TestRefusedWrites(t *testing.T) {
	for native, c := range map[error]struct {
		code       core.Code
		repeatable bool
	}{
		knxstatus.ConfirmError:        {core.KNXDeviceNotExist, true},
		knxstatus.ConfirmTimeout:      {core.PluginDeviceNotResponding, false}, // it may have been on the bus
		knxstatus.AckETunnellingLayer: {core.PluginWriteFailed, true},
		knxstatus.AckEKNXConnection:   {core.PluginNotConnected, true},
		knxstatus.DisconnectRequest:   {core.PluginNotConnected, false},
	} {
		plant, driver := start(t)
		if c.code == core.PluginDeviceNotResponding {
			driver.Timeout = drivertest.Impatience
		}
		link, err := driver.Open(context.Background())
		require.NoError(t, err)
		plant.Fail(native)
		err = link.Write(context.Background(), tags[2], true)
		coretest.RequireCode(t, err, c.code)
		coretest.RequireStatus(t, err, native)
		assert.Equal(t, c.repeatable, core.Repeatable(err), "%v", err)
		require.NoError(t, link.Close())
	}
}

// TestFloatOutOfRange: two octets hold less than a FLOAT.
func TestFloatOutOfRange(t *testing.T) {
	plant, driver := start(t)
	node := drivertest.NewNode(t, driver, tags)
	for _, most := range []float64{670760, -670760} {
		require.NoError(t, node.Write(context.Background(), "temperature", most))
		coretest.RequireCode(t, node.Write(context.Background(), "temperature", 1.0001*most), core.PluginWriteFailed)
	}
	plant.Set("2/1", []byte{0, 0x7F, 0xFF}) // how a sensor says that it knows nothing
	coretest.RequireStatus(t, node.Poll(context.Background())[3].Err, knxstatus.ValueOutOfRange)
}

// TestLostChannel: behind the telegram that finds the channel lost no other is
// sent.
func TestLostChannel(t *testing.T) {
	for _, lost := range []error{knxstatus.AckEConnectionID, knxstatus.DisconnectRequest} {
		plant, driver := start(t)
		link, err := driver.Open(context.Background())
		require.NoError(t, err)
		plant.Fail(lost)
		_, err = link.Read(context.Background(), tags)
		coretest.RequireStatus(t, err, lost)
		assert.Len(t, plant.Requests(), 1)
		require.NoError(t, link.Close())
	}
}

// TestLostTelegram: a telegram that the gateway does not acknowledge is sent
// again while there is time for it, however little that is.
func TestLostTelegram(t *testing.T) {
	plant, driver := start(t)
	driver.Timeout = 900 * time.Millisecond
	link, err := driver.Open(context.Background())
	require.NoError(t, err)
	plant.Break(knxtest.Silence, knxtest.Next)
	require.NoError(t, link.Write(context.Background(), tags[0], int16(1)))
	assert.Len(t, plant.Requests(), 2)
	require.NoError(t, link.Close())
}

// TestDefaults: the address is enough.
func TestDefaults(t *testing.T) {
	plant, _ := start(t)
	drivertest.RequireGood(t, drivertest.NewNode(t, Driver{Addr: plant.Addr()}, tags))
}

func TestBadAddress(t *testing.T) { drivertest.RequireBadAddress(t, Driver{Addr: "x:y:z"}) }

// TestBadTags: tags that nothing can be asked for.
func TestBadTags(t *testing.T) {
	plant, driver := start(t)
	var bad []southbound.Tag
	for _, address := range []string{"0/0/0", "0/0", "32/0/1", "1/8/1", "32/1", "0", "1/2/3/4", "light", ""} {
		bad = append(bad, southbound.Tag{Address: address, Type: southbound.Bool})
	}
	drivertest.RequireBadTags(t, plant, driver, tags[0], map[core.Code][]southbound.Tag{
		core.TagTypeUnsupported:      {{Address: "1/2/3", Type: "WORD"}},
		core.TagAddressFormatInvalid: bad,
	})
}

// TestValueBeforeConfirmation holds a trap of knx-go, which does not keep the
// order of what the gateway sends.
func TestValueBeforeConfirmation(t *testing.T) {
	stanzas, err := coretest.ParseFrames("order.frames", []byte(`name: the value comes before the confirmation
from: constructed, KNX 3/8/4 and 3/6/3: acknowledgement, value and confirmation
op: read
sent: 061004200015 04030000 1100bce000000a05010000
recv: 06100421000a 04030000
recv: 061004200015 04030000 2900bce011070a05010041
recv: 061004200015 04030100 2e00bce011050a05010000
expect: cemi-confirm 0x00 CONFIRM_NO_ERROR 0
`))
	require.NoError(t, err)
	plant, driver := start(t)
	plant.Set("1/2/5", []byte{0})
	plant.Replay(stanzas...)
	node := drivertest.NewNode(t, driver, tags[2:3])
	r := node.Poll(context.Background())[0]
	require.NoError(t, r.Err)
	assert.Equal(t, true, r.Value, "from the recording")
}

func TestContext(t *testing.T) {
	plant, driver := start(t)
	driver.Timeout = time.Minute
	canceled, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := driver.Open(canceled)
	require.ErrorIs(t, err, context.Canceled)

	plant.Mute()
	stops, cancel := context.WithCancel(context.Background())
	time.AfterFunc(20*time.Millisecond, cancel)
	_, err = driver.Open(stops)
	require.ErrorIs(t, err, context.Canceled)
	plant.Recover()

	driver.Timeout = time.Second
	link, err := driver.Open(context.Background())
	require.NoError(t, err)
	require.ErrorIs(t, link.Write(canceled, tags[0], int16(1)), context.Canceled)
	assert.Empty(t, plant.Requests())

	plant.Fail(knxstatus.GroupReadTimeout)
	stops, cancel = context.WithCancel(context.Background())
	time.AfterFunc(20*time.Millisecond, cancel)
	_, err = link.Read(stops, tags[:1])
	require.ErrorIs(t, err, context.Canceled)

	limited, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	results, err := link.Read(limited, tags[:1])
	require.NoError(t, err, "of the tunnel")
	coretest.RequireStatus(t, results[0].Err, knxstatus.GroupReadTimeout)

	plant.Recover()
	results, err = link.Read(context.Background(), tags[:1])
	require.NoError(t, err, "the link can be used on")
	require.NoError(t, results[0].Err)
	assert.Equal(t, values[0], results[0].Value)

	require.NoError(t, link.Close())
	_, err = link.Read(context.Background(), tags[:1])
	coretest.RequireCode(t, err, core.PluginNotConnected)
}

func TestUnusableAddresses(t *testing.T) {
	for _, address := range []string{"224.0.23.12:3671", "gateway.invalid", "127.0.0.1:knx"} {
		_, err := Driver{Addr: address, Timeout: time.Second}.Open(context.Background())
		coretest.RequireCode(t, err, core.PluginNotConnected)
	}
}

// TestBusyBus: what goes on behind the gateway while nobody asks for anything is
// not mistaken for an answer, and does not pile up.
func TestBusyBus(t *testing.T) {
	plant, driver := start(t)
	opened, err := driver.Open(context.Background())
	require.NoError(t, err)
	l := opened.(*link)
	t.Cleanup(func() { require.NoError(t, l.Close()) })
	for i := range backlog + 10 {
		plant.Indicate("1/2/4", []byte{0, byte(i >> 8), byte(i)})
		require.Eventually(t, func() bool { return len(l.tunnel.messages) == min(1+i, backlog) }, 5*time.Second, 50*time.Microsecond)
	}
	results, err := l.Read(context.Background(), tags)
	require.NoError(t, err)
	for i, r := range results {
		require.NoError(t, r.Err)
		if i == 1 {
			assert.EqualValues(t, backlog+9, r.Value)
		}
	}
}
