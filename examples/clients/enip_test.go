package clients

import (
	"io"
	"log/slog"
	"strconv"
	"testing"
	"time"

	"github.com/danomagnum/gologix"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
	"github.com/fieldstatus/fieldstatus/enip"
	"github.com/fieldstatus/fieldstatus/enip/eniptest"
)

const gologixVersion = "gologix v0.41.0-beta"

var gologixTexts = enip.Recognizer{StatusText: func(general uint8) string { return gologix.CIPStatus(general).String() }}

// newGologix makes a client that is closed at the end of the test.
//
// A Connect that fails behind the dial leaves its socket open: gologix marks the
// client as disconnected and returns, and Disconnect then says "client is already
// disconnected" and closes nothing. Without DebugCloseConn TestMain counts one
// descriptor more for each refused handshake of TestGologixConnect: 16 where there
// were 10, until the collector finds them.
func newGologix(t *testing.T, addr string, timeout time.Duration) *gologix.Client {
	t.Helper()
	host, text := hostPort(t, addr)
	port, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		t.Fatal(err)
	}
	c := gologix.NewClient(host)
	c.Controller.Port = uint(port)
	c.SocketTimeout = timeout
	c.AutoConnect = false
	c.Logger = slog.New(slog.NewTextHandler(io.Discard, nil))
	t.Cleanup(func() { closeGologix(c) })
	return c
}

func closeGologix(c *gologix.Client) {
	_ = c.Disconnect() // it may be gone already
	defer func() { _ = recover() }()
	c.DebugCloseConn() // panics when there never was a connection
}

// Results of gologix do not depend on how long it waits, except where nothing
// comes: then it waits shortly.
const (
	longWait  = 10 * time.Second
	shortWait = 300 * time.Millisecond
)

// A logixCase is one failure, seen by gologix alone and on the raw path.
type logixCase struct {
	device  string
	prepare func(*eniptest.Device)
	op      core.Op
	call    func(*gologix.Client) error
	exact   core.Code     // what the failure stands for
	plain   core.Code     // what gologix alone leaves of it; OK where it reports success
	typed   enip.DataType // that the raw path wants, 0 for any
	wait    time.Duration
	// gone: the connection ends without a frame, so there is nothing for the raw
	// path to read that gologix does not see.
	gone bool
}

// run lets the failure happen twice: gologix connected to the device, and with a
// relay between them whose Conversation reads the same frames.
func (c logixCase) run(t *testing.T) row {
	t.Helper()
	wait := c.wait
	if wait == 0 {
		wait = longWait
	}
	plc := newController(t)
	client := newGologix(t, plc.Addr(), wait)
	if err := client.Connect(); err != nil {
		t.Fatal(err)
	}
	c.prepare(plc)
	handed := c.call(client)
	plain := gologixTexts.Translate(c.op, handed)
	coretest.RequireCode(t, plain, c.plain)
	r := row{Protocol: "enip", Code: c.exact.String(), Device: c.device, Client: gologixVersion, Handed: text(handed), Translated: core.CodeOf(plain).String()}
	if c.gone {
		if c.plain != c.exact {
			t.Errorf("no raw path, but %v is not %v", c.plain, c.exact)
		}
		return r
	}
	plc = newController(t)
	raw := newRelay(t, plc.Addr(), enip.ScanFrames, func() conversation { return &enip.Conversation{Type: c.typed} })
	client = newGologix(t, raw.addr, wait)
	if err := client.Connect(); err != nil {
		t.Fatal(err)
	}
	c.prepare(plc)
	_ = c.call(client) // the same again
	closeGologix(client)
	exact := firstFailure(raw.last(t, c.op))
	coretest.RequireCode(t, exact, c.exact)
	if c.plain != c.exact {
		r.Raw = "enip.Conversation: " + core.CodeOf(exact).String()
	}
	return r
}

// newController has the tags that the cases use.
func newController(t *testing.T) *eniptest.Device {
	t.Helper()
	plc := eniptest.NewDevice(t)
	plc.Set("Speed", int32(42))
	plc.Set("Level", float32(1.5))
	plc.Set("Line", []int32{1, 2, 3})
	plc.SetRaw("Recipe", enip.TypeStructure, 0x1234, make([]byte, 40))
	plc.Set("@0x8B/1/1", uint16(7))
	return plc
}

// firstFailure is the first item that failed, as a driver on the raw path has it.
func firstFailure(h heard) error {
	if h.err != nil {
		return enip.Translate(h.op, h.err)
	}
	for _, s := range h.statuses {
		if err := s.Err(h.op); err != nil {
			return err
		}
	}
	return nil
}

// What drivers do with gologix.
func readSpeed(c *gologix.Client) error  { return readDINT(c, "Speed") }
func writeSpeed(c *gologix.Client) error { return c.Write("Speed", int32(1)) }

func readDINT(c *gologix.Client, tag string) error {
	var v int32
	return c.Read(tag, &v)
}

func readTwo(c *gologix.Client) error {
	return c.ReadMap(map[string]any{"Speed": int32(0), "Line": int32(0)})
}

func nothing(*eniptest.Device) {}

func failing(native error) func(*eniptest.Device) {
	return func(plc *eniptest.Device) { plc.Fail(native) }
}

func broken(f eniptest.Fault) func(*eniptest.Device) {
	return func(plc *eniptest.Device) { plc.Break(f) }
}

// Every documented code that is a general status, by the status alone. gologix
// keeps it in the text of a write. A read keeps it when an extended word follows,
// and loses it when none does: the reply is shorter than what gologix reads then.
func TestGologixGeneralStatuses(t *testing.T) {
	for n := enip.GeneralStatus(0x01); n <= 0x2C; n++ {
		t.Run(n.String(), func(t *testing.T) {
			code := core.Code(10700 + int32(n))
			c := logixCase{device: "write, general status " + n.String(), prepare: failing(n), op: core.Write, call: writeSpeed, exact: code, plain: code}
			report(t, c.run(t))
			if n == enip.PartialTransfer {
				return // on a read it is no refusal: see the structure in parts
			}
			c = logixCase{prepare: failing(eniptest.Extended(n, 0xFFFF)), op: core.Read, call: readSpeed, exact: code, plain: code} // a word of no table
			c.run(t)
			c = logixCase{prepare: failing(n), op: core.Read, call: readSpeed, exact: code, plain: core.PluginReadFailed}
			c.run(t)
		})
	}
}

func TestGologix(t *testing.T) {
	for _, c := range []logixCase{
		{device: "read of a tag that does not exist (0x04/0x0000)", prepare: nothing, op: core.Read, call: func(c *gologix.Client) error { return readDINT(c, "Missing") }, exact: 10704, plain: 10704},
		{device: "read, 0x05/0x0000", prepare: failing(eniptest.Extended(enip.PathDestinationUnknown, 0)), op: core.Read, call: readSpeed, exact: 10705, plain: 10705},
		{device: "read, 0x05 without words", prepare: failing(enip.PathDestinationUnknown), op: core.Read, call: readSpeed, exact: 10705, plain: core.PluginReadFailed},
		{device: "read, 0x0F without words (External Access None)", prepare: failing(enip.PrivilegeViolation), op: core.Read, call: readSpeed, exact: 10715, plain: core.PluginReadFailed},
		{device: "read, 0x2E, which is not documented", prepare: failing(enip.GeneralStatus(0x2E)), op: core.Read, call: readSpeed, exact: 10708, plain: core.PluginReadFailed},
		{device: "read behind the end of an array (0xFF/0x2105)", prepare: nothing, op: core.Read, call: func(c *gologix.Client) error { return c.Read("Line", make([]int32, 4)) }, exact: 10704, plain: 10731},
		{device: "write behind the end of an array (0xFF/0x2105)", prepare: nothing, op: core.Write, call: func(c *gologix.Client) error { return c.Write("Line", make([]int32, 4)) }, exact: 10704, plain: 10704},
		{device: "write, 0x10/0x2101 (keyswitch)", prepare: failing(eniptest.Extended(enip.DeviceStateConflict, 0x2101)), op: core.Write, call: writeSpeed, exact: 10716, plain: 10716},
		{device: "write, 0x1F with two words (Omron)", prepare: failing(eniptest.Extended(enip.VendorSpecificError, 0x0102, 0x1003)), op: core.Write, call: writeSpeed, exact: 10731, plain: 10731},
		{device: "read of a structure in parts (0x06)", prepare: failing(enip.PartialTransfer), op: core.Read, call: func(c *gologix.Client) error { return c.Read("Recipe", &struct{ A [10]int32 }{}) }, exact: 10706, plain: 10706},
		{device: "read, 0x01/0x0204 (module behind the router silent)", prepare: failing(enip.CMUnconnectedRequestTimedOut), op: core.Read, call: readSpeed, exact: 10701, plain: 10701},
		{device: "read, 0x01/0x0203 (CIP connection timed out)", prepare: failing(enip.CMConnectionTimedOut), op: core.Read, call: readSpeed, exact: core.ENIPNoCIPConnection, plain: 10701},
		{device: "write, 0x01/0x0203 (CIP connection timed out)", prepare: failing(enip.CMConnectionTimedOut), op: core.Write, call: writeSpeed, exact: core.ENIPNoCIPConnection, plain: core.ENIPNoCIPConnection},
		{device: "read of a REAL as DINT", prepare: nothing, op: core.Read, call: func(c *gologix.Client) error { return readDINT(c, "Level") }, exact: core.ENIPDataTypeMismatch, plain: core.ENIPDataTypeMismatch, typed: enip.TypeDINT},
		{device: "write of a REAL to a DINT (0xFF/0x2107)", prepare: nothing, op: core.Write, call: func(c *gologix.Client) error { return c.Write("Speed", float32(1)) }, exact: core.ENIPDataTypeMismatch, plain: core.ENIPDataTypeMismatch},
		{device: "read, 0xFF/0x2107", prepare: failing(enip.LogixDataTypeMismatch), op: core.Read, call: readSpeed, exact: core.ENIPDataTypeMismatch, plain: 10731},
		{device: "read, header status 0x64", prepare: failing(enip.EncapsulationInvalidSessionHandle), op: core.Read, call: readSpeed, exact: core.ENIPSessionNotRegistered, plain: core.ENIPSessionNotRegistered},
		{device: "write, header status 0x64", prepare: failing(enip.EncapsulationInvalidSessionHandle), op: core.Write, call: writeSpeed, exact: core.ENIPSessionNotRegistered, plain: core.ENIPSessionNotRegistered},
		{device: "read, header status 0x03", prepare: failing(enip.EncapsulationIncorrectData), op: core.Read, call: readSpeed, exact: 10736, plain: core.ENIPSessionNotRegistered},
		{device: "write, header status 0x03", prepare: failing(enip.EncapsulationIncorrectData), op: core.Write, call: writeSpeed, exact: 10736, plain: 10736},
		{device: "packet of two reads, one of them 0x0F", prepare: func(plc *eniptest.Device) { plc.FailItem("Line", enip.PrivilegeViolation) }, op: core.Read, call: readTwo, exact: 10715, plain: 10730},
		{device: "packet of two reads, 0x1E without items", prepare: failing(enip.EmbeddedServiceError), op: core.Read, call: readTwo, exact: 10730, plain: 10730},
		{device: "packet of writes, one of them 0x0F", prepare: func(plc *eniptest.Device) { plc.FailItem("Speed", enip.PrivilegeViolation) }, op: core.Write,
			call: func(c *gologix.Client) error {
				return c.WriteMap(map[string]any{"Speed": int32(1), "Level": float32(1)})
			}, exact: 10715, plain: core.OK},
		{device: "attribute list with an attribute that does not exist (0x0A)", prepare: nothing, op: core.Read, call: func(c *gologix.Client) error {
			_, err := c.GetAttrList(0x8B, 1, 1, 99)
			return err
		}, exact: 10720, plain: 10710},
		{device: "single attribute that does not exist (0x14)", prepare: nothing, op: core.Read, call: func(c *gologix.Client) error {
			_, err := c.GetAttrSingle(0x8B, 1, 99)
			return err
		}, exact: 10720, plain: core.OK},

		{device: "read, silence", prepare: broken(eniptest.Silence), op: core.Read, call: readSpeed, exact: core.PluginDeviceNotResponding, plain: core.PluginDeviceNotResponding, wait: shortWait, gone: true},
		{device: "read, FIN instead of the answer", prepare: broken(eniptest.Close), op: core.Read, call: readSpeed, exact: core.PluginNotConnected, plain: core.PluginNotConnected, gone: true},
		{device: "read, RST instead of the answer", prepare: broken(eniptest.Reset), op: core.Read, call: readSpeed, exact: core.PluginNotConnected, plain: core.PluginNotConnected, gone: true},
		{device: "read, answer cut in the middle", prepare: broken(eniptest.Cut), op: core.Read, call: readSpeed, exact: core.PluginNotConnected, plain: core.PluginNotConnected, gone: true},
		{device: "read, bytes that are no EtherNet/IP", prepare: broken(eniptest.Garbage), op: core.Read, call: readSpeed, exact: core.PluginProtocolParseFailed, plain: core.PluginDeviceNotResponding, wait: shortWait},
		{device: "read, reply of three bytes", prepare: broken(eniptest.Truncated), op: core.Read, call: readSpeed, exact: core.PluginProtocolParseFailed, plain: core.PluginReadFailed},
		{device: "write, reply of three bytes", prepare: broken(eniptest.Truncated), op: core.Write, call: writeSpeed, exact: core.PluginProtocolParseFailed, plain: core.PluginProtocolParseFailed},
		{device: "read, item longer than the frame", prepare: broken(eniptest.WrongLength), op: core.Read, call: readSpeed, exact: core.PluginProtocolParseFailed, plain: core.PluginProtocolParseFailed},
		{device: "read, sequence count of another request", prepare: broken(eniptest.WrongID), op: core.Read, call: readSpeed, exact: core.PluginMessageDisorder, plain: core.OK},
	} {
		t.Run(c.device, func(t *testing.T) { report(t, c.run(t)) })
	}
}

// A write whose answer does not come may have happened. The documented code says
// so; the remedy and the mark for unsure writes are in the status.
func TestGologixUnansweredWrite(t *testing.T) {
	plc := newController(t)
	client := newGologix(t, plc.Addr(), shortWait)
	if err := client.Connect(); err != nil {
		t.Fatal(err)
	}
	plc.Break(eniptest.Silence)
	handed := writeSpeed(client)
	err := gologixTexts.Translate(core.Write, handed)
	if !core.StatusOf(err).Row().Unsure {
		t.Errorf("%v is said to be sure", err)
	}
	report(t, row{Protocol: "enip", Code: core.CodeOf(err).String(), Device: "write, silence", Client: gologixVersion, Handed: text(handed), Translated: core.CodeOf(err).String()})
}

func TestGologixConnect(t *testing.T) {
	for _, c := range []struct {
		device  string
		prepare func(*eniptest.Device)
		want    core.Code
	}{
		{"port closed", func(plc *eniptest.Device) { plc.Refuse() }, core.PluginNotConnected},
		{"RegisterSession refused with 0x69", func(plc *eniptest.Device) { plc.RefuseSession(enip.EncapsulationUnsupportedProtocolRevision) }, core.ENIPSessionNotRegistered},
		{"RegisterSession with handle 0", func(plc *eniptest.Device) { plc.RefuseSession(enip.EncapsulationSuccess) }, core.ENIPSessionNotRegistered},
		{"Forward Open refused with 0x01/0x0100", func(plc *eniptest.Device) { plc.RefuseForwardOpen(enip.CMConnectionInUse) }, core.ENIPNoCIPConnection},
		{"Forward Open refused with 0x01/0x0312 (wrong slot)", func(plc *eniptest.Device) { plc.RefuseForwardOpen(enip.CMLinkAddressNotValid) }, core.ENIPNoCIPConnection},
		{"Forward Open refused with 0x02", func(plc *eniptest.Device) { plc.RefuseForwardOpen(enip.ResourceUnavailable) }, 10702},
		{"Forward Open refused with header status 0x02", func(plc *eniptest.Device) { plc.RefuseForwardOpen(enip.EncapsulationInsufficientMemory) }, 10702},
	} {
		t.Run(c.device, func(t *testing.T) {
			plc := newController(t)
			c.prepare(plc)
			handed := newGologix(t, plc.Addr(), longWait).Connect()
			err := gologixTexts.Translate(core.Connect, handed)
			coretest.RequireCode(t, err, c.want)
			report(t, row{Protocol: "enip", Code: c.want.String(), Device: c.device, Client: gologixVersion, Handed: text(handed), Translated: core.CodeOf(err).String()})
		})
	}
}

// Nothing fails until it is told to.
func TestGologixWithoutFailure(t *testing.T) {
	plc := newController(t)
	client := newGologix(t, plc.Addr(), longWait)
	if err := client.Connect(); err != nil {
		t.Fatal(err)
	}
	plc.Set("Name", "pump")
	plc.Set("Large", make([]float64, 2000)) // comes in parts
	var name string
	for _, err := range []error{
		client.Write("Speed", int32(7)), client.Write("Line", []int32{4, 5}), client.WriteMap(map[string]any{"Level": float32(2.5)}),
		client.Read("Name", &name), client.Read("Large", make([]float64, 2000)),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	values := map[string]any{"Speed": int32(0), "Line[1]": int32(0), "Level": float32(0)}
	if err := client.ReadMap(values); err != nil {
		t.Fatal(err)
	}
	if name != "pump" || values["Speed"] != int32(7) || values["Line[1]"] != int32(5) || values["Level"] != float32(2.5) {
		t.Errorf("read %q %v", name, values)
	}
	if identity, err := client.ListIdentity(); err != nil {
		t.Error(err)
	} else if identity.ProductName != "eniptest" {
		t.Errorf("identity %+v", identity)
	}
	if services, err := client.ListServices(); err != nil || len(services) != 1 || services[0].Name != "Communications" {
		t.Errorf("services %v: %v", services, err)
	}
	for _, q := range plc.Requests() {
		if !q.Understood || len(q.Items) == 0 {
			t.Errorf("request %+v", q)
		}
	}
}
