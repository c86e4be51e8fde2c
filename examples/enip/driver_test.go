package enip

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
	"github.com/fieldstatus/fieldstatus/core/devicetest"
	enipstatus "github.com/fieldstatus/fieldstatus/enip"
	"github.com/fieldstatus/fieldstatus/enip/eniptest"

	"github.com/fieldstatus/fieldstatus/examples/southbound"
	"github.com/fieldstatus/fieldstatus/examples/southbound/drivertest"
)

// tags have one of each type and kind of address. The first two are the ones that
// tests fail.
var tags = []southbound.Tag{
	{Name: "speed", Address: "Motor.Speed", Type: southbound.Int16},
	{Name: "limit", Address: "Limit", Type: southbound.Uint16},
	{Name: "running", Address: "Running", Type: southbound.Bool},
	{Name: "position", Address: "Line[1]", Type: southbound.Int32},
	{Name: "count", Address: "Program:Main.Count", Type: southbound.Uint32},
	{Name: "level", Address: "Tank.Level", Type: southbound.Float},
	{Name: "energy", Address: "Energy", Type: southbound.Double},
}

var values = []any{int16(-5), uint16(5), true, int32(-100000), uint32(math.MaxUint32), float32(1.5), 2.25}

// start returns a controller which holds the values, and a driver for it.
func start(t testing.TB) (*eniptest.Device, Driver) {
	t.Helper()
	plc := eniptest.NewDevice(t)
	plc.Set("Motor.Speed", int16(-5))
	plc.Set("Limit", uint16(5))
	plc.Set("Running", true)
	plc.Set("Line", []int32{1, -100000, 3})
	plc.Set("Program:Main.Count", uint32(math.MaxUint32))
	plc.Set("Tank.Level", float32(1.5))
	plc.Set("Energy", 2.25)
	return plc, Driver{Addr: plc.Addr(), Timeout: drivertest.Patience}
}

func TestDriver(t *testing.T) {
	drivertest.Run(t, drivertest.Subject{
		Start: func(t testing.TB) (drivertest.Device, southbound.Driver) {
			plc, driver := start(t)
			return plc, driver
		},
		Tags:    tags,
		Values:  values,
		Deaf:    true,
		Unknown: enipstatus.PathSegmentError,
		Code:    10704,
		Silent:  core.PluginDeviceNotResponding,
		Off:     core.PluginNotConnected,
	})
}

type failure drivertest.Failure[*eniptest.Device]

// TestFailures: what the controller does to speed, and what becomes of it. The
// other tags share its fate where the failure is not that of an item.
func TestFailures(t *testing.T) {
	item := func(native error) func(*eniptest.Device) {
		return func(plc *eniptest.Device) { plc.FailItem("Motor.Speed", native) }
	}
	request := func(native error) func(*eniptest.Device) {
		return func(plc *eniptest.Device) { plc.Fail(native) }
	}
	fault := func(f devicetest.Fault) func(*eniptest.Device) {
		return func(plc *eniptest.Device) { plc.Break(f, eniptest.Next) }
	}
	for name, c := range map[string]failure{
		"0x04 with a word":  {item(eniptest.Extended(enipstatus.PathSegmentError, 0)), 10704, enipstatus.PathSegmentError, core.Fix, drivertest.Alone},
		"0x05":              {item(enipstatus.PathDestinationUnknown), 10705, enipstatus.PathDestinationUnknown, core.Fix, drivertest.Alone},
		"0x06":              {item(enipstatus.PartialTransfer), 10706, enipstatus.PartialTransfer, core.Fix, drivertest.Alone},
		"0x0C":              {item(enipstatus.ObjectStateConflict), 10712, enipstatus.ObjectStateConflict, core.Retry, drivertest.Alone},
		"0x0F":              {item(enipstatus.PrivilegeViolation), 10715, enipstatus.PrivilegeViolation, core.Fix, drivertest.Alone},
		"0x2E, of no code":  {item(enipstatus.ServiceNotSupportedForSpecifiedPath), 10708, enipstatus.ServiceNotSupportedForSpecifiedPath, core.Fix, drivertest.Alone},
		"0xFF/0x2105":       {item(enipstatus.LogixAccessBeyondEndOfObject), 10704, enipstatus.LogixAccessBeyondEndOfObject, core.Fix, drivertest.Alone},
		"0xFF/0x2107":       {item(enipstatus.LogixDataTypeMismatch), core.ENIPDataTypeMismatch, enipstatus.LogixDataTypeMismatch, core.Fix, drivertest.Alone},
		"0x1F, two words":   {item(eniptest.Extended(enipstatus.VendorSpecificError, 0x0102, 0x1003)), 10731, enipstatus.VendorSpecificError, core.Retry, drivertest.Alone},
		"packet refused":    {request(enipstatus.ServiceNotSupported), 10708, enipstatus.ServiceNotSupported, core.Fix, drivertest.All},
		"session forgotten": {request(enipstatus.EncapsulationInvalidSessionHandle), core.ENIPSessionNotRegistered, enipstatus.EncapsulationInvalidSessionHandle, core.Reconnect, drivertest.Lost},

		"cut":          {fault(eniptest.Cut), core.PluginNotConnected, core.PluginNotConnected, core.Reconnect, drivertest.Lost},
		"close":        {fault(eniptest.Close), core.PluginNotConnected, core.NetEOF, core.Reconnect, drivertest.Lost},
		"reset":        {fault(eniptest.Reset), core.PluginNotConnected, core.NetReset, core.Reconnect, drivertest.Lost},
		"wrong length": {fault(eniptest.WrongLength), core.PluginProtocolParseFailed, core.FrameMalformed, core.Reconnect, drivertest.Lost},
		"truncated":    {fault(eniptest.Truncated), core.PluginProtocolParseFailed, core.FrameMalformed, core.Reconnect, drivertest.Lost},
	} {
		t.Run(name, func(t *testing.T) {
			plc, driver := start(t)
			drivertest.Failure[*eniptest.Device](c).Require(t, plc, driver, tags)
		})
	}
}

// TestAnswers: what controllers answer that the device does not by itself.
func TestAnswers(t *testing.T) {
	for name, c := range map[string]struct {
		answer string // CIP reply to a packet with one request
		code   core.Code
	}{
		"good":                                {"8a000000 0100 0400 cc000000 c300 fbff", core.OK},
		"an item fails in a good packet":      {"8a000000 0100 0400 cc000501 0000", 10705},
		"the same without words":              {"8a000000 0100 0400 cc000500", 10705},
		"an item fails in a bad packet":       {"8a001e00 0100 0400 cc000f00", 10715},
		"a bad packet without items":          {"8a001e00", 10730},
		"offsets that lie":                    {"8a000000 0100 ff00 cc000500", core.PluginProtocolParseFailed},
		"a count that lies":                   {"8a000000 ffff 0400 cc000500", core.PluginProtocolParseFailed},
		"two items instead of one":            {"8a000000 0200 0600 0a00 cc000500 cc000500", core.PluginMessageDisorder},
		"the answer to another service":       {"cc000000 c300 fbff", core.PluginMessageDisorder},
		"a request":                           {"0a022002 2401 0100 0400 4c00", core.PluginMessageDisorder},
		"a value of another type":             {"8a000000 0100 0400 cc000000 c400 fbff0000", core.ENIPDataTypeMismatch},
		"a value too short":                   {"8a000000 0100 0400 cc000000 c300 fb", core.PluginProtocolParseFailed},
		"two values":                          {"8a000000 0100 0400 cc000000 c300 fbff fbff", core.ENIPDataTypeMismatch},
		"nothing behind the status":           {"8a000000 0100 0400 cc000000", core.PluginProtocolParseFailed},
		"an extended status that is too long": {"8a000000 0100 0400 cc0005ff 0000", 10705},
	} {
		t.Run(name, func(t *testing.T) {
			plc, driver := start(t)
			node := drivertest.NewNode(t, driver, tags[:1])
			drivertest.RequireGood(t, node)
			replay(plc, c.answer)
			r := node.Poll(context.Background())[0]
			coretest.RequireCode(t, r.Err, c.code)
			if r.Err == nil {
				assert.Equal(t, values[0], r.Value)
			}
			drivertest.RequireGood(t, node)
		})
	}
}

// replay answers the next request with a CIP reply.
func replay(plc *eniptest.Device, cip string) {
	plc.Replay(coretest.Stanza{Frames: []coretest.Frame{{Data: unconnected(cip)}}})
}

// TestDisorder: gologix does not compare the sequence counts of request and
// answer. When this test fails, it does: let disorder be a row of TestFailures.
func TestDisorder(t *testing.T) {
	plc, driver := start(t)
	node := drivertest.NewNode(t, driver, tags)
	plc.Break(eniptest.WrongID, eniptest.Next)
	require.NoError(t, node.Poll(context.Background())[0].Err)
}

func TestRefusedHandshakes(t *testing.T) {
	for name, c := range map[string]failure{
		"no session":               {func(plc *eniptest.Device) { plc.RefuseSession(enipstatus.EncapsulationUnsupportedProtocolRevision) }, core.ENIPSessionNotRegistered, enipstatus.EncapsulationInvalidSessionHandle, core.Reconnect, drivertest.Refused},
		"session 0":                {func(plc *eniptest.Device) { plc.RefuseSession(enipstatus.EncapsulationSuccess) }, core.ENIPSessionNotRegistered, nil, core.Reconnect, drivertest.Refused},
		"no connection left":       {func(plc *eniptest.Device) { plc.RefuseForwardOpen(enipstatus.CMOutOfConnections) }, core.ENIPNoCIPConnection, enipstatus.ConnectionFailure, core.Retry, drivertest.Refused},
		"wrong slot":               {func(plc *eniptest.Device) { plc.RefuseForwardOpen(enipstatus.CMLinkAddressNotValid) }, core.ENIPNoCIPConnection, enipstatus.ConnectionFailure, core.Retry, drivertest.Refused},
		"no resources":             {func(plc *eniptest.Device) { plc.RefuseForwardOpen(enipstatus.ResourceUnavailable) }, 10702, enipstatus.ResourceUnavailable, core.Retry, drivertest.Refused},
		"open refused in a header": {func(plc *eniptest.Device) { plc.RefuseForwardOpen(enipstatus.EncapsulationInvalidSessionHandle) }, core.ENIPSessionNotRegistered, enipstatus.EncapsulationInvalidSessionHandle, core.Reconnect, drivertest.Refused},
		"port closed":              {func(plc *eniptest.Device) { plc.Refuse() }, core.PluginNotConnected, core.NetDialRefused, core.Reconnect, drivertest.Refused},
	} {
		t.Run(name, func(t *testing.T) {
			plc, driver := start(t)
			drivertest.Failure[*eniptest.Device](c).Require(t, plc, driver, tags)
		})
	}
}

// TestRefusedWrites: what a write is answered, and that it is sent once.
func TestRefusedWrites(t *testing.T) {
	for native, code := range map[error]core.Code{
		enipstatus.PrivilegeViolation:           10715,
		enipstatus.LogixDataTypeMismatch:        core.ENIPDataTypeMismatch,
		enipstatus.LogixAccessBeyondEndOfObject: 10704,
		enipstatus.EncapsulationInvalidCommand:  10708,
	} {
		plc, driver := start(t)
		node := drivertest.NewNode(t, driver, tags)
		plc.Fail(native)
		err := node.Write(context.Background(), "speed", 1)
		coretest.RequireCode(t, err, code)
		coretest.RequireStatus(t, err, native)
		require.ErrorContains(t, err, "write speed")
		assert.Len(t, plc.Requests(), 1)
	}
	plc, driver := start(t)
	node := drivertest.NewNode(t, driver, tags)
	plc.Set("Motor.Speed", float32(1))
	err := node.Write(context.Background(), "speed", 1)
	coretest.RequireStatus(t, err, enipstatus.LogixDataTypeMismatch)
	coretest.RequireCode(t, node.Poll(context.Background())[0].Err, core.ENIPDataTypeMismatch)
}

// TestManyTags: more than one request holds.
func TestManyTags(t *testing.T) {
	plc, driver := start(t)
	values := make([]float64, 250)
	var many []southbound.Tag
	for i := range values {
		values[i] = float64(i)
		many = append(many, southbound.Tag{Name: fmt.Sprint(i), Address: fmt.Sprintf("RecipeOfTheLine[%d]", i), Type: southbound.Double})
	}
	plc.Set("RecipeOfTheLine", values)
	plc.FailItem("RecipeOfTheLine[240]", enipstatus.PrivilegeViolation)
	node := drivertest.NewNode(t, driver, many)
	for i, r := range node.Poll(context.Background()) {
		if i == 240 {
			coretest.RequireCode(t, r.Err, 10715)
			continue
		}
		require.NoError(t, r.Err)
		assert.Equal(t, values[i], r.Value)
	}
	assert.Equal(t, 2, len(plc.Requests()))
}

func TestFit(t *testing.T) {
	of := func(n, size int) (requests [][]byte) {
		for range n {
			requests = append(requests, make([]byte, size))
		}
		return requests
	}
	assert.Equal(t, 31, fit(of(100, 10), 511), "as many as the answer has room for: 10 + 31*(2+14)")
	assert.Equal(t, 31, fit(of(100, 10), 506), "to the last byte")
	assert.Equal(t, 30, fit(of(100, 10), 505))
	assert.Equal(t, 15, fit(of(100, 30), 511), "as many as the request has room for: 10 + 15*(2+30)")
	assert.Equal(t, 30, fit(of(30, 10), 511))
	assert.Equal(t, 1, fit(of(2, 1000), 511), "always one, so that the controller can refuse it")
}

// TestLongestAddress: the length of a path is a byte that counts words.
func TestLongestAddress(t *testing.T) {
	address := strings.Repeat(strings.Repeat("a", 40)+".", 12) + "last" // 12*(2+40) + 2+4 bytes
	request, err := readRequest(southbound.Tag{Address: address, Type: southbound.Int16}, core.Read)
	require.NoError(t, err)
	assert.EqualValues(t, 255, request[1])
	_, err = readRequest(southbound.Tag{Address: address + "s", Type: southbound.Int16}, core.Read)
	coretest.RequireCode(t, err, core.TagAddressTooLong)
}

// TestDefaults: the address is enough.
func TestDefaults(t *testing.T) {
	plc, _ := start(t)
	drivertest.RequireGood(t, drivertest.NewNode(t, Driver{Addr: plc.Addr()}, tags))
}

func TestBadAddress(t *testing.T) { drivertest.RequireBadAddress(t, Driver{Addr: "x:y:z"}) }

// TestBadTags: tags that nothing can be asked for.
func TestBadTags(t *testing.T) {
	plc, driver := start(t)
	drivertest.RequireBadTags(t, plc, driver, tags[0], map[core.Code][]southbound.Tag{
		core.TagTypeUnsupported: {{Address: "Limit", Type: "WORD"}},
		core.TagAddressTooLong:  {{Address: strings.Repeat(strings.Repeat("a", 40)+".", 13) + "b", Type: southbound.Int16}},
		core.TagAddressFormatInvalid: {
			{Address: "", Type: southbound.Int16},
			{Address: ".", Type: southbound.Int16},
			{Address: "Motor.", Type: southbound.Int16},
			{Address: "Motor.3", Type: southbound.Bool},
			{Address: "Line[]", Type: southbound.Int16},
			{Address: "Line[-1]", Type: southbound.Int16},
			{Address: "Line[1,2,3,4]", Type: southbound.Int16},
			{Address: "Task:Main.Count", Type: southbound.Int16},
			{Address: strings.Repeat("a", 41), Type: southbound.Int16},
		},
	})
}

func TestBadSettings(t *testing.T) {
	for _, driver := range []Driver{{}, {Addr: "127.0.0.1:eip"}, {Addr: "127.0.0.1:65536"}, {Addr: "127.0.0.1:44818", Slot: -1}} {
		_, err := driver.Open(context.Background())
		coretest.RequireCode(t, err, core.PluginNotConnected)
	}
}

// TestDeadline: that of ctx counts, when it comes before Timeout.
func TestDeadline(t *testing.T) {
	plc, driver := start(t)
	link, err := driver.Open(context.Background())
	require.NoError(t, err)
	t.Cleanup(func() { _ = link.Close() }) // nothing is waited for any more
	short, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	plc.Break(eniptest.Silence)
	started := time.Now()
	_, err = link.Read(short, tags)
	coretest.RequireCode(t, err, core.PluginDeviceNotResponding)
	assert.Less(t, time.Since(started), driver.Timeout)
}
