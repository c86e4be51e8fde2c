package eniptest

import (
	"fmt"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/enip"
	"github.com/fieldstatus/fieldstatus/internal/wire"
)

// Execute PCCC of the PCCC object, as drivers of SLC 500 and MicroLogix use it.
const (
	executePCCC = 0x4B
	classPCCC   = 0x67

	pcccExtended  = 0x0F // the command that has functions
	pcccRead      = 0xA2 // protected typed logical read with three address fields
	pcccWrite     = 0xAA // protected typed logical write with three address fields
	pcccReplyBit  = 0x40
	pcccExtFollow = byte(enip.PCCCExtStsPresent)
)

// A pccc is a PCCC request.
type pccc struct {
	requester   []byte // with its length
	command     uint8
	transaction []byte
	function    uint8
	size        int
	address     string // N7:0, "" when the request is none that the device knows
	value       []byte // of a write
}

// fileTypes are the letters of data files.
var fileTypes = map[uint8]string{0x82: "O", 0x83: "I", 0x84: "S", 0x85: "B", 0x86: "T", 0x87: "C", 0x88: "R", 0x89: "N", 0x8A: "F", 0x8D: "ST", 0x91: "L"}

// readPCCC reads what is inside Execute PCCC, nil when it is none.
//
// Source: Rockwell 1770-6.5.16, Chapter 7; 1756-PM020, PCCC commands.
func readPCCC(body []byte) *pccc {
	r := wire.NewReader(body)
	ahead := r
	q := &pccc{requester: r.Bytes(max(int(ahead.Uint8()), 1))}
	q.command = r.Uint8()
	r.Skip(1)
	q.transaction = r.Bytes(2)
	if r.Failed() {
		return nil
	}
	if q.function = r.Uint8(); q.command != pcccExtended || q.function != pcccRead && q.function != pcccWrite {
		return q
	}
	q.size = int(r.Uint8())
	field := func() int {
		if n := r.Uint8(); n != 0xFF {
			return int(n)
		}
		return int(r.Uint16LE())
	}
	file := field()
	letter, ok := fileTypes[r.Uint8()]
	element, sub := field(), field()
	if r.Failed() || !ok {
		return q
	}
	q.value = r.Rest()
	q.address = fmt.Sprintf("%s%d:%d", letter, file, element)
	if sub != 0 {
		q.address = fmt.Sprintf("%s.%d", q.address, sub)
	}
	return q
}

func (q *pccc) op() core.Op {
	switch {
	case q.address == "":
		return core.Other
	case q.function == pcccWrite:
		return core.Write
	}
	return core.Read
}

// isPCCC reports whether a native status is one of a PCCC reply.
func isPCCC(native error) bool {
	switch native.(type) {
	case enip.PCCCStatus, enip.PCCCExtStatus:
		return true
	}
	return false
}

// servePCCC answers a PCCC request. The CIP reply around it is good in any case.
func (d *Device) servePCCC(q *pccc, native error) []byte {
	sts, rest := d.pccc(q)
	switch e := native.(type) {
	case enip.PCCCStatus:
		if e != 0 {
			sts, rest = byte(e), nil
		}
	case enip.PCCCExtStatus:
		sts, rest = pcccExtFollow, []byte{byte(e)}
	}
	data := append([]byte(nil), q.requester...)
	data = append(data, q.command|pcccReplyBit, sts)
	data = append(data, q.transaction...)
	return reply(executePCCC, nil, append(data, rest...))
}

// pccc reads or writes a data file.
func (d *Device) pccc(q *pccc) (sts byte, rest []byte) {
	if q.address == "" {
		return byte(enip.PCCCIllegalCommandOrFormat), nil
	}
	t, first := d.find(q.address)
	switch {
	case t == nil:
		return pcccExtFollow, []byte{byte(enip.PCCCExtAddressNotUsable)}
	case first+q.size > len(t.data):
		return pcccExtFollow, []byte{byte(enip.PCCCExtFileWrongSize)}
	case q.function == pcccRead:
		return 0, t.data[first : first+q.size]
	case len(q.value) != q.size:
		return byte(enip.PCCCIllegalCommandOrFormat), nil
	}
	copy(t.data[first:], q.value)
	return 0, nil
}
