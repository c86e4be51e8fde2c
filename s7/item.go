package s7

import "github.com/fieldstatus/fieldstatus/core"

// An Item is one tag's share of the answer to Read Var or Write Var. Items come
// in the order of the request and carry no address.
type Item struct {
	code  ReturnCode
	write bool
	data  []byte
}

// ReturnCode returns the item's return code. Success says that the device
// delivered something, not that it delivered enough: see [Item.Status].
func (i Item) ReturnCode() ReturnCode { return i.code }

// Data returns the bytes of a successful read without the fill byte. It aliases
// the frame, and is nil for a failure and for a write.
func (i Item) Data() []byte { return i.data }

// Status returns the outcome of the item. want is the number of bytes that the
// tag needs: a read that succeeds with none is [EmptyValue] (10152), with fewer
// [ShortValue] (10153), with more a success. With want 0, and for a write, only
// the return code counts.
func (i Item) Status(want int) core.Status {
	if i.code == Success && !i.write && len(i.data) < want {
		return tooShort(len(i.data))
	}
	return i.code.Status()
}

// tooShort is the status of a success with n bytes, which are not enough.
func tooShort(n int) core.Status {
	if n == 0 {
		return EmptyValue.Status()
	}
	return ShortValue.Status()
}

// A fault is what is wrong with a frame, before it becomes an error.
type fault struct {
	event  Event
	at     int
	reason string
}

func (f fault) err() error { return core.BadFrame(f.event.Status(), f.at, f.reason) }

// items reads the items of an answer one by one. It is the inner loop of every
// poll, and keeps what a reader of package wire would do for it in registers:
// nothing is passed that has not been compared with the rest of the data.
type items struct {
	data  []byte
	at    int // offset of data in the frame
	write bool
	fault fault // what ended the reading
}

// itemHeader is return code, transport size and length.
const itemHeader = 4

// next reads the item at off in the data, and returns where the one behind it
// begins. When that fails, fault says why.
func (s *items) next(off int) (code ReturnCode, data []byte, end int, ok bool) {
	rest := s.data[off:]
	switch {
	case s.write && len(rest) > 0:
		return ReturnCode(rest[0]), nil, off + 1, true
	case s.write || len(rest) < itemHeader:
		return 0, nil, off, s.fail(ItemMissing, off, "the answer ends before its last item")
	}
	if code = ReturnCode(rest[0]); code != Success {
		return code, nil, off + itemHeader, true // whatever size and length say
	}
	there := len(rest) - itemHeader
	n, ok := dataLength(rest[1], int(rest[2])<<8|int(rest[3]), there)
	switch {
	case !ok:
		return 0, nil, off, s.fail(UnknownTransportSize, off+1, "the transport size of the item is unknown")
	case n > there:
		return 0, nil, off, s.fail(LengthBeyondPDU, off+2, "the item is longer than the rest of the PDU")
	}
	end = off + itemHeader + n
	if n%2 != 0 && n < there {
		end++ // fill byte; nothing follows the last item, though some peers fill there too
	}
	return code, rest[itemHeader : itemHeader+n : itemHeader+n], end, true
}

// end checks that the last item ends where the data does.
func (s *items) end(off int) (ok bool) {
	return off == len(s.data) || s.fail(SectionLengthMismatch, off, "bytes follow the last item")
}

func (s *items) fail(event Event, off int, reason string) (ok bool) {
	s.fault = fault{event, s.at + off, reason}
	return false
}
