// Package s7 maps what Siemens S7 devices say to the documented codes of EMQX
// NeuronEX: return codes of items, error words of headers and userdata, COTP
// disconnects, and what is wrong with a frame. It reads classic S7 communication
// (S7comm, protocol id 0x32) over RFC 1006, and knows the errors of
// github.com/robinson/gos7.
//
//	err := client.AGReadDB(1, 0, 4, buf)          // gos7
//	err = s7.Translate(core.Read, err)            // 10105, 10110, 10150, 3015 ...
//
// # What is mapped
//
// All rows are in statuses.tsv, with the reason for each; [Rows] lists them.
//
//	10101  hardware fault                        item 0x01, header 0x8101, DP fault
//	10103  no permission                         item 0x03, header 0x8104 (PUT/GET off), protection level, password
//	10105  invalid address                       item 0x05, block number or type
//	10106  type not supported                    item 0x06
//	10107  types inconsistent                    item 0x07
//	10110  object does not exist                 item 0x0A, missing block, unknown status list
//	10150  COTP connection disconnected          no CC, DR, DC, ER; end of file or reset: in class 0 TCP is the COTP connection
//	10151  S7 connection disconnected            Setup Communication refused or unusable
//	10152  no value                              success with nothing in it
//	10153  value too short                       success with less than the tag needs
//	3009   frame breaks the rules                also S7comm-plus, which is recognised and named
//	3012   answer to another request
//	3015   silence on an open connection
//	3000, 3001 for a write                       everything that has no code of its own
//
// There is no generic S7 code, so the last line is long. The native number is
// never lost: errors.As gives the [ReturnCode], [HeaderError] or [ParamError].
//
// What a failure means depends on the stage of the connection. While COTP comes
// up everything but a failed dial is 10150, and a refused Setup Communication is
// 10151 whatever number it carries. A [Conversation] knows the stage from the
// frames; [Translate] takes it from the op [core.Connect].
//
// # What is not mapped
//
// S7comm-plus (0x72) is another protocol: it is refused by name with 3009. The
// contents of status lists, diagnostics and cyclic data are not decoded; a
// message that the device sends on its own is [core.ErrNotResponse]. Block
// contents, uploads and downloads are read as far as their error words. The
// numbers of the server and partner of snap7 reuse those of its client with
// other meanings, and are left out.
//
// # gos7 on the first day
//
// gos7 turns numbers into texts and forgets some of them on the way. Translate
// recovers what the texts still say, by comparing them with gos7.ErrorText at
// the time of the call. These things surprise:
//
//   - Item codes 0x01 (hardware) and 0x03 (permission) have the same text, and so
//     have all others but 05, 06, 07 and 0A. A read that is refused because PUT/GET
//     is off says "Invalid Buffer passed to Send/Receive'19'"; a write says "Invalid
//     PDU received", which is also what a failed connect says.
//   - A success with no or too few bytes is a nil error and a buffer full of
//     zeros. A fragmented answer too.
//   - AGReadMulti and AGWriteMulti return nil although items failed: look at
//     the text in each item, which Translate takes as errors.New(item.Error). A
//     length that lies, or a refused list of blocks, ends the program with a panic.
//   - A long AGWriteDB is cut into several requests. When a later one fails, the
//     earlier ones are written.
//   - gos7.S7Error looks like the native error and is noise: it is made from a
//     reserved byte of the TPKT. Translate makes it 3009.
//   - A failed Connect leaves its dead socket behind: call Close before every
//     Connect, or the next one fails on the old socket.
//   - After a timeout the late answer stays in the stream, and the next call
//     returns it as its own, with a nil error. PDU references are constant and
//     never compared. After every error that is not one item's, Close and
//     Connect: that is what the remedy [core.Reconnect] asks for.
//   - The connection closes itself after IdleTimeout, 60 s by default. The next
//     call says "Connection to address ... is null": 3002, nothing was sent.
//   - Connect wants a connection confirm of exactly 22 bytes; some devices and
//     simulators send shorter ones, which are legal.
//   - PGClockWrite reads the clock, and PGClockRead, which should set it, always
//     panics. So does GetOrderCode when it succeeds.
//
// # The lossless way
//
// gos7 lets a gos7.Packager look at each request and its raw response. An
// [Exchange] is one. It makes lost numbers, silent zeros and panics into errors:
//
//	var x s7.Exchange
//	client := gos7.NewClient2(&x, handler)        // handler is a connected *gos7.TCPClientHandler
//	err := client.AGReadDB(1, 0, 4, buf)
//	err = s7.Translate(core.Read, err)            // 10101, 10103, 10152, 10153 too
//
// For a call with several items, ask it for each of them:
//
//	err := client.AGReadMulti(items, len(items))  // the call as a whole
//	for i := range items {
//		err := x.ItemErr(i)
//	}
//
// # Frames
//
// A driver with frames of its own, and a test, use [ParseResponse], [Item.Status]
// and [AppendStatuses] for single frames, [ScanFrames] to cut them from a stream,
// and a [Conversation] for a whole connection. Nothing here panics on any bytes.
//
// # Sources
//
// S7comm has no public specification. Return codes of items are in Siemens
// C79000-G8976-C182, table 5-8; the other numbers are those on which Wireshark,
// libnodave, PRODAVE and snap7 agree, and recordings of S7-300 and S7-400. The
// frames below are RFC 1006, section 6, and RFC 905, sections 13.3 to 13.12.
// When a connection counts as lost: the EMQX Neuron FAQ on Siemens S7.
package s7

//go:generate go run ../internal/tables/generate
