package s7

import (
	"bufio"
	"encoding/binary"
	"encoding/hex"
	"io"
	"log"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/robinson/gos7"
	"github.com/stretchr/testify/require"
)

// gos7 writes every failed read of its own to the standard logger.
func TestMain(m *testing.M) {
	log.SetOutput(io.Discard)
	os.Exit(m.Run())
}

// A plc is a scripted device on loopback. It opens connections and answers
// requests as its fields say; each field has a good default.
type plc struct {
	confirm []byte               // the answer to CR; empty: none
	setup   []byte               // the answer to Setup Communication
	answer  func([]byte) []byte  // the answer to everything else
	end     func(c *net.TCPConn) // what follows an empty answer; nil: silence
	accept  func(c *net.TCPConn) // instead of all of that
}

var (
	goodConfirm = unhex("03000016 11d00001000100c0010ac1020100c2020102")
	goodSetup   = unhex("0300001b 02f080 32030000040000080000 0000 f0000001000101e0")
)

func unhex(s string) []byte {
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		panic(err)
	}
	return b
}

// start serves the script until the test ends, and returns its address.
func (p plc) start(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	if p.confirm == nil {
		p.confirm = goodConfirm
	}
	if p.setup == nil {
		p.setup = goodSetup
	}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			t.Cleanup(func() { c.Close() })
			go p.serve(c.(*net.TCPConn))
		}
	}()
	return l.Addr().String()
}

func (p plc) serve(c *net.TCPConn) {
	if p.accept != nil {
		p.accept(c)
		return
	}
	s := bufio.NewScanner(c)
	s.Split(ScanFrames)
	for n := 0; s.Scan(); n++ {
		var answer []byte
		switch {
		case n == 0:
			answer = p.confirm
		case n == 1:
			answer = p.setup
		case p.answer != nil:
			answer = p.answer(s.Bytes())
		}
		if len(answer) == 0 {
			if p.end != nil {
				p.end(c)
				return
			}
			continue
		}
		if _, err := c.Write(answer); err != nil {
			return
		}
	}
}

// always is an answer that does not depend on the request.
func always(answer []byte) func([]byte) []byte { return func([]byte) []byte { return answer } }

// closes and resets are ways to end a connection.
func closes(c *net.TCPConn) { c.Close() }
func resets(c *net.TCPConn) { c.SetLinger(0); c.Close() }

// afterRequest ends a connection when the first request has come.
func afterRequest(end func(*net.TCPConn)) func(*net.TCPConn) {
	return func(c *net.TCPConn) {
		c.Read(make([]byte, 64))
		end(c)
	}
}

// connect connects gos7 to a script.
func (p plc) connect(t testing.TB) *gos7.TCPClientHandler {
	t.Helper()
	h := gos7.NewTCPClientHandler(p.start(t), 0, 2)
	h.Timeout = 10 * time.Second // for a slow machine: no test waits for it
	t.Cleanup(func() { h.Close() })
	require.NoError(t, h.Connect())
	return h
}

// tpdu puts a TPKT header in front of b.
func tpdu(b ...byte) []byte {
	return append(binary.BigEndian.AppendUint16([]byte{3, 0}, uint16(4+len(b))), b...)
}

// frame puts TPKT and DT headers in front of a PDU.
func frame(pdu []byte) []byte { return tpdu(append([]byte{2, 0xF0, 0x80}, pdu...)...) }

// answerPDU makes an Ack (without parameters) or an Ack_Data with gos7's reference.
func answerPDU(header uint16, params, data []byte) []byte {
	rosctr := byte(ackData)
	if params == nil {
		rosctr = ack
	}
	b := []byte{0x32, rosctr, 0, 0, 5, 0, 0, byte(len(params)), byte(len(data) >> 8), byte(len(data)), byte(header >> 8), byte(header)}
	return frame(append(append(b, params...), data...))
}

// readAnswer is the answer to a Read Var with n items.
func readAnswer(n byte, items string) []byte { return answerPDU(0, []byte{readVar, n}, unhex(items)) }

// writeAnswer is the answer to a Write Var with the return codes.
func writeAnswer(codes ...byte) []byte {
	return answerPDU(0, []byte{writeVar, byte(len(codes))}, codes)
}

// refusal is an Ack with an error word.
func refusal(header uint16) []byte { return answerPDU(header, nil, nil) }

// userAnswer answers a userdata request with its own reference and group.
func userAnswer(code uint16, data string) func([]byte) []byte {
	return func(request []byte) []byte {
		d := unhex(data)
		group, sub := request[22]&0x0F|userResponse<<4, request[23]
		b := []byte{0x32, userdata, 0, 0, request[11], request[12], 0, 12, 0, byte(len(d)),
			0, 1, 0x12, 8, 0x12, group, sub, 1, 0, 0, byte(code >> 8), byte(code)}
		return frame(append(b, d...))
	}
}
