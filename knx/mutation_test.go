package knx

import (
	"fmt"
	"testing"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
	"github.com/fieldstatus/fieldstatus/internal/mutation"
)

func TestTableMutations(t *testing.T) {
	mutation.Run(t, mutation.Table{
		Rows: rows[:],
		Open: func(coretest.Stanza) coretest.Conversation { return new(Conversation) },
		Laws: []mutation.Law{
			mutation.Each("direction of unknown ops", directionOfUnknownOps),
			mutation.QualityOfCode(func(row core.Row) bool { return row.Symbol == "Lost" || row.Symbol == "Overflow" }),
			mutation.ScopeOfLayer(mutation.Layers(t),
				mutation.Exception{Answer: mutation.Scope, Of: "knxnetip-service *", Why: "one frame that was not awaited"},
				mutation.Exception{Answer: mutation.Scope, Of: "tpci 0x82 0x83 0xC0 0xC1", Why: "one telegram"},
				mutation.Exception{Answer: mutation.Scope, Of: "frame ForeignChannel", Why: "another channel, not a request of this one"},
				mutation.Exception{Answer: mutation.Scope, Of: "client PresenceCheckTimeout TransportAckTimeout TransportIdle", Why: "the transport connection to one device"},
				mutation.Exception{Answer: mutation.Scope, Of: "client GroupReadTimeout", Why: "one group address"},
				mutation.Exception{Answer: mutation.Scope, Of: "client BusyPauseExceeded", Why: "the request waits, the link is fine"},
			),
			mutation.SameReason(),
			mutation.SameNumber([]string{"knxnetip-status", "knxnetip-ack-status"}, []mutation.Answer{mutation.Code, mutation.Remedy, mutation.Scope},
				mutation.Exception{Answer: mutation.Code, Of: "knxnetip-ack-status 0x0F 0x29 *", Why: "about one frame on a channel that stands"},
				mutation.Exception{Answer: mutation.Scope, Of: "knxnetip-ack-status 0x0F 0x29 * 0x00", Why: "about one frame on a channel that stands"},
				mutation.Exception{Answer: mutation.Remedy, Of: "knxnetip-ack-status 0x0F *", Why: "the frame can be sent again"},
			),
			mutation.SameCause(
				mutation.Exception{Answer: mutation.Remedy, Of: "knxnetip-status 0x2E", Why: "the address becomes free"},
				mutation.Exception{Answer: mutation.Remedy, Of: "knxnetip-ack-status 0x2E", Why: "the address becomes free"},
				mutation.Exception{Answer: mutation.Remedy, Of: "secure-session-status 0x02", Why: "a session that is not authenticated is opened again"},
				mutation.Exception{Answer: mutation.Remedy, Of: "client: 3015: Check power, network", Why: "silence on an open channel, and without one"},
				mutation.Exception{Answer: mutation.Remedy, Of: "client TransportAckTimeout", Why: "the transport connection is over"},
				mutation.Exception{Answer: mutation.Remedy, Of: "client DisconnectTimeout", Why: "the channel is over in any case"},
				mutation.Exception{Answer: mutation.Scope, Of: "client DeadlineExceeded", Why: "the driver's own, about one request"},
				mutation.Exception{Answer: mutation.Scope, Of: "client TransportAckTimeout TransportIdle", Why: "the transport connection to one device"},
			),
			mutation.Test("direction", TestDirection),
			mutation.Test("device does not exist", TestDeviceDoesNotExist),
			mutation.Test("context bits", TestContextBits),
			mutation.Test("acknowledgements", TestRecognizerAcknowledgements),
			mutation.Test("connect responses", TestRecognizerConnectResponses),
			mutation.Test("numbers", TestTranslateNumbers),
			mutation.Test("texts", TestTranslateTexts),
			mutation.Test("network", TestTranslateNetwork),
			mutation.Test("silence", TestSilence),
		},
		Unnoticed: []mutation.Unnoticed{
			{Layer: "knxnetip-status", Code: 1, Why: "a gateway may send it for any reason"},
			{Layer: "knxnetip-ack-status", Code: 1, Why: "a gateway may send it for any reason"},
			{Layer: "tunnel-bus-status", Code: 1, Remedy: 1, Why: "a field of two values"},
			{Layer: "dib-medium-status", Code: 1, Remedy: 2, Why: "a field of two values"},
			{Layer: "cemi-confirm", Code: 1, Remedy: 1, Scope: 1, Why: "the half of all values that is a success"},
			{Layer: "cemi-property-error", Code: 3, Remedy: 2, Scope: 1, Why: "errors that no device at hand sends"},
			{Layer: "return-code", Code: 5, Remedy: 1, Scope: 1, Why: "codes of applications that no device at hand sends"},
			{Layer: "restart-response", Code: 1, Remedy: 1, Why: "the success, and what the standard does not list"},
			{Layer: "tpci", Code: 1, Remedy: 1, Scope: 1, Why: "octets that the standard does not have"},
			{Layer: "secure-session-status", Remedy: 1, Why: "no gateway at hand has secure tunnels"},
			{Layer: "busmon-status", Code: 1, Remedy: 2, Scope: 1, Why: "a running number, and what is no flag"},
			{Layer: "frame", Remedy: 1, Scope: 1, Why: "what comes from another channel is dropped"},
			{Layer: "client", Code: 7, Remedy: 20, Scope: 11, Why: "what only the driver knows: no frame holds a silence or a wrong tag"},
		},
	})
}

// directionOfUnknownOps: without an op a refusal is 3000, as for a read, but where
// only a command can be refused like that.
func directionOfUnknownOps(row core.Row) error {
	read, other := row.Code(core.Read), row.Code(core.Other)
	if read != core.PluginReadFailed {
		return nil
	}
	want := read
	switch {
	case row.Layer == "restart-response", row.Symbol == "MEMORY_ERROR", row.Symbol == "ILLEGAL_COMMAND":
		want = core.PluginWriteFailed
	}
	if other != want {
		return fmt.Errorf("%v, want %v", other, want)
	}
	return nil
}
