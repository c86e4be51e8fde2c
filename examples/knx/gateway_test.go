package knx

import (
	"encoding/binary"
	"encoding/hex"
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// A gateway is a scripted KNXnet/IP gateway on loopback. Each service that it
// gets is answered by what reply returns.
type gateway struct {
	t    testing.TB
	conn *net.UDPConn

	mu    sync.Mutex
	reply map[uint16]func(frame []byte) [][]byte
	peer  *net.UDPAddr
}

const (
	connect     = 0x0205
	connected   = 0x0206
	disconnect  = 0x0209
	tunnelling  = 0x0420
	acknowledge = 0x0421
)

func newGateway(t testing.TB) *gateway {
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	require.NoError(t, err)
	g := &gateway{t: t, conn: conn, reply: map[uint16]func([]byte) [][]byte{}}
	g.on(connect, func([]byte) [][]byte {
		return [][]byte{frame(connected, "0100 0801000000000000 04041180")}
	})
	g.on(tunnelling, func(request []byte) [][]byte { return [][]byte{ack(request, 0), confirmation(request, 0, 0)} })
	done := make(chan struct{})
	go g.serve(done)
	t.Cleanup(func() {
		conn.Close()
		<-done
	})
	return g
}

func (g *gateway) addr() string { return g.conn.LocalAddr().String() }

func (g *gateway) on(service uint16, reply func(request []byte) [][]byte) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.reply[service] = reply
}

func (g *gateway) send(frames ...[]byte) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, f := range frames {
		g.conn.WriteToUDP(f, g.peer)
	}
}

func (g *gateway) serve(done chan struct{}) {
	defer close(done)
	buffer := make([]byte, 1024)
	for {
		n, peer, err := g.conn.ReadFromUDP(buffer)
		if err != nil {
			return
		}
		if n < 6 {
			continue
		}
		g.mu.Lock()
		g.peer = peer
		reply := g.reply[binary.BigEndian.Uint16(buffer[2:])]
		g.mu.Unlock()
		if reply != nil {
			g.send(reply(append([]byte(nil), buffer[:n]...))...)
		}
	}
}

func silence([]byte) [][]byte { return nil }

// frame puts a header in front of a body in hexadecimal.
func frame(service uint16, body string) []byte {
	rest, err := hex.DecodeString(strings.ReplaceAll(body, " ", ""))
	if err != nil {
		panic(err)
	}
	f := []byte{0x06, 0x10, 0, 0, 0, 0}
	binary.BigEndian.PutUint16(f[2:], service)
	binary.BigEndian.PutUint16(f[4:], uint16(6+len(rest)))
	return append(f, rest...)
}

// ack acknowledges a tunnelling request with a status.
func ack(request []byte, status uint8) []byte {
	f := frame(acknowledge, "04010000")
	f[8], f[9] = request[8], status
	return f
}

// confirmation is the L_Data.con of a tunnelling request, with bits set in
// control field 1.
func confirmation(request []byte, sequence, control uint8) []byte {
	f := append([]byte(nil), request...)
	f[8], f[10] = sequence, 0x2E
	f[12] |= control
	return f
}
