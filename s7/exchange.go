package s7

import (
	"encoding/binary"
	"errors"

	"github.com/robinson/gos7"

	"github.com/fieldstatus/fieldstatus/core"
)

// An Exchange is a [gos7.Packager] that looks at each request and its raw
// response before gos7 decodes them, and so sees what the errors of gos7 lose:
// return codes 0x01 and 0x03, header errors, empty and short values. Use a fresh
// one for each call; a client is two pointers:
//
//	var x s7.Exchange
//	err := gos7.NewClient2(&x, handler).AGReadDB(1, 0, 4, buf)
//	err = s7.Translate(core.Read, err)
//
// handler is the connected [*gos7.TCPClientHandler], and must be one: gos7 looks
// for its PDU length.
//
// A call with one item fails with the item's status, any call with the status
// of a header, of a userdata response, or of a malformed frame. A call with
// several items succeeds as far as gos7 is concerned, so that the good values
// are not lost; ask [Exchange.ItemErr] for each item instead of gos7's texts.
// A value may be delivered in several requests; then the last one counts.
//
// PGClockWrite, with which gos7 reads the clock, crashes when it gets an error
// from here. It is told nothing; ask [Exchange.Err].
//
// The zero value is ready. An Exchange belongs to one goroutine at a time.
type Exchange struct {
	statuses []core.Status
	op       core.Op
	err      error
}

var _ gos7.Packager = (*Exchange)(nil)

// Verify implements [gos7.Packager]. gos7 calls it with each request and its
// response, but not while it connects, and not after a failure of the network.
// The error is an *[core.Error], and reaches the caller of gos7 unwrapped.
func (x *Exchange) Verify(request, response []byte) error {
	var q gos7Request
	x.statuses, x.op, x.err = x.statuses[:0], core.Other, nil
	if len(response) == 0 {
		return nil // gos7 has an error for that
	}
	known := q.parse(request)
	x.op = q.op
	x.err = core.Translate(q.op, x.look(&q, known, response))
	if known && q.rosctr == userdata && q.group == groupTime {
		return nil
	}
	return x.err
}

// Statuses returns the statuses of the last response: one per item, successes
// too, or one for the response. It is empty when none came or when the frame was
// malformed.
func (x *Exchange) Statuses() []core.Status { return x.statuses }

// Err returns what Verify found wrong with the last response as a whole, or with
// its only item.
func (x *Exchange) Err() error { return x.err }

// ItemErr returns the failure of item i of a call with several items, nil when
// the item is good. When the call as a whole failed, every item has its error;
// when no response came, the error says so.
func (x *Exchange) ItemErr(i int) error {
	switch {
	case x.err != nil:
		return x.err
	case i < 0 || i >= len(x.statuses):
		return core.Status{}.Err(x.op)
	}
	return x.statuses[i].Err(x.op)
}

// gos7Request is a request as gos7 sends it: one frame.
type gos7Request struct {
	request
	data []byte
}

func (q *gos7Request) parse(frame []byte) (ok bool) {
	var seg segment
	if err := seg.parse(frame); err != nil || len(seg.payload) == 0 {
		return false
	}
	var p pdu
	if err := p.parse(seg.payload, seg.offset); err != nil {
		return false
	}
	q.data = p.data
	return q.read(&p)
}

// look judges a response the way [Conversation] does, for what gos7 can handle.
func (x *Exchange) look(q *gos7Request, known bool, frame []byte) error {
	var r Response
	err := r.parse(frame)
	switch {
	case errors.Is(err, core.ErrIncomplete):
		return core.BadFrame(core.FrameMalformed.Status(), tpktHeader+2, "a fragment of a PDU, which gos7 takes for a whole one")
	case errors.Is(err, core.ErrNotResponse):
		return fault{PDUReferenceMismatch, dataHeader + 1, "a message that the device sent on its own, which gos7 takes for the answer"}.err()
	case err != nil:
		return err
	case known && r.TPDU().kind() == DataTPDU:
		if r.Reference() != q.ref {
			return fault{PDUReferenceMismatch, dataHeader + 4, "the PDU reference is not the one of the request"}.err()
		}
		if f := q.mismatch(&r); f.event != 0 {
			return f.err()
		}
	}
	if r.pdu.rosctr == userdata {
		x.statuses = append(x.statuses, r.PayloadStatus(q.gos7Payload(r.More())))
	} else if x.statuses, err = r.appendStatuses(x.statuses, q.want); err != nil {
		return err
	}
	switch {
	case r.Len() == 0 || r.Len() == 1:
		return x.statuses[0].Err(q.op)
	case q.function == readVar:
		return gos7Reads(&r)
	}
	return nil
}

// gos7Reads returns an error when AGReadMulti would take other bytes for the
// items than there are: it counts the lengths of some transport sizes in another
// unit.
func gos7Reads(r *Response) error {
	s, off := r.items(), 0
	for range r.count {
		at := off
		code, data, end, ok := s.next(at)
		if !ok {
			return s.fault.err()
		}
		off = end
		if code != Success {
			continue
		}
		length := int(binary.BigEndian.Uint16(s.data[at+2:]))
		switch s.data[at+1] { // transport size
		case 0x03, 0x07, 0x09:
		default:
			length /= 8
		}
		if length != len(data) {
			return fault{UnknownTransportSize, s.at + at + 1, "gos7 counts the length of this item in another unit"}.err()
		}
	}
	return nil
}

// gos7Payload is the number of bytes that gos7 takes from the payload of a
// userdata response without looking how many there are: with fewer it crashes.
// more tells that another part of the answer follows.
func (q *gos7Request) gos7Payload(more bool) int {
	switch {
	case !q.needsPayload():
		return 0
	case q.group == groupBlocks && q.sub == 3: // GetAgBlockInfo
		return 70
	case q.group != groupCPU || len(q.data) < 8:
		return 1
	case more:
		return 8 // header of the list
	}
	switch binary.BigEndian.Uint16(q.data[4:]) { // id of the system status list
	case 0x001C: // GetCPUInfo
		return 212
	case 0x0131, 0x0232: // GetCPInfo, GetProtection
		return 20
	case 0x0424: // PLCGetStatus
		return 12
	}
	return 8
}
