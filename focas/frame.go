package focas

import (
	"iter"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/internal/wire"
)

// A Response is a view of one frame that a CNC sent: it aliases the frame. The
// zero Response has no items and the zero Status.
type Response struct {
	header
	kind  kind
	count int
	body  []byte
}

type kind uint8

const (
	_        kind = iota
	accepted      // an answer without a status: it came, so the step was taken
	receipt       // a status for the whole request
	abort         // a notice of the same form
	commands      // a status for each block
)

// Sizes inside a body.
const (
	receiptSize = 8  // location, status, detail pair
	blockSize   = 16 // block without payload
)

// ParseResponse reads one frame with its header. It returns
// [core.ErrNotResponse] for requests, program text, notices and functions that
// it does not know, and an *[core.Error] with the code 3009 for a frame that is
// no FOCAS or contradicts itself. Where FANUC's library finds the same fault,
// the status has the detail that the library would give ("lib-detail -17/7/4").
func ParseResponse(frame []byte) (Response, error) {
	if err := checkHeader(frame); err != nil {
		return Response{}, err
	}
	if len(frame) < headerSize {
		return Response{}, core.BadFrame(malformed(), len(frame), "the header is cut short")
	}
	r := Response{header: readHeader(frame), body: frame[headerSize:]}
	switch {
	case len(r.body) < r.length:
		return Response{}, core.BadFrame(malformed(), len(frame), "the body is cut short")
	case len(r.body) > r.length:
		return Response{}, core.BadFrame(malformed(), headerSize+r.length, "bytes follow the frame")
	}
	err := r.classify()
	return r, err
}

// classify finds out what kind of response this is, and checks its body.
func (r *Response) classify() error {
	switch {
	case r.function.aborts():
		return r.checkReceipt(abort)
	case r.function == FuncNotice, r.direction == DirRequest:
		return core.ErrNotResponse
	case r.direction == DirReceipt:
		return r.checkReceipt(receipt)
	case r.direction == DirStream:
		if r.function.transfers() {
			return core.ErrNotResponse
		}
		return core.BadFrame(malformed(), 7, "only program transfer has stream data")
	}
	switch {
	case r.function == FuncOpen:
		return r.checkOpen()
	case r.function == FuncCommand:
		return r.checkBlocks()
	case r.function == FuncClose, r.function.transfers():
		r.kind = accepted
		return nil
	}
	return core.ErrNotResponse
}

// checkReceipt refuses receipts that are too short; the library would read
// bytes of an older frame in their place.
func (r *Response) checkReceipt(k kind) error {
	if len(r.body) < receiptSize {
		return core.BadFrame(malformed(), headerSize+len(r.body), "a status has 8 bytes: location, status, two details")
	}
	r.kind = k
	return nil
}

// checkOpen checks the size of the answer to an open request, the one thing
// that tells whether it is one.
func (r *Response) checkOpen() error {
	fixed, each, at := 16, 8, 8
	if r.version >= 3 {
		fixed, each, at = 40, 32, 20
	}
	b := wire.NewReader(r.body)
	b.Skip(at)
	if n := int(b.Uint16BE()); b.Failed() || len(r.body) != fixed+each*n {
		return core.BadFrame(fault(7, 2), 8, "the answer to an open request has another size")
	}
	r.kind = accepted
	return nil
}

// checkBlocks walks over the blocks once, so that no length and no count has to
// be trusted afterwards.
func (r *Response) checkBlocks() error {
	b := wire.NewReader(r.body)
	n := int(b.Uint16BE())
	if b.Failed() {
		return core.BadFrame(fault(7, 3), 8, "an answer to commands starts with the number of blocks")
	}
	if n == 0 {
		return core.BadFrame(fault(3, 0), headerSize, "an answer to commands has at least one block")
	}
	overfull := 0 // where a block is smaller than its payload, which the library does not see
	for range n {
		at := headerSize + b.Offset()
		if b.Len() == 0 {
			return core.BadFrame(fault(3, 0), at, "a block is missing")
		}
		size := int(b.Uint16BE())
		if !b.Failed() && size < blockSize {
			return core.BadFrame(malformed(), at, "a block has at least 16 bytes")
		}
		b.Skip(4)
		b.Skip(2 + 2 + 4) // command, status, details
		payload := int(b.Uint16BE())
		b.Skip(size - blockSize)
		if b.Failed() {
			return core.BadFrame(fault(7, 4), at, "the blocks are longer than the body")
		}
		if payload > size-blockSize && overfull == 0 {
			overfull = at + 14
		}
	}
	if b.Len() > 0 {
		return core.BadFrame(fault(7, 5), headerSize+b.Offset(), "bytes follow the last block")
	}
	if overfull > 0 {
		return core.BadFrame(malformed(), overfull, "the payload is longer than its block")
	}
	r.kind, r.count = commands, n
	return nil
}

// Version returns the protocol version of the CNC: 2, 3, 4 and 5 were seen,
// while requests carry 1. It is no reason to refuse a frame.
func (r Response) Version() uint16 { return r.version }

// Function returns what the response answers.
func (r Response) Function() Function { return r.function }

// Direction tells an answer from a status receipt.
func (r Response) Direction() Direction { return r.direction }

// Len returns the number of blocks, 0 when the response has none.
func (r Response) Len() int { return r.count }

// Items returns the blocks of an answer to commands, in the order of those of
// the request. Each has a status of its own: one that fails says nothing about
// the others. Other responses have no items.
func (r Response) Items() iter.Seq2[int, Item] {
	return func(yield func(int, Item) bool) {
		rest := r.blocks()
		for i := range r.count {
			var item Item
			if item, rest = nextItem(rest); !yield(i, item) {
				return
			}
		}
	}
}

func (r Response) blocks() []byte {
	if r.count == 0 {
		return nil
	}
	return r.body[2:]
}

// nextItem cuts the first block off. Its length was checked.
func nextItem(blocks []byte) (Item, []byte) {
	b := wire.NewReader(blocks)
	size := int(b.Uint16BE())
	return Item{block: blocks[:size:size]}, blocks[size:]
}

// Status returns the outcome of the response as a whole. Blocks are not looked
// at, so it is a success for every answer to commands. A receipt in place of an
// answer refuses all blocks of the request at once.
//
// A receipt to an open request means that there is no session: 3002, whatever
// the status word in it. FANUC's library returns -17 then, with the detail 8 and
// the status word, and so does this package.
func (r Response) Status() core.Status {
	switch r.kind {
	case accepted, commands:
		return WireCode(0).Status()
	case receipt, abort:
		code, d := r.statusWord()
		if r.kind == receipt && (r.function == FuncOpen || r.function == FuncClose && code != 0) {
			return fault(8, int16(code))
		}
		if s, ok := transferStatus(r.function, int16(code), d); ok && r.function != FuncCommand {
			return s
		}
		return code.WithDetail(d)
	}
	return core.Status{}
}

// statusWord returns the status and the details of a receipt or an abort.
func (r Response) statusWord() (WireCode, Detail) {
	b := wire.NewReader(r.body)
	b.Skip(2) // location, 0 in all recordings
	return WireCode(b.Uint16BE()), Detail{int16(b.Uint16BE()), int16(b.Uint16BE())}
}

// Err returns the failure of the response as a whole, nil when it is a success.
// Blocks are not looked at: see [Response.Items].
func (r Response) Err(op core.Op) error { return r.Status().Err(op) }

// op returns what the response belongs to, as far as it can tell by itself.
func (r Response) op() core.Op {
	op := r.function.op()
	if r.kind == commands {
		first := true
		for _, item := range r.Items() {
			op, first = joinOps(op, commandOp(item.Command()), first), false
		}
	}
	return op
}

// joinOps is what commands attempt together: one that writes makes it a write.
func joinOps(all, one core.Op, first bool) core.Op {
	switch {
	case first || one == core.Write:
		return one
	case all == core.Write || all == one:
		return all
	}
	return core.Other
}

// An Item is one block of an answer to commands, the outcome of one block of
// the request. The zero Item has the zero Status.
type Item struct {
	block []byte
}

// Device returns what the block speaks of: 1 for the CNC, 2 for the PMC.
func (i Item) Device() uint16 { return i.word(2) }

// Path returns the number of the path.
func (i Item) Path() uint16 { return i.word(4) }

// Command returns the command of the request that the block answers.
func (i Item) Command() uint16 { return i.word(6) }

// Code returns the status word.
func (i Item) Code() WireCode { return WireCode(i.word(8)) }

// Detail returns the pair beside the status word. It means nothing when that is 0.
func (i Item) Detail() Detail { return Detail{int16(i.word(10)), int16(i.word(12))} }

// Payload returns the data of the block. It aliases the frame.
func (i Item) Payload() []byte {
	b := wire.NewReader(i.block)
	b.Skip(14)
	return b.Bytes(int(b.Uint16BE()))
}

// Status returns the outcome of the block.
func (i Item) Status() core.Status {
	if len(i.block) < blockSize {
		return core.Status{}
	}
	code, d := i.Code(), i.Detail()
	if i.Command() == pathCommand {
		if s, ok := transferStatus(FuncCommand, int16(code), d); ok {
			return s
		}
	}
	return code.WithDetail(d)
}

// Err returns the failure of the block, nil when it is a success.
func (i Item) Err(op core.Op) error { return i.Status().Err(op) }

func (i Item) word(at int) uint16 {
	b := wire.NewReader(i.block)
	b.Skip(at)
	return b.Uint16BE()
}

// AppendStatuses appends the statuses of one frame to dst: one for each block
// of an answer to commands, one for any other response. It knows no request:
// [Conversation] does.
func AppendStatuses(dst []core.Status, frame []byte) ([]core.Status, error) {
	r, err := ParseResponse(frame)
	if err != nil {
		return dst, err
	}
	return r.appendStatuses(dst), nil
}

func (r Response) appendStatuses(dst []core.Status) []core.Status {
	if r.kind != commands {
		return append(dst, r.Status())
	}
	rest := r.blocks()
	for range r.count {
		var item Item
		item, rest = nextItem(rest)
		dst = append(dst, item.Status())
	}
	return dst
}
