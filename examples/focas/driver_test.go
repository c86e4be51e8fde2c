package focas

import (
	"context"
	"encoding/binary"
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
	focasstatus "github.com/fieldstatus/fieldstatus/focas"
	"github.com/fieldstatus/fieldstatus/focas/focastest"

	"github.com/fieldstatus/fieldstatus/examples/southbound"
	"github.com/fieldstatus/fieldstatus/examples/southbound/drivertest"
)

// tags have one of each type and form. The first two are the ones that tests fail.
var tags = []southbound.Tag{
	{Name: "offset", Address: "#500", Type: southbound.Double},
	{Name: "length", Address: "#501", Type: southbound.Double},
	{Name: "wear", Address: "#502", Type: southbound.Float},
	{Name: "tool", Address: "D20", Type: southbound.Int16},
	{Name: "pallet", Address: "R100", Type: southbound.Uint16},
	{Name: "parts", Address: "E7", Type: southbound.Int32},
	{Name: "hours", Address: "K4", Type: southbound.Uint32},
	{Name: "level", Address: "D30", Type: southbound.Float},
	{Name: "energy", Address: "D40", Type: southbound.Double},
	{Name: "door", Address: "R110.3", Type: southbound.Bool, ReadOnly: true},
	{Name: "feed", Address: "feed", Type: southbound.Double, ReadOnly: true},
	{Name: "spindle", Address: "spindle", Type: southbound.Float, ReadOnly: true},
	{Name: "program", Address: "program", Type: southbound.Uint32, ReadOnly: true},
	{Name: "sequence", Address: "sequence", Type: southbound.Int32, ReadOnly: true},
}

var values = []any{
	-12.5, 250.25, float32(0.125), int16(-5), uint16(5), int32(-100000), uint32(0x12345678), float32(1.5), 2.25,
	true, 0.001, float32(8000), uint32(3000), int32(40),
}

// start returns a CNC which holds the values, and a driver for it.
func start(t testing.TB) (*focastest.Device, Driver) {
	t.Helper()
	cnc := focastest.NewDevice(t)
	cnc.Set("0x0015 500", []byte{0xFF, 0xFF, 0xFF, 0x83, 0, 10, 0, 1}) // -125, one decimal
	cnc.Set("0x0015 501", []byte{0, 0, 0x61, 0xC1, 0, 10, 0, 2})
	cnc.Set("0x0015 502", []byte{0, 0, 0, 1, 0, 2, 0, 3}) // binary
	cnc.Set("0x8001 20 21 9", []byte{0xFB, 0xFF})         // the low byte first
	cnc.Set("0x8001 100 101 5", []byte{5, 0})
	cnc.Set("0x8001 7 10 12", []byte{0x60, 0x79, 0xFE, 0xFF})
	cnc.Set("0x8001 4 7 7", []byte{0x78, 0x56, 0x34, 0x12})
	cnc.Set("0x8001 30 33 9", []byte{0, 0, 0xC0, 0x3F})
	cnc.Set("0x8001 40 47 9", []byte{0, 0, 0, 0, 0, 0, 0x02, 0x40})
	cnc.Set("0x8001 110 110 5", []byte{0x08})
	cnc.Set("0x0024", []byte{0, 0, 0, 10, 0, 10, 0, 4})
	cnc.Set("0x0025", []byte{0, 0, 0x1F, 0x40, 0, 10, 0, 0})
	cnc.Set("0x001C", []byte{0, 0, 0x0B, 0xB8, 0, 0, 0x0B, 0xB8}) // running, and main
	cnc.Set("0x001D", []byte{0, 0, 0, 40})
	return cnc, Driver{Addr: cnc.Addr(), Timeout: drivertest.Patience}
}

// item is how the device names what a macro variable is asked and written with.
func item(macro string) string {
	number := strings.TrimPrefix(macro, "#")
	return "0x0015 " + number + " " + number
}

// A device fails macro variables whether they are read or written.
type device struct{ *focastest.Device }

func (d device) FailItem(address string, native error, when ...devicetest.When) {
	d.Device.FailItem(address, native, when...)
	d.Device.FailItem(strings.Replace(address, "0x0015", "0x0016", 1), native, when...)
}

func TestDriver(t *testing.T) {
	drivertest.Run(t, drivertest.Subject{
		Start: func(t testing.TB) (drivertest.Device, southbound.Driver) {
			cnc, driver := start(t)
			return device{cnc}, driver
		},
		Tags:    tags,
		Values:  values,
		Unknown: focasstatus.EWNumber,
		Code:    core.FOCASError,
		Silent:  core.PluginDeviceNotResponding,
		Off:     core.PluginNotConnected,
		Address: item,
	})
}

type failure drivertest.Failure[*focastest.Device]

// TestFailures: what the CNC does to offset, and what becomes of it. The other
// tags share its fate where the failure is not that of a block.
func TestFailures(t *testing.T) {
	block := func(native error) func(*focastest.Device) {
		return func(cnc *focastest.Device) { cnc.FailItem("0x0015 500", native) }
	}
	request := func(native error) func(*focastest.Device) {
		return func(cnc *focastest.Device) { cnc.Fail(native) }
	}
	fault := func(f devicetest.Fault) func(*focastest.Device) {
		return func(cnc *focastest.Device) { cnc.Break(f) }
	}
	payload := func(octets ...byte) func(*focastest.Device) {
		return func(cnc *focastest.Device) { cnc.Set("0x0015 500", octets) }
	}
	for name, c := range map[string]failure{
		"no such number":     {block(focasstatus.EWNumber), core.FOCASError, focasstatus.EWNumber, core.Fix, drivertest.Alone},
		"option missing":     {block(focasstatus.EWNoopt), core.FOCASError, focasstatus.EWNoopt, core.Fix, drivertest.Alone},
		"protected":          {block(focasstatus.EWPasswd), core.PluginTagNotReadable, focasstatus.EWPasswd, core.Fix, drivertest.Alone},
		"busy":               {block(focasstatus.EWBusy), core.FOCASError, focasstatus.EWBusy, core.Retry, drivertest.Alone},
		"a fault of its own": {block(focasstatus.WireCode(-16)), core.FOCASError, focasstatus.WireCode(-16), core.Fix, drivertest.Alone}, // the link proves to work
		"a code of nobody":   {block(focasstatus.WireCode(99)), core.FOCASError, focasstatus.WireCode(99), core.Fix, drivertest.Alone},
		"with details":       {block(focastest.Status{Code: 5, Detail: focasstatus.Detail{ErrNo: 3, ErrDtno: 77}}), core.FOCASError, focasstatus.EWData, core.Fix, drivertest.Alone},
		"variable is vacant": {payload(0, 0, 0, 0, 0, 10, 0xFF, 0xFF), core.PluginTagValueInvalid, core.PluginTagValueInvalid, core.Retry, drivertest.Alone},
		"never set":          {payload(0, 0, 0, 0, 0, 0, 0, 0), core.PluginTagValueInvalid, core.PluginTagValueInvalid, core.Retry, drivertest.Alone},

		// One tag spoils the request, and is found by halving.
		"request refused": {block(focastest.Receipt{Code: -17, Detail: focasstatus.Detail{ErrNo: 1}}), core.FOCASError, focasstatus.WireCode(-17), core.Fix, drivertest.Alone},

		"success without an answer": {request(focastest.Receipt{}), core.PluginMessageDisorder, core.FrameForeign, core.Reconnect, drivertest.Lost},

		"emergency stop": {request(focastest.Receipt{Code: 16}), core.FOCASError, focasstatus.EWStop, core.Retry, drivertest.All},
		"abort notice":   {request(focastest.AbortLater{Code: 15}), core.FOCASError, focasstatus.EWAlarm, core.Retry, drivertest.All},
		"silence":        {fault(focastest.Silence), core.PluginDeviceNotResponding, core.NetDeadline, core.Reconnect, drivertest.Lost},
		"disorder":       {fault(focastest.WrongID), core.PluginDeviceNotResponding, core.NetDeadline, core.Reconnect, drivertest.Lost}, // which is dropped
		"cut":            {fault(focastest.Cut), core.PluginNotConnected, core.NetUnexpectedEOF, core.Reconnect, drivertest.Lost},
		"close":          {fault(focastest.Close), core.PluginNotConnected, core.NetEOF, core.Reconnect, drivertest.Lost},
		"reset":          {fault(focastest.Reset), core.PluginNotConnected, core.NetReset, core.Reconnect, drivertest.Lost},
		"garbage":        {fault(focastest.Garbage), core.PluginProtocolParseFailed, core.PluginProtocolParseFailed, core.Reconnect, drivertest.Lost},
		"wrong length":   {fault(focastest.WrongLength), core.PluginProtocolParseFailed, core.PluginProtocolParseFailed, core.Reconnect, drivertest.Lost},
		"truncated":      {fault(focastest.Truncated), core.PluginProtocolParseFailed, core.PluginProtocolParseFailed, core.Reconnect, drivertest.Lost},
	} {
		t.Run(name, func(t *testing.T) {
			cnc, driver := start(t)
			if c.Code == core.PluginDeviceNotResponding {
				driver.Timeout = drivertest.Impatience
			}
			drivertest.Failure[*focastest.Device](c).Require(t, cnc, driver, tags, func() { cnc.Set("0x0015 500", []byte{0xFF, 0xFF, 0xFF, 0x83, 0, 10, 0, 1}) })
		})
	}
}

func TestRefusedOpen(t *testing.T) {
	for name, c := range map[string]failure{
		"too many sessions": {func(cnc *focastest.Device) { cnc.RefuseOpen(4) }, core.PluginNotConnected, core.PluginNotConnected, core.Reconnect, drivertest.Refused},
		"port closed":       {(*focastest.Device).Refuse, core.PluginNotConnected, core.NetDialRefused, core.Reconnect, drivertest.Refused},
	} {
		t.Run(name, func(t *testing.T) {
			cnc, driver := start(t)
			drivertest.Failure[*focastest.Device](c).Require(t, cnc, driver, tags)
		})
	}
}

// TestStatusOfARefusedOpen: the caller of Open sees what the CNC has answered.
func TestStatusOfARefusedOpen(t *testing.T) {
	cnc, driver := start(t)
	cnc.RefuseOpen(4)
	_, err := driver.Open(context.Background())
	detail, ok := focasstatus.DetailOf(core.StatusOf(err))
	require.True(t, ok, err)
	assert.Equal(t, focasstatus.Detail{ErrNo: 8, ErrDtno: 4}, detail)
	coretest.RequireCode(t, err, core.PluginNotConnected)
}

// giveUp stops a request for which the CNC owes the answer.
func giveUp(t *testing.T, cnc *focastest.Device, link southbound.Link) {
	t.Helper()
	cnc.Break(focastest.Silence, focastest.Next)
	stops, cancel := context.WithCancel(context.Background())
	time.AfterFunc(20*time.Millisecond, cancel)
	_, err := link.Read(stops, tags)
	require.ErrorIs(t, err, context.Canceled)
}

// TestOneOpening: a link that works is not opened again, one that was refused is.
func TestOneOpening(t *testing.T) {
	cnc, driver := start(t)
	link, err := driver.Open(context.Background())
	require.NoError(t, err)
	defer link.Close()
	cnc.RefuseOpen(4)
	results, err := link.Read(context.Background(), tags[:1])
	require.NoError(t, err)
	assert.Equal(t, values[0], results[0].Value)

	giveUp(t, cnc, link)
	_, err = link.Read(context.Background(), tags[:1])
	coretest.RequireCode(t, err, core.PluginNotConnected)
	cnc.Recover()
	results, err = link.Read(context.Background(), tags[:1])
	require.NoError(t, err)
	assert.Equal(t, values[0], results[0].Value)
}

// TestRefusedWrites: what a write is answered, and that it is sent once.
func TestRefusedWrites(t *testing.T) {
	for native, code := range map[error]core.Code{
		focasstatus.EWProt:            core.PluginTagNotWritable,
		focasstatus.EWPasswd:          core.PluginTagNotWritable,
		focasstatus.EWNumber:          core.FOCASError,
		focastest.Receipt{Code: 9}:    core.FOCASError,
		focasstatus.WireCode(-17):     core.FOCASError,
		focastest.AbortLater{Code: 7}: core.PluginTagNotWritable,
		focasstatus.WireCode(0x7FF):   core.FOCASError,
		focastest.Status{Code: 4}:     core.FOCASError,
		focastest.Receipt{Code: 6, Detail: focasstatus.Detail{ErrNo: 1}}: core.FOCASError,
	} {
		t.Run(native.Error(), func(t *testing.T) {
			cnc, driver := start(t)
			node := drivertest.NewNode(t, driver, tags)
			cnc.Fail(native)
			for _, name := range []string{"offset", "tool"} {
				err := node.Write(context.Background(), name, 1)
				coretest.RequireCode(t, err, code)
				coretest.RequireRemedy(t, err, core.Fix)
				require.ErrorContains(t, err, "write "+name)
			}
			assert.Len(t, cnc.Requests(), 2)
		})
	}
}

func TestWriteOfAMacro(t *testing.T) {
	cnc, driver := start(t)
	node := drivertest.NewNode(t, driver, tags)
	require.NoError(t, node.Write(context.Background(), "offset", 1))
	assert.Equal(t, []string{"0x0016 500 500 0 0 8"}, cnc.Requests()[0].Items)
}

// TestReadOnlyForms: what has no command to write it is refused before something
// is sent, also where the tag does not say so.
func TestReadOnlyForms(t *testing.T) {
	cnc, driver := start(t)
	var writable []southbound.Tag
	for _, tag := range tags[9:] {
		tag.ReadOnly = false
		writable = append(writable, tag)
	}
	node := drivertest.NewNode(t, driver, writable)
	for _, tag := range writable {
		coretest.RequireCode(t, node.Write(context.Background(), tag.Name, 1), core.PluginTagNotWritable)
	}
	assert.Empty(t, cnc.Requests())
}

// TestDecimals: what a variable can hold comes back as it was, and the rest as
// near as it can be.
func TestDecimals(t *testing.T) {
	variable := address{form: decimal, write: block{command: writeMacro}}
	for _, v := range []float64{0, 1, -1, 0.5, 123.456, -0.0001, 1e-8, 999_999_999, -999_999_999, 12345.6789, 99999999.9, 0.1 + 0.2, math.Pi, 1e-9, 99999999.95} {
		b, err := variable.encode(southbound.Double, v)
		require.NoError(t, err)
		require.Len(t, b, decimalSize)
		back, err := variable.decode(southbound.Double, b)
		require.NoError(t, err)
		assert.InDelta(t, v, back, max(math.Abs(v)*1e-8, 1e-8))
		if short := fmt.Sprint(v); len(strings.Trim(short, "-")) <= 10 && math.Abs(v) != 1e-9 {
			assert.Equal(t, v, back)
		}
	}
	for _, c := range []struct {
		value    any
		mantissa uint32
		decimals byte
	}{
		{2.50, 25, 1},
		{float32(1.2345), 12345, 4}, // without the digits that a float64 adds
		{99999999.9, 999_999_999, 1},
		{1e-9, 0, decimalsMax},
	} {
		b, err := variable.encode(southbound.Double, c.value)
		require.NoError(t, err)
		assert.Equal(t, append(binary.BigEndian.AppendUint32(nil, c.mantissa), 0, 10, 0, c.decimals), b, "%v", c.value)
	}
	for _, v := range []any{1e9, -1e9, math.Inf(1), math.NaN(), float32(1e10)} {
		_, err := variable.encode(southbound.Double, v)
		coretest.RequireCode(t, err, core.PluginWriteFailed)
	}
}

// TestShortPayloads: an answer that is whole, with fewer bytes than the tag needs.
func TestShortPayloads(t *testing.T) {
	cnc, driver := start(t)
	cnc.Set("0x0024", []byte{0, 0, 0, 1})
	cnc.Set("0x001D", nil)
	node := drivertest.NewNode(t, driver, tags)
	readings := node.Poll(context.Background())
	for i, r := range readings {
		if r.Tag.Name == "feed" || r.Tag.Name == "sequence" {
			coretest.RequireCode(t, r.Err, core.PluginTagTypeMismatch)
			continue
		}
		require.NoError(t, r.Err)
		assert.Equal(t, values[i], r.Value)
	}
}

// TestRequests: what the CNC is asked for, and in which part of it.
func TestRequests(t *testing.T) {
	for address, want := range map[string]struct {
		t    southbound.Type
		part uint16 // 1 for the control, 2 for its PMC
		item string
	}{
		"#500":   {southbound.Double, 1, "0x0015 500 500"},
		"feed":   {southbound.Double, 1, "0x0024"},
		"D20":    {southbound.Int16, 2, "0x8001 20 21 9"},
		"D40":    {southbound.Double, 2, "0x8001 40 47 9"},
		"R110.3": {southbound.Bool, 2, "0x8001 110 110 5"},
	} {
		cnc, driver := start(t)
		node := drivertest.NewNode(t, driver, []southbound.Tag{{Name: "tag", Address: address, Type: want.t}})
		drivertest.RequireGood(t, node)
		request := cnc.Requests()[0]
		assert.Equal(t, []string{want.item}, request.Items)
		assert.Equal(t, want.part, binary.BigEndian.Uint16(request.Raw[14:]), address) // behind 10 bytes, the count and the length
	}
	cnc, driver := start(t)
	require.NoError(t, drivertest.NewNode(t, driver, tags).Write(context.Background(), "tool", 1))
	assert.EqualValues(t, 2, binary.BigEndian.Uint16(cnc.Requests()[0].Raw[14:]))
}

// TestBits: a bit is read without those beside it.
func TestBits(t *testing.T) {
	cnc, driver := start(t)
	cnc.Set("0x8001 120 120 5", []byte{0b1010_0101})
	var bits []southbound.Tag
	for i := range 8 {
		bits = append(bits, southbound.Tag{Name: fmt.Sprint(i), Address: fmt.Sprintf("R120.%d", i), Type: southbound.Bool})
	}
	for i, r := range drivertest.NewNode(t, driver, bits).Poll(context.Background()) {
		require.NoError(t, r.Err)
		assert.Equal(t, []any{true, false, true, false, false, true, false, true}[i], r.Value, r.Tag.Address)
	}
	_, err := address{form: octets}.decode(southbound.Bool, nil)
	coretest.RequireCode(t, err, core.PluginTagTypeMismatch)
}

// TestDefaults: the address is enough.
func TestDefaults(t *testing.T) {
	cnc, _ := start(t)
	drivertest.RequireGood(t, drivertest.NewNode(t, Driver{Addr: cnc.Addr()}, tags))
}

func TestPath(t *testing.T) {
	cnc, driver := start(t)
	cnc.Set("path 2 0x0015 500", []byte{0, 0, 0, 7, 0, 10, 0, 0})
	driver.Path = 2
	node := drivertest.NewNode(t, driver, tags[:1])
	r := node.Poll(context.Background())[0]
	require.NoError(t, r.Err)
	assert.Equal(t, 7.0, r.Value)
}

// TestManyTags: more than one request holds.
func TestManyTags(t *testing.T) {
	cnc, driver := start(t)
	var many []southbound.Tag
	for i := range 120 {
		cnc.Set(fmt.Sprintf("0x0015 %d", 600+i), binary.BigEndian.AppendUint64(nil, uint64(i)<<32|0x000A0000))
		many = append(many, southbound.Tag{Name: fmt.Sprint(i), Address: fmt.Sprintf("#%d", 600+i), Type: southbound.Double})
	}
	cnc.FailItem("0x0015 677", focasstatus.EWNumber)
	node := drivertest.NewNode(t, driver, many)
	for i, r := range node.Poll(context.Background()) {
		if i == 77 {
			coretest.RequireStatus(t, r.Err, focasstatus.EWNumber)
			continue
		}
		require.NoError(t, r.Err)
		assert.Equal(t, float64(i), r.Value)
	}
	assert.Len(t, cnc.Requests(), 3)
}

func TestBadAddress(t *testing.T) { drivertest.RequireBadAddress(t, Driver{Addr: "x:y:z"}) }

// TestBadTags: tags that nothing can be asked for.
func TestBadTags(t *testing.T) {
	cnc, driver := start(t)
	drivertest.RequireBadTags(t, cnc, driver, tags[0], map[core.Code][]southbound.Tag{
		core.TagTypeUnsupported: {{Address: "#500", Type: "WORD"}},
		core.TagAddressFormatInvalid: {
			{Address: "", Type: southbound.Double},
			{Address: "500", Type: southbound.Double},
			{Address: "#500", Type: southbound.Int16},
			{Address: "#-1", Type: southbound.Double},
			{Address: "B100", Type: southbound.Int16},
			{Address: "R100", Type: southbound.Bool},
			{Address: "R100.3", Type: southbound.Int16},
			{Address: "R100.8", Type: southbound.Bool},
			{Address: "feed", Type: southbound.Int32},
			{Address: "program", Type: southbound.Double},
			{Address: "coolant", Type: southbound.Double},
		},
	})
}

// TestContext: nothing is sent when the caller has stopped. When it stops while an
// answer is owed, that answer is not taken for another.
func TestContext(t *testing.T) {
	cnc, driver := start(t)
	driver.Timeout = time.Minute
	link, err := driver.Open(context.Background())
	require.NoError(t, err)
	canceled, cancel := context.WithCancel(context.Background())
	cancel()
	require.ErrorIs(t, link.Write(canceled, tags[0], 1.0), context.Canceled)
	assert.Empty(t, cnc.Requests())
	results, err := link.Read(context.Background(), tags[:1])
	require.NoError(t, err, "the link can be used on")
	assert.Equal(t, values[0], results[0].Value)

	giveUp(t, cnc, link)
	results, err = link.Read(context.Background(), tags[:1])
	require.NoError(t, err, "the CNC is not to blame")
	assert.Equal(t, values[0], results[0].Value)

	giveUp(t, cnc, link)
	cnc.Refuse()
	_, err = link.Read(context.Background(), tags[:1])
	coretest.RequireStatus(t, err, core.NetDialRefused)
	_ = link.Close() // closed already
}

// TestClosedLinks stay closed, also behind a request that was given up.
func TestClosedLinks(t *testing.T) {
	cnc, driver := start(t)
	link, err := driver.Open(context.Background())
	require.NoError(t, err)
	cnc.Break(focastest.Close, focastest.Next)
	_, err = link.Read(context.Background(), tags)
	coretest.RequireStatus(t, err, core.NetEOF)
	_ = link.Close() // closed already
	_, err = link.Read(context.Background(), tags)
	coretest.RequireStatus(t, err, core.NetClosed)
	coretest.RequireRemedy(t, err, core.Reconnect)
	assert.Len(t, cnc.Requests(), 1)
}
