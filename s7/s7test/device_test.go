package s7test_test

import (
	"fmt"
	"net"
	"testing"
	"time"

	"github.com/robinson/gos7"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
	"github.com/fieldstatus/fieldstatus/s7"
	"github.com/fieldstatus/fieldstatus/s7/s7test"
)

// connect opens a gos7 connection that the test closes again.
func connect(t *testing.T, plc *s7test.Device) *gos7.TCPClientHandler {
	t.Helper()
	h := gos7.NewTCPClientHandler(plc.Addr(), 0, 2)
	h.Timeout = 300 * time.Millisecond
	require.NoError(t, h.Connect())
	t.Cleanup(func() { _ = h.Close() })
	return h
}

// readDB reads n bytes as a driver does, with the lossless hook.
func readDB(h *gos7.TCPClientHandler, db, start, n int) ([]byte, error) {
	var x s7.Exchange
	buf := make([]byte, n)
	err := gos7.NewClient2(&x, h).AGReadDB(db, start, n, buf)
	return buf, s7.Translate(core.Read, err)
}

func writeDB(h *gos7.TCPClientHandler, db, start int, value []byte) error {
	var x s7.Exchange
	return s7.Translate(core.Write, gos7.NewClient2(&x, h).AGWriteDB(db, start, len(value), value))
}

func TestValuesAreReadAndWritten(t *testing.T) {
	plc := s7test.NewDevice(t)
	plc.Set("DB1.DBW4", []byte{0x12, 0x34})
	plc.Set("DB1.DBX6.3", []byte{1})
	h := connect(t, plc)
	got, err := readDB(h, 1, 4, 3)
	require.NoError(t, err)
	assert.Equal(t, []byte{0x12, 0x34, 0x08}, got)
	require.NoError(t, writeDB(h, 1, 4, []byte{0xAB}))
	got, err = readDB(h, 1, 4, 2)
	require.NoError(t, err)
	assert.Equal(t, []byte{0xAB, 0x34}, got)
	assert.Equal(t, []byte{0xAB, 0x34}, plc.Value("DB1.DBW4"))
	assert.Equal(t, []byte{1}, plc.Value("DB1.DBX6.3"))
	assert.Panics(t, func() { plc.Value("DB1") })

	requests := plc.Requests()
	require.Len(t, requests, 3)
	assert.Equal(t, []string{"DB1.DBB4[3]"}, requests[0].Items)
	assert.Equal(t, core.Write, requests[1].Op)
	assert.True(t, requests[1].Understood)
}

func TestItemsFailByAddress(t *testing.T) {
	plc := s7test.NewDevice(t)
	h := connect(t, plc)
	for native, code := range map[s7.ReturnCode]core.Code{
		s7.HardwareFault: core.S7HardwareError, s7.AccessingObjectNotAllowed: core.S7AccessDenied, s7.AddressOutOfRange: core.S7AddressInvalid,
		s7.DataTypeNotSupported: core.S7DataTypeUnsupported, s7.DataTypeInconsistent: core.S7DataTypeInconsistent, s7.ObjectDoesNotExist: core.S7ObjectNotExist,
	} {
		plc.FailItem("DB1.DBW4", native)
		_, err := readDB(h, 1, 4, 2)
		coretest.RequireCode(t, err, code)
		coretest.RequireStatus(t, err, native)
		coretest.RequireCode(t, writeDB(h, 1, 5, []byte{1}), code) // DBB5 is part of DBW4
		_, err = readDB(h, 1, 6, 2)
		coretest.RequireCode(t, err, core.OK)
		plc.Recover()
	}
	for event, code := range map[s7.Event]core.Code{s7.EmptyValue: core.S7NoValue, s7.ShortValue: core.S7ValueTooShort} {
		plc.FailItem("DB1.DBW4", event)
		_, err := readDB(h, 1, 4, 2)
		coretest.RequireCode(t, err, code)
		plc.Recover()
	}
}

func TestHeaderErrors(t *testing.T) {
	plc := s7test.NewDevice(t)
	h := connect(t, plc)
	plc.Fail(s7.HeaderError(0x8104), s7test.Next)
	_, err := readDB(h, 1, 0, 2)
	coretest.RequireCode(t, err, core.S7AccessDenied) // PUT/GET is switched off
	coretest.RequireStatus(t, err, s7.HeaderError(0x8104))
	_, err = readDB(h, 1, 0, 2)
	coretest.RequireCode(t, err, core.OK) // only the next one failed
}

func TestTheNthRequest(t *testing.T) {
	plc := s7test.NewDevice(t)
	h := connect(t, plc)
	plc.Fail(s7.ObjectDoesNotExist, s7test.When(3))
	for _, want := range []core.Code{core.OK, core.OK, core.S7ObjectNotExist, core.OK} {
		_, err := readDB(h, 1, 0, 2)
		coretest.RequireCode(t, err, want)
	}
}

func TestFaultsOfTheConnection(t *testing.T) {
	for name, c := range map[string]struct {
		fault s7test.Fault
		want  core.Code
	}{
		"silence":      {s7test.Silence, core.PluginDeviceNotResponding},
		"cut":          {s7test.Cut, core.S7COTPDisconnected},
		"close":        {s7test.Close, core.S7COTPDisconnected},
		"reset":        {s7test.Reset, core.S7COTPDisconnected},
		"garbage":      {s7test.Garbage, core.PluginProtocolParseFailed},
		"truncated":    {s7test.Truncated, core.PluginProtocolParseFailed},
		"wrong length": {s7test.WrongLength, core.PluginProtocolParseFailed},
		"wrong id":     {s7test.WrongID, core.PluginMessageDisorder},
	} {
		t.Run(name, func(t *testing.T) {
			plc := s7test.NewDevice(t)
			h := connect(t, plc)
			plc.Break(c.fault, s7test.Next)
			_, err := readDB(h, 1, 0, 4)
			coretest.RequireCode(t, err, c.want)
			assert.GreaterOrEqual(t, core.ScopeOf(err), core.Request)

			// After any of these a driver closes and connects again, and all is well.
			require.NoError(t, h.Close())
			require.NoError(t, h.Connect())
			_, err = readDB(h, 1, 0, 4)
			coretest.RequireCode(t, err, core.OK)
		})
	}
}

func TestHandshakesRefused(t *testing.T) {
	plc := s7test.NewDevice(t)
	dial := func() error {
		h := gos7.NewTCPClientHandler(plc.Addr(), 0, 2)
		h.Timeout = 300 * time.Millisecond
		defer h.Close()
		return s7.Translate(core.Connect, h.Connect())
	}
	coretest.RequireCode(t, dial(), core.OK)
	plc.RefuseConnect(3)
	coretest.RequireCode(t, dial(), core.S7COTPDisconnected)
	plc.Recover()
	plc.RefuseSetup(0x8104)
	coretest.RequireCode(t, dial(), core.S7Disconnected)
	plc.Recover()
	plc.Refuse()
	coretest.RequireCode(t, dial(), core.PluginNotConnected)
	plc.Recover()
	coretest.RequireCode(t, dial(), core.OK)
}

func TestDisconnectInTheMiddle(t *testing.T) {
	plc := s7test.NewDevice(t)
	h := connect(t, plc)
	plc.Fail(s7.DisconnectReason(0x80), s7test.Next)
	_, err := readDB(h, 1, 0, 2)
	require.Error(t, err) // gos7 loses the reason, see s7.Translate
	assert.Equal(t, core.Reconnect, core.RemedyOf(err))
}

func TestDelay(t *testing.T) {
	plc := s7test.NewDevice(t)
	h := connect(t, plc)
	plc.Delay(50*time.Millisecond, s7test.Next)
	start := time.Now()
	_, err := readDB(h, 1, 0, 2)
	coretest.RequireCode(t, err, core.OK)
	assert.GreaterOrEqual(t, time.Since(start), 50*time.Millisecond)
	plc.Delay(time.Hour) // the end of the test does not wait for it
	_, err = readDB(h, 1, 0, 2)
	coretest.RequireCode(t, err, core.PluginDeviceNotResponding)
}

func TestItemsOfOneRequest(t *testing.T) {
	plc := s7test.NewDevice(t)
	plc.Set("DB1.DBB0", []byte{7})
	plc.FailItem("MB3", s7.AccessingObjectNotAllowed)
	h := connect(t, plc)
	items := []gos7.S7DataItem{
		{Area: 0x84, WordLen: 0x02, DBNumber: 1, Start: 0, Amount: 1, Data: make([]byte, 1)},
		{Area: 0x83, WordLen: 0x02, Start: 3, Amount: 1, Data: make([]byte, 1)},
		{Area: 0x84, WordLen: 0x02, DBNumber: 2, Start: 0, Amount: 4, Data: make([]byte, 4)},
	}
	var x s7.Exchange
	require.NoError(t, s7.Translate(core.Read, gos7.NewClient2(&x, h).AGReadMulti(items, len(items))))
	coretest.RequireCode(t, x.ItemErr(0), core.OK)
	coretest.RequireCode(t, x.ItemErr(1), core.S7AccessDenied)
	coretest.RequireCode(t, x.ItemErr(2), core.OK)
	assert.Equal(t, []byte{7}, items[0].Data)
}

func TestUnknownRequestsAreRefusedAndReported(t *testing.T) {
	plc := s7test.NewDevice(t)
	h := connect(t, plc)
	_, err := gos7.NewClient(h).GetCPUInfo() // a system status list
	require.Error(t, err)
	assert.Empty(t, plc.Requests()[0].Items)

	c, err := net.Dial("tcp", plc.Addr())
	require.NoError(t, err)
	defer c.Close()
	_, err = c.Write([]byte("GET / HTTP/1.1\r\n\r\n"))
	require.NoError(t, err)
	require.NoError(t, c.SetReadDeadline(time.Now().Add(5*time.Second)))
	_, err = c.Read(make([]byte, 1))
	assert.Error(t, err, "the device hangs up on another protocol")
}

func TestSetComplainsAboutAddresses(t *testing.T) {
	plc := s7test.NewDevice(t)
	for _, addr := range []string{"", "DB1", "DB1.DBW", "DB99999.DBW0", "MB99999", "DB1.DBX0.8", "X0", "DB1.DBB0[0]"} {
		assert.Panics(t, func() { plc.Set(addr, nil) }, addr)
	}
	assert.NotPanics(t, func() { plc.Set("C5", []byte{1, 2}) })
}

// What was recorded at a plant fails in a unit test as it did there.
func TestReplay(t *testing.T) {
	stanzas, err := coretest.ParseFrames("plant.frames", []byte(`name: data block missing
from: constructed, S7 item layout: header, one item with return code 0x0A
op: read
recv: 0300001902f080320300000001000200040000 04010a000000
expect: item-return 0x0A ObjectDoesNotExist 10110
`))
	require.NoError(t, err)
	plc := s7test.NewDevice(t)
	h := connect(t, plc)
	plc.Replay(stanzas...)
	_, err = readDB(h, 1, 0, 2)
	coretest.RequireStatus(t, err, s7.ObjectDoesNotExist)
	_, err = readDB(h, 1, 0, 2)
	coretest.RequireCode(t, err, core.OK)
}

func TestReplayOfARefusedHandshake(t *testing.T) {
	stanzas, err := coretest.ParseFrames("plant.frames", []byte(`name: Setup Communication refused
from: constructed, RFC 1006 and S7 layout: connection confirm, then an Ack with 0x8104
op: connect
sent: 0300001611e00000000100c1020100c2020102c0010a
recv: 0300001611d00001000200c0010ac1020100c2020102
sent: 0300001902f08032010000040000080000f0000001000101e0
recv: 0300001302f08032020000040000000000 8104
expect: transport-event - S7SetupFailed 10151
`))
	require.NoError(t, err)
	plc := s7test.NewDevice(t)
	plc.Replay(stanzas...)
	h := gos7.NewTCPClientHandler(plc.Addr(), 0, 2)
	h.Timeout = 300 * time.Millisecond
	defer h.Close()
	coretest.RequireCode(t, s7.Translate(core.Connect, h.Connect()), core.S7Disconnected)
	require.NoError(t, h.Close())
	require.NoError(t, h.Connect(), "behind the recording the device answers by itself")
}

// A complaint is what a device says to its test.
type complaint struct {
	testing.TB
	text chan string
}

func (c complaint) Errorf(format string, args ...any) { c.text <- fmt.Sprintf(format, args...) }

// A failure that cannot happen is a mistake of the test, and is not passed over.
func TestStatusesThatDoNotFitAreReported(t *testing.T) {
	for _, native := range []error{s7.ParamError(0xD401), s7.PDUReferenceMismatch, core.NetEOF} {
		c := complaint{t, make(chan string, 1)}
		plc := s7test.NewDevice(c)
		h := connect(t, plc)
		plc.Fail(native)
		_, err := readDB(h, 1, 0, 2)
		coretest.RequireCode(t, err, core.OK)
		assert.Contains(t, <-c.text, "is no status that the answer to this request can have")
	}
}
