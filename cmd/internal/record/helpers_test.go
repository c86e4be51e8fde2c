package record

import (
	"bufio"
	"context"
	"net"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/cmd/internal/protocol"
	"github.com/fieldstatus/fieldstatus/core/coretest"
	"github.com/fieldstatus/fieldstatus/internal/leaks"
)

func TestMain(m *testing.M) { os.Exit(leaks.Run(m)) }

func protocolNamed(t testing.TB, name string) *protocol.Protocol {
	t.Helper()
	for _, p := range protocol.All() {
		if p.Name == name {
			return p
		}
	}
	t.Fatalf("no protocol %s", name)
	return nil
}

// A run is a recorder at work.
type run struct {
	t      testing.TB
	r      *Recorder
	addr   string
	file   string
	ended  chan error
	cancel context.CancelFunc
	once   sync.Once

	mu    sync.Mutex
	notes []string
}

// start runs a recorder that writes to a new file, or to o.Output.
func start(t testing.TB, o Options, udp bool) *run {
	t.Helper()
	x := &run{t: t, file: filepath.Join(t.TempDir(), "my.frames"), ended: make(chan error, 1)}
	if o.Output == nil {
		out, err := Create(x.file, o.Protocol.Name, false)
		require.NoError(t, err)
		o.Output = out
	}
	p, err := Listen(context.Background(), "127.0.0.1:0", udp)
	require.NoError(t, err)
	o.Version = "test"
	o.Note = func(text string) {
		x.mu.Lock()
		defer x.mu.Unlock()
		x.notes = append(x.notes, text)
	}
	x.addr, x.r = p.Addr().String(), New(o)
	var ctx context.Context
	ctx, x.cancel = context.WithCancel(context.Background())
	go func() { x.ended <- x.r.Serve(ctx, p) }()
	t.Cleanup(x.end)
	return x
}

// end is what Ctrl-C does.
func (x *run) end() {
	x.once.Do(func() {
		x.cancel()
		require.NoError(x.t, <-x.ended)
		x.r.Close()
		require.NoError(x.t, x.r.Output.Close())
	})
}

// stop ends the recorder and returns what it wrote, which passes its own test.
func (x *run) stop() []coretest.Stanza {
	x.t.Helper()
	x.end()
	return x.read()
}

// read returns what the file holds now.
func (x *run) read() []coretest.Stanza {
	x.t.Helper()
	data, err := os.ReadFile(x.file)
	require.NoError(x.t, err)
	stanzas, err := coretest.ParseFrames(x.file, data)
	require.NoError(x.t, err)
	for _, s := range stanzas {
		require.NoError(x.t, s.Check(x.r.Protocol.New()))
	}
	return stanzas
}

func (x *run) said() []string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return append([]string(nil), x.notes...)
}

// wait waits until the counts are as wanted.
func (x *run) wait(ok func(Counts) bool) {
	x.t.Helper()
	require.Eventually(x.t, func() bool { return ok(x.r.Counts()) }, 5*time.Second, 5*time.Millisecond, "%+v", x.r.Counts())
}

// A device answers each frame over TCP with what answer returns; nil closes.
func device(t testing.TB, scan bufio.SplitFunc, answer func(frame []byte) []byte) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	var wait sync.WaitGroup
	t.Cleanup(func() {
		l.Close()
		wait.Wait()
	})
	wait.Add(1)
	go func() {
		defer wait.Done()
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			wait.Add(1)
			go func() {
				defer wait.Done()
				defer c.Close()
				frames := bufio.NewScanner(c)
				frames.Buffer(nil, 1<<20)
				frames.Split(scan)
				for frames.Scan() {
					b := answer(append([]byte(nil), frames.Bytes()...))
					if b == nil {
						return
					}
					if _, err := c.Write(b); err != nil {
						return
					}
				}
			}()
		}
	}()
	return l.Addr().String()
}

// datagrams answers each datagram with those that answer returns.
func datagrams(t testing.TB, answer func(data []byte) [][]byte) string {
	t.Helper()
	l, err := net.ListenPacket("udp", "127.0.0.1:0")
	require.NoError(t, err)
	done := make(chan struct{})
	t.Cleanup(func() {
		l.Close()
		<-done
	})
	go func() {
		defer close(done)
		b := make([]byte, 1<<16)
		for {
			n, from, err := l.ReadFrom(b)
			if err != nil {
				return
			}
			for _, data := range answer(append([]byte(nil), b[:n]...)) {
				_, _ = l.WriteTo(data, from)
			}
		}
	}()
	return l.LocalAddr().String()
}

func dial(t testing.TB, network, addr string) net.Conn {
	t.Helper()
	c, err := net.Dial(network, addr)
	require.NoError(t, err)
	t.Cleanup(func() { c.Close() })
	require.NoError(t, c.SetDeadline(time.Now().Add(10*time.Second)))
	return c
}

// ask sends bytes and returns what comes back at once.
func ask(t testing.TB, c net.Conn, data []byte) []byte {
	t.Helper()
	_, err := c.Write(data)
	require.NoError(t, err)
	b := make([]byte, 1<<16)
	n, err := c.Read(b)
	require.NoError(t, err)
	return b[:n]
}
