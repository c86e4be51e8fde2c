package fins

import "github.com/fieldstatus/fieldstatus/core"

// An Event is an outcome that has no number on the wire. The zero Event is no
// event; its Status is the zero Status.
//
// Events are listed by [Outcomes] and not by [Rows]: that table is what devices
// say. These are the outcomes of this side of the link, with the codes that the gateway's
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
	if e == 0 || e > AreaMismatch {
		return core.Status{}
	}
	return core.NewStatus(&outcomes[outcomeDisconnected+int(e-Disconnected)], int64(e))
}

// String returns the event's name.
func (e Event) String() string { return e.Status().Native() }

// Error makes an Event an error, so that [errors.Is] can compare with it.
func (e Event) Error() string { return e.Status().Text() }
