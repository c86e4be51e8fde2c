package focas

import "github.com/fieldstatus/fieldstatus/core"

// DNCResult is the result that the DNC functions deliver beside their return
// value. It has a value space of its own: -1 is success here, while -1 as a
// [Return] is EW_BUSY. It is a signed 16-bit number.
//
// Source: fwlib32.h of FANUC FOCAS1/2.
type DNCResult int16

// Results of the DNC functions.
const (
	DNCNormal  DNCResult = -1     // DNC operation completed normally: success
	DNCCancel  DNCResult = -32768 // DNC operation was cancelled at the CNC (10600)
	DNCOpenerr DNCResult = -514   // file could not be opened (10600)
	DNCNofile  DNCResult = -516   // file does not exist (10600)
	DNCReaderr DNCResult = -517   // file could not be read (10600)
)

// Status returns the outcome that the table gives this value. It never allocates.
func (d DNCResult) Status() core.Status {
	return core.NewStatus(rowDncResult(int16(d)), int64(d))
}

// String returns the value in decimal and its symbol.
func (d DNCResult) String() string { return d.Status().Native() }

// Error makes a DNCResult an error, so that [errors.Is] can compare with it.
func (d DNCResult) Error() string { return d.Status().Text() }
