package clients

import (
	"testing"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
	"github.com/fieldstatus/fieldstatus/enip"
	"github.com/fieldstatus/fieldstatus/enip/eniptest"
)

// st-ethernet-ip rejects with general status and words where a reply has them. It
// does not look at sequence counts nor at the lengths of items, takes a refusal in
// the header for silence, and falls over bytes that are no frame. A Conversation over the same frames has
// the exact code in each case.
func TestSTEthernetIP(t *testing.T) {
	read, write := []string{"read", "Speed"}, []string{"write", "Speed", "7"}
	group := []string{"group", "Speed", "Line"}
	for _, c := range []struct {
		device  string
		prepare func(*eniptest.Device)
		args    []string
		op      core.Op
		exact   core.Code
		good    bool // st-ethernet-ip reports success
	}{
		{"no failure on a read", nothing, read, core.Read, core.OK, true},
		{"no failure on a write", nothing, write, core.Write, core.OK, true},
		{"no failure on a packet", nothing, group, core.Read, core.OK, true},
		{"read of a tag that does not exist (0x04/0x0000)", nothing, []string{"read", "Missing"}, core.Read, 10704, false},
		{"read, 0x0F without words", failing(enip.PrivilegeViolation), read, core.Read, 10715, false},
		{"read, 0x01/0x0203 (CIP connection timed out)", failing(enip.CMConnectionTimedOut), read, core.Read, core.ENIPNoCIPConnection, false},
		{"write of a DINT to a REAL (0xFF/0x2107)", nothing, []string{"write", "Level", "7"}, core.Write, core.ENIPDataTypeMismatch, false},
		{"write, 0x1F with two words (Omron)", failing(eniptest.Extended(enip.VendorSpecificError, 0x0102, 0x1003)), write, core.Write, 10731, false},
		{"packet of two reads, the second 0x0F", func(plc *eniptest.Device) { plc.FailItem("Line", enip.PrivilegeViolation) }, group, core.Read, 10715, false},
		{"read, header status 0x64", failing(enip.EncapsulationInvalidSessionHandle), read, core.Read, core.ENIPSessionNotRegistered, false},
		{"read, silence", broken(eniptest.Silence), read, core.Read, core.PluginDeviceNotResponding, false},
		{"read, FIN instead of the answer", broken(eniptest.Close), read, core.Read, core.PluginNotConnected, false},
		{"read, bytes that are no EtherNet/IP", broken(eniptest.Garbage), read, core.Read, core.PluginProtocolParseFailed, false},
		{"read, item longer than the frame", broken(eniptest.WrongLength), read, core.Read, core.PluginProtocolParseFailed, true},
		{"read, sequence count of another request", broken(eniptest.WrongID), read, core.Read, core.PluginMessageDisorder, true},
	} {
		t.Run(c.device, func(t *testing.T) {
			client := npmVersion(t, "st-ethernet-ip")
			plc := newController(t)
			c.prepare(plc)
			raw := newRelay(t, plc.Addr(), enip.ScanFrames, func() conversation { return new(enip.Conversation) })
			host, port := hostPort(t, raw.addr)
			handed := runNode(t, "st-ethernet-ip.js", append([]string{host, port}, c.args...)...)
			if handed["stage"] != c.args[0] {
				t.Fatalf("st-ethernet-ip did not come to the %s: %v", c.args[0], handed)
			}
			delete(handed, "stage")
			if _, good := handed["values"]; good != c.good {
				t.Errorf("st-ethernet-ip reports %v", handed)
			}
			exact := firstFailure(raw.last(t, c.op))
			coretest.RequireCode(t, exact, c.exact)
			report(t, row{Protocol: "enip", Code: c.exact.String(), Device: c.device, Client: client, Handed: jsonText(handed),
				Translated: noGoClient, Raw: "enip.Conversation: " + core.CodeOf(exact).String()})
		})
	}
}

func TestSTEthernetIPConnect(t *testing.T) {
	for _, c := range []struct {
		device  string
		prepare func(*eniptest.Device)
		exact   core.Code
	}{
		{"RegisterSession refused with 0x69", func(plc *eniptest.Device) { plc.RefuseSession(enip.EncapsulationUnsupportedProtocolRevision) }, core.ENIPSessionNotRegistered},
		{"Forward Open refused with 0x01/0x0312 (wrong slot)", func(plc *eniptest.Device) { plc.RefuseForwardOpen(enip.CMLinkAddressNotValid) }, core.ENIPNoCIPConnection},
	} {
		t.Run(c.device, func(t *testing.T) {
			client := npmVersion(t, "st-ethernet-ip")
			plc := newController(t)
			c.prepare(plc)
			raw := newRelay(t, plc.Addr(), enip.ScanFrames, func() conversation { return new(enip.Conversation) })
			host, port := hostPort(t, raw.addr)
			handed := runNode(t, "st-ethernet-ip.js", host, port, "read", "Speed")
			if handed["stage"] != "connect" || handed["error"] == nil {
				t.Fatalf("st-ethernet-ip reports %v", handed)
			}
			delete(handed, "stage")
			exact := firstFailure(raw.last(t, core.Connect))
			coretest.RequireCode(t, exact, c.exact)
			report(t, row{Protocol: "enip", Code: c.exact.String(), Device: c.device, Client: client, Handed: jsonText(handed),
				Translated: noGoClient, Raw: "enip.Conversation: " + core.CodeOf(exact).String()})
		})
	}
	t.Run("port closed", func(t *testing.T) {
		client := npmVersion(t, "st-ethernet-ip")
		plc := newController(t)
		plc.Refuse()
		host, port := hostPort(t, plc.Addr())
		handed := runNode(t, "st-ethernet-ip.js", host, port, "read", "Speed")
		if handed["stage"] != "connect" || handed["error"] == nil {
			t.Fatalf("st-ethernet-ip reports %v", handed)
		}
		delete(handed, "stage")
		// No byte was exchanged: there is no raw path, and the cause is lost.
		report(t, row{Protocol: "enip", Code: core.PluginNotConnected.String(), Device: "port closed", Client: client, Handed: jsonText(handed), Translated: noGoClient})
	})
}
