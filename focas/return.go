package focas

import "github.com/fieldstatus/fieldstatus/core"

// Return is what every cnc_ and pmc_ function of FANUC's library returns: a C
// short, signed, 16 bits. A cgo driver converts and asks:
//
//	err := focas.Return(C.cnc_rdmacro(h, 500, 10, &m)).Status().Err(core.Read)
//
// The library makes many of these values itself, often before a byte is sent,
// and hands every status word of the CNC through unchanged, also those that no
// header names. So -16 and -17 are the library's own words about the link here,
// while the same numbers in an answer of the CNC are not: see [WireCode].
//
// Where the table knows two header names for one value (EW_FUNC and EW_NOPMC),
// there are two constants. EW_TOOLNG and EW_KIND, which some code tables list,
// stand in no header.
//
// Source: fwlib32.h of FANUC FOCAS1/2, editions 2003 to 2017.
type Return int16

// Return values. Those from 18 on, and -12 to -14, stand in newer headers only.
const (
	EWProtocol  Return = -17 // answer malformed, or the CNC refused session or request (3009; see [Return.WithDetail])
	EWSocket    Return = -16 // TCP link failed, closed or timed out (3002; 3015 with the detail of a timeout)
	EWNodll     Return = -15 // library part for this CNC series is missing on the gateway (10600)
	EWInierr    Return = -14 // library initialisation file is wrong (10600)
	EWItlow     Return = -13 // low-temperature alarm of the intelligent terminal (10600)
	EWIthight   Return = -12 // high-temperature alarm of the intelligent terminal (10600); the header spells it so
	EWBus       Return = -11 // bus error inside the CNC, HSSB boards only (10600)
	EWSystem2   Return = -10 // second class of CNC system error, HSSB boards only (10600)
	EWHssb      Return = -9  // HSSB serial-bus link failed (3002)
	EWHandle    Return = -8  // handle unknown, freed, or used from another OS thread (3002)
	EWVersion   Return = -7  // CNC or PMC software does not match the library (10600)
	EWUnexp     Return = -6  // library is in an abnormal state (10600)
	EWSystem    Return = -5  // CNC system error, HSSB boards only (10600)
	EWParity    Return = -4  // shared-RAM parity error, HSSB boards only (10600)
	EWMmcsys    Return = -3  // FANUC driver software badly installed, HSSB boards only (10600)
	EWReset     Return = -2  // RESET or STOP cut the operation short (10600)
	EWBusy      Return = -1  // CNC still busy with another request (10600)
	EWOK        Return = 0   // operation completed
	EWFunc      Return = 1   // function not available, or a prerequisite call is missing (10600)
	EWNopmc     Return = 1   // no such PMC (10600)
	EWLength    Return = 2   // data block length or item count is wrong (10600)
	EWNumber    Return = 3   // data number does not exist on this CNC (10600)
	EWRange     Return = 3   // PMC address does not exist on this CNC (10600)
	EWAttrib    Return = 4   // data attribute or axis is wrong (10600)
	EWType      Return = 4   // PMC area or data type is wrong (10600)
	EWData      Return = 5   // data content is wrong or names an unusable object (10600)
	EWNoopt     Return = 6   // CNC lacks the option this function needs (10600)
	EWProt      Return = 7   // write protection forbids the operation (3004; 3003 for a read)
	EWOvrflow   Return = 8   // CNC program memory is full (10600)
	EWParam     Return = 9   // a CNC parameter setting forbids the operation (10600)
	EWBuffer    Return = 10  // transfer buffer is empty or full; repeat the call (10600)
	EWPath      Return = 11  // path number is wrong (10600)
	EWMode      Return = 12  // CNC is in the wrong operating mode (10600)
	EWReject    Return = 13  // CNC refuses execution in its present state (10600)
	EWDtsrvr    Return = 14  // data server reported a fault (10600)
	EWAlarm     Return = 15  // an active CNC alarm prevents the operation (10600)
	EWStop      Return = 16  // CNC is stopped or in emergency stop (10600)
	EWPasswd    Return = 17  // CNC data protection (3004 for a write, 3003 for a read, otherwise 10600)
	EWPMC       Return = 18  // PMC itself raised the error (10600)
	EWPmchandle Return = 19  // PMC handle is wrong (10600)
	EWRdOvwstp  Return = 20  // program read stopped because data was overwritten (10600)
	EWRdRstfin  Return = 21  // program read ended by a reset (10600)
)

// Status returns the outcome that the table gives this value. It never allocates.
//
// When the handle is still usable, ask cnc_getdtailerr as well and use
// [Return.WithDetail]: only the detail tells silence from a broken link.
func (r Return) Status() core.Status {
	return core.NewStatus(rowReturn(int16(r)), int64(r))
}

// String returns the value in decimal and its symbol.
func (r Return) String() string { return r.Status().Native() }

// Error makes a Return an error, so that [errors.Is] can compare with it. To
// return a failure use Status and Err: a Return of 0 as an error is not nil.
func (r Return) Error() string { return r.Status().Text() }

// HasDetail reports whether the library has just refreshed the pair that
// cnc_getdtailerr gives. For every other value, and after a success, that
// function still shows an older failure, as the library itself was seen to do.
func (r Return) HasDetail() bool {
	switch r {
	case 1, 3, 5, 6, 7, 8, 13, 14, 17, EWSocket, EWProtocol:
		return true
	}
	return false
}

// HasPMCDetail is HasDetail for pmc_ functions and pmc_getdtailerr. After a
// failed pmc_ function with another value both pairs are older than the call.
func (r Return) HasPMCDetail() bool {
	switch r {
	case 3, 5, 8, 13, 17, 18, EWSocket, EWProtocol:
		return true
	}
	return false
}

// WithDetail returns the outcome of a cnc_ function with the pair that
// cnc_getdtailerr gave on the same thread straight after the call. A pair that
// must be stale is ignored (see [Return.HasDetail]), one that the table does not
// list is kept but changes nothing: the library for Windows may number otherwise.
//
// It tells apart what the return value mixes: EW_SOCKET with a detail of a
// timeout is 3015, EW_PROTOCOL because the CNC refused the session is 3002.
func (r Return) WithDetail(d Detail) core.Status {
	if !r.HasDetail() {
		return r.Status()
	}
	return r.refined(d)
}

// WithPMCDetail is WithDetail for pmc_ functions and pmc_getdtailerr.
func (r Return) WithPMCDetail(d Detail) core.Status {
	if !r.HasPMCDetail() {
		return r.Status()
	}
	return r.refined(d)
}

// WithTransferDetail is WithDetail for the functions that transfer programs or
// name a path: step is the function on the wire, such as [FuncDownloadEnd] for
// cnc_dwnend4. What the CNC says about a step has rows of its own; anything
// else is answered as by WithDetail.
//
// FuncCommand as step is right for the functions that take a folder name, and
// for no others: their command is 0x00F0 on the wire.
func (r Return) WithTransferDetail(step Function, d Detail) core.Status {
	if s, ok := transferStatus(step, int16(r), d); ok {
		return s
	}
	return r.WithDetail(d)
}

func (r Return) refined(d Detail) core.Status {
	if d == (Detail{}) {
		return r.Status()
	}
	row := rowLibDetail(int64(r), int64(d.ErrNo), int64(d.ErrDtno))
	if row.Value == "*/*/*" { // the row for all that is not listed: the return value stands
		row = rowReturn(int16(r))
	}
	return core.NewStatus(row, int64(r)).WithExtended(d.pair())
}

// isReturn and asReturn are the hooks of the layers whose native value is a
// return value, with a detail or without.
func isReturn(s core.Status, target error) bool {
	t, ok := target.(Return)
	return ok && int64(t) == s.Value()
}

func asReturn(s core.Status, target any) bool { return core.As[Return](s, target) }
