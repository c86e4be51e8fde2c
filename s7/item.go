package s7

import (
	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/internal/wire"
)

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
	if i.write {
		want = 0
	}
	return itemStatus(i.code, len(i.data), want)
}

// itemStatus is the status of an item that brought n of the wanted bytes.
func itemStatus(code ReturnCode, n, want int) core.Status {
	if code == Success && n < want {
		if n == 0 {
			return EmptyValue.Status()
		}
		return ShortValue.Status()
	}
	return code.Status()
}

// A fault is what is wrong with a frame, before it becomes an error.
type fault struct {
	event  Event
	at     int
	reason string
}

func (f fault) err() error { return core.BadFrame(f.event.Status(), f.at, f.reason) }

// items reads the items of an answer one by one.
type items struct {
	r     wire.Reader
	write bool
	left  int
	at    int   // offset of the data section in the frame
	fault fault // what ended the reading
}

// next reads one item. When that fails, fault says why. The item comes in
// pieces because they fit into registers.
func (s *items) next() (code ReturnCode, data []byte, ok bool) {
	s.left--
	start := s.r.Offset()
	if s.write {
		code = ReturnCode(s.r.Uint8())
		return code, nil, !s.r.Failed() || s.fail(ItemMissing, start, "the answer ends before its last item")
	}
	head := s.r.Bytes(4) // return code, transport size, length
	if head == nil {
		return 0, nil, s.fail(ItemMissing, start, "the answer ends before its last item")
	}
	if code = ReturnCode(head[0]); code != Success {
		return code, nil, true // four bytes, whatever size and length say
	}
	n, ok := dataLength(head[1], int(head[2])<<8|int(head[3]), s.r.Len())
	if !ok {
		return 0, nil, s.fail(UnknownTransportSize, start+1, "the transport size of the item is unknown")
	}
	if data = s.r.Bytes(n); data == nil && n > 0 {
		return 0, nil, s.fail(LengthBeyondPdu, start+2, "the item is longer than the rest of the PDU")
	}
	if n%2 != 0 && s.r.Len() > 0 {
		s.r.Skip(1) // fill byte; nothing follows the last item, though some peers fill there too
	}
	return code, data, true
}

// end checks that nothing follows the last item.
func (s *items) end() (ok bool) {
	return s.r.Len() == 0 || s.fail(SectionLengthMismatch, s.r.Offset(), "bytes follow the last item")
}

func (s *items) fail(event Event, at int, reason string) (ok bool) {
	s.fault = fault{event, s.at + at, reason}
	return false
}
