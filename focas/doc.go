// Package focas maps the native statuses of FANUC FOCAS1/2 to documented codes:
// the return values of FANUC's library (fwlib32) with their detail pairs, and
// the status words that a CNC sends over TCP port 8193. It imports neither the
// library nor cgo.
//
// The documentation has one code for FOCAS, 10600. It stands for everything
// that the CNC or the library reports about an operation; the native value, its
// symbol and the detail pair say the rest. Other codes come out where their
// sentence is exactly what FOCAS means:
//
//   - 3002: there is no session any more, or none was made (EW_SOCKET,
//     EW_HANDLE, EW_HSSB of the library, a refused open, errors of the network).
//   - 3015: the CNC is silent on an open link (EW_SOCKET with the detail of a
//     timeout, a deadline).
//   - 3009: a frame breaks the rules (EW_PROTOCOL of the library, [ParseResponse]).
//   - 3004 and 3003: write protection (EW_PROT) and data protection (EW_PASSWD),
//     by the direction of the operation.
//
// A status word inside a well-formed answer is never one of the first three: that
// it arrived proves that link and parsing work.
//
// # Drivers on the wire
//
// [ScanFrames] splits the stream, [Conversation] pairs answers with requests and
// gives a status for each block: one block that fails says nothing about the
// others. Drivers that pair for themselves use [ParseResponse].
//
// FOCAS has no transaction number. After a deadline close the connection, as the
// remedy of [Translate] says: a late answer would be taken for that to the next
// request, and a [Conversation] cannot tell either when both ask the same.
//
// A session of FANUC's library is two TCP connections: see [Connection]. Neither
// check the protocol version for equality, nor wait for a status in the answer
// to program text: there is none.
//
// # Drivers on FANUC's library
//
// A cgo driver converts what a function returned to a [Return], and adds the
// detail pair while the handle is usable. What follows was seen with libfwlib32
// 1.0.5 for Linux x64, and each of it costs a day:
//
// A handle belongs to the OS thread that allocated it. Another thread gets
// EW_HANDLE without a byte being sent, and a goroutine changes threads whenever
// it likes; reconnecting then seems to help, by chance. So one goroutine, locked
// to its thread, does everything with a handle:
//
//	func (s *session) run(host *C.char, port C.ushort, calls <-chan func(C.ushort)) error {
//		runtime.LockOSThread()
//		defer runtime.UnlockOSThread()
//		var h C.ushort
//		// the timeout is in seconds
//		if rc := focas.Return(C.cnc_allclibhndl3(host, port, 10, &h)); rc != focas.EWOK {
//			return rc.Status().Err(core.Connect) // no handle yet, so no detail either
//		}
//		defer C.cnc_freelibhndl(h)
//		for call := range calls {
//			call(h)
//		}
//		return nil
//	}
//
// cnc_getdtailerr shows an older failure, unless the last call failed with one of
// a few values. [Return.HasDetail] knows them, and pmc_getdtailerr has other ones:
//
//	func check(h C.ushort, op core.Op, ret C.short) error {
//		rc := focas.Return(ret)
//		if !rc.HasDetail() {
//			return rc.Status().Err(op)
//		}
//		var d C.ODBERR // on the same thread, straight after the call
//		C.cnc_getdtailerr(h, &d)
//		return rc.WithDetail(focas.Detail{ErrNo: int16(d.err_no), ErrDtno: int16(d.err_dtno)}).Err(op)
//	}
//
// A handle on which the link failed stays dead: every call returns EW_SOCKET at
// once. All handles of a process to one CNC share a connection. After an
// EW_PROTOCOL of the library the stream is out of step, and a new handle inherits
// it: free all handles to that CNC first, then allocate.
//
// A return value of 0 can hide failures: cnc_statinfo returns 0 when the second
// or third of its blocks failed. And a macro variable without a value is a
// success as well: its value is 0 with -1 decimals. It is vacant, not 0.
//
// In transfer loops EW_BUFFER means to call again, and EW_RESET after the final %
// of an upload is its end. The DNC functions deliver a [DNCResult] beside the
// return value, for which -1 is success.
//
// On Linux, cnc_startupprocess comes once before the first handle, or the
// process is aborted; and a process with handles must not fork.
//
// # Drivers on somebody else's client
//
// [Translate] and [Recognizer] find the return value in the errors of Go clients,
// most of which hand out nothing but a text. Clients that count the timeout in
// milliseconds and pass the number on to the library wait a thousand times as
// long, and some repeat EW_HANDLE and EW_SOCKET inside the call without end: put
// a deadline of your own around them.
//
// # What is not mapped
//
// Contents of answers: alarm numbers, states and positions of the CNC are data,
// also when they tell of a fault of the machine. HSSB, the optical link, is the
// library's alone; of it there are return values and no frames.
//
// # Sources
//
// fwlib32.h of FANUC FOCAS1/2, editions 2003 to 2017, and the return status tables
// of its function pages. The wire has no public specification: frames were
// observed at FANUC's libfwlib32 1.0.5 for Linux x64 on loopback, and compared with
// public decoders. None of them was recorded from a CNC; the details of program
// transfers rest on what others have recorded from a 0i-D.
package focas

//go:generate go run ../internal/tables/generate
