package knxtest_test

import (
	"bufio"
	"encoding/binary"
	"errors"
	"net"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/knx"
	"github.com/fieldstatus/fieldstatus/knx/knxtest"
)

// A client is a small driver on frames: it sends a request, acknowledges what
// the gateway sends, and asks a Conversation what it means.
type client struct {
	t    testing.TB
	conn net.Conn
	tcp  bool
	read func() ([]byte, error)

	conversation knx.Conversation
	channel      uint8
	sequence     uint8
	service      uint16
	repeat       int // how often a request is repeated that is not acknowledged
	value        []byte
}

const (
	patience   = 150 * time.Millisecond
	tunnelling = 0x0420
	management = 0x0310
)

// dial connects a socket, without a channel.
func dial(t testing.TB, network, addr string) *client {
	t.Helper()
	conn, err := net.Dial(network, addr)
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	c := &client{t: t, conn: conn, tcp: network == "tcp", service: tunnelling}
	if !c.tcp {
		c.read = func() ([]byte, error) {
			buf := make([]byte, 1024)
			n, err := conn.Read(buf)
			return buf[:n], err
		}
		return c
	}
	frames := bufio.NewScanner(conn)
	frames.Split(knx.ScanFrames)
	c.read = func() ([]byte, error) {
		if frames.Scan() {
			return frames.Bytes(), nil
		}
		if err := frames.Err(); err != nil {
			return nil, err
		}
		return nil, net.ErrClosed
	}
	return c
}

// open opens a tunnel over UDP.
func open(t testing.TB, gateway *knxtest.Device) *client {
	t.Helper()
	c := dial(t, "udp", gateway.Addr())
	require.NoError(t, c.connect(4, 4, 2, 0))
	return c
}

// connect asks for a channel with a connection request information.
func (c *client) connect(information ...byte) error {
	endpoint := []byte{8, 1, 0, 0, 0, 0, 0, 0}
	if c.tcp {
		endpoint[1] = 2
	}
	return c.exchange(core.Connect, frame(0x0205, append(append(append([]byte{}, endpoint...), endpoint...), information...)...))
}

// request sends a numbered request.
func (c *client) request(op core.Op, service uint16, body ...byte) error {
	f := frame(service, append([]byte{4, c.channel, c.sequence, 0}, body...)...)
	err := c.exchange(op, f)
	for range c.repeat {
		if !errors.Is(err, knx.TunnelAckTimeout) {
			break
		}
		err = c.exchange(op, f)
	}
	c.sequence++
	return err
}

func (c *client) telegram(op core.Op, control2 byte, destination uint16, tpdu ...byte) error {
	cemi := []byte{0x11, 0, 0xBC, control2, 0, 0, byte(destination >> 8), byte(destination), byte(len(tpdu) - 1)}
	return c.request(op, tunnelling, append(cemi, tpdu...)...)
}

func (c *client) readGroup(group uint16) ([]byte, error) {
	err := c.telegram(core.Read, 0xE0, group, 0, 0)
	return c.value, err
}

func (c *client) writeGroup(group uint16, value ...byte) error {
	return c.telegram(core.Write, 0xE0, group, append([]byte{0, 0x80 | value[0]}, value[1:]...)...)
}

// exchange sends a frame and returns what the answers to it mean.
func (c *client) exchange(op core.Op, request []byte) error {
	c.conversation.Sent(request)
	id := c.conversation.Exchange().ID
	if _, err := c.conn.Write(request); err != nil {
		return knx.Translate(op, err)
	}
	c.value = nil
	for {
		_ = c.conn.SetReadDeadline(time.Now().Add(patience))
		f, err := c.read()
		if errors.Is(err, os.ErrDeadlineExceeded) {
			if event, ok := c.conversation.Silence(id); ok {
				return event.Status().Err(op)
			}
			return nil // nothing is awaited any more
		}
		if err != nil {
			return knx.Translate(op, err)
		}
		statuses, err := c.conversation.Received(nil, f)
		about := c.conversation.Exchange()
		if errors.Is(err, core.ErrNotResponse) {
			c.acknowledge(f)
			continue
		}
		if err != nil {
			return knx.Translate(op, err)
		}
		c.acknowledge(f)
		if err := statuses[0].Err(op); err != nil {
			return err
		}
		c.take(f)
		if about.ID == id && !about.Open {
			return nil
		}
	}
}

// take keeps what a good answer carries.
func (c *client) take(f []byte) {
	r, err := knx.ParseResponse(f)
	require.NoError(c.t, err)
	if channel, ok := r.Channel(); ok && r.Service() == 0x0206 {
		c.channel, c.sequence = channel, 0
	}
	t, ok := r.Telegram()
	apci, data, isApplication := t.Application()
	switch {
	case ok && isApplication && t.Message == 0x29 && apci&^0x3F == 0x040:
		c.value = append([]byte{byte(apci & 0x3F)}, data...)
	case ok && isApplication && t.Message == 0x29 && apci == 0x1CD:
		c.value = append([]byte{}, data[8:]...)
	case r.Service() == management:
		c.value = append([]byte{}, f[17:]...)
	}
	if _, value, ok := r.Feature(); ok {
		c.value = append([]byte{}, value...)
	}
}

// acknowledge answers a numbered frame of the gateway.
func (c *client) acknowledge(f []byte) {
	service := binary.BigEndian.Uint16(f[2:])
	if c.tcp || service != tunnelling && service != management && service != 0x0423 {
		return
	}
	ack := uint16(0x0421)
	if service == management {
		ack = 0x0311
	}
	_, _ = c.conn.Write(frame(ack, 4, f[7], f[8], 0))
}

// frame puts a header in front of a body.
func frame(service uint16, body ...byte) []byte {
	f := []byte{6, 0x10, byte(service >> 8), byte(service), 0, byte(6 + len(body))}
	return append(f, body...)
}
