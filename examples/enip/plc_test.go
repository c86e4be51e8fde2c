package enip

import (
	"encoding/binary"
	"encoding/hex"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A plc answers from a script. It is the least that gologix connects to.
type plc struct {
	register string                    // status of RegisterSession in hex, 4 bytes; "" is success
	open     string                    // reply to Forward Open, or "header N" in hex
	answer   func(request byte) string // reply to a connected message, by its service; "" is silence
}

// start listens on loopback until the end of the test.
func (p plc) start(t *testing.T) (host string, port uint) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			t.Cleanup(func() { c.Close() })
			go p.serve(c)
		}
	}()
	return "127.0.0.1", uint(l.Addr().(*net.TCPAddr).Port)
}

func (p plc) serve(c net.Conn) {
	defer c.Close()
	header := make([]byte, 24)
	for {
		if _, err := io.ReadFull(c, header); err != nil {
			return
		}
		body := make([]byte, binary.LittleEndian.Uint16(header[2:]))
		if _, err := io.ReadFull(c, body); err != nil {
			return
		}
		var reply string
		var prefix []byte
		switch header[0] {
		case 0x65:
			if p.register != "" {
				send(c, header, p.register, nil)
				continue
			}
			header[4] = 1
			send(c, header, "00000000", []byte{1, 0, 0, 0})
			continue
		case 0x6F:
			switch body[16] {
			case 0x54, 0x5B:
				if reply = p.open; reply == "" {
					reply = "d4000000 01000000 02000000 0100 4d00 01000000 80841e00 80841e00 0000"
				}
			default: // Forward Close
				reply = "ce000000 0100 4d00 01000000 0000"
			}
			prefix = unhex("00000000 0000 0200 0000 0000 b200")
		case 0x70:
			if reply = p.answer(body[22]); reply == "" {
				time.Sleep(10 * time.Second)
				return
			}
			if reply == "close" {
				return
			}
			prefix = append(unhex("00000000 0000 0200 a100 0400 02000000 b100"), 0, 0)
		}
		if status, ok := strings.CutPrefix(reply, "header "); ok {
			send(c, header, status, nil)
			continue
		}
		message := unhex(reply)
		if header[0] == 0x70 {
			message = append(body[20:22:22], message...) // the sequence count
			prefix = prefix[:len(prefix)-2]
		}
		prefix = append(prefix, byte(len(message)), byte(len(message)>>8))
		send(c, header, "00000000", append(prefix, message...))
	}
}

// send sends a frame with the header of the request and another status.
func send(c net.Conn, header []byte, status string, body []byte) {
	h := append([]byte(nil), header...)
	binary.LittleEndian.PutUint16(h[2:], uint16(len(body)))
	copy(h[8:], unhex(status))
	_, _ = c.Write(append(h, body...)) // a client that has gone has nothing to hear
}

func unhex(s string) []byte {
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		panic(err)
	}
	return b
}
