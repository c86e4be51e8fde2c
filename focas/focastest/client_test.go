package focastest_test

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/focas"
	"github.com/fieldstatus/fieldstatus/focas/focastest"
)

// A client is a small FOCAS driver on the wire, written for these tests from the
// documentation of package focas. Clients that others wrote need FANUC's library.
type client struct {
	conn   net.Conn
	frames *bufio.Scanner
	conv   focas.Conversation
	raw    []byte // the last answer
}

// A command is one block of a request.
type command struct {
	device, path, command uint16
	args                  [5]int32
	data                  []byte
}

func macro(first, last int32) command { return command{1, 1, 0x0015, [5]int32{first, last}, nil} }

func setMacro(number int32, data []byte) command {
	return command{1, 1, 0x0016, [5]int32{number, number, 0, 0, int32(len(data))}, data}
}

func pmc(first, last, area int32) command {
	return command{2, 1, 0x8001, [5]int32{first, last, area, 1}, nil}
}

func setPMC(first, last, area int32, data []byte) command {
	return command{2, 1, 0x8002, [5]int32{first, last, area, 1, int32(len(data))}, data}
}

func simple(c uint16) command { return command{1, 1, c, [5]int32{}, nil} }

// dial opens one connection of a session that the test closes again.
func dial(t *testing.T, cnc *focastest.Device, which focas.Connection) *client {
	t.Helper()
	c, err := tryDial(cnc.Addr(), which)
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.conn.Close() })
	return c
}

func tryDial(addr string, which focas.Connection) (*client, error) {
	conn, err := net.DialTimeout("tcp", addr, time.Second)
	if err != nil {
		return nil, focas.Translate(core.Connect, err)
	}
	c := &client{conn: conn, frames: frames(conn)}
	statuses, err := c.do(focas.FuncOpen, []byte{0, byte(which)})
	if err == nil {
		err = statuses[0].Err(core.Connect)
	}
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	return c, nil
}

func frames(conn net.Conn) *bufio.Scanner {
	s := bufio.NewScanner(conn)
	s.Split(focas.ScanFrames)
	return s
}

// do sends a request and waits for its answer.
func (c *client) do(f focas.Function, body []byte) ([]core.Status, error) {
	if err := c.send(f, body); err != nil {
		return nil, err
	}
	return c.receive()
}

func (c *client) send(f focas.Function, body []byte) error {
	frame := []byte{0xA0, 0xA0, 0xA0, 0xA0, 0, 1, byte(f), byte(focas.DirRequest), byte(len(body) >> 8), byte(len(body))}
	frame = append(frame, body...)
	c.conv.Sent(frame)
	op := c.conv.Exchange().Op
	_ = c.conn.SetDeadline(time.Now().Add(300 * time.Millisecond))
	_, err := c.conn.Write(frame)
	return focas.Translate(op, err)
}

func (c *client) receive() ([]core.Status, error) {
	op := c.conv.Exchange().Op
	for c.frames.Scan() {
		c.raw = append([]byte(nil), c.frames.Bytes()...)
		statuses, err := c.conv.Received(nil, c.raw)
		if errors.Is(err, core.ErrNotResponse) {
			continue
		}
		return statuses, err
	}
	err := c.frames.Err()
	if err == nil {
		err = io.EOF
	}
	return nil, focas.Translate(op, err)
}

// call sends commands in one request, and returns the status and payload of each.
func (c *client) call(commands ...command) ([]core.Status, [][]byte, error) {
	body := binary.BigEndian.AppendUint16(nil, uint16(len(commands)))
	for _, cmd := range commands {
		for _, v := range []uint16{uint16(28 + len(cmd.data)), cmd.device, cmd.path, cmd.command} {
			body = binary.BigEndian.AppendUint16(body, v)
		}
		for _, arg := range cmd.args {
			body = binary.BigEndian.AppendUint32(body, uint32(arg))
		}
		body = append(body, cmd.data...)
	}
	statuses, err := c.do(focas.FuncCommand, body)
	if err != nil {
		return nil, nil, err
	}
	var payloads [][]byte
	if r, err := focas.ParseResponse(c.raw); err == nil {
		for _, item := range r.Items() {
			payloads = append(payloads, item.Payload())
		}
	}
	return statuses, payloads, nil
}

// one sends one command.
func (c *client) one(op core.Op, cmd command) ([]byte, error) {
	statuses, payloads, err := c.call(cmd)
	if err != nil {
		return nil, err
	}
	if err := statuses[0].Err(op); err != nil || len(payloads) == 0 {
		return nil, err
	}
	return payloads[0], nil
}
