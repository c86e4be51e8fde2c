package eniptest_test

import (
	"bufio"
	"encoding/binary"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/enip"
	"github.com/fieldstatus/fieldstatus/enip/eniptest"
)

// A client is the least that speaks with a controller.
type client struct {
	conn     net.Conn
	frames   *bufio.Scanner
	c        enip.Conversation
	session  uint32
	open     uint32 // connection, 0 for unconnected messages
	sequence uint16
	last     enip.Response // the last response
}

// limit is how long a client waits where nothing comes.
const limit = 300 * time.Millisecond

// dial connects without a session.
func dial(t *testing.T, plc *eniptest.Device) *client {
	t.Helper()
	conn, err := net.Dial("tcp", plc.Addr())
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	c := &client{conn: conn, frames: bufio.NewScanner(conn)}
	c.frames.Buffer(nil, 1<<16)
	c.frames.Split(enip.ScanFrames)
	return c
}

// connect also registers a session and opens a connection.
func connect(t *testing.T, plc *eniptest.Device) *client {
	t.Helper()
	c := dial(t, plc)
	require.NoError(t, c.register())
	require.NoError(t, c.forwardOpen(0x54, 500))
	return c
}

// ask sends a frame and returns the statuses of its answer.
func (c *client) ask(frame []byte) ([]core.Status, error) {
	c.c.Sent(frame)
	if _, err := c.conn.Write(frame); err != nil {
		return nil, err
	}
	_ = c.conn.SetReadDeadline(time.Now().Add(limit))
	if !c.frames.Scan() {
		if err := c.frames.Err(); err != nil {
			return nil, err
		}
		return nil, net.ErrClosed
	}
	frame = append([]byte(nil), c.frames.Bytes()...)
	c.last, _ = enip.ParseResponse(frame)
	return c.c.Received(nil, frame)
}

// one asks for one status.
func (c *client) one(op core.Op, frame []byte) error {
	statuses, err := c.ask(frame)
	if err != nil {
		return enip.Translate(op, err)
	}
	return statuses[0].Err(c.c.Exchange().Op)
}

// frame is a request with a header.
func (c *client) frame(command enip.Command, body []byte) []byte {
	b := binary.LittleEndian.AppendUint16(nil, uint16(command))
	b = binary.LittleEndian.AppendUint16(b, uint16(len(body)))
	b = binary.LittleEndian.AppendUint32(b, c.session)
	b = append(b, 0, 0, 0, 0)
	b = append(b, "eniptest"...)
	return append(append(b, 0, 0, 0, 0), body...)
}

func (c *client) register() error {
	err := c.one(core.Connect, c.frame(enip.RegisterSession, []byte{1, 0, 0, 0}))
	c.session = c.last.Session()
	return err
}

func (c *client) forwardOpen(service byte, size uint16) error {
	m := []byte{service, 2, 0x20, 6, 0x24, 1, 10, 14, 0, 0, 0, 0, 0x34, 0x12, 0, 0, 7, 0, 0x4D, 0, 1, 2, 3, 4, 3, 0, 0, 0}
	for range 2 {
		m = append(m, 0x80, 0x84, 0x1E, 0)
		if service == 0x54 {
			m = binary.LittleEndian.AppendUint16(m, 0x4200|size)
		} else {
			m = binary.LittleEndian.AppendUint32(m, 0x42000000|uint32(size))
		}
	}
	m = append(m, 0xA3, 2, 0x20, 2, 0x24, 1)
	err := c.one(core.Connect, c.unconnected(m))
	if r, ok := c.last.Reply(); ok {
		if opened, ok := r.Connection(); ok {
			c.open = opened.OTConnectionID
		}
	}
	return err
}

func (c *client) unconnected(m []byte) []byte {
	body := []byte{0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0xB2, 0}
	body = binary.LittleEndian.AppendUint16(body, uint16(len(m)))
	return c.frame(enip.SendRRData, append(body, m...))
}

func (c *client) connected(m []byte) []byte {
	c.sequence++
	body := []byte{0, 0, 0, 0, 0, 0, 2, 0, 0xA1, 0, 4, 0}
	body = binary.LittleEndian.AppendUint32(body, c.open)
	body = append(body, 0xB1, 0)
	body = binary.LittleEndian.AppendUint16(body, uint16(2+len(m)))
	body = binary.LittleEndian.AppendUint16(body, c.sequence)
	return c.frame(enip.SendUnitData, append(body, m...))
}

// read reads elements of a tag.
func (c *client) read(name string, n uint16) ([]byte, error) {
	err := c.one(core.Read, c.connected(readTag(name, n)))
	r, _ := c.last.Reply()
	_, _, value, _ := r.Value()
	return value, err
}

func (c *client) write(name string, t enip.DataType, value ...byte) error {
	return c.one(core.Write, c.connected(writeTag(name, t, value...)))
}

func symbol(service byte, name string) []byte {
	b := []byte{0x91, byte(len(name))}
	b = append(b, name...)
	if len(b)%2 != 0 {
		b = append(b, 0)
	}
	return append([]byte{service, byte(len(b) / 2)}, b...)
}

func readTag(name string, n uint16) []byte {
	return binary.LittleEndian.AppendUint16(symbol(0x4C, name), n)
}

func writeTag(name string, t enip.DataType, value ...byte) []byte {
	b := binary.LittleEndian.AppendUint16(symbol(0x4D, name), uint16(t))
	return append(append(b, 1, 0), value...)
}

// packet is a Multiple Service Packet.
func packet(messages ...[]byte) []byte {
	b := []byte{0x0A, 2, 0x20, 2, 0x24, 1, byte(len(messages)), 0}
	at := 2 + 2*len(messages)
	for _, m := range messages {
		b = binary.LittleEndian.AppendUint16(b, uint16(at))
		at += len(m)
	}
	for _, m := range messages {
		b = append(b, m...)
	}
	return b
}

// routed puts a message into an Unconnected Send to slot 0.
func routed(m []byte) []byte {
	b := []byte{0x52, 2, 0x20, 6, 0x24, 1, 10, 14}
	b = binary.LittleEndian.AppendUint16(b, uint16(len(m)))
	b = append(b, m...)
	if len(m)%2 != 0 {
		b = append(b, 0)
	}
	return append(b, 1, 0, 1, 0)
}
