// Package finstest has an Omron PLC on loopback that fails on demand, for the
// unit tests of drivers.
//
//	plc := finstest.NewDevice(t)
//	plc.Set("D100", []byte{0x12, 0x34})
//	plc.FailItem("D200", fins.AddressRangeError)
//	_, err := driver.Read(ctx, plc.Addr(), "D200")
//	coretest.RequireCode(t, err, core.FINSParameterError)
//
// [NewDevice] speaks FINS/UDP, [NewTCPDevice] FINS/TCP with the handshake in
// front. Both know memory area read, write, fill, multiple read and transfer
// (0101 to 0105), run and stop (0401, 0402), controller status (0601), and the
// clock (0701, 0702). Other commands are refused with 0x0401. A command whose ICF
// asks for no response is carried out, and gets none.
//
// # Addresses
//
// Memory is addressed with the area codes of the CS and CJ series. Each area has
// 65536 words, timers and counters 32768 each; all of them hold zeros until they
// are set or written.
//
//   - "D100", "CIO10", "W5", "H3", "A0", "E100" (bank 0), "E2_100" (banks 0 to
//     F), "T5", "C5": a word, or the present value of a timer or counter;
//   - "D100[10]": ten words;
//   - "D100.05": a bit, 00 to 15; of a timer or counter, "T5.00" is its
//     completion flag;
//   - "D100.05[3]": bits in a row;
//   - "clock": seven bytes in BCD, as they stand in a response to 0701;
//   - "mode": one byte, 0 PROGRAM, 2 MONITOR, 4 RUN, which is what 0401 and 0402
//     change;
//   - "status": names 0601 in rules, and cannot be set.
//
// # What can be made to fail
//
// Fail and FailItem take a native status:
//
//   - [fins.EndCode], with CPU flags and relay bit as they are to stand on the
//     wire. A success with flags (0x0040, 0x0080, 0x00C0) carries the command out
//     and sends its data: that is how a PLC in an alarm state answers. The flags
//     go into failures of items as well. Behind a relay bit the location is
//     network 0, node 0; [Relayed] gives another one.
//   - [fins.WrongLength]: a success with half of the data.
//   - [fins.TCPError]: an error notification, behind which the PLC hangs up.
//   - [fins.TCPCommand]: a FINS/TCP frame with that command instead of the
//     answer; [fins.TCPConnectionConfirmation] is sent in front of the answer.
//
// RefuseSession answers the handshake of FINS/TCP with an error code, and
// BreakSession damages it. Repeat sends responses twice, Late sends them when
// the next command has come. Break damages the connection or the frame: see
// [Fault]. Delay answers late, Drop loses all connections, Refuse closes the
// port. A last argument of all that takes rules says when: [Every] request until
// Recover, which is the default, the [Next] one, or the n-th as When(n). Of
// several statuses for one request the last one wins, those of items ahead of
// those of requests.
//
// FINS has one end code for a command: a status that is given for an item fails
// every command that touches it.
//
// The PLC closes itself at the end of the test.
package finstest
