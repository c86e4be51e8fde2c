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
	"github.com/fieldstatus/fieldstatus/fins"
	"github.com/fieldstatus/fieldstatus/fins/finstest"
)

// No Go client of FINS can be had as a module. This one is written here, does no
// more than such clients do, and words its errors as they do: end codes as
// l1va/gofins, FINS/TCP error codes as bronystylecrazy/gofins.
const finsPlain = "plain client of this test"

// finsConn is the plain client.
type finsConn struct {
	net.Conn
	tcp bool
	sid byte
}

func dialFINS(network, addr string) (*finsConn, error) {
	conn, err := net.Dial(network, addr)
	if err != nil {
		return nil, err
	}
	c := &finsConn{Conn: conn, tcp: network == "tcp"}
	if err := c.handshake(); err != nil {
		_ = conn.Close()
		return nil, err
	}
	return c, nil
}

func (c *finsConn) handshake() error {
	if !c.tcp {
		return nil
	}
	_ = c.SetDeadline(time.Now().Add(finsPatience))
	if _, err := c.Write(finsTCP(0, 0, 0, 0, 0)); err != nil {
		return err
	}
	command, code, _, err := c.readTCP()
	switch {
	case err != nil:
		return err
	case code != 0:
		return fmt.Errorf("handshake failed with error code: %d", code)
	case command != 1:
		return fmt.Errorf("unexpected handshake command: %d", command)
	}
	return nil
}

func (c *finsConn) readTCP() (command, code uint32, body []byte, err error) {
	head := make([]byte, 16)
	if _, err := io.ReadFull(c, head); err != nil {
		return 0, 0, nil, err
	}
	n := binary.BigEndian.Uint32(head[4:])
	if string(head[:4]) != "FINS" || n < 8 || n > 4096 {
		return 0, 0, nil, errors.New("no FINS/TCP frame")
	}
	body = make([]byte, n-8)
	_, err = io.ReadFull(c, body)
	return binary.BigEndian.Uint32(head[8:]), binary.BigEndian.Uint32(head[12:]), body, err
}

// readMessage reads a FINS message.
func (c *finsConn) readMessage() ([]byte, error) {
	if !c.tcp {
		buf := make([]byte, 4096)
		n, err := c.Read(buf)
		return buf[:n], err
	}
	for {
		command, code, body, err := c.readTCP()
		switch {
		case err != nil:
			return nil, err
		case code != 0 || command == 3:
			return nil, fmt.Errorf("FINS/TCP error: %d", code)
		case command == 2:
			return body, nil
		}
	}
}

// do reads or writes. Responses with another SID it drops.
func (c *finsConn) do(op core.Op) error {
	c.sid++
	command := finsCommand(op, c.sid)
	request := command
	if c.tcp {
		request = finsTCP(2, command...)
	}
	_ = c.SetDeadline(time.Now().Add(finsPatience))
	if _, err := c.Write(request); err != nil {
		return err
	}
	for {
		m, err := c.readMessage()
		if err != nil {
			return err
		}
		if len(m) < 14 {
			return fmt.Errorf("response of %d bytes", len(m))
		}
		if m[9] != c.sid {
			continue
		}
		if code := binary.BigEndian.Uint16(m[12:]); code != 0 {
			return fmt.Errorf("error reported by destination, end code 0x%x", code)
		}
		if op == core.Read && len(m) != 14+4 {
			return fmt.Errorf("%d bytes of data, 4 expected", len(m)-14)
		}
		return nil
	}
}

// startFINS starts a device over a network.
func startFINS(t *testing.T, network string) *finstest.Device {
	t.Helper()
	if network == "tcp" {
		return finstest.NewTCPDevice(t)
	}
	return finstest.NewDevice(t)
}

func TestFINS(t *testing.T) {
	native := func(e error) func(*finstest.Device) {
		return func(plc *finstest.Device) { plc.FailItem("D100", e) }
	}
	fault := func(f finstest.Fault) func(*finstest.Device) {
		return func(plc *finstest.Device) { plc.Break(f) }
	}
	type failure struct {
		network string
		device  string
		op      core.Op
		prepare func(*finstest.Device)
		exact   core.Code
		plain   core.Code // what the client leaves of it
		native  error     // on the raw path, nil for none
	}
	cases := []failure{
		{"udp", "0x0040, success of a PLC with a flat battery", core.Read, native(fins.EndCode(0x0040)), core.OK, core.PluginReadFailed, nil},
		{"udp", "write, 0x0040", core.Write, native(fins.EndCode(0x0040)), core.OK, core.OK, nil},
		{"udp", "0x0080, success of a PLC with a fatal error", core.Read, native(fins.EndCode(0x0080)), core.OK, core.PluginReadFailed, nil},
		{"udp", "0x1143, that is 0x1103 with the non-fatal flag", core.Read, native(fins.EndCode(0x1143)), core.FINSParameterError, core.FINSParameterError, fins.AddressRangeError},
		{"udp", "0x8205, from a relay", core.Read, native(finstest.Relayed(fins.ResponseTimeout, 1, 3)), core.FINSDestinationNodeError, core.FINSDestinationNodeError, fins.EndCode(0x8205)},
		{"udp", "0x117F, a sub code that no manual lists", core.Read, native(fins.EndCode(0x117F)), core.FINSParameterError, core.FINSParameterError, nil},
		{"udp", "0x7001, a main code that no manual lists", core.Read, native(fins.EndCode(0x7001)), core.FINSError, core.FINSError, nil},
		{"udp", "silence", core.Read, fault(finstest.Silence), core.PluginDeviceNotResponding, core.PluginDeviceNotResponding, nil},
		{"udp", "late response, with that to the next command", core.Read, func(plc *finstest.Device) { plc.Late() }, core.PluginDeviceNotResponding, core.PluginDeviceNotResponding, nil},
		{"udp", "response twice", core.Read, func(plc *finstest.Device) { plc.Repeat() }, core.OK, core.OK, nil},
		{"udp", "response with another SID", core.Read, fault(finstest.WrongID), core.PluginMessageDisorder, core.PluginDeviceNotResponding, nil},
		{"udp", "half of a datagram", core.Read, fault(finstest.Cut), core.PluginProtocolParseFailed, core.PluginReadFailed, nil},
		{"udp", "response without an end code", core.Read, fault(finstest.Truncated), core.PluginProtocolParseFailed, core.PluginReadFailed, nil},
		{"udp", "half of the data", core.Read, native(fins.WrongLength), core.PluginProtocolParseFailed, core.PluginReadFailed, fins.WrongLength},
		{"udp", "more data than asked for", core.Read, fault(finstest.WrongLength), core.PluginProtocolParseFailed, core.PluginReadFailed, fins.WrongLength},
		{"udp", "port closed", core.Read, func(plc *finstest.Device) { plc.Refuse() }, core.PluginNotConnected, core.PluginNotConnected, nil},
		{"tcp", "FIN instead of the response", core.Read, fault(finstest.Close), core.FINSDisconnected, core.FINSDisconnected, nil},
		{"tcp", "RST instead of the response", core.Read, fault(finstest.Reset), core.FINSDisconnected, core.FINSDisconnected, nil},
		{"tcp", "response cut in the middle", core.Read, fault(finstest.Cut), core.FINSDisconnected, core.FINSDisconnected, nil},
		{"tcp", "silence", core.Read, fault(finstest.Silence), core.PluginDeviceNotResponding, core.PluginDeviceNotResponding, nil},
		{"tcp", "response with another SID", core.Read, fault(finstest.WrongID), core.PluginMessageDisorder, core.PluginDeviceNotResponding, nil},
		{"tcp", "bytes that are no FINS/TCP", core.Read, fault(finstest.Garbage), core.PluginProtocolParseFailed, core.PluginReadFailed, nil},
		{"tcp", "length out of range", core.Read, fault(finstest.WrongLength), core.PluginProtocolParseFailed, core.PluginReadFailed, nil},
		{"tcp", "response without an end code", core.Read, fault(finstest.Truncated), core.PluginProtocolParseFailed, core.PluginReadFailed, nil},
		{"tcp", "connection confirmation in front of the response", core.Read, native(fins.TCPConnectionConfirmation), core.OK, core.OK, nil},
		{"tcp", "frame with FINS/TCP command 9, then silence", core.Read, native(fins.TCPCommand(9)), core.PluginProtocolParseFailed, core.PluginDeviceNotResponding, fins.TCPCommand(9)},
		{"tcp", "notification without an error code", core.Read, native(fins.TCPFrameSendErrorNotification), core.FINSDisconnected, core.FINSDisconnected, fins.TCPFrameSendErrorNotification},
	}
	for _, e := range []fins.TCPError{fins.TCPHeaderNotFins, fins.TCPDataLengthTooLong, fins.TCPCommandNotSupported} {
		code := e.Status().Code(core.Read)
		cases = append(cases, failure{"tcp", "notification with " + e.Error(), core.Read, native(e), code, code, e})
	}
	for code := core.FINSError; code <= core.FINSAbort; code++ {
		e := endCodeOf(t, code)
		op := core.Read
		device := e.Error()
		if code == core.FINSWriteNotPossible {
			op, device = core.Write, "write, "+device
		}
		cases = append(cases, failure{"udp", device, op, native(e), code, code, e})
		if code == core.FINSParameterError {
			cases = append(cases, failure{"tcp", device, op, native(e), code, code, e})
		}
	}
	for _, c := range cases {
		t.Run(c.network+" "+c.device, func(t *testing.T) {
			plc := startFINS(t, c.network)
			client, err := dialFINS(c.network, plc.Addr())
			if err != nil {
				t.Fatal(err)
			}
			defer client.Close()
			raw, err := dialFINSRaw(t, c.network, plc.Addr())
			if err != nil {
				t.Fatal(err)
			}
			c.prepare(plc)

			handed := client.do(c.op)
			plain := fins.Translate(c.op, handed)
			coretest.RequireCode(t, plain, c.plain)

			exact := raw.do(c.op)
			coretest.RequireCode(t, exact, c.exact)
			if c.native != nil {
				coretest.RequireStatus(t, exact, c.native)
			}
			r := row{Protocol: "fins", Code: c.exact.String(), Device: c.network + ", " + c.device, Client: finsPlain, Handed: text(handed), Translated: core.CodeOf(plain).String()}
			if _, _, located := fins.Location(raw.status); located || c.plain != c.exact {
				r.Raw = raw.String()
			}
			report(t, r)
		})
	}
}

// endCodeOf returns the first end code of the table that has a documented code.
func endCodeOf(t *testing.T, code core.Code) fins.EndCode {
	t.Helper()
	for row := range fins.Rows() {
		if row.Layer != "end-code" || row.Codes[core.Read] != code {
			continue
		}
		var v uint16
		if _, err := fmt.Sscanf(row.Value, "0x%x", &v); err != nil {
			t.Fatal(err)
		}
		return fins.EndCode(v)
	}
	t.Fatalf("no end code has %v", code)
	return 0
}

// Every end code that a manual lists, with every combination of flags, comes out
// of the text that clients make of it.
func TestFINSEndCodes(t *testing.T) {
	plc := finstest.NewDevice(t)
	client, err := dialFINS("udp", plc.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	for row := range fins.Rows() {
		var v uint16
		if row.Layer != "end-code" && row.Layer != "end-code-unit" {
			continue
		}
		if _, err := fmt.Sscanf(row.Value, "0x%x", &v); err != nil {
			t.Fatal(err)
		}
		if v == 0 {
			continue
		}
		for _, flags := range []fins.EndCode{0, 0x40, 0x80, 0xC0, 0x8000} {
			plc.Fail(fins.EndCode(v)|flags, finstest.Next)
			err := fins.Translate(core.Read, client.do(core.Read))
			coretest.RequireCode(t, err, row.Codes[core.Read])
			coretest.RequireStatus(t, err, fins.EndCode(v)|flags)
		}
	}
}

func TestFINSConnect(t *testing.T) {
	type failure struct {
		device  string
		prepare func(*finstest.Device)
		want    core.Code
		native  error
	}
	broken := func(f finstest.Fault) func(*finstest.Device) {
		return func(plc *finstest.Device) { plc.BreakSession(f) }
	}
	cases := []failure{
		{"port closed", func(plc *finstest.Device) { plc.Refuse() }, core.PluginNotConnected, nil},
		{"handshake, silence", broken(finstest.Silence), core.FINSDisconnected, fins.HandshakeFailed},
		{"handshake, FIN instead of the answer", broken(finstest.Close), core.FINSDisconnected, fins.HandshakeFailed},
		{"handshake, answer cut in the middle", broken(finstest.Cut), core.FINSDisconnected, fins.HandshakeFailed},
	}
	for row := range fins.Rows() {
		var v uint32
		if row.Layer != "tcp-error" {
			continue
		}
		if _, err := fmt.Sscanf(row.Value, "0x%x", &v); err != nil {
			t.Fatal(err)
		}
		if e := fins.TCPError(v); v != 0 {
			cases = append(cases, failure{"handshake refused, " + e.Error(), func(plc *finstest.Device) { plc.RefuseSession(e) }, row.Codes[core.Connect], e})
		}
	}
	for _, c := range cases {
		t.Run(c.device, func(t *testing.T) {
			plc := finstest.NewTCPDevice(t)
			c.prepare(plc)
			_, handed := dialFINS("tcp", plc.Addr())
			err := fins.Translate(core.Connect, handed)
			_, exact := dialFINSRaw(t, "tcp", plc.Addr())
			for _, err := range []error{err, exact} {
				coretest.RequireCode(t, err, c.want)
				if c.native != nil {
					coretest.RequireStatus(t, err, c.native)
				}
			}
			report(t, row{Protocol: "fins", Code: c.want.String(), Device: "tcp, " + c.device, Client: finsPlain, Handed: text(handed), Translated: core.CodeOf(err).String()})
		})
	}
}
