package finstest_test

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
	"github.com/fieldstatus/fieldstatus/fins"
	"github.com/fieldstatus/fieldstatus/fins/finstest"
)

// patience is how long a client waits for a response.
const patience = 150 * time.Millisecond

// A client is a driver's read path: frames on a socket, and a Conversation that
// says what they mean.
type client struct {
	conn         net.Conn
	tcp          bool
	frames       *bufio.Scanner
	conversation fins.Conversation
	sid          byte
	status       core.Status // of the last response
	data         []byte      // of the last response
	dropped      int         // frames that were no response to the command
	nodes        [2]uint32
}

// dial opens a client, without a handshake.
func dial(t *testing.T, plc *finstest.Device, network string) *client {
	t.Helper()
	conn, err := net.Dial(network, plc.Addr())
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	c := &client{conn: conn, tcp: network == "tcp", frames: bufio.NewScanner(conn)}
	c.frames.Split(fins.ScanFrames)
	return c
}

// transports are the two kinds of device, each with a way to a connected client.
var transports = map[string]func(testing.TB) *finstest.Device{"udp": finstest.NewDevice, "tcp": finstest.NewTCPDevice}

// open is dial with a handshake over TCP.
func open(t *testing.T, plc *finstest.Device, network string) *client {
	t.Helper()
	c := dial(t, plc, network)
	require.NoError(t, c.handshake(0))
	return c
}

func (c *client) handshake(node uint32) error {
	if !c.tcp {
		return nil
	}
	return c.exchange(core.Connect, tcpFrame(0, binary.BigEndian.AppendUint32(nil, node)...))
}

// command sends a FINS command and returns what the response means.
func (c *client) command(op core.Op, code fins.Command, params ...byte) error {
	return c.exchange(op, c.frame(code, params...))
}

// frame is a command with the next SID.
func (c *client) frame(code fins.Command, params ...byte) []byte {
	c.sid++
	message := append([]byte{0x80, 0, 2, 0, 0, 0, 0, 9, 0, c.sid, byte(code >> 8), byte(code)}, params...)
	if c.tcp {
		return tcpFrame(2, message...)
	}
	return message
}

func tcpFrame(command uint32, body ...byte) []byte {
	f := []byte("FINS")
	f = binary.BigEndian.AppendUint32(f, uint32(8+len(body)))
	f = binary.BigEndian.AppendUint32(f, command)
	return append(append(f, 0, 0, 0, 0), body...)
}

func (c *client) exchange(op core.Op, frame []byte) error {
	c.status, c.data, c.dropped = core.Status{}, nil, 0
	c.conversation.Sent(frame)
	id := c.conversation.Exchange().ID
	if _, err := c.conn.Write(frame); err != nil {
		return fins.Translate(op, err)
	}
	var disorder error
	for {
		frame, err := c.read()
		if err != nil && disorder != nil {
			return fins.Translate(op, disorder) // says more than silence
		}
		if err != nil {
			return fins.Translate(op, err)
		}
		statuses, err := c.conversation.Received(nil, frame)
		if errors.Is(err, core.ErrNotResponse) {
			if core.CodeOf(err) == core.PluginMessageDisorder {
				disorder = err
			}
			c.dropped++
			continue
		}
		if err != nil {
			return fins.Translate(op, err)
		}
		if e := c.conversation.Exchange(); e.ID != id && e.ID != 0 {
			c.dropped++ // the late response to a command that was given up
			continue
		}
		r, err := fins.ParseResponse(frame)
		if err != nil {
			return err
		}
		c.status, c.data = statuses[0], append([]byte(nil), r.Data()...)
		c.nodes[0], c.nodes[1], _ = r.Nodes()
		return c.status.Err(op)
	}
}

func (c *client) read() ([]byte, error) {
	_ = c.conn.SetReadDeadline(time.Now().Add(patience))
	if !c.tcp {
		buf := make([]byte, 4096)
		n, err := c.conn.Read(buf)
		return buf[:n], err
	}
	if c.frames.Scan() {
		return c.frames.Bytes(), nil
	}
	if err := c.frames.Err(); err != nil {
		return nil, err
	}
	return nil, io.EOF
}

// readWords reads words of the D area.
func (c *client) readWords(word, n int) ([]byte, error) {
	err := c.command(core.Read, fins.MemoryAreaRead, 0x82, byte(word>>8), byte(word), 0, byte(n>>8), byte(n))
	return c.data, err
}

func (c *client) writeWords(word int, value ...byte) error {
	return c.command(core.Write, fins.MemoryAreaWrite, append([]byte{0x82, byte(word >> 8), byte(word), 0, 0, byte(len(value) / 2)}, value...)...)
}
