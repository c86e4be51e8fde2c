package s7

import (
	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/internal/wire"
)

// An Item is one tag's share of the answer to Read Var or Write Var. Items come
// in the order of the request and carry no address.
type Item struct {
	code  ReturnCode
	size  uint8
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
		if len(i.data) == 0 {
			return EmptyValue.Status()
		}
		return ShortValue.Status()
	}
	return i.code.Status()
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
	at    int // offset of the data section in the frame
}

// next reads one item. The event of the fault is 0 when all is well.
func (s *items) next() (Item, fault) {
	s.left--
	start := s.r.Offset()
	item := Item{code: ReturnCode(s.r.Uint8()), write: s.write}
	if s.write {
		if s.r.Failed() {
			return Item{}, fault{ItemMissing, s.at + start, "the answer ends before its last item"}
		}
		return item, fault{}
	}
	item.size = s.r.Uint8()
	length := int(s.r.Uint16BE())
	if s.r.Failed() {
		return Item{}, fault{ItemMissing, s.at + start, "the answer ends before its last item"}
	}
	if item.code != Success {
		return item, fault{} // four bytes, whatever size and length say
	}
	n, ok := dataLength(item.size, length, s.r.Len())
	if !ok {
		return Item{}, fault{UnknownTransportSize, s.at + start + 1, "the transport size of the item is unknown"}
	}
	item.data = s.r.Bytes(n)
	if s.r.Failed() {
		return Item{}, fault{LengthBeyondPdu, s.at + start + 2, "the item is longer than the rest of the PDU"}
	}
	if n%2 != 0 && s.r.Len() > 0 {
		s.r.Skip(1) // fill byte; nothing follows the last item, though some peers fill there too
	}
	return item, fault{}
}

// end checks that nothing follows the last item.
func (s *items) end() fault {
	if s.r.Len() > 0 {
		return fault{SectionLengthMismatch, s.at + s.r.Offset(), "bytes follow the last item"}
	}
	return fault{}
}
