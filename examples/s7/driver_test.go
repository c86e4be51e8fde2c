package s7

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"net"
	"testing"
	"time"

	"github.com/robinson/gos7"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
	"github.com/fieldstatus/fieldstatus/core/devicetest"
	s7status "github.com/fieldstatus/fieldstatus/s7"
	"github.com/fieldstatus/fieldstatus/s7/s7test"

	"github.com/fieldstatus/fieldstatus/examples/southbound"
	"github.com/fieldstatus/fieldstatus/examples/southbound/drivertest"
)

// tags have one of each type and area. The first two are the ones that tests fail.
var tags = []southbound.Tag{
	{Name: "speed", Address: "DB1.DBW4", Type: southbound.Int16},
	{Name: "limit", Address: "DB1.DBW6", Type: southbound.Uint16},
	{Name: "running", Address: "DB1.DBX0.3", Type: southbound.Bool},
	{Name: "position", Address: "DB1.DBD8", Type: southbound.Int32},
	{Name: "count", Address: "MD20", Type: southbound.Uint32},
	{Name: "level", Address: "QD2", Type: southbound.Float},
	{Name: "energy", Address: "DB2.DBB1", Type: southbound.Double},
	{Name: "door", Address: "I1.7", Type: southbound.Bool, ReadOnly: true},
}

var values = []any{int16(-5), uint16(5), true, int32(-100000), uint32(math.MaxUint32), float32(1.5), 2.25, true}

// start returns a controller which holds the values, and a driver for it.
func start(t testing.TB) (*s7test.Device, Driver) {
	t.Helper()
	plc := s7test.NewDevice(t)
	plc.Set("DB1.DBW4", []byte{0xFF, 0xFB})
	plc.Set("DB1.DBW6", []byte{0, 5})
	plc.Set("DB1.DBX0.3", []byte{1})
	plc.Set("DB1.DBD8", []byte{0xFF, 0xFE, 0x79, 0x60})
	plc.Set("MD20", []byte{0xFF, 0xFF, 0xFF, 0xFF})
	plc.Set("QD2", []byte{0x3F, 0xC0, 0, 0})
	plc.Set("DB2.DBB1[8]", []byte{0x40, 0x02, 0, 0, 0, 0, 0, 0})
	plc.Set("I1.7", []byte{1})
	return plc, Driver{Addr: plc.Addr(), Slot: 2, Timeout: drivertest.Patience}
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
		Unknown: s7status.AddressOutOfRange,
		Code:    core.S7AddressInvalid,
		Silent:  core.PluginDeviceNotResponding,
		Off:     core.PluginNotConnected,
	})
}

type failure drivertest.Failure[*s7test.Device]

// TestFailures: what the controller does to speed, and what becomes of it. The
// other tags share its fate where the failure is not that of an item.
func TestFailures(t *testing.T) {
	item := func(native error) func(*s7test.Device) {
		return func(plc *s7test.Device) { plc.FailItem("DB1.DBW4", native) }
	}
	request := func(native error) func(*s7test.Device) {
		return func(plc *s7test.Device) { plc.Fail(native) }
	}
	fault := func(f devicetest.Fault) func(*s7test.Device) {
		return func(plc *s7test.Device) { plc.Break(f, s7test.Next) }
	}
	for name, c := range map[string]failure{
		"0x01":            {item(s7status.HardwareFault), core.S7HardwareError, s7status.HardwareFault, core.Retry, drivertest.Alone},
		"0x03":            {item(s7status.AccessingObjectNotAllowed), core.S7AccessDenied, s7status.AccessingObjectNotAllowed, core.Fix, drivertest.Alone},
		"0x05":            {item(s7status.AddressOutOfRange), core.S7AddressInvalid, s7status.AddressOutOfRange, core.Fix, drivertest.Alone},
		"0x06":            {item(s7status.DataTypeNotSupported), core.S7DataTypeUnsupported, s7status.DataTypeNotSupported, core.Fix, drivertest.Alone},
		"0x07":            {item(s7status.DataTypeInconsistent), core.S7DataTypeInconsistent, s7status.DataTypeInconsistent, core.Fix, drivertest.Alone},
		"0x0A":            {item(s7status.ObjectDoesNotExist), core.S7ObjectNotExist, s7status.ObjectDoesNotExist, core.Fix, drivertest.Alone},
		"0x55, of nobody": {item(s7status.ReturnCode(0x55)), core.PluginReadFailed, s7status.ReturnCode(0x55), core.Fix, drivertest.Alone},
		"empty value":     {item(s7status.EmptyValue), core.S7NoValue, s7status.EmptyValue, core.Retry, drivertest.Alone},
		"value too short": {item(s7status.ShortValue), core.S7ValueTooShort, s7status.ShortValue, core.Fix, drivertest.Alone},

		"PUT/GET off":   {request(s7status.HeaderCode7FunNotAvailable), core.S7AccessDenied, s7status.HeaderCode7FunNotAvailable, core.Fix, drivertest.All},
		"a tag too big": {item(s7status.HeaderCode7DataOverPDU), core.PluginReadFailed, s7status.HeaderCode7DataOverPDU, core.Fix, drivertest.Alone}, // found by halving

		"disorder":     {fault(s7test.WrongID), core.PluginMessageDisorder, s7status.PDUReferenceMismatch, core.Reconnect, drivertest.Lost},
		"cut":          {fault(s7test.Cut), core.S7COTPDisconnected, s7status.UnexpectedEOF, core.Reconnect, drivertest.Lost},
		"close":        {fault(s7test.Close), core.S7COTPDisconnected, s7status.EOF, core.Reconnect, drivertest.Lost},
		"reset":        {fault(s7test.Reset), core.S7COTPDisconnected, s7status.Reset, core.Reconnect, drivertest.Lost},
		"wrong length": {fault(s7test.WrongLength), core.PluginProtocolParseFailed, core.PluginProtocolParseFailed, core.Reconnect, drivertest.Lost},
		"truncated":    {fault(s7test.Truncated), core.PluginProtocolParseFailed, core.PluginProtocolParseFailed, core.Reconnect, drivertest.Lost},
	} {
		t.Run(name, func(t *testing.T) {
			plc, driver := start(t)
			drivertest.Failure[*s7test.Device](c).Require(t, plc, driver, tags)
		})
	}
}

// TestRefusedHandshakes: gos7 keeps to itself what it was refused with.
func TestRefusedHandshakes(t *testing.T) {
	for name, c := range map[string]failure{
		"COTP refused":  {func(plc *s7test.Device) { plc.RefuseConnect(3) }, core.S7COTPDisconnected, nil, core.Reconnect, drivertest.Refused},
		"setup refused": {func(plc *s7test.Device) { plc.RefuseSetup(s7status.HeaderCode7FunNotAvailable) }, core.S7Disconnected, nil, core.Reconnect, drivertest.Refused},
		"port closed":   {(*s7test.Device).Refuse, core.PluginNotConnected, s7status.DialRefused, core.Reconnect, drivertest.Refused},
	} {
		t.Run(name, func(t *testing.T) {
			plc, driver := start(t)
			drivertest.Failure[*s7test.Device](c).Require(t, plc, driver, tags)
		})
	}
}

// TestRefusedHandshakeLeavesNothingOpen: gos7 forgets the socket of a handshake
// that fails in its second half.
func TestRefusedHandshakeLeavesNothingOpen(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer listener.Close()
	answers := [][]byte{
		{3, 0, 0, 22, 17, 0xD0, 0, 1, 0, 2, 0, 0xC0, 1, 10, 0xC1, 2, 1, 0, 0xC2, 2, 1, 2},
		{3, 0, 0, 19, 2, 0xF0, 0x80, 0x32, 2, 0, 0, 4, 0, 0, 0, 0, 0, 0x81, 0x04},
	}
	left := make(chan error, 1)
	go func() {
		c, err := listener.Accept()
		if err == nil {
			defer c.Close()
			frames := bufio.NewScanner(c)
			frames.Split(s7status.ScanFrames)
			for frames.Scan() {
				if len(answers) > 0 {
					_, _ = c.Write(answers[0]) // the driver may have hung up
					answers = answers[1:]
				}
			}
			err = frames.Err()
		}
		left <- err
	}()
	_, err = Driver{Addr: listener.Addr().String(), Timeout: drivertest.Patience}.Open(context.Background())
	coretest.RequireCode(t, err, core.S7Disconnected)
	select {
	case err := <-left:
		require.NoError(t, err)
	case <-time.After(drivertest.Patience):
		t.Fatal("the driver has left its socket open")
	}
}

// TestRefusedWrites: what a write is answered, and that it is sent once.
func TestRefusedWrites(t *testing.T) {
	for native, code := range map[error]core.Code{
		s7status.AccessingObjectNotAllowed:  core.S7AccessDenied,
		s7status.DataTypeInconsistent:       core.S7DataTypeInconsistent,
		s7status.ReturnCode(0x55):           core.PluginWriteFailed,
		s7status.HeaderCode7FunNotAvailable: core.S7AccessDenied,
	} {
		plc, driver := start(t)
		node := drivertest.NewNode(t, driver, tags)
		plc.Fail(native)
		for _, name := range []string{"speed", "running"} {
			err := node.Write(context.Background(), name, 1)
			coretest.RequireCode(t, err, code)
			coretest.RequireStatus(t, err, native)
			require.ErrorContains(t, err, "write "+name)
		}
		assert.Len(t, plc.Requests(), 2)
	}
}

func TestBitsBesideABitStay(t *testing.T) {
	plc, driver := start(t)
	node := drivertest.NewNode(t, driver, tags)
	plc.Set("DB1.DBB0", []byte{0xF7})
	require.NoError(t, node.Write(context.Background(), "running", true))
	assert.Equal(t, []byte{0xFF}, plc.Value("DB1.DBB0"))
	require.NoError(t, node.Write(context.Background(), "running", false))
	assert.Equal(t, []byte{0xF7}, plc.Value("DB1.DBB0"))
}

// TestManyTags: more than one request holds.
func TestManyTags(t *testing.T) {
	plc, driver := start(t)
	var many []southbound.Tag
	for i := range 41 { // the last one is alone in its request
		plc.Set(fmt.Sprintf("DB3.DBB%d[8]", 8*i), []byte{0x3F, 0xF0, 0, 0, 0, 0, 0, byte(i)})
		many = append(many, southbound.Tag{Name: fmt.Sprint(i), Address: fmt.Sprintf("DB3.DBB%d", 8*i), Type: southbound.Double})
	}
	plc.FailItem("DB3.DBB320[8]", s7status.ObjectDoesNotExist)
	node := drivertest.NewNode(t, driver, many)
	for i, r := range node.Poll(context.Background()) {
		if i == 40 {
			coretest.RequireCode(t, r.Err, core.S7ObjectNotExist)
			continue
		}
		require.NoError(t, r.Err)
		assert.Equal(t, math.Float64frombits(0x3FF0000000000000+uint64(i)), r.Value)
	}
	assert.Len(t, plc.Requests(), 3)
}

// TestMost: a request and its answer are no longer than the controller has agreed
// to. A request has 19 bytes, and 12 more for each item.
func TestMost(t *testing.T) {
	_, driver := start(t)
	for pdu, want := range map[int]int{480: 20, 240: 18, 112: 7, 31: 1, 0: 1} {
		l := &link{handler: gos7.NewTCPClientHandler(driver.Addr, 0, 2)}
		l.handler.PDULength = pdu
		assert.Equal(t, want, l.most(), "PDU of %d bytes", pdu)
	}
}

// TestLastAddresses: the last data block, and the last bytes of an area.
func TestLastAddresses(t *testing.T) {
	plc, driver := start(t)
	plc.Set("DB65535.DBW65534", []byte{0, 7})
	plc.Set("MD65532", []byte{0, 0, 0, 8})
	node := drivertest.NewNode(t, driver, []southbound.Tag{
		{Name: "word", Address: "DB65535.DBW65534", Type: southbound.Int16},
		{Name: "double word", Address: "MD65532", Type: southbound.Int32},
	})
	for i, r := range node.Poll(context.Background()) {
		require.NoError(t, r.Err)
		assert.Equal(t, []any{int16(7), int32(8)}[i], r.Value)
	}
}

// TestAreas: what is written stands where it can be read.
func TestAreas(t *testing.T) {
	plc, driver := start(t)
	for address, want := range map[string][]byte{"DB1.DBW40": {1, 2}, "MW40": {3, 4}, "IW40": {5, 6}, "QW40": {7, 8}} {
		plc.Set(address, []byte{0, 0})
		node := drivertest.NewNode(t, driver, []southbound.Tag{{Name: "word", Address: address, Type: southbound.Uint16}})
		require.NoError(t, node.Write(context.Background(), "word", binary.BigEndian.Uint16(want)), address)
		assert.Equal(t, want, plc.Value(address), address)
	}
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
		core.TagTypeUnsupported: {{Address: "DB1.DBW4", Type: "WORD"}},
		core.TagAddressFormatInvalid: {
			{Address: "", Type: southbound.Int16},
			{Address: "DB1", Type: southbound.Int16},
			{Address: "DB1.DBW4", Type: southbound.Int32},
			{Address: "DB1.DBD4", Type: southbound.Int16},
			{Address: "DB1.DBX4.1", Type: southbound.Int16},
			{Address: "DB1.DBW4.1", Type: southbound.Int16},
			{Address: "M4", Type: southbound.Int16},
			{Address: "DB1.DBW4", Type: southbound.Bool},
			{Address: "DB1.DBX4", Type: southbound.Bool},
			{Address: "DB1.DBX4.8", Type: southbound.Bool},
			{Address: "MB4.1", Type: southbound.Bool},
			{Address: "DB65536.DBW4", Type: southbound.Int16},
			{Address: "DB1.DBW65535", Type: southbound.Int16},
			{Address: "T5", Type: southbound.Int16},
		},
	})
}

// TestDeadline: that of ctx counts, when it comes before Timeout.
func TestDeadline(t *testing.T) {
	plc, driver := start(t)
	link, err := driver.Open(context.Background())
	require.NoError(t, err)
	t.Cleanup(func() { _ = link.Close() }) // nothing is waited for any more
	short, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	plc.Break(s7test.Silence)
	started := time.Now()
	_, err = link.Read(short, tags)
	coretest.RequireStatus(t, err, s7status.ReadTimeout)
	assert.Less(t, time.Since(started), driver.Timeout)
}
