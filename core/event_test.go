package core_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http/httptest"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
)

func opError(op string, err error) error {
	return &net.OpError{Op: op, Net: "tcp", Err: err}
}

func errno(call string, no syscall.Errno) error { return os.NewSyscallError(call, no) }

type timeout struct{}

func (timeout) Error() string   { return "took too long" }
func (timeout) Timeout() bool   { return true }
func (timeout) Temporary() bool { return true }

func TestEventOf(t *testing.T) {
	for _, c := range []struct {
		want core.Event
		err  error
	}{
		{0, nil},
		{0, errors.New("EOF")}, // nothing is recognised by guessing
		{0, context.Canceled},
		{0, errno("open", syscall.ENOENT)},
		{core.NetEOF, io.EOF},
		{core.NetUnexpectedEOF, io.ErrUnexpectedEOF},
		{core.NetClosed, net.ErrClosed},
		{core.NetClosed, io.ErrClosedPipe},
		{core.NetReset, opError("read", errno("read", syscall.ECONNRESET))},
		{core.NetAborted, opError("read", errno("read", syscall.ECONNABORTED))},
		{core.NetBrokenPipe, opError("write", errno("write", syscall.EPIPE))},
		{core.NetTimedOut, opError("read", errno("read", syscall.ETIMEDOUT))},
		{core.NetUnreachable, opError("write", errno("write", syscall.EHOSTUNREACH))},
		{core.NetUnreachable, opError("write", errno("write", syscall.ENETUNREACH))},
		{core.NetPortUnreachable, opError("read", errno("read", syscall.ECONNREFUSED))},
		{core.NetDeadline, context.DeadlineExceeded},
		{core.NetDeadline, opError("read", os.ErrDeadlineExceeded)},
		{core.NetDeadline, timeout{}},
		{core.NetDialRefused, opError("dial", errno("connect", syscall.ECONNREFUSED))},
		{core.NetDialUnreachable, opError("dial", errno("connect", syscall.EHOSTUNREACH))},
		{core.NetDialUnreachable, opError("dial", errno("connect", syscall.ENETUNREACH))},
		{core.NetDialReset, opError("dial", errno("connect", syscall.ECONNRESET))},
		{core.NetDialTimeout, opError("dial", errno("connect", syscall.ETIMEDOUT))},
		{core.NetDialTimeout, opError("dial", timeout{})},
		{core.NetDialTimeout, opError("dial", context.DeadlineExceeded)},
		{core.NetDialFailed, opError("dial", errors.New("socket: too many open files"))},
		{core.NetNameNotFound, opError("dial", &net.DNSError{Name: "plc", IsNotFound: true})},
		{core.NetNameFailed, &net.DNSError{Name: "plc", IsTimeout: true}},
		{core.NetTLS, &tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}},
		{core.NetTLS, x509.HostnameError{Host: "plc", Certificate: &x509.Certificate{}}},
		{core.NetTLS, tls.RecordHeaderError{Msg: "first record does not look like a TLS handshake"}},
	} {
		assert.Equal(t, c.want, core.EventOf(c.err), "%v", c.err)
		if c.err != nil {
			assert.Equal(t, c.want, core.EventOf(fmt.Errorf("poll: %w", c.err)), "wrapped %v", c.err)
			assert.Equal(t, c.want, core.EventOf(errors.Join(errors.New("x"), fmt.Errorf("poll: %w", c.err))), "joined %v", c.err)
		}
	}
}

func TestEveryEventHasARow(t *testing.T) {
	n := 0
	for e := core.Event(1); e.Status() != (core.Status{}); e++ {
		assert.Equal(t, "net", e.Status().Protocol())
		assert.Contains(t, e.Error(), e.Status().Row().Meaning)
		assert.Equal(t, e.Status().Symbol(), e.String())
		var back core.Event
		require.True(t, errors.As(e.Status().Err(core.Read), &back))
		assert.Equal(t, e, back)
		assert.ErrorIs(t, e.Status().Err(core.Read), e)
		n++
	}
	rows := 0
	for range core.Rows() {
		rows++
	}
	assert.Equal(t, rows, n)
	assert.Equal(t, core.Status{}, core.Event(0).Status())
	assert.Equal(t, core.Status{}, core.Event(255).Status())
}

// The same events from real sockets.
func TestEventsOfRealSockets(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer silent.Close()

	t.Run("refused", func(t *testing.T) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		require.NoError(t, l.Close())
		_, err = net.Dial("tcp", l.Addr().String())
		assert.Equal(t, core.NetDialRefused, core.EventOf(err))
	})
	t.Run("dial deadline", func(t *testing.T) {
		ctx, cancel := context.WithDeadline(context.Background(), time.Now().Add(-time.Second))
		defer cancel()
		_, err := new(net.Dialer).DialContext(ctx, "tcp", silent.Addr().String())
		assert.Equal(t, core.NetDialTimeout, core.EventOf(err), "%v", err)
	})
	t.Run("dial canceled", func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		_, err := new(net.Dialer).DialContext(ctx, "tcp", silent.Addr().String())
		assert.Same(t, err, core.Translate(core.Connect, err), "the caller stopped: %v", err)
		assert.Equal(t, core.PluginNotRunning, core.CodeOf(err))
	})
	t.Run("read deadline", func(t *testing.T) {
		c, err := net.Dial("tcp", silent.Addr().String())
		require.NoError(t, err)
		defer c.Close()
		require.NoError(t, c.SetReadDeadline(time.Now().Add(-time.Second)))
		_, err = c.Read(make([]byte, 1))
		assert.Equal(t, core.NetDeadline, core.EventOf(err))
	})
	t.Run("closed by us", func(t *testing.T) {
		c, err := net.Dial("tcp", silent.Addr().String())
		require.NoError(t, err)
		require.NoError(t, c.Close())
		_, err = c.Write([]byte{1})
		assert.Equal(t, core.NetClosed, core.EventOf(err))
	})
	t.Run("reset", func(t *testing.T) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		defer l.Close()
		go func() {
			if c, err := l.Accept(); err == nil {
				_, _ = c.Read(make([]byte, 1)) // wait until the dial is through
				_ = c.(*net.TCPConn).SetLinger(0)
				_ = c.Close()
			}
		}()
		c, err := net.Dial("tcp", l.Addr().String())
		require.NoError(t, err)
		defer c.Close()
		_, err = c.Write([]byte{1})
		require.NoError(t, err)
		_, err = c.Read(make([]byte, 1))
		assert.Equal(t, core.NetReset, core.EventOf(err), "%v", err)
	})
	t.Run("udp port unreachable", func(t *testing.T) {
		p, err := net.ListenPacket("udp", "127.0.0.1:0")
		require.NoError(t, err)
		require.NoError(t, p.Close())
		c, err := net.Dial("udp", p.LocalAddr().String())
		require.NoError(t, err)
		defer c.Close()
		_, err = c.Write([]byte{1})
		require.NoError(t, err)
		require.NoError(t, c.SetReadDeadline(time.Now().Add(5*time.Second)))
		_, err = c.Read(make([]byte, 1))
		assert.Equal(t, core.NetPortUnreachable, core.EventOf(err), "%v", err)
	})
	t.Run("tls", func(t *testing.T) {
		s := httptest.NewUnstartedServer(nil)
		s.Config.ErrorLog = log.New(io.Discard, "", 0)
		s.StartTLS()
		defer s.Close()
		_, err := tls.Dial("tcp", s.Listener.Addr().String(), &tls.Config{ServerName: "plc"})
		assert.Equal(t, core.NetTLS, core.EventOf(err), "%T %v", err, err)
	})
}
