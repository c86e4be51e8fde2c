package focas

import (
	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/internal/wire"
)

// A Conversation pairs the frames of one TCP connection. The zero value is
// ready; a new connection needs a new one. It has a fixed size, no goroutine and
// no clock, and it is not safe for concurrent use.
//
// FOCAS has no transaction number: the answer is the next frame with the
// function of the request. Frames with another function are dropped
// ([core.ErrNotResponse]), as FANUC's library does. Stricter than the library,
// a Conversation compares number and commands of the blocks as well, so that a
// late answer to an earlier request is not taken for this one: 3009.
type Conversation struct {
	waiting    request
	requests   uint64
	last       core.Exchange
	aborted    core.Status // what an abort notice said, to be told with the answer
	connection Connection
}

// A request is one that awaits its answer.
type request struct {
	open     bool
	function Function
	op       core.Op
	id       uint64
	blocks   int
	commands [maxCommands]uint16 // of the first blocks
}

// maxCommands bounds the blocks whose commands are compared with the answer's.
// A request of FANUC's library fits into its largest answer with fewer blocks.
const maxCommands = 128

// Connection returns which connection of a session this is, as the open request
// said: 0 when none was seen.
func (c *Conversation) Connection() Connection { return c.connection }

// Exchange tells what the last frame given to Sent or Received belongs to. A
// frame that belongs to no request has the ID 0.
func (c *Conversation) Exchange() core.Exchange { return c.last }

// Sent tells the conversation a frame that goes to the CNC. What is no request
// of FOCAS is ignored. A request takes the place of one that was still waiting.
func (c *Conversation) Sent(frame []byte) {
	c.last = core.Exchange{}
	if checkHeader(frame) != nil || len(frame) < headerSize {
		return
	}
	h := readHeader(frame)
	stream := h.direction == DirStream && h.function.transfers()
	if h.direction != DirRequest && !stream {
		return
	}
	c.requests++
	req := request{open: !stream && h.function != FuncDownloadData, function: h.function, op: h.function.op(), id: c.requests}
	body := wire.NewReader(frame[headerSize:])
	switch h.function {
	case FuncOpen:
		if n := Connection(body.Uint16BE()); n == TransferConnection || n == CommandConnection {
			c.connection = n
		}
	case FuncCommand:
		req.readBlocks(body)
	}
	c.last = core.Exchange{Op: req.op, ID: req.id, Open: req.open}
	if req.open {
		c.waiting = req
		c.aborted = core.Status{}
	}
}

// readBlocks notes the commands of a request. Its blocks have the form of those
// of an answer: length, device, path, command.
func (q *request) readBlocks(body wire.Reader) {
	n := int(body.Uint16BE())
	for i := range n {
		block := body.Sub(int(body.Uint16BE()) - 2)
		block.Skip(4)
		command := block.Uint16BE()
		if block.Failed() {
			return // blocks stays 0: nothing to compare with
		}
		q.op = joinOps(q.op, commandOp(command), i == 0)
		if i < maxCommands {
			q.commands[i] = command
		}
	}
	q.blocks = n
}

// Received appends the statuses of a frame that came from the CNC to dst: one
// for each block of an answer to commands, as many for a receipt that refuses
// such a request at once, and one for any other answer. It returns
// [core.ErrNotResponse] for frames that answer nothing that was asked, and an
// *[core.Error] with the code 3009 for frames that break the rules of the
// protocol or answer another request. Before the first request it answers as
// [AppendStatuses] does.
//
// Of the two abort notices of a program transfer, 0x14 is told at once, and 0x1C
// in place of the answer that is awaited.
func (c *Conversation) Received(dst []core.Status, frame []byte) ([]core.Status, error) {
	c.last = core.Exchange{}
	r, err := ParseResponse(frame)
	if c.requests == 0 {
		c.last.Op = r.op()
		if err != nil {
			return dst, err
		}
		return r.appendStatuses(dst), nil
	}
	switch {
	case err == core.ErrNotResponse:
		return c.receivedOther(dst, r)
	case err != nil:
		c.close()
		return dst, err
	case r.kind == abort:
		return c.receivedAbort(dst, r)
	case !c.waiting.open || r.function != c.waiting.function:
		return dst, core.ErrNotResponse
	}
	c.close()
	if err := c.waiting.compare(r); err != nil {
		return dst, err
	}
	if c.aborted != (core.Status{}) {
		return appendAll(dst, c.aborted, max(1, r.count)), nil
	}
	if r.kind == receipt && c.waiting.blocks > 0 {
		return appendAll(dst, c.waiting.refusal(r), c.waiting.blocks), nil
	}
	return r.appendStatuses(dst), nil
}

// receivedOther takes a frame that is no response by itself.
func (c *Conversation) receivedOther(dst []core.Status, r Response) ([]core.Status, error) {
	if !c.waiting.open || r.function != c.waiting.function {
		return dst, core.ErrNotResponse
	}
	switch r.direction {
	case DirRequest:
		c.close()
		return dst, core.BadFrame(malformed(), 7, "the request came back")
	case DirStream:
		if r.function == FuncUploadData {
			c.close()
			return append(dst, WireCode(0).Status()), nil // text that was asked for
		}
	}
	return dst, core.ErrNotResponse
}

// receivedAbort takes an abort notice.
func (c *Conversation) receivedAbort(dst []core.Status, r Response) ([]core.Status, error) {
	if r.function == FuncAbortLater && c.waiting.open {
		c.aborted = r.Status()
		return dst, core.ErrNotResponse
	}
	switch {
	case c.waiting.open && c.waiting.function.transfers():
		c.close()
	case r.Status().Code(core.Other) == core.OK:
		return dst, core.ErrNotResponse // an end without a fault of what nobody waits for
	default:
		c.last.Op = c.waiting.op
	}
	return append(dst, r.Status()), nil
}

// close ends the waiting: the frame is the answer, or there will be none.
func (c *Conversation) close() {
	if c.waiting.open {
		c.last = core.Exchange{Op: c.waiting.op, ID: c.waiting.id}
	}
	c.waiting.open = false
}

// compare refuses an answer to other commands than those asked.
func (q *request) compare(r Response) error {
	if r.kind != commands || q.blocks == 0 {
		return nil
	}
	switch {
	case r.count < q.blocks:
		return core.BadFrame(fault(3, 0), headerSize, "the answer has fewer blocks than the request")
	case r.count > q.blocks:
		return core.BadFrame(malformed(), headerSize, "the answer has more blocks than the request")
	}
	at := headerSize + 2
	for i, item := range r.Items() {
		if i < maxCommands && item.Command() != q.commands[i] {
			return core.BadFrame(malformed(), at+6, "the block answers another command than the one asked")
		}
		at += len(item.block)
	}
	return nil
}

// refusal is the status of a receipt in place of an answer to commands.
func (q *request) refusal(r Response) core.Status {
	code, d := r.statusWord()
	if q.commands[0] == pathCommand {
		if s, ok := transferStatus(FuncCommand, int16(code), d); ok {
			return s
		}
	}
	return r.Status()
}

func appendAll(dst []core.Status, s core.Status, n int) []core.Status {
	for range n {
		dst = append(dst, s)
	}
	return dst
}
