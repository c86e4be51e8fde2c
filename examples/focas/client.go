package focas

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"slices"
	"time"

	"github.com/fieldstatus/fieldstatus/core"
	focasstatus "github.com/fieldstatus/fieldstatus/focas"

	"github.com/fieldstatus/fieldstatus/examples/southbound"
	"github.com/fieldstatus/fieldstatus/examples/southbound/socket"
)

// Commands of function 0x21.
const (
	readMacro      = 0x0015
	writeMacro     = 0x0016
	programNumber  = 0x001C
	sequenceNumber = 0x001D
	feedRate       = 0x0024
	spindleSpeed   = 0x0025
	readPMC        = 0x8001
	writePMC       = 0x8002
)

// A block is one command of a request.
type block struct {
	command uint16
	args    [5]int32
	data    []byte // of a command that writes
}

// device tells which part of the control a command is for.
func (b block) device() uint16 {
	switch b.command {
	case readPMC, writePMC:
		return 2 // the PMC
	}
	return 1
}

// An answer is what the CNC says to a block: each fails alone.
type answer struct {
	status  core.Status
	payload []byte
}

// A client speaks FOCAS with one CNC. It opens the connection for commands alone,
// since it transfers no programs. Its errors are translated.
type client struct {
	addr    string
	conn    *socket.Conn
	talk    focasstatus.Conversation // pairs answers with requests
	path    uint16
	timeout time.Duration
	hungUp  bool // behind a request that has failed
	closed  bool // for good
}

func dial(ctx context.Context, d Driver) (*client, error) {
	addr, err := southbound.HostPort(d.Addr, 8193)
	if err != nil {
		return nil, err
	}
	c := &client{addr: addr, path: cmp.Or(d.Path, 1), timeout: cmp.Or(d.Timeout, 3*time.Second)}
	if err := c.open(ctx); err != nil {
		return nil, err
	}
	return c, nil
}

// open connects, and leaves nothing open when that fails.
func (c *client) open(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	conn, err := socket.Dial(ctx, "tcp", c.addr, focasstatus.ScanFrames)
	if err != nil {
		return focasstatus.Translate(core.Connect, err)
	}
	c.conn, c.talk = conn, focasstatus.Conversation{}
	_, statuses, err := c.ask(ctx, core.Connect, focasstatus.FuncOpen, []byte{0, byte(focasstatus.CommandConnection)})
	if err == nil {
		err = statuses[0].Err(core.Connect)
	}
	c.hungUp = err != nil
	if err != nil {
		_ = c.conn.Close() // the refusal says more
	}
	return err
}

// close says goodbye and does not wait for the answer: a CNC has few sessions.
func (c *client) close() error {
	c.closed = true
	_ = c.conn.Send(c.timeout, request(focasstatus.FuncClose, nil)) // the CNC may be gone
	return c.conn.Close()
}

// do sends blocks in one request. Its error is that of all of them.
//
// It connects again where a request has failed and the link is used on all the
// same, as it is when the caller gave that request up: the CNC is not to blame.
func (c *client) do(ctx context.Context, op core.Op, blocks []block) ([]answer, error) {
	if c.hungUp && !c.closed {
		if err := c.open(ctx); err != nil {
			return nil, err
		}
	}
	body := binary.BigEndian.AppendUint16(nil, uint16(len(blocks)))
	for _, b := range blocks {
		for _, v := range []uint16{uint16(28 + len(b.data)), b.device(), c.path, b.command} {
			body = binary.BigEndian.AppendUint16(body, v)
		}
		for _, arg := range b.args {
			body = binary.BigEndian.AppendUint32(body, uint32(arg))
		}
		body = append(body, b.data...)
	}
	response, statuses, err := c.ask(ctx, op, focasstatus.FuncCommand, body)
	if err != nil {
		return nil, err
	}
	if response.Len() == 0 { // one status in place of the answer
		nothing := core.BadFrame(core.FrameForeign.Status(), 0, "a success without an answer")
		return nil, cmp.Or(statuses[0].Err(op), focasstatus.Translate(op, nothing))
	}
	answers := make([]answer, len(blocks))
	for i, item := range response.Items() { // as many, as the Conversation has checked
		answers[i] = answer{statuses[i], item.Payload()}
	}
	return answers, nil
}

// request makes a frame.
func request(function focasstatus.Function, body []byte) []byte {
	frame := []byte{0xA0, 0xA0, 0xA0, 0xA0, 0, 1, byte(function), byte(focasstatus.DirRequest)}
	return append(binary.BigEndian.AppendUint16(frame, uint16(len(body))), body...)
}

// ask sends a frame and waits for what answers it. There is no transaction number,
// so that nothing can be asked on a connection that owes an answer.
func (c *client) ask(ctx context.Context, op core.Op, function focasstatus.Function, body []byte) (response focasstatus.Response, statuses []core.Status, err error) {
	frame := request(function, body)
	c.talk.Sent(frame)
	sent := ctx.Err() == nil
	err = c.conn.Exchange(ctx, c.timeout, frame, func(frame []byte) (done bool, err error) {
		statuses, err = c.talk.Received(nil, frame)
		if errors.Is(err, core.ErrNotResponse) {
			return false, nil
		}
		if err == nil {
			response, err = focasstatus.ParseResponse(slices.Clone(frame))
		}
		return true, err
	})
	if err != nil && sent {
		_ = c.conn.Close() // whatever comes now would be taken for something else
		c.hungUp = true
	}
	return response, statuses, focasstatus.Translate(op, err)
}
