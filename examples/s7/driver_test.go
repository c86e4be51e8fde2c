package s7

import (
	"bufio"
	"context"
	"fmt"
	"math"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
	"github.com/fieldstatus/fieldstatus/core/devicetest"
	"github.com/fieldstatus/fieldstatus/core/gateway"
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

// patience is for tests in which nothing has to be waited for, on any machine.
const patience = 10 * time.Second

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
	return plc, Driver{Addr: plc.Addr(), Slot: 2, Timeout: patience}
}

func TestDriver(t *testing.T) {
	drivertest.Run(t, drivertest.Subject{
		Start: func(t testing.TB) (drivertest.Device, southbound.Driver) {
			plc, driver := start(t)
			return plc, driver
		},
		Tags:    tags,
		Values:  values,
		Unknown: s7status.AddressOutOfRange,
		Code:    core.S7AddressInvalid,
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
	item := func(native error) func(*s7test.Device) {
		return func(plc *s7test.Device) { plc.FailItem("DB1.DBW4", native) }
	}
	request := func(native error) func(*s7test.Device) {
		return func(plc *s7test.Device) { plc.Fail(native) }
	}
	fault := func(f devicetest.Fault) func(*s7test.Device) {
		return func(plc *s7test.Device) { plc.Break(f, s7test.Next) }
	}
	for name, c := range map[string]struct {
		fail   func(*s7test.Device)
		code   core.Code
		status error
		remedy core.Remedy
		others core.Code
		link   gateway.Link
	}{
		"0x01":            {item(s7status.HardwareFault), core.S7HardwareError, s7status.HardwareFault, core.Retry, core.OK, gateway.Connected},
		"0x03":            {item(s7status.AccessingObjectNotAllowed), core.S7AccessDenied, s7status.AccessingObjectNotAllowed, core.Fix, core.OK, gateway.Connected},
		"0x05":            {item(s7status.AddressOutOfRange), core.S7AddressInvalid, s7status.AddressOutOfRange, core.Fix, core.OK, gateway.Connected},
		"0x06":            {item(s7status.DataTypeNotSupported), core.S7DataTypeUnsupported, s7status.DataTypeNotSupported, core.Fix, core.OK, gateway.Connected},
		"0x07":            {item(s7status.DataTypeInconsistent), core.S7DataTypeInconsistent, s7status.DataTypeInconsistent, core.Fix, core.OK, gateway.Connected},
		"0x0A":            {item(s7status.ObjectDoesNotExist), core.S7ObjectNotExist, s7status.ObjectDoesNotExist, core.Fix, core.OK, gateway.Connected},
		"0x55, of nobody": {item(s7status.ReturnCode(0x55)), core.PluginReadFailed, s7status.ReturnCode(0x55), core.Fix, core.OK, gateway.Connected},
		"empty value":     {item(s7status.EmptyValue), core.S7NoValue, s7status.EmptyValue, core.Retry, core.OK, gateway.Connected},
		"value too short": {item(s7status.ShortValue), core.S7ValueTooShort, s7status.ShortValue, core.Fix, core.OK, gateway.Connected},

		"PUT/GET off":   {request(s7status.HeaderCode7FunNotAvailable), core.S7AccessDenied, s7status.HeaderCode7FunNotAvailable, core.Fix, core.S7AccessDenied, gateway.Connected},
		"a tag too big": {item(s7status.HeaderCode7DataOverPDU), core.PluginReadFailed, s7status.HeaderCode7DataOverPDU, core.Fix, core.OK, gateway.Connected}, // found by halving

		"disorder":     {fault(s7test.WrongID), core.PluginMessageDisorder, s7status.PduReferenceMismatch, core.Reconnect, core.PluginMessageDisorder, gateway.Disconnected},
		"cut":          {fault(s7test.Cut), core.S7COTPDisconnected, s7status.UnexpectedEof, core.Reconnect, core.S7COTPDisconnected, gateway.Disconnected},
		"close":        {fault(s7test.Close), core.S7COTPDisconnected, s7status.Eof, core.Reconnect, core.S7COTPDisconnected, gateway.Disconnected},
		"reset":        {fault(s7test.Reset), core.S7COTPDisconnected, s7status.Reset, core.Reconnect, core.S7COTPDisconnected, gateway.Disconnected},
		"wrong length": {fault(s7test.WrongLength), core.PluginProtocolParseFailed, core.PluginProtocolParseFailed, core.Reconnect, core.PluginProtocolParseFailed, gateway.Disconnected},
		"truncated":    {fault(s7test.Truncated), core.PluginProtocolParseFailed, core.PluginProtocolParseFailed, core.Reconnect, core.PluginProtocolParseFailed, gateway.Disconnected},
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

func TestRefusedHandshakes(t *testing.T) {
	for name, c := range map[string]struct {
		refuse func(*s7test.Device)
		code   core.Code
	}{
		"COTP refused":  {func(plc *s7test.Device) { plc.RefuseConnect(3) }, core.S7COTPDisconnected},
		"setup refused": {func(plc *s7test.Device) { plc.RefuseSetup(s7status.HeaderCode7FunNotAvailable) }, core.S7Disconnected},
		"port closed":   {func(plc *s7test.Device) { plc.Refuse() }, core.PluginNotConnected},
	} {
		t.Run(name, func(t *testing.T) {
			plc, driver := start(t)
			c.refuse(plc)
			node := newNode(t, driver, tags)
			for _, r := range node.Poll(context.Background()) {
				coretest.RequireCode(t, r.Err, c.code)
				coretest.RequireRemedy(t, r.Err, core.Reconnect)
				coretest.RequireScope(t, r.Err, core.Connection)
			}
			coretest.RequireCode(t, node.Write(context.Background(), "speed", 1), c.code)
			assert.Equal(t, gateway.Disconnected, node.State().Link)
			plc.Recover()
			requireGood(t, node)
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
	_, err = Driver{Addr: listener.Addr().String(), Timeout: patience}.Open(context.Background())
	coretest.RequireCode(t, err, core.S7Disconnected)
	select {
	case err := <-left:
		require.NoError(t, err)
	case <-time.After(patience):
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
		node := newNode(t, driver, tags)
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

func TestEveryTypeAndAreaCanBeWritten(t *testing.T) {
	plc, driver := start(t)
	node := newNode(t, driver, tags)
	for _, tag := range tags[:7] {
		require.NoError(t, node.Write(context.Background(), tag.Name, 1))
	}
	for i, r := range node.Poll(context.Background())[:7] {
		require.NoError(t, r.Err)
		want, err := tags[i].Type.Convert(1)
		require.NoError(t, err)
		assert.Equal(t, want, r.Value, r.Tag.Name)
	}
	require.NoError(t, node.Write(context.Background(), "running", false))
	plc.Set("DB1.DBB0", []byte{0xF7})
	require.NoError(t, node.Write(context.Background(), "running", true))
	assert.Equal(t, []byte{0xFF}, plc.Value("DB1.DBB0"))
	require.NoError(t, node.Write(context.Background(), "running", false))
	assert.Equal(t, []byte{0xF7}, plc.Value("DB1.DBB0"), "the bits beside it stay")
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
	node := newNode(t, driver, many)
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

// TestBadTags: a tag that nothing can be asked for costs nothing, and no other tag.
func TestBadTags(t *testing.T) {
	plc, driver := start(t)
	bad := []southbound.Tag{
		{Address: "DB1.DBW4", Type: "WORD"},
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
	}
	for i := range bad {
		bad[i].Name = fmt.Sprintf("%s %s", bad[i].Address, bad[i].Type)
	}
	node := newNode(t, driver, append(bad, tags[0]))
	readings := node.Poll(context.Background())
	for i, r := range readings[:len(bad)] {
		want := core.TagAddressFormatInvalid
		if i == 0 {
			want = core.TagTypeUnsupported
		}
		coretest.RequireCode(t, r.Err, want)
		coretest.RequireCode(t, node.Write(context.Background(), r.Tag.Name, 1), want)
	}
	require.NoError(t, readings[len(bad)].Err)
	assert.Len(t, plc.Requests(), 1)
}

// TestContext: ctx is looked at before each request, since gos7 does not.
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
	plc.Break(s7test.Silence)
	started := time.Now()
	_, err = link.Read(short, tags)
	coretest.RequireStatus(t, err, s7status.ReadTimeout)
	assert.Less(t, time.Since(started), patience, "the deadline of ctx counts")
	require.NoError(t, link.Close())
	_, err = link.Read(context.Background(), tags)
	coretest.RequireCode(t, err, core.PluginNotConnected)
}
