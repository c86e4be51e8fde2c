package enip

import (
	"encoding/binary"
	"iter"

	"github.com/fieldstatus/fieldstatus/core"
)

// A Reply is one CIP message router response: that of a frame, or one inside a
// Multiple Service Packet. It is a view of the frame and must not outlive it.
//
// Source: CIP Volume 1, Chapter 2-4.2, message router response format.
type Reply struct {
	service   uint8
	general   GeneralStatus
	words     []byte // complete extended words
	data      []byte // what follows the status
	at        int    // offset in the frame; 0 for a reply inside another one
	truncated bool   // the reply announces more words than it has
	manager   bool   // the Connection Manager answers, as far as is known
}

// replySize is the least that a reply has. Refusals are often no longer.
const replySize = 4

// parseReply reads a reply. In a failure, a size of the extended status that lies
// does not cost the words that are there: some servers write it in bytes. A
// success that ends before its data begins is none.
func parseReply(data []byte) (r Reply, fault string) {
	if len(data) < replySize {
		return Reply{}, "CIP reply shorter than 4 bytes"
	}
	if cutSuccess(data) {
		return Reply{}, "successful CIP reply ends inside its extended status"
	}
	r = Reply{service: data[0] &^ replyBit, general: GeneralStatus(data[2])}
	rest := data[replySize:]
	size := 2 * int(data[3])
	if r.truncated = size > len(rest); r.truncated {
		r.words = rest[:len(rest)&^1]
		rest = nil
	} else {
		r.words, rest = rest[:size:size], rest[size:]
	}
	r.data = rest
	r.manager = managerService(r.service)
	return r, ""
}

// cutSuccess reports whether a reply, of which the first four bytes are there,
// succeeds and announces more extended words than it has.
func cutSuccess(data []byte) bool {
	return GeneralStatus(data[2]) == Success && 2*int(data[3]) > len(data)-replySize
}

// managerService reports whether replies of a service are those of the
// Connection Manager when the request is not known. Its Unconnected Send and
// Forward Close share their codes with reads and writes of tags, whose general
// status 0x01 has the same words.
func managerService(service uint8) bool {
	switch service {
	case serviceForwardOpen, serviceLargeForwardOpen, serviceForwardClose, serviceUnconnectedSend,
		serviceGetConnectionData, serviceSearchConnectionData, serviceGetConnectionOwner:
		return true
	}
	return false
}

// Service returns the code of the service that is answered, without the top bit
// that marks a reply. A message that an Unconnected Send has delivered is
// answered with its own service.
func (r Reply) Service() uint8 { return r.service }

// GeneralStatus returns the general status.
func (r Reply) GeneralStatus() GeneralStatus { return r.general }

// Words returns the extended status words that are there, in order. The first
// refines the general status; behind some stand sizes or packet intervals that
// the device would accept.
func (r Reply) Words() iter.Seq[uint16] {
	return func(yield func(uint16) bool) {
		for i := 0; i < len(r.words); i += 2 {
			if !yield(binary.LittleEndian.Uint16(r.words[i:])) {
				return
			}
		}
	}
}

// Word returns the extended status word i, from 0, and whether there is one.
func (r Reply) Word(i int) (word uint16, ok bool) {
	if i < 0 || i >= len(r.words)/2 {
		return 0, false
	}
	return binary.LittleEndian.Uint16(r.words[2*i:]), true
}

// Truncated reports whether the reply announces more extended words than it
// has. The words that are there are still right.
func (r Reply) Truncated() bool { return r.truncated }

// Data returns what follows the status: the answer of the service, and behind
// some failures a hint. See [Reply.RemainingPath].
func (r Reply) Data() []byte { return r.data }

// More reports whether the data is valid but incomplete (general status 0x06):
// the caller asks on where it ends, a read with Read Tag Fragmented (0x52) at
// the byte offset reached so far, which does not count the type; a list of
// instances from the last instance plus one.
func (r Reply) More() bool { return r.general == PartialTransfer && readLike(r.service) }

// readLike reports whether a service hands out data that may come in parts.
func readLike(service uint8) bool {
	switch service {
	case serviceReadTag, serviceReadFragmented, serviceGetInstanceAttrList, serviceGetAttributeList, serviceGetAttributesAll:
		return true
	}
	return false
}

// Status returns the outcome of the reply as a whole: general status and first
// extended word, or the status of the PCCC reply inside. General status 0x06 is
// 10706 here, because a caller that does not go on asking has only a part; see
// [Reply.More]. Of a reply with items, see [Response.Items].
func (r Reply) Status() core.Status { return r.status() }

func (r *Reply) status() core.Status {
	if r.service == serviceExecutePCCC && r.general == Success {
		if p, ok := r.PCCC(); ok {
			return p.Status()
		}
	}
	return r.cipStatus()
}

func (r *Reply) cipStatus() core.Status {
	if word, ok := r.Word(0); ok {
		return refined(r.general, word, r.manager)
	}
	return r.general.Status()
}

// refined is the outcome of a general status with its first extended word.
func refined(general GeneralStatus, word uint16, manager bool) core.Status {
	if manager && general == ConnectionFailure {
		return ConnectionStatus(word).Status()
	}
	return general.Extended(word)
}

// statusOf is [Reply.Status] of a reply that has been checked, without taking all
// of it apart.
func statusOf(data []byte) core.Status {
	service, general := data[0]&^replyBit, GeneralStatus(data[2])
	switch {
	case service == serviceExecutePCCC && general == Success:
		r, _ := parseReply(data)
		return r.status()
	case data[3] == 0 || len(data) < replySize+2:
		return general.Status()
	}
	return refined(general, binary.LittleEndian.Uint16(data[replySize:]), managerService(service))
}

// RemainingPath returns how many words of the route were left at the router
// that gave up, as it stands behind failures of Unconnected Send, Forward Open
// and Forward Close. Many devices leave it out: ok is false then.
func (r Reply) RemainingPath() (words int, ok bool) {
	if r.general == Success || !r.manager {
		return 0, false
	}
	at := connectionTriad
	if r.service == serviceUnconnectedSend {
		at = 0
	}
	if len(r.data) <= at {
		return 0, false
	}
	return int(r.data[at]), true
}
