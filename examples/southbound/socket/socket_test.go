package socket

import (
	"bufio"
	"context"
	"io"
	"net"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// pair returns a connection that carries lines, and its other end.
func pair(t *testing.T) (*Conn, net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	c, err := Dial(context.Background(), "tcp", l.Addr().String(), scanLines)
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.Close() }) // some tests close it
	peer, err := l.Accept()
	require.NoError(t, err)
	t.Cleanup(func() { _ = peer.Close() })
	assert.Equal(t, peer.LocalAddr().String(), c.RemoteAddr().String())
	assert.Equal(t, peer.RemoteAddr().String(), c.LocalAddr().String())
	return c, peer
}

// scanLines is bufio.ScanLines, but for the rule that the last line needs no end,
// and empty lines are dropped.
func scanLines(data []byte, _ bool) (int, []byte, error) {
	advance, line, err := bufio.ScanLines(data, false)
	if len(line) == 0 {
		line = nil
	}
	return advance, line, err
}

// first takes the first frame.
func first(line *string) func([]byte) (bool, error) {
	return func(frame []byte) (bool, error) {
		*line = string(frame)
		return true, nil
	}
}

func write(t *testing.T, peer net.Conn, text string) {
	t.Helper()
	_, err := peer.Write([]byte(text))
	require.NoError(t, err)
}

func TestFrames(t *testing.T) {
	c, peer := pair(t)
	require.NoError(t, c.Send(time.Second, []byte("hi, ")))
	write(t, peer, "one\n\ntwo\nthree\n")
	var got []string
	err := c.Exchange(context.Background(), time.Second, []byte("hello"), func(frame []byte) (bool, error) {
		got = append(got, string(frame))
		return len(got) == 2, nil
	})
	require.NoError(t, err)
	assert.Equal(t, []string{"one", "two"}, got)
	sent := make([]byte, 9)
	_, err = io.ReadFull(peer, sent)
	require.NoError(t, err)
	assert.Equal(t, "hi, hello", string(sent))

	err = c.Exchange(context.Background(), time.Second, nil, func([]byte) (bool, error) { return false, io.ErrNoProgress })
	require.ErrorIs(t, err, io.ErrNoProgress, "the answer to three")
}

// TestDeadlineInsideAFrame: its rest belongs to it.
func TestDeadlineInsideAFrame(t *testing.T) {
	c, peer := pair(t)
	write(t, peer, "on")
	var line string
	require.ErrorIs(t, c.Exchange(context.Background(), 20*time.Millisecond, nil, first(&line)), os.ErrDeadlineExceeded)
	write(t, peer, "e\n")
	require.NoError(t, c.Exchange(context.Background(), time.Second, nil, first(&line)))
	assert.Equal(t, "one", line)
}

func TestContext(t *testing.T) {
	c, peer := pair(t)
	var line string
	stopped, cancel := context.WithCancel(context.Background())
	time.AfterFunc(20*time.Millisecond, cancel)
	require.ErrorIs(t, c.Exchange(stopped, time.Minute, nil, first(&line)), context.Canceled)
	require.ErrorIs(t, c.Exchange(stopped, time.Minute, []byte("x"), first(&line)), context.Canceled)

	limited, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	require.ErrorIs(t, c.Exchange(limited, time.Minute, nil, first(&line)), context.DeadlineExceeded)

	_, err := Dial(stopped, "tcp", peer.LocalAddr().String(), scanLines)
	require.ErrorIs(t, err, context.Canceled)

	write(t, peer, "one\n")
	require.NoError(t, c.Exchange(context.Background(), time.Second, nil, first(&line)), "it can be used on")
	require.NoError(t, peer.SetReadDeadline(time.Now().Add(20*time.Millisecond)))
	n, err := peer.Read(make([]byte, 1))
	require.ErrorIs(t, err, os.ErrDeadlineExceeded)
	assert.Zero(t, n, "sent after the caller has stopped")
}

func TestEnd(t *testing.T) {
	c, peer := pair(t)
	write(t, peer, "one\ntw")
	require.NoError(t, peer.Close())
	var line string
	require.NoError(t, c.Exchange(context.Background(), time.Second, nil, first(&line)))
	require.ErrorIs(t, c.Exchange(context.Background(), time.Second, nil, first(&line)), io.ErrUnexpectedEOF)

	c, peer = pair(t)
	require.NoError(t, peer.Close())
	require.ErrorIs(t, c.Exchange(context.Background(), time.Second, nil, first(&line)), io.EOF)

	c, peer = pair(t)
	require.NoError(t, peer.(*net.TCPConn).SetLinger(0))
	require.NoError(t, peer.Close())
	require.ErrorIs(t, c.Exchange(context.Background(), time.Second, nil, first(&line)), syscall.ECONNRESET)
	require.NoError(t, c.Close())
	require.ErrorIs(t, c.Exchange(context.Background(), time.Second, nil, first(&line)), net.ErrClosed)
	require.ErrorIs(t, c.Send(time.Second, nil), net.ErrClosed)
}

func TestDatagrams(t *testing.T) {
	peer, err := net.ListenPacket("udp", "127.0.0.1:0")
	require.NoError(t, err)
	c, err := Dial(context.Background(), "udp", peer.LocalAddr().String(), nil)
	require.NoError(t, err)
	defer c.Close()
	for _, datagram := range []string{"one\ntwo", "three"} {
		_, err = peer.WriteTo([]byte(datagram), c.LocalAddr())
		require.NoError(t, err)
	}
	var line string
	require.NoError(t, c.Exchange(context.Background(), time.Second, []byte("x"), first(&line)))
	assert.Equal(t, "one\ntwo", line)
	require.NoError(t, c.Exchange(context.Background(), time.Second, []byte("x"), first(&line)))
	assert.Equal(t, "three", line)
	require.NoError(t, peer.Close())
	require.ErrorIs(t, c.Exchange(context.Background(), time.Second, []byte("x"), first(&line)), syscall.ECONNREFUSED)
}
