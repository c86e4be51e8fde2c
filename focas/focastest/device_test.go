package focastest_test

import (
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
	"github.com/fieldstatus/fieldstatus/focas"
	"github.com/fieldstatus/fieldstatus/focas/focastest"
)

func TestValuesAreReadAndWritten(t *testing.T) {
	cnc := focastest.NewDevice(t)
	cnc.Set("0x0015 500", []byte{0, 0, 0, 42, 0, 10, 0, 0})
	cnc.Set("0x8001 2204 2205 9", []byte{0x12, 0x34})
	cnc.Set("0x0018", []byte("system information"))
	cnc.Set("0x000E 6711", []byte{1, 2, 3, 4})
	cnc.Set("0x000E", []byte{9})
	c := dial(t, cnc, focas.CommandConnection)

	got, err := c.one(core.Read, macro(499, 501))
	require.NoError(t, err)
	assert.Equal(t, append(append(make([]byte, 8), 0, 0, 0, 42, 0, 10, 0, 0), make([]byte, 8)...), got)
	_, err = c.one(core.Write, setMacro(501, []byte{0, 0, 0, 7, 0, 10, 0, 1}))
	require.NoError(t, err)
	got, err = c.one(core.Read, macro(501, 501))
	require.NoError(t, err)
	assert.Equal(t, []byte{0, 0, 0, 7, 0, 10, 0, 1}, got)

	_, err = c.one(core.Write, setPMC(2205, 2206, 9, []byte{0x56, 0x78, 0x9A})) // a byte too many
	require.NoError(t, err)
	got, err = c.one(core.Read, pmc(2203, 2207, 9))
	require.NoError(t, err)
	assert.Equal(t, []byte{0, 0x12, 0x56, 0x78, 0}, got)
	got, err = c.one(core.Read, pmc(2204, 2204, 5)) // another area
	require.NoError(t, err)
	assert.Equal(t, []byte{0}, got)

	got, err = c.one(core.Read, simple(0x0018))
	require.NoError(t, err)
	assert.Equal(t, "system information", string(got))
	got, err = c.one(core.Read, simple(0x0019))
	require.NoError(t, err)
	assert.Equal(t, make([]byte, 14), got)
	got, err = c.one(core.Read, command{1, 1, 0x000E, [5]int32{6711, 6711}, nil})
	require.NoError(t, err)
	assert.Equal(t, []byte{1, 2, 3, 4}, got, "the address with more arguments counts")
	got, err = c.one(core.Read, command{1, 1, 0x000E, [5]int32{1, 1}, nil})
	require.NoError(t, err)
	assert.Equal(t, []byte{9}, got)

	requests := cnc.Requests()
	assert.Equal(t, []string{"0x0015 499 501"}, requests[0].Items)
	assert.Equal(t, core.Read, requests[0].Op)
	assert.Equal(t, core.Write, requests[1].Op)
	assert.Equal(t, []string{"0x8002 2205 2206 9 1 3"}, requests[3].Items)
	assert.True(t, requests[3].Understood)
}

// Every status word arrives, and means what the table says of it.
func TestItemsFailByAddress(t *testing.T) {
	cnc := focastest.NewDevice(t)
	c := dial(t, cnc, focas.CommandConnection)
	for v := focas.EWProtocol - 1; v <= focas.EWRdRstfin+1; v++ {
		if v == 0 {
			continue
		}
		code := focas.WireCode(v)
		cnc.FailItem("0x0015 500", code)
		_, err := c.one(core.Read, macro(498, 503)) // 500 is part of it
		coretest.RequireCode(t, err, code.Status().Code(core.Read))
		coretest.RequireStatus(t, err, code)
		_, err = c.one(core.Read, macro(501, 503))
		coretest.RequireCode(t, err, core.OK)
		_, err = c.one(core.Write, setMacro(500, make([]byte, 8))) // another command
		coretest.RequireCode(t, err, core.OK)
		cnc.Recover()
	}
	cnc.Fail(focas.EWProt)
	_, err := c.one(core.Write, setPMC(1, 1, 9, []byte{1}))
	coretest.RequireCode(t, err, core.PluginTagNotWritable)
	_, err = c.one(core.Read, pmc(1, 1, 9))
	coretest.RequireCode(t, err, core.PluginTagNotReadable)
	cnc.Recover()
	got, err := c.one(core.Read, pmc(1, 1, 9))
	require.NoError(t, err)
	assert.Equal(t, []byte{0}, got, "a write that failed writes nothing")
}

func TestBlocksFailByThemselves(t *testing.T) {
	cnc := focastest.NewDevice(t)
	cnc.FailItem("0x00E1", focastest.Status{Code: focas.WireCode(focas.EWData), Detail: focas.Detail{ErrNo: 3, ErrDtno: 77}})
	cnc.FailItem("path 2 0x0015", focas.EWPath)
	c := dial(t, cnc, focas.CommandConnection)
	otherPath := macro(500, 500)
	otherPath.path = 2
	statuses, payloads, err := c.call(simple(0x0019), simple(0x00E1), otherPath, macro(500, 500))
	require.NoError(t, err)
	var codes []core.Code
	for _, s := range statuses {
		codes = append(codes, s.Code(core.Read))
	}
	assert.Equal(t, []core.Code{core.OK, core.FOCASError, core.FOCASError, core.OK}, codes)
	assert.Len(t, payloads[0], 14)
	d, ok := focas.DetailOf(statuses[1])
	assert.True(t, ok)
	assert.Equal(t, focas.Detail{ErrNo: 3, ErrDtno: 77}, d)
	assert.Equal(t, []string{"0x0019", "0x00E1", "path 2 0x0015 500 500", "0x0015 500 500"}, cnc.Requests()[0].Items)
}

func TestReceipts(t *testing.T) {
	cnc := focastest.NewDevice(t)
	c := dial(t, cnc, focas.CommandConnection)
	cnc.Fail(focastest.Receipt{Code: focas.WireCode(focas.EWReject)}, focastest.Next)
	statuses, payloads, err := c.call(simple(0x0019), simple(0x00E1))
	require.NoError(t, err)
	assert.Len(t, statuses, 2)
	assert.Empty(t, payloads)
	coretest.RequireStatus(t, statuses[1].Err(core.Read), focas.EWReject)

	// A range that ends before it begins is refused as a whole, and nothing is written.
	statuses, _, err = c.call(setMacro(500, []byte{1, 1, 1, 1, 1, 1, 1, 1}), macro(500, 499))
	require.NoError(t, err)
	coretest.RequireStatus(t, statuses[0].Err(core.Read), focas.WireCode(focas.EWProtocol))
	coretest.RequireCode(t, statuses[0].Err(core.Read), core.FOCASError)
	got, err := c.one(core.Read, macro(500, 500))
	require.NoError(t, err)
	assert.Equal(t, make([]byte, 8), got)

	// More than an answer holds.
	_, err = c.one(core.Read, macro(500, 5000))
	coretest.RequireStatus(t, err, focas.EWLength)
	_, err = c.one(core.Read, macro(-1<<31, 1<<31-1))
	coretest.RequireStatus(t, err, focas.EWLength)
	statuses, _, err = c.call(macro(1, 300), macro(1, 300))
	require.NoError(t, err)
	coretest.RequireStatus(t, statuses[0].Err(core.Read), focas.EWLength)
}

func TestTheNthRequest(t *testing.T) {
	cnc := focastest.NewDevice(t)
	c := dial(t, cnc, focas.CommandConnection)
	cnc.Fail(focas.EWBusy, focastest.When(3))
	for _, want := range []core.Code{core.OK, core.OK, core.FOCASError, core.OK} {
		_, err := c.one(core.Read, simple(0x0019))
		coretest.RequireCode(t, err, want)
	}
}

func TestFaultsOfTheConnection(t *testing.T) {
	for name, c := range map[string]struct {
		fault focastest.Fault
		want  core.Code
	}{
		"silence":      {focastest.Silence, core.PluginDeviceNotResponding},
		"cut":          {focastest.Cut, core.PluginNotConnected},
		"close":        {focastest.Close, core.PluginNotConnected},
		"reset":        {focastest.Reset, core.PluginNotConnected},
		"garbage":      {focastest.Garbage, core.PluginProtocolParseFailed},
		"truncated":    {focastest.Truncated, core.PluginProtocolParseFailed},
		"wrong length": {focastest.WrongLength, core.PluginProtocolParseFailed},
		"wrong id":     {focastest.WrongID, core.PluginDeviceNotResponding},
	} {
		t.Run(name, func(t *testing.T) {
			cnc := focastest.NewDevice(t)
			link := dial(t, cnc, focas.CommandConnection)
			cnc.Break(c.fault, focastest.Next)
			_, err := link.one(core.Read, simple(0x0019))
			coretest.RequireCode(t, err, c.want)
			assert.GreaterOrEqual(t, core.ScopeOf(err), core.Request)

			// After any of these a driver closes and connects again, and all is well.
			require.NoError(t, link.conn.Close())
			_, err = dial(t, cnc, focas.CommandConnection).one(core.Read, simple(0x0019))
			coretest.RequireCode(t, err, core.OK)
		})
	}
}

// Faults of the frame in answers that have no blocks.
func TestFaultsOfReceipts(t *testing.T) {
	for fault, want := range map[focastest.Fault]core.Code{
		focastest.Garbage:     core.PluginProtocolParseFailed,
		focastest.Truncated:   core.PluginProtocolParseFailed,
		focastest.WrongLength: core.PluginProtocolParseFailed,
		focastest.WrongID:     core.PluginDeviceNotResponding,
	} {
		cnc := focastest.NewDevice(t)
		c := dial(t, cnc, focas.TransferConnection)
		cnc.Break(fault)
		_, err := c.do(focas.FuncDownloadEnd, nil)
		coretest.RequireCode(t, err, want)
	}
}

func TestHandshakesRefused(t *testing.T) {
	cnc := focastest.NewDevice(t)
	try := func(which focas.Connection) error {
		c, err := tryDial(cnc.Addr(), which)
		if err == nil {
			_ = c.conn.Close()
		}
		return err
	}
	coretest.RequireCode(t, try(focas.CommandConnection), core.OK)
	coretest.RequireCode(t, try(focas.TransferConnection), core.OK)
	coretest.RequireCode(t, try(3), core.PluginNotConnected) // a session has two
	cnc.RefuseOpen(focas.WireCode(focas.EWAttrib))
	err := try(focas.CommandConnection)
	coretest.RequireCode(t, err, core.PluginNotConnected)
	coretest.RequireStatus(t, err, focas.EWProtocol) // as FANUC's library says it
	cnc.Recover()
	cnc.Refuse()
	coretest.RequireCode(t, try(focas.CommandConnection), core.PluginNotConnected)
	cnc.Recover()
	coretest.RequireCode(t, try(focas.CommandConnection), core.OK)
	assert.Empty(t, cnc.Requests())
}

func TestClose(t *testing.T) {
	cnc := focastest.NewDevice(t)
	c := dial(t, cnc, focas.CommandConnection)
	cnc.RefuseClose(focas.WireCode(focas.EWBusy))
	statuses, err := c.do(focas.FuncClose, nil)
	require.NoError(t, err)
	coretest.RequireCode(t, statuses[0].Err(core.Other), core.PluginNotConnected)
	cnc.Recover()
	statuses, err = c.do(focas.FuncClose, nil)
	require.NoError(t, err)
	coretest.RequireCode(t, statuses[0].Err(core.Other), core.OK)
	_, err = c.one(core.Read, simple(0x0019)) // the session is over
	coretest.RequireCode(t, err, core.PluginNotConnected)
}

// A CNC hangs up on the functions of the other connection, and before the open.
func TestEachConnectionHasItsFunctions(t *testing.T) {
	cnc := focastest.NewDevice(t)
	_, err := dial(t, cnc, focas.TransferConnection).one(core.Read, simple(0x0019))
	coretest.RequireCode(t, err, core.PluginNotConnected)
	_, err = dial(t, cnc, focas.CommandConnection).do(focas.FuncDownloadEnd, nil)
	coretest.RequireCode(t, err, core.PluginNotConnected)
}

func TestProgramTransfer(t *testing.T) {
	cnc := focastest.NewDevice(t)
	c := dial(t, cnc, focas.TransferConnection)
	// download sends a program and returns what comes back at the end.
	download := func() error {
		if statuses, err := c.do(focas.FuncDownloadStart, []byte("\x00\x00\x00\x01N:")); err != nil || statuses[0].Err(core.Write) != nil {
			t.Fatal(statuses, err)
		}
		require.NoError(t, c.send(focas.FuncDownloadData, []byte("\nO1\nM30\n%")))
		statuses, err := c.do(focas.FuncDownloadEnd, nil)
		if err != nil {
			return err
		}
		return statuses[0].Err(core.Write)
	}
	coretest.RequireCode(t, download(), core.OK)
	var steps []string
	for _, q := range cnc.Requests() {
		steps = append(steps, q.Items...)
		assert.Equal(t, core.Write, q.Op)
		assert.True(t, q.Understood)
	}
	assert.Equal(t, []string{"download start", "download data", "download end"}, steps)

	cnc.FailItem("download end", focastest.Status{Code: focas.WireCode(focas.EWData), Detail: focas.Detail{ErrNo: 4}})
	err := download()
	coretest.RequireCode(t, err, core.FOCASError)
	assert.Equal(t, "download end: this program number is already registered", core.StatusOf(err).Row().Meaning)
	cnc.Recover()
	cnc.FailItem("download end", focastest.Abort{Code: focas.WireCode(focas.EWReset)})
	coretest.RequireStatus(t, download(), focas.EWReset)
	cnc.Recover()
	cnc.FailItem("download end", focastest.AbortLater{Code: focas.WireCode(focas.EWAlarm)})
	coretest.RequireStatus(t, download(), focas.EWAlarm)
	cnc.Recover()

	// Text that breaks off: the notice is there before the end is asked for.
	cnc.FailItem("download data", focas.EWOvrflow)
	require.NoError(t, c.send(focas.FuncDownloadData, []byte("%")))
	statuses, err := c.receive()
	require.NoError(t, err)
	coretest.RequireStatus(t, statuses[0].Err(core.Write), focas.EWOvrflow)
	cnc.Recover()

	statuses, err = c.do(focas.FuncUploadStart, []byte{0, 0, 0, 1})
	require.NoError(t, err)
	coretest.RequireStatus(t, statuses[0].Err(core.Read), focas.EWFunc)
	statuses, err = c.do(focas.FuncUploadStop, nil)
	require.NoError(t, err)
	coretest.RequireStatus(t, statuses[0].Err(core.Read), focas.EWFunc)
}

func TestAbortOnTheCommandConnection(t *testing.T) {
	cnc := focastest.NewDevice(t)
	c := dial(t, cnc, focas.CommandConnection)
	cnc.Fail(focastest.AbortLater{Code: focas.WireCode(focas.EWAlarm)}, focastest.Next)
	_, err := c.one(core.Read, simple(0x0019))
	coretest.RequireStatus(t, err, focas.EWAlarm)
}

// A driver that gave up and goes on with the same connection meets the answer to
// its last request.
func TestDelay(t *testing.T) {
	cnc := focastest.NewDevice(t)
	c := dial(t, cnc, focas.CommandConnection)
	cnc.Delay(50*time.Millisecond, focastest.Next)
	start := time.Now()
	_, err := c.one(core.Read, simple(0x0019))
	coretest.RequireCode(t, err, core.OK)
	assert.GreaterOrEqual(t, time.Since(start), 50*time.Millisecond)

	cnc.Delay(400*time.Millisecond, focastest.Next)
	_, err = c.one(core.Read, simple(0x0019))
	coretest.RequireCode(t, err, core.PluginDeviceNotResponding)
	c.frames = frames(c.conn)
	_, err = c.one(core.Read, simple(0x001D))
	coretest.RequireCode(t, err, core.PluginProtocolParseFailed)

	cnc.Delay(time.Hour) // the end of the test does not wait for it
	_, err = dial(t, cnc, focas.CommandConnection).one(core.Read, simple(0x0019))
	coretest.RequireCode(t, err, core.PluginDeviceNotResponding)
}

func TestUnknownRequestsAreRefusedAndReported(t *testing.T) {
	cnc := focastest.NewDevice(t)
	c := dial(t, cnc, focas.CommandConnection)
	_, err := c.one(core.Read, simple(0x1234))
	coretest.RequireStatus(t, err, focas.EWFunc)
	assert.False(t, cnc.Requests()[0].Understood)
	cnc.Set("0x1234", []byte{5})
	got, err := c.one(core.Read, simple(0x1234))
	require.NoError(t, err)
	assert.Equal(t, []byte{5}, got)
	assert.True(t, cnc.Requests()[1].Understood)

	// A count that the blocks contradict.
	for _, body := range [][]byte{nil, {0, 0}, {0, 2, 0, 8, 0, 1, 0, 1, 0, 0x19}, {0, 1, 0, 4, 0, 1}, {0, 1, 0, 1, 0, 0}, {0, 1, 0, 8, 0, 1, 0, 1, 0, 0x19, 0xFF}} {
		statuses, err := c.do(focas.FuncCommand, body)
		require.NoError(t, err, "%x", body)
		coretest.RequireStatus(t, statuses[0].Err(core.Read), focas.WireCode(focas.EWProtocol))
	}
	// Arguments may be left out.
	statuses, err := c.do(focas.FuncCommand, []byte{0, 1, 0, 8, 0, 1, 0, 1, 0, 0x19})
	require.NoError(t, err)
	coretest.RequireCode(t, statuses[0].Err(core.Read), core.OK)

	for _, text := range []string{
		"GET / HTTP/1.1\r\n\r\n",
		"\xA0\xA0\xA0\xA0\x00\x01\x33\x01\x00\x00",         // a function that is none
		"\xA0\xA0\xA0\xA0\x00\x01\x21\x02\x00\x00",         // an answer
		"\xA0\xA0\xA0\xA0\x00\x01\x21\x01\x00\x02\x00\x00", // not opened
		"\xA0\xA0\xA0\xA0\x00\x01\x14\x01\x00\x00",
	} {
		conn, err := net.Dial("tcp", cnc.Addr())
		require.NoError(t, err)
		defer conn.Close()
		_, err = conn.Write([]byte(text))
		require.NoError(t, err)
		require.NoError(t, conn.SetReadDeadline(time.Now().Add(5*time.Second)))
		_, err = conn.Read(make([]byte, 1))
		require.Error(t, err, "%q", text)
		assert.Equal(t, core.NetEOF, core.EventOf(err), "the device hangs up on %q", text)
	}
	// Program text that the CNC sends, from the wrong side.
	_, err = dial(t, cnc, focas.TransferConnection).do(focas.FuncUploadStream, nil)
	coretest.RequireCode(t, err, core.PluginNotConnected)
}

func TestSetComplainsAboutAddresses(t *testing.T) {
	cnc := focastest.NewDevice(t)
	for _, addr := range []string{"", "#500", "0x", "0x12345", "0x0015 x", "0x0015 99999999999", "path", "path x 0x0015", "path 2", "0x0019 1 2 3 4 5 6", "0x0015", "0x8001 1", "0x8002 1 2"} {
		assert.Panics(t, func() { cnc.Set(addr, nil) }, addr)
	}
	assert.NotPanics(t, func() { cnc.Set("path 2 0x8002 1 2 9", []byte{1, 2}) })
}

func TestNativesSayWhatTheyAre(t *testing.T) {
	for native, want := range map[error]string{
		focastest.Status{Code: 5, Detail: focas.Detail{ErrNo: 4}}: "focas wire-code 5/4/0 EW_DATA",
		focastest.Receipt{Code: 13}:                               "receipt: focas wire-code 13 EW_REJECT",
		focastest.Abort{Code: -2}:                                 "abort: focas wire-code -2 EW_RESET",
		focastest.AbortLater{}:                                    "abort: focas wire-code 0 EW_OK",
	} {
		assert.Contains(t, native.Error(), want)
	}
}

// What was recorded at a plant fails in a unit test as it did there.
func TestReplay(t *testing.T) {
	stanzas, err := coretest.ParseFrames("plant.frames", []byte(`name: option missing
from: constructed, layout of command answers as FANUC libfwlib32 1.0.5 reads them: status 6
op: read
recv: a0a0a0a00002210200120001001000010001001900060000 00000000
expect: wire-code 6 EW_NOOPT 10600
`))
	require.NoError(t, err)
	cnc := focastest.NewDevice(t)
	c := dial(t, cnc, focas.CommandConnection)
	cnc.Replay(stanzas...)
	_, err = c.one(core.Read, simple(0x0019))
	coretest.RequireStatus(t, err, focas.EWNoopt)
	_, err = c.one(core.Read, simple(0x0019))
	coretest.RequireCode(t, err, core.OK)
}
