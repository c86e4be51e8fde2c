package focastest

import "github.com/fieldstatus/fieldstatus/focas"

// A Status is a status word with the detail pair that stands beside it, in one
// block, or in a receipt for a step of a program transfer.
type Status struct {
	Code   focas.WireCode
	Detail focas.Detail
}

// Error makes a Status an error, so that Fail takes it.
func (s Status) Error() string { return s.Code.WithDetail(s.Detail).Text() }

// A Receipt refuses a request as a whole: the CNC sends a status in place of the
// answer, whatever the number of blocks.
type Receipt Status

// Error makes a Receipt an error, so that Fail takes it.
func (r Receipt) Error() string { return "receipt: " + Status(r).Error() }

// An Abort is the notice 0x14 in place of the answer: the CNC broke a program
// transfer off.
type Abort Status

// Error makes an Abort an error, so that Fail takes it.
func (a Abort) Error() string { return "abort: " + Status(a).Error() }

// An AbortLater is the notice 0x1C in front of an answer that says success: the
// notice counts.
type AbortLater Status

// Error makes an AbortLater an error, so that Fail takes it.
func (a AbortLater) Error() string { return "abort: " + Status(a).Error() }

// statusOf reads a native status that stands in one block.
func statusOf(native error) (Status, bool) {
	switch e := native.(type) {
	case focas.WireCode:
		return Status{Code: e}, true
	case focas.Return:
		return Status{Code: focas.WireCode(e)}, true
	case Status:
		return e, true
	}
	return Status{}, false
}
