package focas

import (
	"strconv"

	"github.com/fieldstatus/fieldstatus/core"
)

// A Detail is the pair that cnc_getdtailerr and pmc_getdtailerr fill in (struct
// ODBERR), and that stands beside each status word on the wire. Both are signed
// 16-bit numbers. What they mean depends on who made the error: the library
// puts an operating system's errno or a number of its own there, the CNC the
// number of the datum that it did not like.
type Detail struct {
	ErrNo   int16 // err_no: which error
	ErrDtno int16 // err_dtno: which datum, or the errno of the operating system
}

// String returns both numbers: "9/1".
func (d Detail) String() string {
	return strconv.Itoa(int(d.ErrNo)) + "/" + strconv.Itoa(int(d.ErrDtno))
}

func (d Detail) pair() uint32 { return uint32(uint16(d.ErrNo))<<16 | uint32(uint16(d.ErrDtno)) }

// DetailOf returns the detail pair that a status of this package carries. It is
// false when the status came without one, or with two zeros, which say nothing.
//
//	d, ok := focas.DetailOf(core.StatusOf(err))
func DetailOf(s core.Status) (Detail, bool) {
	v, ok := s.Extended()
	if !ok || s.Protocol() != "focas" {
		return Detail{}, false
	}
	return Detail{ErrNo: int16(v >> 16), ErrDtno: int16(v)}, true
}

// transferStatus returns what the CNC says about a step of a program transfer,
// and false when the table has no row for it.
func transferStatus(step Function, status int16, d Detail) (core.Status, bool) {
	row := rowTransferDetail(int64(step), int64(status), int64(d.ErrNo))
	if row.Fallback {
		return core.Status{}, false
	}
	return core.NewStatus(row, int64(status)).WithExtended(d.pair()), true
}
