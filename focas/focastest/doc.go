// Package focastest has a FANUC CNC on loopback that fails on demand, for the
// unit tests of drivers that speak FOCAS on the wire.
//
//	cnc := focastest.NewDevice(t)
//	cnc.Set("0x0015 500", []byte{0, 0, 0, 42, 0, 10, 0, 0})
//	cnc.FailItem("0x0015 501", focas.EWNoopt)
//	_, err := driver.Read(ctx, cnc.Addr(), "#501")
//	coretest.RequireCode(t, err, core.FOCASError)
//	coretest.RequireStatus(t, err, focas.EWNoopt)
//
// The device speaks what a driver needs: open and close of both connections of a
// session, commands in any number of blocks, and the download of programs. An
// upload is refused as by a CNC that lacks the function. A connection that gets
// the functions of the other one, or any before it was opened, is dropped
// without an answer, as a CNC does.
//
// Its frames follow the documentation of package focas, which was observed at
// FANUC's own library. The device itself is tested with a wire client that was
// written for it: no Go client exists that works without FANUC's library.
//
// # Addresses
//
// A block is named by its command in hex and its arguments in decimal, zeros at
// the end left out: "0x0015 500 510" reads the macro variables 500 to 510,
// "0x8001 2204 2205 9 1" two bytes of PMC area 9, "0x0018" system information.
// "path 2 0x0015 500" is the same on another path; without it the path is 1. In
// rules, what stands not there is not compared, so "0x0015" is every read of
// macro variables on path 1; and macro variables and PMC addresses are ranges,
// which match when they overlap. A step of a program transfer is named
// "download start", "download data", "download end", "upload start", "upload
// data" or "upload end".
//
// The commands that are known without Set are 0x000E (parameters), 0x0015 and
// 0x0016 (macro variables, read and written), 0x0018 (system information),
// 0x0019, 0x001A, 0x0098 and 0x00E1 (state and alarms), 0x001C and 0x001D
// (program and sequence number), 0x0024 and 0x0025 (feed and spindle speed),
// 0x0026 (positions), 0x8001 and 0x8002 (PMC, read and written). They answer
// zeros until something is set or written. Other commands answer EW_FUNC, and
// are reported as not understood, unless a value was set for them.
//
// # What can be made to fail
//
//   - Fail and FailItem take a native status: a [focas.WireCode], or a
//     [focas.Return], whose constants serve for both; a [Status] to give the
//     detail pair as well; a [Receipt] to refuse the whole request with one
//     status; an [Abort] or [AbortLater] to send the notice of that name. In
//     steps of a program transfer every status is a receipt.
//   - Break damages the connection or the frame: see [Fault]. Garbage has no sync
//     mark, WrongLength is a block that is longer than its frame. FOCAS has no
//     transaction number: WrongID answers with another function, which FANUC's
//     library drops, and goes on waiting.
//   - Delay answers late: a driver that gave up meets the answer to its last
//     request in place of that to its next one. Drop loses all connections,
//     Refuse closes the port, RefuseOpen and RefuseClose refuse one of the two
//     steps that begin and end a session.
//   - A last argument says when: [Every] request until Recover, which is the
//     default, the [Next] one, or the n-th as When(n). Program text is a request
//     as well.
//
// The device closes itself at the end of the test.
package focastest
