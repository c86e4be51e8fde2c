package record

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"net"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/cmd/internal/fake"
	"github.com/fieldstatus/fieldstatus/cmd/internal/protocol"
	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
)

// answers makes a device of the fake protocol: a read of identifier n has the
// status n, a write succeeds.
func answers(frame []byte) []byte {
	status := frame[5]
	if frame[4] == 'w' {
		status = 0
	}
	return fake.Frame('a', frame[5], status)
}

func TestFailuresAreRecorded(t *testing.T) {
	x := start(t, Options{
		Protocol: fake.Protocol, To: device(t, fake.Scan, answers),
		Now: func() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.FixedZone("", 3600)) },
	}, false)
	c := dial(t, "tcp", x.addr)
	assert.Equal(t, fake.Frame('a', 0, 0), ask(t, c, fake.Frame('r', 0)))
	assert.Equal(t, fake.Frame('a', 5, 5), ask(t, c, fake.Frame('r', 5)))
	assert.Equal(t, fake.Frame('a', 6, 0), ask(t, c, fake.Frame('w', 6)))
	x.wait(func(c Counts) bool { return c.Exchanges == 3 })
	stanzas := x.read() // while it runs: each stanza is in the file at once
	require.Len(t, stanzas, 1)
	assert.Equal(t, coretest.Stanza{
		File: x.file, Line: 1,
		Name: "read: status 0x05 Bad",
		From: "recorded, fieldstatus record test, 2026-03-01T11:00:00Z, from " + x.r.To,
		Op:   core.Read,
		Frames: []coretest.Frame{
			{Sent: true, Data: fake.Frame('r', 5)}, {Data: fake.Frame('a', 5, 5)},
		},
		Expect: []coretest.Expect{{Layer: "status", Value: "0x05", Symbol: "Bad", Code: 3000, Remedy: core.Fix, Quality: core.Bad, Full: true}},
	}, stanzas[0])
	assert.Equal(t, Counts{Connections: 1, Opened: 1, Exchanges: 3, Failures: 1, Written: 1}, x.r.Counts())
	assert.Empty(t, x.said())
}

func TestSuccessesToo(t *testing.T) {
	x := start(t, Options{Protocol: fake.Protocol, To: device(t, fake.Scan, answers), All: true}, false)
	c := dial(t, "tcp", x.addr)
	ask(t, c, fake.Frame('r', 0))
	ask(t, c, fake.Frame('w', 1))
	ask(t, c, fake.Frame('w', 2)) // a repeat: only the number differs
	ask(t, c, fake.Frame('r', 5))
	stanzas := x.stop()
	var names []string
	for _, s := range stanzas {
		names = append(names, s.Name)
	}
	assert.Equal(t, []string{"read: status 0x00 Good", "write: status 0x00 Good", "read: status 0x05 Bad"}, names)
	assert.EqualValues(t, 1, x.r.Counts().Repeats)
}

func TestRepeatsAreLeftOut(t *testing.T) {
	x := start(t, Options{Protocol: fake.Protocol, To: device(t, fake.Scan, answers)}, false)
	for range 2 {
		c := dial(t, "tcp", x.addr)
		for range 10 {
			ask(t, c, fake.Frame('r', 5))
			ask(t, c, fake.Frame('r', 6))
		}
	}
	require.Len(t, x.stop(), 2)
	assert.Equal(t, Counts{Opened: 2, Exchanges: 40, Failures: 40, Written: 2, Repeats: 38}, x.r.Counts())
}

// A request that is answered in parts needs all of them, and others that are
// under way do not belong to it.
func TestPartsAndPipelines(t *testing.T) {
	parts := append(append(append(fake.Frame('p', 5, 1), fake.Frame('a', 6, 0)...), fake.Frame('p', 5, 2)...), fake.Frame('a', 5, 0, 7, 8)...)
	x := start(t, Options{Protocol: fake.Protocol, To: device(t, fake.Scan, func(frame []byte) []byte {
		if frame[5] == 5 {
			return []byte{}
		}
		return parts
	})}, false)
	c := dial(t, "tcp", x.addr)
	_, err := c.Write(append(fake.Frame('r', 5), fake.Frame('w', 6)...))
	require.NoError(t, err)
	_, err = io.ReadFull(c, make([]byte, len(parts)))
	require.NoError(t, err)
	stanzas := x.stop()
	require.Len(t, stanzas, 1)
	assert.Equal(t, []coretest.Frame{
		{Sent: true, Data: fake.Frame('r', 5)}, {Data: fake.Frame('p', 5, 1)}, {Data: fake.Frame('p', 5, 2)}, {Data: fake.Frame('a', 5, 0, 7, 8)},
	}, stanzas[0].Frames)
	assert.Equal(t, "read of 3 items: status 0x07 Bad and 1 more", stanzas[0].Name)
	assert.Equal(t, 3, stanzas[0].Want.Items)
}

// What the decoder cannot read passes, in any amount.
func TestOtherTrafficPasses(t *testing.T) {
	blob := make([]byte, 4<<20)
	_, _ = rand.Read(blob)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	go func() {
		c, err := l.Accept()
		if err == nil {
			_, _ = io.Copy(c, c) // an echo, which ends when the client has said all
			c.Close()
		}
	}()
	x := start(t, Options{Protocol: fake.Protocol, To: l.Addr().String()}, false)
	c := dial(t, "tcp", x.addr)
	go func() {
		_, _ = c.Write(blob)
		_ = c.(*net.TCPConn).CloseWrite()
	}()
	back, err := io.ReadAll(c)
	require.NoError(t, err)
	assert.True(t, bytes.Equal(blob, back), "the same bytes come back")
	for _, s := range x.stop() {
		assert.Contains(t, s.Name, ": frame Wrong")
	}
	n := x.r.Counts()
	assert.Positive(t, n.Unread)
	assert.Zero(t, n.Exchanges-n.Failures)
}

// A device that sends no frames, or ends inside one, fails.
func TestBrokenAnswers(t *testing.T) {
	for name, test := range map[string]struct {
		answer []byte
		name   string
	}{
		"garbage":    {[]byte("HTTP/1.1 400 Bad Request\r\n\r\n"), "read: frame Wrong"},
		"wrong kind": {fake.Frame('?', 1), "read: frame Wrong"},
		"cut off":    {fake.Frame('a', 1, 7)[:6], "read: network UnexpectedEOF"},
	} {
		t.Run(name, func(t *testing.T) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			require.NoError(t, err)
			defer l.Close()
			x := start(t, Options{Protocol: fake.Protocol, To: l.Addr().String()}, false)
			c := dial(t, "tcp", x.addr)
			_, err = c.Write(fake.Frame('r', 1))
			require.NoError(t, err)
			device, err := l.Accept()
			require.NoError(t, err)
			_, err = io.ReadFull(device, make([]byte, 6))
			require.NoError(t, err)
			_, err = device.Write(test.answer)
			require.NoError(t, err)
			device.Close()
			b, err := io.ReadAll(c)
			require.NoError(t, err)
			assert.Equal(t, test.answer, b)
			stanzas := x.stop()
			require.Len(t, stanzas, 1, "%+v", x.r.Counts())
			assert.Equal(t, test.name, stanzas[0].Name)
			assert.Equal(t, []coretest.Frame{{Sent: true, Data: fake.Frame('r', 1)}, {Data: test.answer}}, stanzas[0].Frames)
		})
	}
}

func TestEndsArePassedOn(t *testing.T) {
	for name, test := range map[string]struct {
		end  func(*net.TCPConn)
		want error
	}{
		"FIN": {func(c *net.TCPConn) { c.Close() }, io.EOF},
		"RST": {func(c *net.TCPConn) { abort(c) }, syscall.ECONNRESET},
	} {
		t.Run(name, func(t *testing.T) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			require.NoError(t, err)
			defer l.Close()
			x := start(t, Options{Protocol: fake.Protocol, To: l.Addr().String()}, false)

			c := dial(t, "tcp", x.addr)
			device, err := l.Accept()
			require.NoError(t, err)
			_, err = c.Write(fake.Frame('r', 1))
			require.NoError(t, err)
			_, err = io.ReadFull(device, make([]byte, 6))
			require.NoError(t, err)
			test.end(device.(*net.TCPConn))
			_, err = c.Read(make([]byte, 1))
			assert.ErrorIs(t, err, test.want, "the device ends")
			c.Close()
			x.wait(func(c Counts) bool { return c.Connections == 0 && c.Unanswered == 1 })

			c = dial(t, "tcp", x.addr)
			device, err = l.Accept()
			require.NoError(t, err)
			defer device.Close()
			test.end(c.(*net.TCPConn))
			_ = device.SetReadDeadline(time.Now().Add(5 * time.Second))
			_, err = device.Read(make([]byte, 1))
			assert.ErrorIs(t, err, test.want, "the driver ends")
			device.Close()
			x.wait(func(c Counts) bool { return c.Connections == 0 })
		})
	}
}

func TestDeviceIsOff(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	l.Close()
	x := start(t, Options{Protocol: fake.Protocol, To: l.Addr().String()}, false)
	for range 3 {
		c, err := net.Dial("tcp", x.addr)
		if err == nil { // else it was reset before
			_, err = c.Read(make([]byte, 1))
			c.Close()
		}
		assert.ErrorIs(t, err, syscall.ECONNRESET)
	}
	x.end()
	assert.Equal(t, Counts{Unreached: 3}, x.r.Counts())
	require.Len(t, x.said(), 1, "each thing is said once")
	assert.Contains(t, x.said()[0], "takes no connection")
}

func TestManyConnections(t *testing.T) {
	x := start(t, Options{Protocol: fake.Protocol, To: device(t, fake.Scan, answers), All: true}, false)
	var wait sync.WaitGroup
	for i := range 50 {
		wait.Add(1)
		go func() {
			defer wait.Done()
			c, err := net.Dial("tcp", x.addr)
			if !assert.NoError(t, err) {
				return
			}
			defer c.Close()
			for j := range 20 {
				id := byte((i + j) % 16)
				b := make([]byte, 7)
				_, err := c.Write(fake.Frame('r', id))
				assert.NoError(t, err)
				_, err = io.ReadFull(c, b)
				assert.NoError(t, err)
				assert.Equal(t, fake.Frame('a', id, id), b)
			}
		}()
	}
	wait.Wait()
	stanzas := x.stop()
	assert.Len(t, stanzas, 16)
	assert.Equal(t, Counts{Opened: 50, Exchanges: 1000, Failures: x.r.Counts().Failures, Written: 16, Repeats: 984}, x.r.Counts())
}

// Ctrl-C ends open connections and leaves a whole file.
func TestCancel(t *testing.T) {
	x := start(t, Options{Protocol: fake.Protocol, To: device(t, fake.Scan, answers)}, false)
	var conns []net.Conn
	for range 5 {
		c := dial(t, "tcp", x.addr)
		ask(t, c, fake.Frame('r', 5))
		conns = append(conns, c)
	}
	began := time.Now()
	require.Len(t, x.stop(), 1)
	assert.Less(t, time.Since(began), 2*time.Second)
	for _, c := range conns {
		_, err := c.Read(make([]byte, 1))
		assert.Error(t, err)
	}
	_, err := net.Dial("tcp", x.addr)
	assert.Error(t, err)
}

// panics is a protocol whose conversation is not ready for what it gets.
func panics() *protocol.Protocol {
	p := *fake.Protocol
	p.Endpoint = nil // it wants the fake conversation itself
	p.New = func() protocol.Conversation { return &panicking{Conversation: fake.Protocol.New()} }
	return &p
}

type panicking struct{ protocol.Conversation }

func (c *panicking) Received(dst []core.Status, b []byte) ([]core.Status, error) {
	if b[6] == 9 {
		panic("out of range")
	}
	return c.Conversation.Received(dst, b)
}

func TestDecoderThatPanics(t *testing.T) {
	x := start(t, Options{Protocol: panics(), To: device(t, fake.Scan, answers)}, false)
	c := dial(t, "tcp", x.addr)
	assert.Equal(t, fake.Frame('a', 9, 9), ask(t, c, fake.Frame('r', 9)))
	assert.Equal(t, fake.Frame('a', 5, 5), ask(t, c, fake.Frame('r', 5)))
	require.Len(t, x.stop(), 1)
	assert.EqualValues(t, 1, x.r.Counts().LeftOut)
	require.Len(t, x.said(), 1)
	assert.Contains(t, x.said()[0], "internal error")
}

// exhausted is a port on which some connections cannot be accepted at first.
type exhausted struct {
	net.Listener
	errors int
}

func (l *exhausted) Accept() (net.Conn, error) {
	if l.errors > 0 {
		l.errors--
		return nil, errors.New("too many open files")
	}
	return l.Listener.Accept()
}

// When connections cannot be accepted for a while, it is tried again after a
// pause that grows.
func TestAcceptFails(t *testing.T) {
	_, out := newDisk(t, 1<<20)
	var notes []string
	r := New(Options{
		Protocol: fake.Protocol, To: device(t, fake.Scan, answers), Output: out,
		Note: func(text string) { notes = append(notes, text) },
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	began := time.Now()
	go func() { ended <- r.Serve(ctx, Port{tcp: &exhausted{l, 4}}) }()
	assert.Equal(t, fake.Frame('a', 5, 5), ask(t, dial(t, "tcp", l.Addr().String()), fake.Frame('r', 5)))
	assert.GreaterOrEqual(t, time.Since(began), (5+10+20+40)*time.Millisecond)
	cancel()
	assert.NoError(t, <-ended)
	r.Close()
	assert.Equal(t, []string{"a connection could not be accepted: too many open files"}, notes)
}

func TestServeEndsWithItsPort(t *testing.T) {
	x := start(t, Options{Protocol: fake.Protocol, To: "127.0.0.1:1"}, false)
	_ = x
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	l.Close()
	err = x.r.Serve(t.Context(), Port{tcp: l})
	assert.True(t, errors.Is(err, net.ErrClosed))
}

// An answer that is longer than what is remembered does not give the same
// result without its request: it is left out.
func TestTooLongExchange(t *testing.T) {
	r, d := recorder(t, fake.Protocol, false)
	s := coretest.Stanza{Frames: []coretest.Frame{{Sent: true, Data: fake.Frame('r', 5)}}}
	for range maxLogBytes/60000 + 1 {
		s.Frames = append(s.Frames, coretest.Frame{Data: fake.Long(60000, 'p', 5, 0)})
	}
	s.Frames = append(s.Frames, coretest.Frame{Data: fake.Frame('a', 5, 5)})
	play(r, s, false)
	assert.Equal(t, Counts{Exchanges: 1, Failures: 1, LeftOut: 1}, r.Counts())
	assert.Empty(t, written(t, d))
}

// Of a connection that is not followed from its start, or not without a gap, the
// answers whose request is not known are no exchanges.
func TestGap(t *testing.T) {
	r, d := recorder(t, protocolNamed(t, "s7"), false)
	cases := casesOf(t, "s7")
	dialogue := r.dialogue(false)
	for _, s := range cases {
		if s.Name != "a read from a missing DB" {
			continue
		}
		for _, f := range s.Frames[1:] {
			r.decode(event{dialogue: dialogue, data: f.Data, fromDevice: !f.Sent, gap: true})
		}
		assert.Equal(t, Counts{}, r.Counts())
		for _, f := range s.Frames {
			r.decode(event{dialogue: dialogue, data: f.Data, fromDevice: !f.Sent})
		}
	}
	assert.Equal(t, Counts{Exchanges: 1, Failures: 1, Written: 1}, r.Counts())
	assert.Len(t, written(t, d), 1)
}
