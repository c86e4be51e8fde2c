package clients

import (
	"testing"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
	"github.com/fieldstatus/fieldstatus/s7"
	"github.com/fieldstatus/fieldstatus/s7/s7test"
)

// noGoClient stands in the column of Translate for clients in another language:
// what they hand over is no Go error.
const noGoClient = "no Go client"

// nodes7 knows two outcomes of an item: its value, or a text that starts with
// BAD and has no native value that means anything. A Conversation over the frames
// that nodes7 and the device exchanged has the exact code.
func TestNodes7(t *testing.T) {
	item := func(native error) func(*s7test.Device) {
		return func(plc *s7test.Device) { plc.FailItem("DB1.DBD0", native) }
	}
	fault := func(f s7test.Fault) func(*s7test.Device) {
		return func(plc *s7test.Device) { plc.Break(f) }
	}
	for _, c := range []struct {
		device  string
		prepare func(*s7test.Device)
		exact   core.Code
		native  error // that the raw path finds, nil for none
		good    bool  // nodes7 reports a value
	}{
		{"no failure", func(*s7test.Device) {}, core.OK, nil, true},
		{"item 0x03 AccessingObjectNotAllowed", item(s7.AccessingObjectNotAllowed), core.S7AccessDenied, s7.AccessingObjectNotAllowed, false},
		{"item 0x05 AddressOutOfRange", item(s7.AddressOutOfRange), core.S7AddressInvalid, s7.AddressOutOfRange, false},
		{"item 0x0A ObjectDoesNotExist", item(s7.ObjectDoesNotExist), core.S7ObjectNotExist, s7.ObjectDoesNotExist, false},
		{"header error 0x8104 (PUT/GET off)", func(plc *s7test.Device) { plc.Fail(s7.HeaderError(0x8104)) }, core.S7AccessDenied, s7.HeaderError(0x8104), false},
		{"half of the value", item(s7.ShortValue), core.S7ValueTooShort, s7.ShortValue, false},
		{"silence", fault(s7test.Silence), core.PluginDeviceNotResponding, nil, false},
		{"FIN instead of the answer", fault(s7test.Close), core.S7COTPDisconnected, nil, false},
		{"bytes that are no TPKT", fault(s7test.Garbage), core.PluginProtocolParseFailed, nil, false},
		{"answer to another PDU reference", fault(s7test.WrongID), core.PluginMessageDisorder, nil, false},
	} {
		t.Run(c.device, func(t *testing.T) {
			client := npmVersion(t, "nodes7")
			plc := s7test.NewDevice(t)
			plc.Set("DB1.DBD0", []byte{1, 2, 3, 4})
			c.prepare(plc)
			raw := newRelay(t, plc.Addr(), s7.ScanFrames, func() conversation { return new(s7.Conversation) })
			host, port := hostPort(t, raw.addr)
			handed := runNode(t, "nodes7.js", host, port, "DB1,DINT0")
			if handed["stage"] != "read" {
				t.Fatalf("nodes7 did not come to the read: %v", handed)
			}
			delete(handed, "stage")
			if bad := handed["bad"]; bad == c.good {
				t.Errorf("nodes7 reports %v", handed)
			}
			exact := exactErr(s7.Translate, raw.last(t, core.Read))
			coretest.RequireCode(t, exact, c.exact)
			if c.native != nil {
				coretest.RequireStatus(t, exact, c.native)
			}
			report(t, row{Protocol: "s7", Code: c.exact.String(), Device: c.device, Client: client, Handed: jsonText(handed),
				Translated: noGoClient, Raw: "s7.Conversation: " + core.CodeOf(exact).String()})
		})
	}
}

// The write of one item: nodes7 says no more than that it failed.
func TestNodes7Write(t *testing.T) {
	client := npmVersion(t, "nodes7")
	plc := s7test.NewDevice(t)
	plc.FailItem("DB1.DBD0", s7.AccessingObjectNotAllowed)
	raw := newRelay(t, plc.Addr(), s7.ScanFrames, func() conversation { return new(s7.Conversation) })
	host, port := hostPort(t, raw.addr)
	handed := runNode(t, "nodes7.js", host, port, "DB1,DINT0", "7")
	if handed["stage"] != "write" || handed["bad"] != true {
		t.Fatalf("nodes7 reports %v", handed)
	}
	delete(handed, "stage")
	exact := exactErr(s7.Translate, raw.last(t, core.Write))
	coretest.RequireCode(t, exact, core.S7AccessDenied)
	report(t, row{Protocol: "s7", Code: core.S7AccessDenied.String(), Device: "write, item 0x03 AccessingObjectNotAllowed", Client: client, Handed: jsonText(handed),
		Translated: noGoClient, Raw: "s7.Conversation: " + core.CodeOf(exact).String()})
}

func TestNodes7Connect(t *testing.T) {
	client := npmVersion(t, "nodes7")
	for _, c := range []struct {
		device  string
		prepare func(*s7test.Device)
		stage   string // of nodes7.js: connect, or thrown where no callback gets it
		exact   core.Code
	}{
		{"port closed", func(plc *s7test.Device) { plc.Refuse() }, "connect", core.PluginNotConnected},
		{"COTP disconnect request, reason 3", func(plc *s7test.Device) { plc.RefuseConnect(3) }, "connect", core.S7COTPDisconnected},
		{"Setup Communication refused with 0x8104", func(plc *s7test.Device) { plc.RefuseSetup(0x8104) }, "thrown", core.S7Disconnected},
	} {
		t.Run(c.device, func(t *testing.T) {
			plc := s7test.NewDevice(t)
			raw := newRelay(t, plc.Addr(), s7.ScanFrames, func() conversation { return new(s7.Conversation) })
			c.prepare(plc)
			addr := raw.addr
			if c.exact == core.PluginNotConnected {
				addr = plc.Addr() // no connection, no frames: the text is all that anybody knows
			}
			host, port := hostPort(t, addr)
			handed := runNode(t, "nodes7.js", host, port, "DB1,DINT0")
			if handed["stage"] != c.stage || handed["error"] == nil {
				t.Fatalf("nodes7 reports %v", handed)
			}
			r := row{Protocol: "s7", Code: c.exact.String(), Device: c.device, Client: client, Handed: handed["error"].(string), Translated: noGoClient}
			if c.exact != core.PluginNotConnected {
				exact := exactErr(s7.Translate, raw.last(t, core.Connect))
				coretest.RequireCode(t, exact, c.exact)
				r.Raw = "s7.Conversation: " + core.CodeOf(exact).String()
			}
			report(t, r)
		})
	}
}

// exactErr is the failure of one item that a relay heard, as a driver on the raw
// path has it.
func exactErr(translate func(core.Op, error) error, h heard) error {
	switch {
	case h.err != nil:
		return translate(h.op, h.err)
	case len(h.statuses) == 0:
		return translate(h.op, core.Status{}.Err(h.op))
	}
	return h.statuses[0].Err(h.op)
}
