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
			mutation.Codes(map[string]string{ // of the documents, once more
				"knxnetip-status":     "0x0F 3002",
				"knxnetip-ack-status": "0x0F 3000",
				"tunnel-bus-status":   "* 3002",
				"dib-medium-status":   "* 3002",
				"cemi-confirm":        "* 3009",
				"cemi-property-error": "0x06 3001, 0x09 3000, * 3000",
				"return-code":         "0xA0..0xDF 3000, 0xE0..0xF0 3000, 0xF1 3000, 0xF2 3000, 0xF9 3011",
				"restart-response":    "* 3001",
				"tpci":                "* 3009",
				"busmon-status":       "* 3009",
				"client":              "HeartbeatFailed 3002, NameResolution 3002, NotConnected 3002, Cancelled 3010, BusyPauseExceeded 3011, ValueOutOfRange 3008, TypeUnsupported 2204",
			}),
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
			{Layer: "tunnel-bus-status", Remedy: 1, Why: "values that the standard does not list"},
			{Layer: "dib-medium-status", Remedy: 2, Why: "the success, and values that the standard does not list"},
			{Layer: "cemi-confirm", Remedy: 1, Scope: 1, Why: "what is neither of the two values of a bit: nothing"},
			{Layer: "cemi-property-error", Remedy: 2, Scope: 1, Why: "errors that no device at hand sends"},
			{Layer: "return-code", Remedy: 1, Scope: 1, Why: "codes of applications that no device at hand sends"},
			{Layer: "restart-response", Remedy: 1, Why: "the success"},
			{Layer: "tpci", Remedy: 1, Scope: 1, Why: "octets that the standard does not have"},
			{Layer: "secure-session-status", Remedy: 1, Why: "no gateway at hand has secure tunnels"},
			{Layer: "busmon-status", Remedy: 2, Scope: 1, Why: "a running number, and what is no flag"},
			{Layer: "frame", Remedy: 1, Scope: 1, Why: "what comes from another channel is dropped"},
			{Layer: "client", Remedy: 20, Scope: 11, Why: "what only the driver knows: no frame holds a silence or a wrong tag"},
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
