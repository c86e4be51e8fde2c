// Package fins maps the native statuses of Omron FINS to the documented codes
// 10500 to 10517.
//
// # What is mapped
//
//   - [EndCode], the main code (MRES) and sub code (SRES) of every FINS response.
//     The documented codes follow the main code one to one: 10502 is main code
//     01, 10508 is 11, 10517 is 40. A sub code that no manual lists gets the code
//     of its class, an unknown class gets 10501.
//   - [TCPError] and [TCPCommand], the error code and command in the header of a
//     FINS/TCP frame: refused handshakes and error notifications. All of them end
//     the connection.
//   - [HostLinkEndCode], the end code of the Host Link frame around a FINS
//     message on a serial line.
//   - [Event], what happens without a number on the wire. Lost connections and
//     failed handshakes are 10500 instead of 3002.
//
// # End codes, flags and relays
//
// Three bits of an end code are no part of it; see [EndCode]. A CPU unit in an
// alarm state, with a flat battery for example, answers every command with 0x0040
// and carries it out. So the successes are 0x0000, 0x0040, 0x0080 and 0x00C0, and
// nothing else. With the fatal flag the user program is stopped: the value is
// real, but its quality is [core.Uncertain]. [Strict] makes 10504 of that. Many
// clients take all flags for failures, and some mask the wrong bits, so that
// 0x2510 becomes 0x2500 and 0x4001 becomes 0x0001.
//
// When the relay bit is set, the class still tells what went wrong, and
// [Location] tells where.
//
// # Frames
//
// [ParseResponse] takes a UDP payload, a FINS/TCP frame as [ScanFrames] cuts it
// from a stream, or a Host Link frame as [ScanHostLinkFrames] does. FINS has one
// end code for a command, also for one that reads several items: after 10508 to a
// batch, ask for the items one by one.
//
// The SID is all that pairs a response with its command, over UDP and TCP alike,
// and has 256 values. A [Conversation] does the pairing: the Exchange of a late
// response has the ID of the command that was given up, so that a driver drops it,
// as long as that SID is not in use again. It also checks the amount of data
// against the command, and sorts out what does not belong. So a deadline by itself
// does not call for a new connection, and [Translate] answers [core.Retry]: repeat
// with the next SID. Translate cannot tell TCP from UDP. Over TCP open a new
// connection after a deadline
//
//   - when the client in use does not count the SID up, or does not compare it;
//   - when the deadline passed inside a frame, since its rest would be read as the
//     next one;
//   - before the SIDs have come round to that of a command whose response is owed.
//
// Over UDP, where there is nothing to open, leave out the SID of such a command.
//
// # What is not mapped
//
//   - The short FINS header of Host Link, and Host Link commands other than FA.
//   - What looks like end codes but stands in PLC memory or in data: the results
//     of socket services (0x003E, 0x0080 ...), mail results (0xF101 to 0xF4FF),
//     CompoWay/F codes inside the data of command 2803, and CIP statuses inside
//     explicit messages (2801, 2802).
//   - The item values of a multiple memory area read: [Response.Data] has them.
//
// # With Go clients
//
// [Translate] knows the clients that exist; what they do to errors is worth
// knowing:
//
//   - l1va/gofins ends the process when the UDP port of the device is closed,
//     panics on a short response, and after one late response every later call
//     times out. Its descendants share its reading of the end code.
//   - siyka-au/gofins ignores the end code of reads and panics on missing data.
//   - bronystylecrazy/gofins cannot open a FINS/TCP session with a conforming
//     device, and reports a refusal in the same words.
//   - hiroeorz/omron-fins-go tests the main code only: 0x0001 passes as success.
//
// None of these modules, nor folke99/gofins and chia0hwan9/gofins, could be run in
// the tests of this package. Their wordings and error types are pinned there by
// copies that were written by hand from the revisions that clienttext.go names.
// When a client changes a wording, no test here fails: compare with the client in
// use, and look for 3000 or 3001 where an end code was expected.
//
// A driver that wants every status reads the frames itself; the example of this
// package is the read path of such a driver.
//
// # Sources
//
// Omron W227-E1-2 (FINS Commands Reference), chapter 8, for end codes, flags and
// relays, and 1-4 for Host Link; W342, 5-1-3, for the same end codes of CS and CJ
// series; W421-E1-04, 7-4, for FINS/TCP. When a connection counts as lost: the
// EMQX Neuron FAQ on Omron FINS.
package fins

//go:generate go run ../internal/tables/generate
