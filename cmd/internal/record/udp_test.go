package record

import (
	"context"
	"encoding/hex"
	"net"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/cmd/internal/fake"
	"github.com/fieldstatus/fieldstatus/core"
)

func TestDatagrams(t *testing.T) {
	x := start(t, Options{Protocol: fake.Protocol, To: datagrams(t, func(data []byte) [][]byte {
		if len(data) < 6 {
			return [][]byte{[]byte("?"), {}}
		}
		return [][]byte{answers(data)}
	})}, true)
	c := dial(t, "udp", x.addr)
	assert.Equal(t, fake.Frame('a', 5, 5), ask(t, c, fake.Frame('r', 5)))
	assert.Equal(t, fake.Frame('a', 6, 0), ask(t, c, fake.Frame('w', 6)))
	c = dial(t, "udp", x.addr)
	assert.Equal(t, []byte("?"), ask(t, c, []byte("!")))
	n, err := c.Read(make([]byte, 1))
	require.NoError(t, err)
	assert.Zero(t, n, "an empty datagram is one too")
	stanzas := x.stop()
	require.Len(t, stanzas, 2)
	assert.Equal(t, "read: status 0x05 Bad", stanzas[0].Name)
	assert.Equal(t, "other: frame Wrong", stanzas[1].Name)
	assert.EqualValues(t, 2, x.r.Counts().Opened)
}

func TestFINS(t *testing.T) {
	answer, err := hex.DecodeString("c0000200010000640001" + "0101" + "1103")
	require.NoError(t, err)
	x := start(t, Options{Protocol: protocolNamed(t, "fins"), To: datagrams(t, func(data []byte) [][]byte {
		b := append([]byte(nil), answer...)
		b[9] = data[9]
		return [][]byte{b}
	})}, true)
	c := dial(t, "udp", x.addr)
	for _, sid := range []byte{1, 2, 3} {
		request, err := hex.DecodeString("80000200640000010000" + "0101" + "82000a000005")
		require.NoError(t, err)
		request[9] = sid
		assert.Len(t, ask(t, c, request), len(answer))
	}
	stanzas := x.stop()
	require.Len(t, stanzas, 1)
	assert.Equal(t, core.Read, stanzas[0].Op)
	assert.Equal(t, []int{10}, stanzas[0].Want.Bytes)
	assert.EqualValues(t, 2, x.r.Counts().Repeats)
}

func TestManyDatagramClients(t *testing.T) {
	x := start(t, Options{Protocol: fake.Protocol, To: datagrams(t, func(data []byte) [][]byte { return [][]byte{answers(data)} })}, true)
	var wait sync.WaitGroup
	for i := range 30 {
		wait.Add(1)
		go func() {
			defer wait.Done()
			c, err := net.Dial("udp", x.addr)
			if !assert.NoError(t, err) {
				return
			}
			defer c.Close()
			_ = c.SetDeadline(time.Now().Add(10 * time.Second))
			for j := range 20 {
				id := byte((i + j) % 8)
				_, err := c.Write(fake.Frame('r', id))
				assert.NoError(t, err)
				b := make([]byte, 64)
				n, err := c.Read(b)
				assert.NoError(t, err)
				assert.Equal(t, fake.Frame('a', id, id), b[:n])
			}
		}()
	}
	wait.Wait()
	assert.Len(t, x.stop(), 7)
	assert.Equal(t, int64(600), x.r.Counts().Exchanges)
	assert.Zero(t, x.r.Counts().Connections)
}

// More clients than there is room for: the ones silent for longest make it.
func TestTooManyDatagramClients(t *testing.T) {
	x := start(t, Options{Protocol: fake.Protocol, To: datagrams(t, func(data []byte) [][]byte { return [][]byte{answers(data)} })}, true)
	for range maxClients + 20 {
		c, err := net.Dial("udp", x.addr)
		require.NoError(t, err)
		_ = c.SetDeadline(time.Now().Add(10 * time.Second))
		assert.Equal(t, fake.Frame('a', 5, 5), ask(t, c, fake.Frame('r', 5)))
		c.Close()
	}
	x.wait(func(c Counts) bool { return c.Connections <= maxClients })
	assert.Len(t, x.stop(), 1)
}

func TestDatagramsRefused(t *testing.T) {
	l, err := net.ListenPacket("udp", "127.0.0.1:0")
	require.NoError(t, err)
	l.Close()
	x := start(t, Options{Protocol: fake.Protocol, To: l.LocalAddr().String()}, true)
	c := dial(t, "udp", x.addr)
	_, err = c.Write(fake.Frame('r', 5))
	require.NoError(t, err)
	x.wait(func(c Counts) bool { return c.Unreached > 0 })
	// The device is switched on.
	l, err = net.ListenPacket("udp", l.LocalAddr().String())
	require.NoError(t, err)
	defer l.Close()
	_, err = c.Write(fake.Frame('r', 6))
	require.NoError(t, err)
	b := make([]byte, 64)
	n, from, err := l.ReadFrom(b)
	require.NoError(t, err)
	_, err = l.WriteTo(answers(b[:n]), from)
	require.NoError(t, err)
	n, err = c.Read(b)
	require.NoError(t, err)
	assert.Equal(t, fake.Frame('a', 6, 6), b[:n])
	require.NotEmpty(t, x.stop())
	assert.Contains(t, x.said()[0], "takes no datagrams")
}

// Who goes to the endpoint that the device has opened is not seen any more.
func TestFurtherEndpoint(t *testing.T) {
	x := start(t, Options{Protocol: fake.Protocol, To: datagrams(t, func([]byte) [][]byte { return [][]byte{fake.Frame('e', 1, 20, 0)} })}, true)
	ask(t, dial(t, "udp", x.addr), fake.Frame('r', 1))
	x.end()
	assert.Equal(t, []string{"the device wants what follows at 0.0.0.0:5120: a client that goes there is not recorded any more"}, x.said())
}

// A client that is silent, as is the device, is forgotten after a while.
func TestIdleClientIsForgotten(t *testing.T) {
	_, out := newDisk(t, 1<<20)
	x := New(Options{Protocol: fake.Protocol, Output: out, To: datagrams(t, func(data []byte) [][]byte { return [][]byte{answers(data)} })})
	defer x.Close()
	x.idle = 500 * time.Millisecond
	p, err := Listen(t.Context(), "127.0.0.1:0", true)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- x.Serve(ctx, p) }()
	began := time.Now()
	ask(t, dial(t, "udp", p.Addr().String()), fake.Frame('r', 5))
	require.Eventually(t, func() bool { return x.Counts().Connections == 0 }, 5*time.Second, 5*time.Millisecond)
	assert.GreaterOrEqual(t, time.Since(began), x.idle)
	ask(t, dial(t, "udp", p.Addr().String()), fake.Frame('r', 5))
	assert.EqualValues(t, 2, x.Counts().Opened)
	cancel()
	assert.NoError(t, <-ended)
}

// relayOf returns a relay of clients that were heard at these times.
func relayOf(r *Recorder, heard ...int64) *relay {
	x := &relay{Recorder: r, clients: make(map[netip.AddrPort]*client)}
	for i, at := range heard {
		c := &client{addr: netip.AddrPortFrom(netip.IPv4Unspecified(), uint16(i)), stop: func() {}}
		c.heard.Store(at)
		x.clients[c.addr] = c
	}
	return x
}

// The client that makes room is the one that was silent for longest.
func TestOldestClientMakesRoom(t *testing.T) {
	for range 10 { // maps have no order
		x := relayOf(nil, 5, 3, 1, 2, 4)
		stopped := false
		oldest := x.clients[netip.AddrPortFrom(netip.IPv4Unspecified(), 2)]
		oldest.stop = func() { stopped = true }
		x.dropOldest()
		assert.True(t, stopped)
		assert.Len(t, x.clients, 4)
		assert.NotContains(t, x.clients, oldest.addr)
	}
}

// A device that cannot be addressed is told once, and not when it is the
// command that ends. The client is forgotten, unless a new one has its address.
func TestClientWithoutDevice(t *testing.T) {
	for name, test := range map[string]struct{ over, replaced bool }{
		"alone": {}, "replaced": {replaced: true}, "at the end": {over: true},
	} {
		r, _ := recorder(t, fake.Protocol, false)
		r.To = "127.0.0.1:99999"
		x := relayOf(r, 1)
		c := x.clients[netip.AddrPortFrom(netip.IPv4Unspecified(), 0)]
		if test.replaced {
			x.clients[c.addr] = &client{addr: c.addr}
		}
		ctx, cancel := context.WithCancel(t.Context())
		if test.over {
			cancel()
		}
		x.wait.Add(1)
		x.serve(ctx, c)
		cancel()
		assert.Equal(t, test.replaced, len(x.clients) == 1, name)
		assert.Equal(t, test.over, r.Counts().Unreached == 0, name)
	}
}
