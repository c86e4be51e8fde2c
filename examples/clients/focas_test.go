package clients

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"testing"
	"time"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
	"github.com/fieldstatus/fieldstatus/focas"
	"github.com/fieldstatus/fieldstatus/focas/focastest"
)

// No FOCAS client in Go works without FANUC's library, which cannot be installed
// here. So this is a client of our own: it does not use package focas, knows of
// the protocol what its documentation says, and hands over texts in the way of
// the Go clients on that library ("cnc_rdmacro failed: rc=6").
const focasClient = "wire client of this test"

type focasConn struct{ net.Conn }

func dialFOCAS(addr string) (*focasConn, error) {
	conn, err := net.DialTimeout("tcp", addr, time.Second)
	if err != nil {
		return nil, err
	}
	c := &focasConn{conn}
	direction, _, err := c.exchange(0x01, []byte{0, 2})
	if err == nil && direction != 2 {
		err = errors.New("cnc_allclibhndl3 failed: rc=-17")
	}
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	return c, nil
}

// exchange sends a frame and reads the next one with the same function.
func (c *focasConn) exchange(function byte, body []byte) (direction byte, answer []byte, err error) {
	if err := c.SetDeadline(time.Now().Add(300 * time.Millisecond)); err != nil {
		return 0, nil, err
	}
	frame := append([]byte{0xA0, 0xA0, 0xA0, 0xA0, 0, 1, function, 1, byte(len(body) >> 8), byte(len(body))}, body...)
	if _, err := c.Write(frame); err != nil {
		return 0, nil, err
	}
	for {
		head := make([]byte, 10)
		if _, err := io.ReadFull(c, head); err != nil {
			return 0, nil, err
		}
		if binary.BigEndian.Uint32(head) != 0xA0A0A0A0 {
			return 0, nil, errors.New("no FOCAS frame")
		}
		answer := make([]byte, binary.BigEndian.Uint16(head[8:]))
		if _, err := io.ReadFull(c, answer); err != nil {
			return 0, nil, err
		}
		if head[6] == function {
			return head[7], answer, nil
		}
	}
}

// call sends one block for a command, and hands over the status word of the
// first block of the answer, or of a receipt.
func (c *focasConn) call(name string, command uint16, args ...int32) error {
	block := []byte{0, 28, 0, 1, 0, 1, byte(command >> 8), byte(command)}
	if command >= 0x8000 {
		block[3] = 2 // the PMC
	}
	for i := range 5 {
		var arg int32
		if i < len(args) {
			arg = args[i]
		}
		block = binary.BigEndian.AppendUint32(block, uint32(arg))
	}
	direction, answer, err := c.exchange(0x21, append([]byte{0, 1}, block...))
	if err != nil {
		return err
	}
	status := 2 // of a receipt
	if direction == 2 {
		status = 10
	}
	if len(answer) < status+6 || direction == 2 && int(binary.BigEndian.Uint16(answer[2:])) != len(answer)-2 {
		return errors.New("malformed answer")
	}
	if rc := int16(binary.BigEndian.Uint16(answer[status:])); rc != 0 {
		return fmt.Errorf("%s failed: rc=%d", name, rc)
	}
	return nil
}

func TestFOCAS(t *testing.T) {
	read := func(c *focasConn) error { return c.call("cnc_rdmacro", 0x0015, 500, 500) }
	write := func(c *focasConn) error { return c.call("pmc_wrpmcrng", 0x8002, 10, 9, 9) }
	fault := func(f focastest.Fault) func(*focastest.Device) {
		return func(cnc *focastest.Device) { cnc.Break(f) }
	}
	native := func(e error) func(*focastest.Device) {
		return func(cnc *focastest.Device) { cnc.FailItem("0x0015 500", e) }
	}
	type failure struct {
		device  string
		op      core.Op
		prepare func(*focastest.Device)
		exact   core.Code
		plain   core.Code // what the client's text leaves of it
		native  error     // on the raw path, nil for none
	}
	cases := []failure{
		{"write, block with EW_PROT", core.Write, func(cnc *focastest.Device) { cnc.Fail(focas.EWProt) }, core.PluginTagNotWritable, core.PluginTagNotWritable, focas.EWProt},
		{"write, block with EW_PASSWD", core.Write, func(cnc *focastest.Device) { cnc.Fail(focas.EWPasswd) }, core.PluginTagNotWritable, core.PluginTagNotWritable, focas.EWPasswd},
		{"receipt with EW_REJECT in place of the answer", core.Read, native(focastest.Receipt{Code: 13}), core.FOCASError, core.FOCASError, focas.EWReject},
		{"block with EW_DATA and the detail pair 3/77", core.Read, native(focastest.Status{Code: 5, Detail: focas.Detail{ErrNo: 3, ErrDtno: 77}}), core.FOCASError, core.FOCASError, focas.EWData},
		{"abort notice in front of the answer", core.Read, native(focastest.AbortLater{Code: 15}), core.FOCASError, core.OK, focas.EWAlarm},
		{"write of a range that ends before it begins", core.Write, func(*focastest.Device) {}, core.FOCASError, core.PluginProtocolParseFailed, focas.WireCode(-17)},
		{"silence", core.Read, fault(focastest.Silence), core.PluginDeviceNotResponding, core.PluginDeviceNotResponding, nil},
		{"answer with another function", core.Read, fault(focastest.WrongID), core.PluginDeviceNotResponding, core.PluginDeviceNotResponding, nil},
		{"FIN instead of the answer", core.Read, fault(focastest.Close), core.PluginNotConnected, core.PluginNotConnected, nil},
		{"answer cut in the middle", core.Read, fault(focastest.Cut), core.PluginNotConnected, core.PluginNotConnected, nil},
		{"RST instead of the answer", core.Read, fault(focastest.Reset), core.PluginNotConnected, core.PluginNotConnected, nil},
		{"wrong sync mark", core.Read, fault(focastest.Garbage), core.PluginProtocolParseFailed, core.FOCASError, nil},
		{"block longer than its frame", core.Read, fault(focastest.WrongLength), core.PluginProtocolParseFailed, core.FOCASError, nil},
		{"block that ends too early", core.Read, fault(focastest.Truncated), core.PluginProtocolParseFailed, core.FOCASError, nil},
	}
	for v := focas.EWProtocol; v <= focas.EWRdRstfin; v++ {
		code := focas.WireCode(v)
		if v == 0 {
			continue
		}
		exact := code.Status().Code(core.Read)
		// The text does not say whether the library means its own link, or the
		// CNC a fault of its own: -17, -16, -9 and -8.
		plain := v.Status().Code(core.Read)
		cases = append(cases, failure{"block with " + code.String(), core.Read, native(code), exact, plain, code})
	}
	for _, c := range cases {
		t.Run(c.device, func(t *testing.T) {
			cnc := focastest.NewDevice(t)
			raw := newRelay(t, cnc.Addr(), focas.ScanFrames, func() conversation { return new(focas.Conversation) })
			conn, err := dialFOCAS(raw.addr)
			if err != nil {
				t.Fatal(err)
			}
			c.prepare(cnc)
			call := read
			if c.op == core.Write {
				call = write
			}
			handed := call(conn)
			_ = conn.Close()
			plain := focas.Translate(c.op, handed)
			coretest.RequireCode(t, plain, c.plain)
			exact := exactErr(focas.Translate, raw.last(t, c.op))
			coretest.RequireCode(t, exact, c.exact)
			if c.native != nil {
				coretest.RequireStatus(t, exact, c.native)
			}
			r := row{Protocol: "focas", Code: c.exact.String(), Device: c.device, Client: focasClient, Handed: text(handed), Translated: core.CodeOf(plain).String()}
			if c.plain != c.exact {
				r.Raw = "focas.Conversation: " + core.CodeOf(exact).String()
			}
			if d, ok := focas.DetailOf(core.StatusOf(exact)); ok && c.exact == core.FOCASError {
				r.Raw = "focas.Conversation: " + core.CodeOf(exact).String() + ", detail " + d.String()
			}
			report(t, r)
		})
	}
}

func TestFOCASConnect(t *testing.T) {
	for _, c := range []struct {
		device  string
		prepare func(*focastest.Device)
		plain   core.Code
	}{
		{"port closed", func(cnc *focastest.Device) { cnc.Refuse() }, core.PluginNotConnected},
		// The bare -17 of the library is its word for a malformed frame as well.
		{"open refused by a receipt with status 4", func(cnc *focastest.Device) { cnc.RefuseOpen(4) }, core.PluginProtocolParseFailed},
	} {
		t.Run(c.device, func(t *testing.T) {
			cnc := focastest.NewDevice(t)
			raw := newRelay(t, cnc.Addr(), focas.ScanFrames, func() conversation { return new(focas.Conversation) })
			c.prepare(cnc)
			addr := raw.addr
			if c.plain == core.PluginNotConnected {
				addr = cnc.Addr() // no connection, no frames
			}
			_, handed := dialFOCAS(addr)
			plain := focas.Translate(core.Connect, handed)
			coretest.RequireCode(t, plain, c.plain)
			r := row{Protocol: "focas", Code: core.PluginNotConnected.String(), Device: c.device, Client: focasClient, Handed: text(handed), Translated: core.CodeOf(plain).String()}
			if c.plain != core.PluginNotConnected {
				exact := exactErr(focas.Translate, raw.last(t, core.Connect))
				coretest.RequireCode(t, exact, core.PluginNotConnected)
				r.Raw = "focas.Conversation: " + core.CodeOf(exact).String()
			}
			report(t, r)
		})
	}
}
