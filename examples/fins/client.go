package fins

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/fieldstatus/fieldstatus/core"
	finsstatus "github.com/fieldstatus/fieldstatus/fins"

	"github.com/fieldstatus/fieldstatus/examples/southbound"
	"github.com/fieldstatus/fieldstatus/examples/southbound/socket"
)

// A client speaks FINS with one PLC. Its errors are translated.
type client struct {
	conn        *socket.Conn
	tcp         bool
	timeout     time.Duration
	talk        finsstatus.Conversation // pairs responses with commands
	node, local byte                    // FINS nodes of the PLC and of this end
	sid         byte                    // of the last command
	silent      int                     // commands in a row that nothing was heard to
}

// dial opens a socket, and over TCP a session.
func dial(ctx context.Context, d Driver) (*client, error) {
	addr, err := southbound.HostPort(d.Addr, 9600)
	if err != nil {
		return nil, err
	}
	if d.Network != "" && d.Network != "udp" && d.Network != "tcp" {
		return nil, &core.Error{Code: core.PluginNotConnected, Op: core.Connect, Err: fmt.Errorf("network %q: give udp or tcp", d.Network)}
	}
	c := &client{tcp: d.Network == "tcp", timeout: cmp.Or(d.Timeout, 3*time.Second), node: d.Node, local: d.Local}
	if !c.tcp {
		if c.conn, err = socket.Dial(ctx, "udp", addr, nil); err != nil {
			return nil, finsstatus.Translate(core.Connect, err)
		}
		c.node = cmp.Or(d.Node, lastOctet(c.conn.RemoteAddr()))
		c.local = cmp.Or(d.Local, lastOctet(c.conn.LocalAddr()))
		return c, nil
	}
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	if c.conn, err = socket.Dial(ctx, "tcp", addr, finsstatus.ScanFrames); err != nil {
		return nil, finsstatus.Translate(core.Connect, err)
	}
	answer, _, err := c.ask(ctx, core.Connect, finsstatus.TCPNodeAddressDataSendClient, []byte{0, 0, 0, d.Local})
	if err != nil {
		_ = c.conn.Close() // the refusal says more
		return nil, err
	}
	local, node, _ := answer.Nodes()
	c.local, c.node = byte(local), cmp.Or(d.Node, byte(node))
	return c, nil
}

// lastOctet is how nodes are numbered where nobody has given them numbers.
func lastOctet(addr net.Addr) byte {
	udp, ok := addr.(*net.UDPAddr)
	if !ok || len(udp.IP) == 0 {
		return 0
	}
	return udp.IP[len(udp.IP)-1]
}

// read reads elements of an area in a row.
func (c *client) read(ctx context.Context, p place) ([]byte, core.Status, error) {
	return c.command(ctx, core.Read, finsstatus.MemoryAreaRead, binary.BigEndian.AppendUint16(p.element(0), uint16(p.count)))
}

// readMultiple reads elements from anywhere. In the response each has its area
// code in front.
func (c *client) readMultiple(ctx context.Context, places []place) ([][]byte, core.Status, error) {
	var params []byte
	for _, p := range places {
		for i := range p.count {
			params = append(params, p.element(i)...)
		}
	}
	data, status, err := c.command(ctx, core.Read, finsstatus.MultipleMemoryAreaRead, params)
	if err != nil {
		return nil, status, err
	}
	values := make([][]byte, len(places))
	for i, p := range places {
		for range p.count { // a Conversation has checked the length
			if data[0] != p.area {
				return nil, status, finsstatus.Translate(core.Read, core.BadFrame(core.FrameForeign.Status(), 0, "an area that was not asked for"))
			}
			values[i] = append(values[i], data[1:1+p.size]...)
			data = data[1+p.size:]
		}
	}
	return values, status, nil
}

// write writes elements of an area in a row.
func (c *client) write(ctx context.Context, p place, value []byte) error {
	params := binary.BigEndian.AppendUint16(p.element(0), uint16(p.count))
	_, _, err := c.command(ctx, core.Write, finsstatus.MemoryAreaWrite, append(params, value...))
	return err
}

// element is how a command names the i-th element of a place.
func (p place) element(i int) []byte {
	word := p.word + i
	return []byte{p.area, byte(word >> 8), byte(word), byte(p.bit)}
}

// command sends a command with the next SID, so that a late response to an older
// one is known by its own.
func (c *client) command(ctx context.Context, op core.Op, code finsstatus.Command, params []byte) ([]byte, core.Status, error) {
	c.sid++
	message := []byte{0x80, 0, 2, 0, c.node, 0, 0, c.local, 0, c.sid, byte(code >> 8), byte(code)}
	response, status, err := c.ask(ctx, op, finsstatus.TCPFrameSend, append(message, params...))
	return response.Data(), status, err
}

// ask sends a message, or a handshake, and waits for what answers it.
func (c *client) ask(ctx context.Context, op core.Op, command finsstatus.TCPCommand, body []byte) (response finsstatus.Response, status core.Status, err error) {
	frame := body
	if c.tcp {
		frame = binary.BigEndian.AppendUint32([]byte("FINS"), uint32(8+len(body)))
		frame = binary.BigEndian.AppendUint32(frame, uint32(command))
		frame = append(append(frame, 0, 0, 0, 0), body...)
	}
	c.talk.Sent(frame)
	asked := c.talk.Exchange().ID
	var stray error
	err = c.conn.Exchange(ctx, c.timeout, frame, func(frame []byte) (done bool, err error) {
		statuses, err := c.talk.Received(nil, frame)
		switch {
		case errors.Is(err, core.ErrNotResponse):
			if core.CodeOf(err) != core.OK {
				stray = err
			}
			return false, nil
		case err != nil:
			return false, err
		case c.talk.Exchange().ID != asked:
			return false, nil // late, to a command that was given up
		}
		status = statuses[0]
		response, err = finsstatus.ParseResponse(frame)
		return true, cmp.Or(err, status.Err(op))
	})
	return response, status, c.heard(op, err, stray)
}

// patience is how many commands in a row may stay without a response until a TCP
// connection counts as lost: a PLC that lost its power says nothing about it.
const patience = 3

// heard translates the error of an exchange.
func (c *client) heard(op core.Op, err, stray error) error {
	if core.EventOf(err) != core.NetDeadline {
		c.silent = 0
		return finsstatus.Translate(op, err)
	}
	c.silent++
	switch {
	case stray != nil:
		return finsstatus.Translate(op, stray) // says more than the silence behind it
	case c.tcp && c.silent >= patience:
		return finsstatus.Disconnected.Status().Wrap(op, err)
	}
	return finsstatus.Translate(op, err)
}
