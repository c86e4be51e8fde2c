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
	"github.com/fieldstatus/fieldstatus/core/gateway"
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

// patience is for tests in which nothing has to be waited for, on any machine.
const patience = 10 * time.Second

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
	return plc, Driver{Addr: plc.Addr(), Timeout: patience}
}

func TestDriver(t *testing.T) {
	drivertest.Run(t, drivertest.Subject{
		Start: func(t testing.TB) (drivertest.Device, southbound.Driver) {
			plc, driver := start(t)
			return plc, driver
		},
		Tags:    tags,
		Values:  values,
		Unknown: enipstatus.PathSegmentError,
		Code:    10704,
		Silent:  core.PluginDeviceNotResponding,
		Off:     core.PluginNotConnected,
	})
}

// newNode returns a node that asks again soon.
func newNode(t *testing.T, driver southbound.Driver, tags []southbound.Tag) *southbound.Node {
	t.Helper()
	node := southbound.New("plc", driver, tags, southbound.Options{
		Timeout: patience, Retry: time.Millisecond, RetryMax: 5 * time.Millisecond, Probe: 10 * time.Millisecond,
	})
	t.Cleanup(func() { _ = node.Close() }) // the link may be gone
	return node
}

// requireGood polls until all tags are good.
func requireGood(t *testing.T, node *southbound.Node) {
	t.Helper()
	require.Eventually(t, func() bool {
		for _, r := range node.Poll(context.Background()) {
			if r.Err != nil {
				return false
			}
		}
		return true
	}, patience, time.Millisecond, "the tags do not come back")
	assert.Equal(t, gateway.Connected, node.State().Link)
}

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
	for name, c := range map[string]struct {
		fail   func(*eniptest.Device)
		code   core.Code
		status error
		remedy core.Remedy
		others core.Code
		link   gateway.Link
	}{
		"0x04 with a word":  {item(eniptest.Extended(enipstatus.PathSegmentError, 0)), 10704, enipstatus.PathSegmentError, core.Fix, core.OK, gateway.Connected},
		"0x05":              {item(enipstatus.PathDestinationUnknown), 10705, enipstatus.PathDestinationUnknown, core.Fix, core.OK, gateway.Connected},
		"0x06":              {item(enipstatus.PartialTransfer), 10706, enipstatus.PartialTransfer, core.Fix, core.OK, gateway.Connected},
		"0x0C":              {item(enipstatus.ObjectStateConflict), 10712, enipstatus.ObjectStateConflict, core.Retry, core.OK, gateway.Connected},
		"0x0F":              {item(enipstatus.PrivilegeViolation), 10715, enipstatus.PrivilegeViolation, core.Fix, core.OK, gateway.Connected},
		"0x2E, of no code":  {item(enipstatus.ServiceNotSupportedForSpecifiedPath), 10708, enipstatus.ServiceNotSupportedForSpecifiedPath, core.Fix, core.OK, gateway.Connected},
		"0xFF/0x2105":       {item(enipstatus.LogixAccessBeyondEndOfObject), 10704, enipstatus.LogixAccessBeyondEndOfObject, core.Fix, core.OK, gateway.Connected},
		"0xFF/0x2107":       {item(enipstatus.LogixDataTypeMismatch), core.ENIPDataTypeMismatch, enipstatus.LogixDataTypeMismatch, core.Fix, core.OK, gateway.Connected},
		"0x1F, two words":   {item(eniptest.Extended(enipstatus.VendorSpecificError, 0x0102, 0x1003)), 10731, enipstatus.VendorSpecificError, core.Retry, core.OK, gateway.Connected},
		"packet refused":    {request(enipstatus.ServiceNotSupported), 10708, enipstatus.ServiceNotSupported, core.Fix, 10708, gateway.Connected},
		"session forgotten": {request(enipstatus.EncapsulationInvalidSessionHandle), core.ENIPSessionNotRegistered, enipstatus.EncapsulationInvalidSessionHandle, core.Reconnect, core.ENIPSessionNotRegistered, gateway.Disconnected},

		"cut":          {fault(eniptest.Cut), core.PluginNotConnected, core.PluginNotConnected, core.Reconnect, core.PluginNotConnected, gateway.Disconnected},
		"close":        {fault(eniptest.Close), core.PluginNotConnected, core.NetEOF, core.Reconnect, core.PluginNotConnected, gateway.Disconnected},
		"reset":        {fault(eniptest.Reset), core.PluginNotConnected, core.NetReset, core.Reconnect, core.PluginNotConnected, gateway.Disconnected},
		"wrong length": {fault(eniptest.WrongLength), core.PluginProtocolParseFailed, core.FrameMalformed, core.Reconnect, core.PluginProtocolParseFailed, gateway.Disconnected},
		"truncated":    {fault(eniptest.Truncated), core.PluginProtocolParseFailed, core.FrameMalformed, core.Reconnect, core.PluginProtocolParseFailed, gateway.Disconnected},
	} {
		t.Run(name, func(t *testing.T) {
			plc, driver := start(t)
			node := newNode(t, driver, tags)
			requireGood(t, node)
			c.fail(plc)
			readings := node.Poll(context.Background())
			coretest.RequireCode(t, readings[0].Err, c.code)
			coretest.RequireStatus(t, readings[0].Err, c.status)
			coretest.RequireRemedy(t, readings[0].Err, c.remedy)
			for _, r := range readings[1:] {
				coretest.RequireCode(t, r.Err, c.others)
			}
			assert.Equal(t, c.link, node.State().Link)
			plc.Recover()
			requireGood(t, node)
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
			node := newNode(t, driver, tags[:1])
			requireGood(t, node)
			replay(plc, c.answer)
			r := node.Poll(context.Background())[0]
			coretest.RequireCode(t, r.Err, c.code)
			if r.Err == nil {
				assert.Equal(t, values[0], r.Value)
			}
			requireGood(t, node)
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
	node := newNode(t, driver, tags)
	plc.Break(eniptest.WrongID, eniptest.Next)
	require.NoError(t, node.Poll(context.Background())[0].Err)
}

func TestRefusedHandshakes(t *testing.T) {
	for name, c := range map[string]struct {
		refuse func(*eniptest.Device)
		code   core.Code
	}{
		"no session":               {func(plc *eniptest.Device) { plc.RefuseSession(enipstatus.EncapsulationUnsupportedProtocolRevision) }, core.ENIPSessionNotRegistered},
		"session 0":                {func(plc *eniptest.Device) { plc.RefuseSession(enipstatus.EncapsulationSuccess) }, core.ENIPSessionNotRegistered},
		"no connection left":       {func(plc *eniptest.Device) { plc.RefuseForwardOpen(enipstatus.CMOutOfConnections) }, core.ENIPNoCIPConnection},
		"wrong slot":               {func(plc *eniptest.Device) { plc.RefuseForwardOpen(enipstatus.CMLinkAddressNotValid) }, core.ENIPNoCIPConnection},
		"no resources":             {func(plc *eniptest.Device) { plc.RefuseForwardOpen(enipstatus.ResourceUnavailable) }, 10702},
		"open refused in a header": {func(plc *eniptest.Device) { plc.RefuseForwardOpen(enipstatus.EncapsulationInvalidSessionHandle) }, core.ENIPSessionNotRegistered},
		"port closed":              {func(plc *eniptest.Device) { plc.Refuse() }, core.PluginNotConnected},
	} {
		t.Run(name, func(t *testing.T) {
			plc, driver := start(t)
			c.refuse(plc)
			node := newNode(t, driver, tags)
			for _, r := range node.Poll(context.Background()) {
				coretest.RequireCode(t, r.Err, c.code)
			}
			coretest.RequireCode(t, node.Write(context.Background(), "speed", 1), c.code)
			assert.Equal(t, gateway.Disconnected, node.State().Link)
			plc.Recover()
			requireGood(t, node)
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
		node := newNode(t, driver, tags)
		plc.Fail(native)
		err := node.Write(context.Background(), "speed", 1)
		coretest.RequireCode(t, err, code)
		coretest.RequireStatus(t, err, native)
		require.ErrorContains(t, err, "write speed")
		assert.Len(t, plc.Requests(), 1)
	}
	plc, driver := start(t)
	node := newNode(t, driver, tags)
	plc.Set("Motor.Speed", float32(1))
	err := node.Write(context.Background(), "speed", 1)
	coretest.RequireStatus(t, err, enipstatus.LogixDataTypeMismatch)
	coretest.RequireCode(t, node.Poll(context.Background())[0].Err, core.ENIPDataTypeMismatch)
}

func TestEveryTypeCanBeWritten(t *testing.T) {
	_, driver := start(t)
	node := newNode(t, driver, tags)
	for _, tag := range tags {
		require.NoError(t, node.Write(context.Background(), tag.Name, 1))
	}
	for i, r := range node.Poll(context.Background()) {
		require.NoError(t, r.Err)
		want, err := tags[i].Type.Convert(1)
		require.NoError(t, err)
		assert.Equal(t, want, r.Value, r.Tag.Name)
	}
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
	node := newNode(t, driver, many)
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
	assert.Equal(t, 15, fit(of(100, 30), 511), "as many as the request has room for: 10 + 15*(2+30)")
	assert.Equal(t, 30, fit(of(30, 10), 511))
	assert.Equal(t, 1, fit(of(2, 1000), 511), "always one, so that the controller can refuse it")
}

// TestBadTags: a tag that nothing can be asked for costs nothing, and no other tag.
func TestBadTags(t *testing.T) {
	plc, driver := start(t)
	bad := []southbound.Tag{
		{Address: "Limit", Type: "WORD"},
		{Address: strings.Repeat(strings.Repeat("a", 40)+".", 13) + "b", Type: southbound.Int16},
		{Address: "", Type: southbound.Int16},
		{Address: ".", Type: southbound.Int16},
		{Address: "Motor.", Type: southbound.Int16},
		{Address: "Motor.3", Type: southbound.Bool},
		{Address: "Line[]", Type: southbound.Int16},
		{Address: "Line[-1]", Type: southbound.Int16},
		{Address: "Line[1,2,3,4]", Type: southbound.Int16},
		{Address: "Task:Main.Count", Type: southbound.Int16},
		{Address: strings.Repeat("a", 41), Type: southbound.Int16},
	}
	for i := range bad {
		bad[i].Name = fmt.Sprintf("%s %s", bad[i].Address, bad[i].Type)
	}
	node := newNode(t, driver, append(bad, tags[0]))
	readings := node.Poll(context.Background())
	for i, r := range readings[:len(bad)] {
		want := core.TagAddressFormatInvalid
		switch i {
		case 0:
			want = core.TagTypeUnsupported
		case 1:
			want = core.TagAddressTooLong
		}
		coretest.RequireCode(t, r.Err, want)
		coretest.RequireCode(t, node.Write(context.Background(), r.Tag.Name, 1), want)
	}
	require.NoError(t, readings[len(bad)].Err)
	assert.Len(t, plc.Requests(), 1)
}

func TestBadSettings(t *testing.T) {
	for _, driver := range []Driver{{Addr: "127.0.0.1"}, {Addr: "127.0.0.1:eip"}, {Addr: "127.0.0.1:65536"}, {Addr: "127.0.0.1:44818", Slot: -1}} {
		_, err := driver.Open(context.Background())
		coretest.RequireCode(t, err, core.PluginNotConnected)
	}
}

// TestContext: ctx is looked at before each request, since gologix does not.
func TestContext(t *testing.T) {
	plc, driver := start(t)
	canceled, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := driver.Open(canceled)
	require.ErrorIs(t, err, context.Canceled)

	link, err := driver.Open(context.Background())
	require.NoError(t, err)
	t.Cleanup(func() { _ = link.Close() }) // closed below
	_, err = link.Read(canceled, tags)
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorIs(t, link.Write(canceled, tags[0], int16(1)), context.Canceled)
	assert.Empty(t, plc.Requests())

	short, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	plc.Break(eniptest.Silence)
	started := time.Now()
	_, err = link.Read(short, tags)
	coretest.RequireCode(t, err, core.PluginDeviceNotResponding)
	assert.Less(t, time.Since(started), patience, "the deadline of ctx counts")
	require.NoError(t, link.Close())
	_, err = link.Read(context.Background(), tags)
	coretest.RequireCode(t, err, core.PluginNotConnected)
	coretest.RequireCode(t, link.Write(context.Background(), tags[0], int16(1)), core.PluginNotConnected)
}
