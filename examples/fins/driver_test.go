package fins

import (
	"context"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
	"github.com/fieldstatus/fieldstatus/core/devicetest"
	finsstatus "github.com/fieldstatus/fieldstatus/fins"
	"github.com/fieldstatus/fieldstatus/fins/finstest"

	"github.com/fieldstatus/fieldstatus/examples/southbound"
	"github.com/fieldstatus/fieldstatus/examples/southbound/drivertest"
)

// tags have one of each type and area. The first two are the ones that tests fail.
var tags = []southbound.Tag{
	{Name: "speed", Address: "D100", Type: southbound.Int16},
	{Name: "limit", Address: "D101", Type: southbound.Uint16},
	{Name: "running", Address: "D102.05", Type: southbound.Bool},
	{Name: "position", Address: "CIO10", Type: southbound.Int32},
	{Name: "count", Address: "W20", Type: southbound.Uint32},
	{Name: "level", Address: "H5", Type: southbound.Float},
	{Name: "energy", Address: "E2_100", Type: southbound.Double},
	{Name: "ready", Address: "E2_104.09", Type: southbound.Bool},
	{Name: "batch", Address: "C7", Type: southbound.Uint16},
	{Name: "elapsed", Address: "T7.00", Type: southbound.Bool},
	{Name: "alarm", Address: "A0.15", Type: southbound.Bool, ReadOnly: true},
}

var values = []any{int16(-5), uint16(5), true, int32(-100000), uint32(0x12345678), float32(1.5), 2.25, true, uint16(9), true, true}

// transports are the two kinds of PLC.
var transports = map[string]func(testing.TB) *finstest.Device{"UDP": finstest.NewDevice, "TCP": finstest.NewTCPDevice}

// networks are what a driver calls them.
var networks = map[string]string{"UDP": "", "TCP": "tcp"}

// start returns a PLC which holds the values, and a driver for it.
func start(t testing.TB, transport string) (*finstest.Device, Driver) {
	t.Helper()
	plc := transports[transport](t)
	plc.Set("D100", []byte{0xFF, 0xFB})
	plc.Set("D101", []byte{0, 5})
	plc.Set("D102.05", []byte{1})
	plc.Set("CIO10[2]", []byte{0x79, 0x60, 0xFF, 0xFE}) // the low word first
	plc.Set("W20[2]", []byte{0x56, 0x78, 0x12, 0x34})
	plc.Set("H5[2]", []byte{0, 0, 0x3F, 0xC0})
	plc.Set("E2_100[4]", []byte{0, 0, 0, 0, 0, 0, 0x40, 0x02})
	plc.Set("E2_104.09", []byte{1})
	plc.Set("C7", []byte{0, 9})
	plc.Set("T7.00", []byte{1})
	plc.Set("A0.15", []byte{1})
	return plc, Driver{Addr: plc.Addr(), Network: networks[transport], Timeout: drivertest.Patience}
}

func TestDriver(t *testing.T) {
	for transport := range transports {
		t.Run(transport, func(t *testing.T) {
			drivertest.Run(t, drivertest.Subject{
				Start: func(t testing.TB) (drivertest.Device, southbound.Driver) {
					plc, driver := start(t, transport)
					return plc, driver
				},
				Tags:    tags,
				Values:  values,
				Unknown: finsstatus.AddressRangeError,
				Code:    core.FINSParameterError,
				Silent:  core.PluginDeviceNotResponding,
				Off:     core.PluginNotConnected,
			})
		})
	}
}

type failure drivertest.Failure[*finstest.Device]

// TestFailures: what the PLC does, and what becomes of speed and of the other
// tags.
func TestFailures(t *testing.T) {
	item := func(native error) func(*finstest.Device) {
		return func(plc *finstest.Device) { plc.FailItem("D100", native) }
	}
	request := func(native error) func(*finstest.Device) {
		return func(plc *finstest.Device) { plc.Fail(native) }
	}
	fault := func(f devicetest.Fault) func(*finstest.Device) {
		return func(plc *finstest.Device) { plc.Break(f) }
	}
	relayed := finstest.Relayed(finsstatus.ResponseTimeout, 1, 3)
	for _, c := range []struct {
		transport, name string
		failure
	}{
		// One tag spoils the command, and is found by halving.
		{"UDP", "address", failure{item(finsstatus.AddressRangeError), core.FINSParameterError, finsstatus.AddressRangeError, core.Fix, drivertest.Alone}},
		{"TCP", "address", failure{item(finsstatus.AddressRangeError), core.FINSParameterError, finsstatus.AddressRangeError, core.Fix, drivertest.Alone}},
		{"UDP", "with the flag of a flat battery", failure{item(finsstatus.EndCode(0x1143)), core.FINSParameterError, finsstatus.AddressRangeError, core.Fix, drivertest.Alone}},
		{"UDP", "read protected", failure{item(finsstatus.EndCode(0x2002)), core.FINSReadNotPossible, finsstatus.EndCode(0x2002), core.Fix, drivertest.Alone}},
		{"UDP", "value too short", failure{item(finsstatus.WrongLength), core.PluginProtocolParseFailed, finsstatus.WrongLength, core.Fix, drivertest.Alone}},
		{"UDP", "wrong length", failure{func(plc *finstest.Device) { plc.Break(finstest.WrongLength, finstest.Next) }, core.OK, nil, core.None, drivertest.Alone}}, // the halves are fine

		// The command failed, whoever was in it.
		{"UDP", "busy", failure{request(finsstatus.EndCode(0x0204)), core.FINSDestinationNodeError, finsstatus.EndCode(0x0204), core.Retry, drivertest.All}},
		{"UDP", "at a relay", failure{request(relayed), core.FINSDestinationNodeError, finsstatus.EndCode(0x8205), core.Retry, drivertest.All}},
		{"UDP", "a class that nobody knows", failure{request(finsstatus.EndCode(0x7001)), core.FINSError, finsstatus.EndCode(0x7001), core.Retry, drivertest.All}},
		{"UDP", "silence", failure{fault(finstest.Silence), core.PluginDeviceNotResponding, core.NetDeadline, core.Retry, drivertest.All}},
		{"TCP", "silence", failure{fault(finstest.Silence), core.PluginDeviceNotResponding, core.NetDeadline, core.Retry, drivertest.All}},

		// The link is in question.
		{"UDP", "disorder", failure{fault(finstest.WrongID), core.PluginMessageDisorder, core.FrameForeign, core.Reconnect, drivertest.Lost}},
		{"TCP", "disorder", failure{fault(finstest.WrongID), core.PluginMessageDisorder, core.FrameForeign, core.Reconnect, drivertest.Lost}},
		{"UDP", "cut", failure{fault(finstest.Cut), core.PluginProtocolParseFailed, core.FrameMalformed, core.Reconnect, drivertest.Lost}},
		{"TCP", "cut", failure{fault(finstest.Cut), core.FINSDisconnected, finsstatus.Disconnected, core.Reconnect, drivertest.Lost}},
		{"TCP", "close", failure{fault(finstest.Close), core.FINSDisconnected, finsstatus.Disconnected, core.Reconnect, drivertest.Lost}},
		{"TCP", "reset", failure{fault(finstest.Reset), core.FINSDisconnected, finsstatus.Disconnected, core.Reconnect, drivertest.Lost}},
		{"UDP", "truncated", failure{fault(finstest.Truncated), core.PluginProtocolParseFailed, core.FrameMalformed, core.Reconnect, drivertest.Lost}},
		{"TCP", "truncated", failure{fault(finstest.Truncated), core.PluginProtocolParseFailed, core.FrameMalformed, core.Reconnect, drivertest.Lost}},
		{"TCP", "wrong length", failure{fault(finstest.WrongLength), core.PluginProtocolParseFailed, core.FrameMalformed, core.Reconnect, drivertest.Lost}},
		{"TCP", "garbage", failure{fault(finstest.Garbage), core.PluginProtocolParseFailed, core.FrameMalformed, core.Reconnect, drivertest.Lost}},
		{"TCP", "error notification", failure{request(finsstatus.TCPDataLengthTooLong), finsstatus.TCPDataLengthTooLong.Status().Code(core.Read), finsstatus.TCPDataLengthTooLong, core.Reconnect, drivertest.Lost}},
		{"TCP", "confirmation in front", failure{request(finsstatus.TCPConnectionConfirmation), core.OK, nil, core.None, drivertest.Alone}},
	} {
		t.Run(c.transport+" "+c.name, func(t *testing.T) {
			plc, driver := start(t, c.transport)
			if c.Code == core.PluginDeviceNotResponding || c.Code == core.PluginMessageDisorder {
				driver.Timeout = drivertest.Impatience
			}
			drivertest.Failure[*finstest.Device](c.failure).Require(t, plc, driver, tags)
		})
	}
}

// TestAlarmState: a CPU unit with an error answers each command with flags, and
// carries it out.
func TestAlarmState(t *testing.T) {
	for flags, quality := range map[finsstatus.EndCode]core.Quality{0x0040: core.Good, 0x0080: core.Uncertain, 0x00C0: core.Uncertain} {
		plc, driver := start(t, "UDP")
		node := drivertest.NewNode(t, driver, tags)
		plc.Fail(flags)
		for i, r := range node.Poll(context.Background()) {
			require.NoError(t, r.Err)
			assert.Equal(t, values[i], r.Value)
			assert.Equal(t, quality, r.Quality())
			assert.EqualValues(t, flags, r.Status.Value())
		}
		require.NoError(t, node.Write(context.Background(), "speed", 7))
		assert.Equal(t, []byte{0, 7}, plc.Value("D100"))
	}
}

func TestRefusedHandshakes(t *testing.T) {
	for name, c := range map[string]failure{
		"all nodes in use": {func(plc *finstest.Device) { plc.RefuseSession(0x20) }, finsstatus.TCPError(0x20).Status().Code(core.Connect), finsstatus.TCPError(0x20), core.Reconnect, drivertest.Refused},
		"silent":           {func(plc *finstest.Device) { plc.BreakSession(finstest.Silence) }, core.FINSDisconnected, finsstatus.HandshakeFailed, core.Reconnect, drivertest.Refused},
		"hangs up":         {func(plc *finstest.Device) { plc.BreakSession(finstest.Close) }, core.FINSDisconnected, finsstatus.HandshakeFailed, core.Reconnect, drivertest.Refused},
		"no FINS":          {func(plc *finstest.Device) { plc.BreakSession(finstest.Garbage) }, core.FINSDisconnected, finsstatus.HandshakeFailed, core.Reconnect, drivertest.Refused},
		"no nodes":         {func(plc *finstest.Device) { plc.BreakSession(finstest.Truncated) }, core.FINSDisconnected, finsstatus.HandshakeFailed, core.Reconnect, drivertest.Refused},
		"port closed":      {func(plc *finstest.Device) { plc.Refuse() }, core.PluginNotConnected, core.NetDialRefused, core.Reconnect, drivertest.Refused},
	} {
		t.Run(name, func(t *testing.T) {
			plc, driver := start(t, "TCP")
			if name == "silent" {
				driver.Timeout = drivertest.Impatience
			}
			drivertest.Failure[*finstest.Device](c).Require(t, plc, driver, tags)
		})
	}
}

// TestRefusedWrites: what a write is answered, and that it is sent once.
func TestRefusedWrites(t *testing.T) {
	for native, code := range map[finsstatus.EndCode]core.Code{
		0x2101: core.FINSWriteNotPossible, // read only
		0x1103: core.FINSParameterError,
		0x2201: core.FINSNotExecutableInMode,
		0x4001: core.FINSAbort, // by the service, perhaps half done
	} {
		plc, driver := start(t, "UDP")
		node := drivertest.NewNode(t, driver, tags)
		plc.Fail(native)
		err := node.Write(context.Background(), "speed", 1)
		coretest.RequireCode(t, err, code)
		coretest.RequireStatus(t, err, native)
		require.ErrorContains(t, err, "write speed")
		if core.RemedyOf(err) == core.Fix || !core.Repeatable(err) {
			assert.Len(t, plc.Requests(), 1)
		}
	}
}

func TestOrderOfWordsAndBits(t *testing.T) {
	for transport := range transports {
		plc, driver := start(t, transport)
		node := drivertest.NewNode(t, driver, tags)
		require.NoError(t, node.Write(context.Background(), "count", 1))
		assert.Equal(t, []byte{0, 1, 0, 0}, plc.Value("W20[2]"), "the low word first")
		plc.Set("D102", []byte{0xFF, 0xFF})
		require.NoError(t, node.Write(context.Background(), "running", false))
		assert.Equal(t, []byte{0xFF, 0xDF}, plc.Value("D102"), "the bits beside it stay")
	}
}

// TestLateResponses: what comes to a command that was given up is not taken for
// the next one, and so is what comes twice.
func TestLateResponses(t *testing.T) {
	for transport := range transports {
		t.Run(transport, func(t *testing.T) {
			plc, driver := start(t, transport)
			link, err := driver.Open(context.Background())
			require.NoError(t, err)
			t.Cleanup(func() { _ = link.Close() }) // nothing is waited for any more
			plc.Late(finstest.Next)
			impatient, cancel := context.WithTimeout(context.Background(), drivertest.Impatience)
			defer cancel()
			_, err = link.Read(impatient, tags[:1])
			coretest.RequireCode(t, err, core.PluginDeviceNotResponding)
			plc.Set("D100", []byte{0, 7})
			results, err := link.Read(context.Background(), tags[:1])
			require.NoError(t, err)
			require.NoError(t, results[0].Err)
			assert.Equal(t, int16(7), results[0].Value)

			plc.Repeat(finstest.Next)
			for i := range 3 {
				plc.Set("D100", []byte{0, byte(i)})
				results, err := link.Read(context.Background(), tags[:1])
				require.NoError(t, err)
				assert.Equal(t, int16(i), results[0].Value)
			}
		})
	}
}

// TestDeadPLC: over TCP, silence that lasts is a lost connection. Over UDP there
// is none.
func TestDeadPLC(t *testing.T) {
	for transport, last := range map[string]core.Code{"UDP": core.PluginDeviceNotResponding, "TCP": core.FINSDisconnected} {
		t.Run(transport, func(t *testing.T) {
			plc, driver := start(t, transport)
			link, err := driver.Open(context.Background())
			require.NoError(t, err)
			t.Cleanup(func() { _ = link.Close() }) // nothing is waited for any more
			plc.Break(finstest.Silence)
			for _, want := range []core.Code{core.PluginDeviceNotResponding, core.PluginDeviceNotResponding, last} {
				ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
				_, err := link.Read(ctx, tags)
				cancel()
				coretest.RequireCode(t, err, want)
				require.ErrorIs(t, err, context.DeadlineExceeded, "the cause")
			}
		})
	}
}

// TestManyTags: more than one command holds.
func TestManyTags(t *testing.T) {
	plc, driver := start(t, "UDP")
	var many []southbound.Tag
	for i := range 100 {
		plc.Set(fmt.Sprintf("D%d[4]", 4*i), []byte{0, byte(i), 0, 0, 0, 0, 0x3F, 0xF0})
		many = append(many, southbound.Tag{Name: fmt.Sprint(i), Address: fmt.Sprintf("D%d", 4*i), Type: southbound.Double})
	}
	node := drivertest.NewNode(t, driver, many)
	for i, r := range node.Poll(context.Background()) {
		require.NoError(t, r.Err)
		assert.Equal(t, math.Float64frombits(0x3FF0000000000000+uint64(i)), r.Value)
	}
	assert.Len(t, plc.Requests(), 3)

	for _, spoiled := range []int{0, 70, 99} { // in each of the commands
		plc.FailItem(fmt.Sprintf("D%d", 4*spoiled), finsstatus.AddressRangeError)
	}
	for i, r := range node.Poll(context.Background()) {
		if i == 0 || i == 70 || i == 99 {
			coretest.RequireStatus(t, r.Err, finsstatus.AddressRangeError)
			continue
		}
		require.NoError(t, r.Err)
	}
}

// TestFullCommand: a command asks for 167 elements, and for one more there is
// another.
func TestFullCommand(t *testing.T) {
	plc, driver := start(t, "UDP")
	var words []southbound.Tag
	for i := range most + 1 {
		words = append(words, southbound.Tag{Name: fmt.Sprint(i), Address: fmt.Sprintf("D%d", 1000+i), Type: southbound.Int16})
	}
	drivertest.NewNode(t, driver, words[:most]).Poll(context.Background())
	assert.Len(t, plc.Requests(), 1)
	drivertest.NewNode(t, driver, words).Poll(context.Background())
	assert.Len(t, plc.Requests(), 1+2)
}

// TestLastAddresses: the last words of an area, and the last bit.
func TestLastAddresses(t *testing.T) {
	plc, driver := start(t, "UDP")
	plc.Set("D65534[2]", []byte{0, 8, 0, 0})
	plc.Set("W65535", []byte{0, 7})
	plc.Set("H65535.15", []byte{1})
	plc.Set("T32767", []byte{0, 9})
	node := drivertest.NewNode(t, driver, []southbound.Tag{
		{Name: "double word", Address: "D65534", Type: southbound.Int32},
		{Name: "word", Address: "W65535", Type: southbound.Int16},
		{Name: "bit", Address: "H65535.15", Type: southbound.Bool},
		{Name: "timer", Address: "T32767", Type: southbound.Uint16},
	})
	for i, r := range node.Poll(context.Background()) {
		require.NoError(t, r.Err)
		assert.Equal(t, []any{int32(8), int16(7), true, uint16(9)}[i], r.Value)
	}
}

// TestNodes: the FINS nodes in the header of a command, of the PLC and of this
// end. Over UDP they are the last octets of 127.0.0.1 unless somebody says
// otherwise.
func TestNodes(t *testing.T) {
	for _, c := range []struct{ given, sent [2]byte }{
		{[2]byte{0, 0}, [2]byte{1, 1}},
		{[2]byte{7, 9}, [2]byte{7, 9}},
	} {
		plc, driver := start(t, "UDP")
		driver.Node, driver.Local = c.given[0], c.given[1]
		drivertest.RequireGood(t, drivertest.NewNode(t, driver, tags))
		header := plc.Requests()[0].Raw
		assert.Equal(t, c.sent, [2]byte{header[4], header[7]}, "DA1 and SA1")
	}
}

// TestDefaults: the address is enough, but for the network.
func TestDefaults(t *testing.T) {
	for transport, network := range networks {
		plc, _ := start(t, transport)
		drivertest.RequireGood(t, drivertest.NewNode(t, Driver{Addr: plc.Addr(), Network: network}, tags))
	}
}

// TestUnusableAddress: not even a socket can be had.
func TestUnusableAddress(t *testing.T) {
	for _, driver := range []Driver{
		{Addr: "127.0.0.1:fins"}, {Addr: "127.0.0.1:fins", Network: "tcp"}, {Addr: "127.0.0.1", Network: "carrier pigeon"}, {Addr: "plc.invalid"},
	} {
		_, err := driver.Open(context.Background())
		coretest.RequireCode(t, err, core.PluginNotConnected)
	}
}

func TestBadAddress(t *testing.T) {
	drivertest.RequireBadAddress(t, Driver{Addr: "x:y:z", Network: "tcp"})
}

// TestBadTags: tags that nothing can be asked for.
func TestBadTags(t *testing.T) {
	plc, driver := start(t, "UDP")
	drivertest.RequireBadTags(t, plc, driver, tags[0], map[core.Code][]southbound.Tag{
		core.TagTypeUnsupported: {{Address: "D100", Type: "WORD"}},
		core.TagAddressFormatInvalid: {
			{Address: "", Type: southbound.Int16},
			{Address: "D", Type: southbound.Int16},
			{Address: "X100", Type: southbound.Int16},
			{Address: "D2_100", Type: southbound.Int16},
			{Address: "D100.05", Type: southbound.Int16},
			{Address: "D100", Type: southbound.Bool},
			{Address: "D100.16", Type: southbound.Bool},
			{Address: "T5.01", Type: southbound.Bool},
			{Address: "T5", Type: southbound.Int32},
			{Address: "C32768", Type: southbound.Int16},
			{Address: "D65536", Type: southbound.Int16},
			{Address: "D65535", Type: southbound.Int32},
		},
	})
}

// TestContext: nothing is sent when the caller has stopped, and nothing waited
// for when it stops.
func TestContext(t *testing.T) {
	for transport := range transports {
		t.Run(transport, func(t *testing.T) {
			plc, driver := start(t, transport)
			driver.Timeout = time.Minute
			link, err := driver.Open(context.Background())
			require.NoError(t, err)
			t.Cleanup(func() { _ = link.Close() }) // closed below
			canceled, cancel := context.WithCancel(context.Background())
			cancel()
			require.ErrorIs(t, link.Write(canceled, tags[0], int16(1)), context.Canceled)
			assert.Empty(t, plc.Requests())

			plc.Break(finstest.Silence, finstest.Next)
			stops, cancel := context.WithCancel(context.Background())
			time.AfterFunc(20*time.Millisecond, cancel)
			_, err = link.Read(stops, tags)
			require.ErrorIs(t, err, context.Canceled)
			coretest.RequireCode(t, err, core.PluginNotRunning)

			results, err := link.Read(context.Background(), tags[:1])
			require.NoError(t, err, "the link can be used on")
			assert.Equal(t, values[0], results[0].Value)
			require.NoError(t, link.Close())
			_, err = link.Read(context.Background(), tags)
			require.Error(t, err)
		})
	}
}
