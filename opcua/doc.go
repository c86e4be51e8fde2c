// Package opcua maps what an OPC UA server answers to documented error codes.
//
//	import (
//		"github.com/gopcua/opcua"
//		"github.com/gopcua/opcua/ua"
//
//		opcuastatus "github.com/fieldstatus/fieldstatus/opcua"
//	)
//
// gopcua's ua.StatusCode is the native type: [Status] maps one, [ValueStatus] a
// value that was read, [ReadStatuses] and its like all items of a response, and
// [Translate] the error of a call. For frames without a client there are
// [ParseResponse], [AppendStatuses] and [Conversation].
//
// # What is mapped
//
//   - All StatusCodes of the standard up to its newest list, with those that
//     gopcua 0.8.0 does not name and the withdrawn ones that Wireshark still shows.
//     Unknown ones are answered by their severity.
//   - Good and Uncertain are successes (code 0); the quality tells them apart.
//     [Strict] turns Uncertain into 3008 for those who must not use doubtful values.
//   - The lower 16 bits never change a code. [Info] tells what they say: limits,
//     overflow of a queue, a changed meaning.
//   - Three codes mean the own connection in a service result, and something
//     else for an item: [ServiceStatus].
//   - A Good status without a value is 3008.
//   - 10004 and 10005 are for a driver's own look at the access level:
//     [CheckAccess]. No server sends a StatusCode for 10004.
//   - The errors of gopcua 0.8.0 that have no type, by their texts.
//
// # What is not mapped
//
//   - Statuses that are data: values of the type StatusCode, the inner status of
//     a DiagnosticInfo, the results of arguments in a CallResponse, the results of
//     a PublishResponse (they answer acknowledgements).
//   - Messages on a channel whose security policy is not None. They are
//     recognised, and an [EncryptedError] says that only the client can read
//     them. With the mode Sign, messages in one chunk can be read.
//   - Other clients than gopcua. Their status codes are the same numbers:
//     convert them to ua.StatusCode.
//
// # What to know about gopcua
//
//   - errors.Is compares StatusCodes exactly, information bits included: a sensor
//     failure at the low limit (0x808C0500) is not ua.StatusBadSensorFailure. The
//     errors of this package compare without these bits, and hand the code out
//     with them.
//   - Once the server has acknowledged the connection, everything that happens to
//     it comes out as io.EOF: the server's ERR message with its reason, a reset, a
//     refused certificate. Translate can only say 3002 then, and hint. Pass what
//     you know about the connection: [TranslateSecured].
//   - Any service result other than 0 is an error, Good and Uncertain ones too,
//     although the response is there. Translate returns nil for them.
//   - Any failed response is also fed to the reconnect monitor: one fault like
//     BadNothingToDo makes the client close the channel and build it anew, and the
//     calls after it fail for a moment with BadServerNotConnected, net.ErrClosed or
//     EOF. BadNoSubscription alone is exempt.
//   - Items never fail a call: without a look at the results, a bad value passes
//     for a good one. A response may also have fewer results than were asked for.
//   - Node.Value and Node.Attribute, on the other hand, return the status of the
//     item as an error, unless it is exactly 0: see [TranslateItem].
//   - ua.StatusOK in a variable of type error is not nil.
//   - Connect without a deadline has no end in sight when a server accepts the
//     connection and says nothing.
//
// This package imports gopcua's packages ua and uacp and nothing else of it.
// Everything in it is safe for concurrent use, but a Conversation belongs to
// one goroutine.
//
// # Sources
//
// OPC 10000-4, 7.39 (StatusCode) and 7.32 (ResponseHeader); OPC 10000-6, Annex A
// (the list), 5.2.2 (encodings), 6.7 (chunks) and 7.1 (messages of a connection);
// OPC 10000-3, 8.57 (access level); for withdrawn numbers the table of Wireshark 4.0.
package opcua

//go:generate go run ../internal/tables/generate
