package nona11

import (
	"testing"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/internal/laws"
)

func TestTable(t *testing.T) { laws.Table(t, "nona11", Rows()) }

// Every event has its row, and numbers that are no event have none.
func TestEvents(t *testing.T) {
	want := map[Event]core.Code{
		AddressSyntax: core.NONA11AddressInvalid, StringWithoutLength: core.NONA11AddressInvalid, LengthOnNumber: core.NONA11AddressInvalid,
		NumberOutOfRange: core.NONA11AddressInvalid, OffsetBeyondReply: core.NONA11AddressInvalid,
		TypeMismatch: core.TagTypeUnsupported, NotConnected: core.PluginNotConnected, Timeout: core.PluginDeviceNotResponding,
		Undecodable: core.PluginProtocolParseFailed, WriteAttempt: core.PluginTagWriteUnsupported, Other: core.PluginReadFailed,
	}
	for i := range 256 {
		e := Event(i)
		code, ok := want[e]
		if !ok && e.Status() != (core.Status{}) || ok && (e.Status().Code(core.Read) != code || !e.Status().Known()) {
			t.Errorf("%v: %v", e, e.Status().Code(core.Read))
		}
	}
}

func TestTotal(t *testing.T) {
	c := laws.Cover(t, Rows())
	laws.Events(c, Event.Status, "nona11")
	c.Complete()
}
