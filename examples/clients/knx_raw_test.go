package clients

import (
	"bufio"
	"encoding/binary"
	"errors"
	"net"
	"os"
	"testing"
	"time"

	"github.com/fieldstatus/fieldstatus/core"
	knxstatus "github.com/fieldstatus/fieldstatus/knx"
	"github.com/fieldstatus/fieldstatus/knx/knxtest"
)

// knxRaw is the raw path of KNX: frames on a socket, and a Conversation that
// says what they mean.
type knxRaw struct {
	conn         net.Conn
	tcp          bool
	frames       *bufio.Scanner
	conversation knxstatus.Conversation
	channel      uint8
}

func dialKNX(t *testing.T, network string, gateway *knxtest.Device) *knxRaw {
	t.Helper()
	conn, err := net.Dial(network, gateway.Addr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	r := &knxRaw{conn: conn, tcp: network == "tcp", frames: bufio.NewScanner(conn)}
	r.frames.Split(knxstatus.ScanFrames)
	return r
}

// connect opens a tunnel.
func (r *knxRaw) connect() error {
	endpoint := []byte{8, 1, 0, 0, 0, 0, 0, 0}
	if r.tcp {
		endpoint[1] = 2
	}
	return r.exchange(core.Connect, knxFrame(0x0205, append(append(append([]byte{}, endpoint...), endpoint...), 4, 4, 2, 0)...))
}

// telegram sends the n-th telegram through the tunnel.
func (r *knxRaw) telegram(op core.Op, n int, cemi []byte) error {
	return r.exchange(op, knxFrame(0x0420, append([]byte{4, r.channel, byte(n), 0}, cemi...)...))
}

// exchange sends a frame and returns what the answers to it mean.
func (r *knxRaw) exchange(op core.Op, request []byte) error {
	r.conversation.Sent(request)
	id := r.conversation.Exchange().ID
	if _, err := r.conn.Write(request); err != nil {
		return knxstatus.Translate(op, err)
	}
	for {
		frame, err := r.read()
		if errors.Is(err, os.ErrDeadlineExceeded) {
			if event, ok := r.conversation.Silence(id); ok {
				return event.Status().Err(op)
			}
			return nil
		}
		if err != nil {
			return knxstatus.Translate(op, err)
		}
		statuses, err := r.conversation.Received(nil, frame)
		about := r.conversation.Exchange()
		switch service := binary.BigEndian.Uint16(frame[2:]); {
		case err != nil && !errors.Is(err, core.ErrNotResponse):
			return knxstatus.Translate(op, err)
		case service == 0x0206:
			r.channel = frame[6]
		case service == 0x0420 && !r.tcp:
			_, _ = r.conn.Write(knxFrame(0x0421, 4, frame[7], frame[8], 0))
		}
		if err != nil {
			continue
		}
		if err := statuses[0].Err(op); err != nil {
			return err
		}
		if about.ID == id && !about.Open {
			return nil
		}
	}
}

func (r *knxRaw) read() ([]byte, error) {
	_ = r.conn.SetReadDeadline(time.Now().Add(200 * time.Millisecond))
	if !r.tcp {
		buffer := make([]byte, 1024)
		n, err := r.conn.Read(buffer)
		return buffer[:n], err
	}
	if r.frames.Scan() {
		return r.frames.Bytes(), nil
	}
	if err := r.frames.Err(); err != nil {
		return nil, err
	}
	return nil, net.ErrClosed
}

// knxFrame puts a header in front of a body.
func knxFrame(service uint16, body ...byte) []byte {
	frame := []byte{6, 0x10, byte(service >> 8), byte(service), 0, byte(6 + len(body))}
	return append(frame, body...)
}
