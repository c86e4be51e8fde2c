package fins

import "github.com/fieldstatus/fieldstatus/core"

// An Event is an outcome that has no number on the wire. The zero Event is no
// event; its Status is the zero Status.
//
// Events are not listed by [Rows]: that table is what devices say. These are
// the outcomes of this side of the link, with the codes that the gateway's
// documentation has for FINS where the network alone would be 3002.
type Event uint8

const (
	// Disconnected: the connection was lost, or closed, after it had been opened
	// (10500).
	Disconnected Event = iota + 1
	// HandshakeFailed: the TCP connection was opened, but what answers there does
	// not open a FINS/TCP session: it hangs up, is silent, or speaks something else
	// (10500).
	HandshakeFailed
	// WrongLength: a success with another amount of data than was asked for (3009).
	WrongLength
	// ValueDropped: the device answered a read with a success and a CPU error
	// flag, and the client library threw the data away (3000).
	ValueDropped
	// EndCodeLost: a client library reports an end code in a way that loses it
	// (10501).
	EndCodeLost
	// AreaMismatch: the client refused the request, since the memory area cannot
	// hold the data type; nothing was sent (3007).
	AreaMismatch
)

// Status returns the outcome of this event. It never allocates.
func (e Event) Status() core.Status {
	if e == 0 || int(e) > len(events) {
		return core.Status{}
	}
	return core.NewStatus(&events[e-1], int64(e))
}

// String returns the event's name.
func (e Event) String() string { return e.Status().Native() }

// Error makes an Event an error, so that [errors.Is] can compare with it.
func (e Event) Error() string { return e.Status().Text() }

// events are the rows of the events, in the order of the constants.
var events = [...]core.Row{
	{
		Protocol: protocol, Layer: "link", Value: "-", Symbol: "Disconnected",
		Meaning: "the connection to the device was lost",
		Codes:   [4]core.Code{core.FINSDisconnected, core.FINSDisconnected, core.FINSDisconnected, core.FINSDisconnected},
		Remedy:  core.Reconnect, Scope: core.Connection, Quality: core.Bad, Unsure: true,
		Hint:   "See whether the PLC was restarted, and whether other clients take its FINS/TCP connections.",
		Why:    "documented disconnect code of FINS, which wins over 3002",
		Native: core.Native{As: core.As[Event]},
	},
	{
		Protocol: protocol, Layer: "link", Value: "-", Symbol: "HandshakeFailed",
		Meaning: "the peer did not answer the FINS/TCP handshake as a FINS/TCP server does",
		Codes:   [4]core.Code{core.FINSDisconnected, core.FINSDisconnected, core.FINSDisconnected, core.FINSDisconnected},
		Remedy:  core.Reconnect, Scope: core.Connection, Quality: core.Bad,
		Hint:   "Check that this PLC speaks FINS/TCP at this port, and not FINS/UDP or another protocol.",
		Why:    "no session; the vendor's FAQ names 10500 for a PLC that does not speak FINS/TCP",
		Native: core.Native{As: core.As[Event]},
	},
	{
		Protocol: protocol, Layer: "data", Value: "-", Symbol: "WrongLength",
		Meaning: "success with another amount of data than was asked for",
		Codes:   [4]core.Code{core.PluginProtocolParseFailed, core.PluginProtocolParseFailed, core.PluginProtocolParseFailed, core.PluginProtocolParseFailed},
		Remedy:  core.Fix, Scope: core.Request, Quality: core.Bad,
		Hint:   "Check address and length of the tag: some servers cut the answer at the end of an area.",
		Why:    "the data cannot be parsed as what was asked for; framing and link are fine",
		Native: core.Native{As: core.As[Event]},
	},
	{
		Protocol: protocol, Layer: "client", Value: "-", Symbol: "ValueDropped",
		Meaning: "the device answered with data and a CPU error flag; the client dropped the data",
		Codes:   [4]core.Code{core.PluginReadFailed, core.PluginReadFailed, core.PluginReadFailed, core.PluginReadFailed},
		Remedy:  core.Fix, Scope: core.Request, Quality: core.Bad,
		Hint:   "Clear the error in the PLC, often a flat battery, or read with a client that knows the CPU flags.",
		Why:    "no failure of the device, so no FINS code; but there is no value to deliver",
		Native: core.Native{As: core.As[Event]},
	},
	{
		Protocol: protocol, Layer: "client", Value: "-", Symbol: "EndCodeLost",
		Meaning: "the device refused, and the client's text does not tell the end code",
		Codes:   [4]core.Code{core.FINSError, core.FINSError, core.FINSError, core.FINSError},
		Remedy:  core.Retry, Scope: core.Request, Quality: core.Bad, Unsure: true,
		Why:    "generic code: a refusal without its class",
		Native: core.Native{As: core.As[Event]},
	},
	{
		Protocol: protocol, Layer: "client", Value: "-", Symbol: "AreaMismatch",
		Meaning: "the client refused: this memory area does not hold this data type",
		Codes:   [4]core.Code{core.PluginTagTypeMismatch, core.PluginTagTypeMismatch, core.PluginTagTypeMismatch, core.PluginTagTypeMismatch},
		Remedy:  core.Fix, Scope: core.Item, Quality: core.Bad,
		Hint:   "Check memory area and data type of the tag.",
		Why:    "documented type mismatch; nothing was sent",
		Native: core.Native{As: core.As[Event]},
	},
}
