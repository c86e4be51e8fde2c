package enip

import (
	"encoding/binary"
	"iter"

	"github.com/fieldstatus/fieldstatus/core"
)

// An Item is one tag's or attribute's share of a reply: an embedded reply of a
// Multiple Service Packet, or one attribute of an attribute list.
type Item struct {
	Reply
	// Attribute is the number of the attribute, 0 in a Multiple Service Packet.
	Attribute uint16
}

// A shape is how a reply holds items.
type shape uint8

const (
	shapeNone    shape = iota // no items: the reply has one status
	shapePacket               // Multiple Service Packet
	shapeSetList              // Set_Attribute_List: number and status of each attribute
	shapeGetList              // Get_Attribute_List: also a value behind each success
)

// shapeOf tells how a reply holds items. Any other general status concerns the
// request as a whole, and nothing follows it.
func (r *Reply) shapeOf() shape {
	switch {
	case r.service == serviceMultiple && (r.general == Success || r.general == EmbeddedServiceError):
		return shapePacket
	case r.general != Success && r.general != AttributeListError:
		return shapeNone
	case r.service == serviceSetAttributeList:
		return shapeSetList
	case r.service == serviceGetAttributeList:
		return shapeGetList
	}
	return shapeNone
}

// A cursor walks through the items of a reply. It allocates nothing and trusts
// no count and no offset.
type cursor struct {
	shape   shape
	service uint8
	data    []byte
	count   int
	i       int
	at      int      // in data, for attribute lists
	ids     []uint16 // attributes asked for, when they are known
}

// items returns a cursor at the first item, or why there is none. A reply
// without items has an empty cursor.
func (r *Reply) items(ids []uint16) (c cursor, fault string) {
	c = cursor{shape: r.shapeOf(), service: r.service, data: r.data, at: 2, ids: ids}
	if c.shape == shapeNone {
		return c, ""
	}
	if len(c.data) < 2 {
		return cursor{}, "no item count"
	}
	c.count = int(binary.LittleEndian.Uint16(c.data))
	switch c.shape {
	case shapePacket:
		fault = c.checkPacket()
	case shapeSetList:
		if 2+4*c.count > len(c.data) {
			fault = "more attributes announced than there is room for"
		}
	case shapeGetList:
		fault = c.checkGetList()
	}
	if fault != "" {
		return cursor{}, fault
	}
	return c, ""
}

// checkPacket checks all offsets and the head of each embedded reply.
func (c *cursor) checkPacket() (fault string) {
	first := 2 + 2*c.count
	if first+replySize*c.count > len(c.data) {
		return "more items announced than there is room for"
	}
	last := first
	for i := range c.count {
		from, to := c.bounds(i)
		switch {
		case from < last, to > len(c.data):
			return "item offsets not ascending inside the reply"
		case to-from < replySize:
			return "item shorter than a CIP reply"
		case c.data[from]&replyBit == 0:
			return "item without the bit of a reply"
		case cutSuccess(c.data[from:to]):
			return "item that succeeds ends inside its extended status"
		}
		last = to
	}
	return ""
}

// bounds returns where the embedded reply i begins and ends.
func (c *cursor) bounds(i int) (from, to int) {
	from = int(binary.LittleEndian.Uint16(c.data[2+2*i:]))
	to = len(c.data)
	if i+1 < c.count {
		to = int(binary.LittleEndian.Uint16(c.data[4+2*i:]))
	}
	return from, to
}

// checkGetList checks that the list can be read. The length of a value stands
// nowhere: it ends where the next attribute that was asked for begins, and at
// the end of the data for the last one. Only a reading that is the only possible
// one is taken; guessing where a value ends could invent a failure.
func (c *cursor) checkGetList() (fault string) {
	if c.count > len(c.ids) {
		c.ids = nil
	}
	at := 2
	for i := range c.count {
		next, ok := c.attributeEnd(i, at)
		if !ok {
			return "the end of an attribute's value cannot be told"
		}
		at = next
	}
	return ""
}

// attributeEnd returns where attribute i, which begins at, ends.
func (c *cursor) attributeEnd(i, at int) (next int, ok bool) {
	if at+4 > len(c.data) || c.ids != nil && binary.LittleEndian.Uint16(c.data[at:]) != c.ids[i] || c.data[at+3] != 0 {
		return 0, false
	}
	if c.data[at+2] != 0 {
		return at + 4, true // a failure has no value
	}
	if i == c.count-1 {
		return len(c.data), true
	}
	if c.ids == nil {
		return 0, false
	}
	for p := at + 4; p+4*(c.count-1-i) <= len(c.data); p++ {
		if binary.LittleEndian.Uint16(c.data[p:]) == c.ids[i+1] && c.data[p+3] == 0 {
			if ok {
				return 0, false // two readings
			}
			next, ok = p, true
		}
	}
	return next, ok
}

// next returns the next item. The cursor has been checked.
func (c *cursor) next() (item Item, ok bool) {
	if c.i >= c.count {
		return Item{}, false
	}
	i := c.i
	c.i++
	if c.shape == shapePacket {
		from, to := c.bounds(i)
		item.Reply, _ = parseReply(c.data[from:to:to])
		return item, true
	}
	head := c.data[c.at:]
	item.Attribute = binary.LittleEndian.Uint16(head)
	item.service, item.general = c.service, GeneralStatus(head[2])
	end := c.at + 4
	if c.shape == shapeGetList {
		end, _ = c.attributeEnd(i, c.at)
	}
	item.data = c.data[c.at+4 : end : end]
	c.at = end
	return item, true
}

// Items returns the items of a Multiple Service Packet or attribute list, by
// their position in the request. It yields nothing when the response has none,
// or when they cannot be told apart; [Response.Err] is not nil then.
//
// The values of a Get_Attribute_List reply have no length of their own. Without
// the request they can be told apart only when all but the last one failed;
// [Conversation] knows what was asked for.
func (r Response) Items() iter.Seq2[int, Item] {
	return func(yield func(int, Item) bool) {
		c, _ := r.reply.items(nil)
		for i := 0; ; i++ {
			item, ok := c.next()
			if !ok || !yield(i, item) {
				return
			}
		}
	}
}

// appendItems appends the status of each item. The cursor has been checked.
func (c *cursor) appendItems(dst []core.Status) []core.Status {
	if c.shape == shapePacket {
		for i := range c.count {
			from, to := c.bounds(i)
			dst = append(dst, statusOf(c.data[from:to]))
		}
		return dst
	}
	for {
		item, ok := c.next()
		if !ok {
			return dst
		}
		dst = append(dst, item.status())
	}
}
