package s7

import (
	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/internal/wire"
)

// A request is what a request decided and its response cannot know.
type request struct {
	op       core.Op
	rosctr   uint8 // 0: the connection request of COTP
	ref      uint16
	function int   // of a job
	group    uint8 // of userdata
	sub      uint8
	count    int   // items of Read Var and Write Var
	want     []int // bytes that each item of a Read Var needs
}

// read makes q the request in p, reusing q's memory. It returns false when p
// asks for nothing.
func (q *request) read(p *pdu) bool {
	*q = request{op: core.Other, rosctr: p.rosctr, ref: p.ref, function: p.function(), want: q.want[:0]}
	switch p.rosctr {
	case job:
		q.op = jobOp(q.function)
		if q.hasItems() && len(p.params) > 1 {
			q.count = int(p.params[1])
		}
		if q.function == readVar {
			q.readWants(p.params)
		}
		return q.function != noFunction
	case userdata:
		kind, group, sub, ok := p.user()
		q.group, q.sub = group, sub
		q.op = userOp(group, sub)
		return ok && kind == userRequest
	}
	return false
}

func (q *request) hasItems() bool { return q.function == readVar || q.function == writeVar }

// jobOp is what a function does to the device.
func jobOp(function int) core.Op {
	switch function {
	case setup:
		return core.Connect
	case readVar, startUpload, upload, endUpload:
		return core.Read
	case cpuServices:
		return core.Other
	}
	return core.Write // Write Var, downloads, commands
}

// Function groups of userdata.
const (
	groupCyclic = 2
	groupBlocks = 3
	groupCPU    = 4
	groupTime   = 7
)

// userOp is what a userdata request does to the device. Passwords and test
// functions count as commands.
func userOp(group, sub uint8) core.Op {
	switch group {
	case groupCyclic, groupBlocks, groupCPU:
		return core.Read
	case groupTime:
		if sub == 1 || sub == 3 { // 2 and 4 set the clock
			return core.Read
		}
	}
	return core.Write
}

// needsPayload reports whether an answer without a payload has delivered
// nothing. Acknowledgements have none.
func (q *request) needsPayload() bool {
	if q.rosctr != userdata {
		return false
	}
	switch q.group {
	case groupBlocks:
		return q.sub >= 1 && q.sub <= 3 // list blocks, list blocks of a type, block info
	case groupCPU:
		return q.sub == 1 // read a system status list
	case groupTime:
		return q.op == core.Read
	}
	return false
}

// readWants reads how many bytes each item of a Read Var asks for.
func (q *request) readWants(params []byte) {
	r := wire.NewReader(params)
	r.Skip(2)
	for i := range q.count {
		r.Skip(1) // variable specification, always 0x12
		n := int(r.Uint8())
		spec := r.Sub(n)
		if n%2 != 0 && i < q.count-1 {
			r.Skip(1) // fill byte
		}
		if r.Failed() {
			q.want = q.want[:0] // better no lengths than those of other items
			return
		}
		q.want = append(q.want, specBytes(&spec))
	}
}

// specBytes is how many bytes an item specification asks for, 1 when that
// cannot be told: nobody asks for nothing.
func specBytes(spec *wire.Reader) int {
	const s7Any = 0x10
	if spec.Uint8() != s7Any {
		return 1
	}
	size, count := spec.Uint8(), int(spec.Uint16BE())
	if spec.Failed() {
		return 1
	}
	switch size {
	case 0x01: // bits
		return (count + 7) / 8
	case 0x02, 0x03: // BYTE, CHAR
		return count
	case 0x04, 0x05, 0x09, 0x0C, 0x1C, 0x1D: // WORD, INT, DATE, S5TIME, counter, timer
		return 2 * count
	case 0x06, 0x07, 0x08, 0x0A, 0x0B: // DWORD, DINT, REAL, TIME_OF_DAY, TIME
		return 4 * count
	case 0x0F: // DATE_AND_TIME
		return 8 * count
	}
	return 1
}

// answeredBy reports whether r may be the answer to q by everything but its
// items: PDU reference, kind and function.
func (q *request) answeredBy(r *Response) bool {
	return q.rosctr != 0 && q.ref == r.pdu.ref && q.mismatch(r).event == 0
}

// mismatch compares an answer with the same reference. A failing answer need
// not repeat the function, and simulators do not repeat the group.
func (q *request) mismatch(r *Response) fault {
	if r.pdu.err != HeaderNoError {
		return fault{}
	}
	if (q.rosctr == userdata) != (r.pdu.rosctr == userdata) && r.pdu.rosctr != ack {
		return fault{FunctionMismatch, 8, "the message type is not the one of an answer to the request"}
	}
	if r.pdu.rosctr == userdata {
		if _, group, _, _ := r.pdu.user(); group != q.group && r.Status().Code(q.op) == core.OK {
			return fault{FunctionMismatch, r.pdu.paramAt + 5, "the function group is not the one of the request"}
		}
		return fault{}
	}
	switch {
	case r.pdu.rosctr == ack:
		if q.hasItems() || q.function == setup || q.needsPayload() {
			return fault{FunctionMismatch, 8, "an acknowledgement where an answer was due"}
		}
		return fault{}
	case r.pdu.function() != q.function:
		return fault{FunctionMismatch, r.pdu.paramAt, "the function is not the one of the request"}
	case q.hasItems() && r.count != q.count:
		return fault{ItemCountMismatch, r.pdu.paramAt + 1, "the number of items is not the one of the request"}
	}
	return fault{}
}

// outcome appends the statuses of the answer r to q.
func (q *request) outcome(dst []core.Status, r *Response) ([]core.Status, error) {
	if q.needsPayload() {
		return append(dst, r.PayloadStatus(1)), nil
	}
	return r.appendStatuses(dst, q.want)
}
