package clients

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"testing"
	"time"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/fins"
)

// finsRaw is the raw path of FINS: frames on a socket, and a Conversation that
// says what they mean.
type finsRaw struct {
	conn         net.Conn
	tcp          bool
	frames       *bufio.Scanner
	conversation fins.Conversation
	status       core.Status // of the last response
	err          error       // of the last exchange
}

// String is what stands in the last column.
func (r *finsRaw) String() string {
	s := "fins.Conversation: " + core.CodeOf(r.err).String()
	if network, node, ok := fins.Location(r.status); ok {
		s += fmt.Sprintf(", relay at network %d, node %d", network, node)
	}
	if r.err == nil && r.status.Quality() != core.Good {
		s += ", " + r.status.Quality().String()
	}
	return s
}

func dialFINSRaw(t *testing.T, network, addr string) (*finsRaw, error) {
	t.Helper()
	conn, err := net.Dial(network, addr)
	if err != nil {
		return nil, fins.Translate(core.Connect, err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	r := &finsRaw{conn: conn, tcp: network == "tcp", frames: bufio.NewScanner(conn)}
	r.frames.Split(fins.ScanFrames)
	if !r.tcp {
		return r, nil
	}
	return r, r.exchange(core.Connect, finsTCP(0, 0, 0, 0, 0))
}

// do sends a command and returns what the response to it means.
func (r *finsRaw) do(op core.Op) error {
	command := finsCommand(op, 1)
	if r.tcp {
		command = finsTCP(2, command...)
	}
	r.err = r.exchange(op, command)
	return r.err
}

func (r *finsRaw) exchange(op core.Op, request []byte) error {
	r.conversation.Sent(request)
	if _, err := r.conn.Write(request); err != nil {
		return fins.Translate(op, err)
	}
	var stray error
	for {
		frame, err := r.read()
		if err != nil && stray != nil {
			return stray // says more than the silence behind it
		}
		if err != nil {
			return fins.Translate(op, err)
		}
		statuses, err := r.conversation.Received(nil, frame)
		if errors.Is(err, core.ErrNotResponse) {
			if core.CodeOf(err) != core.OK {
				stray = err
			}
			continue
		}
		if err != nil {
			return fins.Translate(op, err)
		}
		r.status = statuses[0]
		return r.status.Err(op)
	}
}

func (r *finsRaw) read() ([]byte, error) {
	_ = r.conn.SetReadDeadline(time.Now().Add(finsPatience))
	if !r.tcp {
		buf := make([]byte, 4096)
		n, err := r.conn.Read(buf)
		return buf[:n], err
	}
	if r.frames.Scan() {
		return r.frames.Bytes(), nil
	}
	if err := r.frames.Err(); err != nil {
		return nil, err
	}
	return nil, io.EOF
}

// finsPatience is how long the clients of the tests wait.
const finsPatience = 150 * time.Millisecond

// finsCommand reads D100 and D101, or writes D100.
func finsCommand(op core.Op, sid byte) []byte {
	f := []byte{0x80, 0, 2, 0, 1, 0, 0, 9, 0, sid, 0x01, 0x01, 0x82, 0, 100, 0, 0, 2}
	if op == core.Write {
		f[11], f[17] = 0x02, 1
		f = append(f, 0, 7)
	}
	return f
}

// finsTCP puts the header of FINS/TCP in front of a body.
func finsTCP(command uint32, body ...byte) []byte {
	f := []byte("FINS")
	f = binary.BigEndian.AppendUint32(f, uint32(8+len(body)))
	f = binary.BigEndian.AppendUint32(f, command)
	return append(append(f, 0, 0, 0, 0), body...)
}
