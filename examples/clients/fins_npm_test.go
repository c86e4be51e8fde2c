package clients

import (
	"testing"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
	"github.com/fieldstatus/fieldstatus/fins"
	"github.com/fieldstatus/fieldstatus/fins/finstest"
)

// omron-fins reports end codes in a response, not as an error, and with masks that
// turn 0x2510 into 0x2500 and 0x4001 into 0x0001. A FINS/TCP session that was
// refused is open for it. A Conversation over the same frames has the exact code.
func TestOmronFINS(t *testing.T) {
	native := func(e error) func(*finstest.Device) {
		return func(plc *finstest.Device) { plc.FailItem("D100", e) }
	}
	fault := func(f finstest.Fault) func(*finstest.Device) {
		return func(plc *finstest.Device) { plc.Break(f) }
	}
	for _, c := range []struct {
		device  string
		op      core.Op
		prepare func(*finstest.Device)
		exact   core.Code
		native  error  // that the raw path finds, nil for none
		endCode string // that omron-fins reports, "" for none
	}{
		{"no failure", core.Read, func(*finstest.Device) {}, core.OK, nil, "0000"},
		{"0x0040, success of a PLC with a flat battery", core.Read, native(fins.EndCode(0x0040)), core.OK, nil, "0000"},
		{"0x1103", core.Read, native(fins.AddressRangeError), core.FINSParameterError, fins.AddressRangeError, "1103"},
		{"write, 0x2101", core.Write, native(fins.WriteReadOnly), core.FINSWriteNotPossible, fins.WriteReadOnly, "2101"},
		{"0x2510", core.Read, native(fins.SysmacBusTerminatorMissing), core.FINSUnitError, fins.SysmacBusTerminatorMissing, "2500"},
		{"0x4001", core.Read, native(fins.ServiceAborted), core.FINSAbort, fins.ServiceAborted, "0001"},
		{"0x8205, from a relay", core.Read, native(finstest.Relayed(fins.ResponseTimeout, 1, 3)), core.FINSDestinationNodeError, fins.EndCode(0x8205), "0205"},
		{"half of the data", core.Read, native(fins.WrongLength), core.PluginProtocolParseFailed, fins.WrongLength, "0000"},
		{"notification with 0x03", core.Read, native(fins.TCPCommandNotSupported), core.FINSServiceUnsupported, fins.TCPCommandNotSupported, ""},
		{"silence", core.Read, fault(finstest.Silence), core.PluginDeviceNotResponding, nil, ""},
		{"FIN instead of the response", core.Read, fault(finstest.Close), core.FINSDisconnected, nil, ""},
		{"bytes that are no FINS/TCP", core.Read, fault(finstest.Garbage), core.PluginProtocolParseFailed, nil, ""},
	} {
		t.Run(c.device, func(t *testing.T) {
			client := npmVersion(t, "omron-fins")
			plc := finstest.NewTCPDevice(t)
			plc.Set("D100[2]", []byte{0, 1, 0, 2})
			c.prepare(plc)
			raw := newRelay(t, plc.Addr(), fins.ScanFrames, func() conversation { return new(fins.Conversation) })
			host, port := hostPort(t, raw.addr)
			args := []string{host, port, "tcp", "D100", "2"}
			if c.op == core.Write {
				args = append(args, "7")
			}
			handed := runNode(t, "omron-fins.js", args...)
			if handed["stage"] != c.op.String() {
				t.Fatalf("omron-fins did not come to the %v: %v", c.op, handed)
			}
			delete(handed, "stage")
			if endCode, _ := handed["endCode"].(string); endCode != c.endCode {
				t.Errorf("omron-fins reports %v", handed)
			}
			exact := exactErr(fins.Translate, raw.last(t, c.op))
			coretest.RequireCode(t, exact, c.exact)
			if c.native != nil {
				coretest.RequireStatus(t, exact, c.native)
			}
			report(t, row{Protocol: "fins", Code: c.exact.String(), Device: "tcp, " + c.device, Client: client, Handed: jsonText(handed),
				Translated: noGoClient, Raw: "fins.Conversation: " + core.CodeOf(exact).String()})
		})
	}
}

// Over UDP there is no relay to look through: the raw path asks the same device.
func TestOmronFINSOverUDP(t *testing.T) {
	for _, c := range []struct {
		device  string
		prepare func(*finstest.Device)
		exact   core.Code
	}{
		{"0x2211", func(plc *finstest.Device) { plc.Fail(fins.UnitBusy) }, core.FINSNotExecutableInMode},
		{"response with another SID", func(plc *finstest.Device) { plc.Break(finstest.WrongID) }, core.PluginMessageDisorder},
		{"port closed", func(plc *finstest.Device) { plc.Refuse() }, core.PluginNotConnected},
	} {
		t.Run(c.device, func(t *testing.T) {
			client := npmVersion(t, "omron-fins")
			plc := finstest.NewDevice(t)
			c.prepare(plc)
			host, port := hostPort(t, plc.Addr())
			handed := runNode(t, "omron-fins.js", host, port, "udp", "D100", "2")
			delete(handed, "stage")
			raw, err := dialFINSRaw(t, "udp", plc.Addr())
			if err != nil {
				t.Fatal(err)
			}
			exact := raw.do(core.Read)
			coretest.RequireCode(t, exact, c.exact)
			r := row{Protocol: "fins", Code: c.exact.String(), Device: "udp, " + c.device, Client: client, Handed: jsonText(handed), Translated: noGoClient}
			if c.exact != core.PluginNotConnected { // then there was no frame
				r.Raw = raw.String()
			}
			report(t, r)
		})
	}
}

func TestOmronFINSConnect(t *testing.T) {
	for _, c := range []struct {
		device  string
		prepare func(*finstest.Device)
		exact   core.Code
		open    bool // omron-fins reports a session
		raw     bool // bytes were exchanged
	}{
		{"handshake", func(*finstest.Device) {}, core.OK, true, true},
		{"port closed", func(plc *finstest.Device) { plc.Refuse() }, core.PluginNotConnected, false, false},
		{"handshake refused with 0x20", func(plc *finstest.Device) { plc.RefuseSession(fins.TCPAllConnectionsInUse) }, core.FINSDisconnected, true, true},
		{"handshake refused with 0x22", func(plc *finstest.Device) { plc.RefuseSession(fins.TCPProtectedNodeAccess) }, core.FINSAccessRightError, true, true},
		{"handshake, silence", func(plc *finstest.Device) { plc.BreakSession(finstest.Silence) }, core.FINSDisconnected, false, true},
	} {
		t.Run(c.device, func(t *testing.T) {
			client := npmVersion(t, "omron-fins")
			plc := finstest.NewTCPDevice(t)
			c.prepare(plc)
			addr, heard := plc.Addr(), (*relay)(nil)
			if c.raw {
				heard = newRelay(t, plc.Addr(), fins.ScanFrames, func() conversation { return new(fins.Conversation) })
				addr = heard.addr
			}
			host, port := hostPort(t, addr)
			handed := runNode(t, "omron-fins.js", host, port, "tcp")
			delete(handed, "stage")
			if open, _ := handed["open"].(bool); open != c.open {
				t.Errorf("omron-fins reports %v", handed)
			}
			r := row{Protocol: "fins", Code: c.exact.String(), Device: "tcp, " + c.device, Client: client, Handed: jsonText(handed), Translated: noGoClient}
			if c.raw {
				exact := exactErr(fins.Translate, heard.last(t, core.Connect))
				coretest.RequireCode(t, exact, c.exact)
				r.Raw = "fins.Conversation: " + core.CodeOf(exact).String()
			}
			report(t, r)
		})
	}
}
