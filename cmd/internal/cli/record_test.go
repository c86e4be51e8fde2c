package cli

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/cmd/internal/fake"
	"github.com/fieldstatus/fieldstatus/cmd/internal/protocol"
	"github.com/fieldstatus/fieldstatus/cmd/internal/record"
	"github.com/fieldstatus/fieldstatus/core/coretest"
)

// failing is a device of the fake protocol that fails every request.
func failing(t *testing.T) string {
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
				frames.Split(fake.Scan)
				for frames.Scan() {
					_, _ = c.Write(fake.Frame('a', frames.Bytes()[5], 5))
				}
			}()
		}
	}()
	return l.Addr().String()
}

// A stream collects what is printed while the command runs.
type stream struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (s *stream) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.buf.Write(b)
}

func (s *stream) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.buf.String()
}

// listening waits for the first line and returns the address in it.
func listening(t *testing.T, printed *stream) string {
	t.Helper()
	var addr string
	require.Eventually(t, func() bool {
		_, rest, ok := strings.Cut(printed.String(), "recording fake from ")
		addr, _, _ = strings.Cut(rest, " ")
		return ok && strings.Contains(rest, "\n")
	}, 5*time.Second, 5*time.Millisecond, "%s", printed)
	return addr
}

func exchange(t *testing.T, addr string, request []byte) {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	require.NoError(t, err)
	defer c.Close()
	require.NoError(t, c.SetDeadline(time.Now().Add(5*time.Second)))
	_, err = c.Write(request)
	require.NoError(t, err)
	_, err = io.ReadFull(c, make([]byte, 7))
	require.NoError(t, err)
}

func TestRecord(t *testing.T) {
	file := filepath.Join(t.TempDir(), "my.frames")
	to := failing(t)
	for i, kind := range []byte{'r', 'w', 'r'} { // two runs add to the file of the first
		var printed stream
		a := &app{err: &printed, protocols: []*protocol.Protocol{fake.Protocol}}
		ctx, cancel := context.WithCancel(context.Background())
		ended := make(chan error)
		go func() {
			ended <- a.record(ctx, "fake", recordOptions{listen: "127.0.0.1:0", to: to, output: file, appending: i > 0})
		}()
		addr := listening(t, &printed)
		exchange(t, addr, fake.Frame(kind, 1))
		cancel()
		require.NoError(t, <-ended)
		lines := strings.Split(strings.TrimSpace(printed.String()), "\n")
		require.Len(t, lines, 2)
		assert.Equal(t, "recording fake from "+addr+" to "+to+" into "+file+"; Ctrl-C ends it", lines[0])
		want := "1 stanza written to " + file + "; 1 exchange in 1 connection, 1 failure."
		if i == 2 {
			want = "0 stanzas written to " + file + "; 1 exchange in 1 connection, 1 failure. Left out: 1 repeat."
		}
		assert.Equal(t, want, lines[1])
	}
	stanzas, err := coretest.ReadFrames(os.DirFS(filepath.Dir(file)), "*.frames")
	require.NoError(t, err)
	require.Len(t, stanzas, 2)
	assert.Contains(t, stanzas[0].From, "recorded, fieldstatus record "+version()+", ")
	for _, s := range stanzas {
		assert.NoError(t, s.Check(fake.Protocol.New()))
	}
}

func TestRecordBadInput(t *testing.T) {
	dir := t.TempDir()
	there := filepath.Join(dir, "there.frames")
	require.NoError(t, os.WriteFile(there, nil, 0o600))
	fresh := filepath.Join(dir, "fresh.frames")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	for want, args := range map[string][]string{
		"give one protocol; see fieldstatus record --help":                             {},
		"opaque has no frames that could be recorded":                                  {"opaque"},
		"give the address that the driver connects to: --listen 127.0.0.1:1102":        {"fake"},
		"give the address of the device: --to plc:102":                                 {"fake", "--listen", ":1102"},
		"give the file to write: --output my.frames":                                   {"fake", "--listen", ":1102", "--to", "plc"},
		"--listen 1102 is no address; write host:port":                                 {"fake", "--listen", "1102", "--to", "plc", "-o", fresh},
		"\"modbus\" is no protocol":                                                    {"modbus"},
		"unknown flag: --pot; see fieldstatus record --help":                           {"fake", "--pot"},
		"exists; add to it with --append, or give another name":                        {"fake", "--listen", "127.0.0.1:0", "--to", "plc", "-o", there},
		"another program uses this port; give another one":                             {"fake", "--listen", l.Addr().String(), "--to", "plc", "-o", fresh},
		"--listen 203.0.113.1:1102: this machine does not have the address":            {"fake", "--listen", "203.0.113.1:1102", "--to", "plc", "-o", fresh},
		"\"x\" is no port from 0 to 65535":                                             {"fake", "--listen", ":x", "--to", "plc", "-o", fresh},
		"--to plc:0 is no address of a device":                                         {"fake", "--listen", ":1102", "--to", "plc:0", "-o", fresh},
		"--to :102 is no address of a device":                                          {"fake", "--listen", ":1102", "--to", ":102", "-o", fresh},
		"--to http://plc:80 is no address; write host:port":                            {"fake", "--listen", ":1102", "--to", "http://plc:80", "-o", fresh},
		"--to localhost:1102 is where record itself listens; give the address of the ": {"fake", "--listen", ":1102", "--to", "localhost:1102", "-o", fresh},
	} {
		r := run(t, "", append([]string{"record"}, args...)...)
		assert.Equal(t, exitUsage, r.status, want)
		assert.Contains(t, r.err, want)
		assert.Equal(t, 1, strings.Count(r.err, "\n"), r.err)
		assert.Empty(t, r.out)
	}
	_, err = os.Stat(fresh)
	assert.ErrorIs(t, err, os.ErrNotExist, "nothing is left behind")
}

// A device without a port has that of the protocol.
func TestRecordDefaultPort(t *testing.T) {
	for to, want := range map[string]string{
		"plc": "plc:777", "192.0.2.1": "192.0.2.1:777", "2001:db8::1": "[2001:db8::1]:777", "[2001:db8::1]": "[2001:db8::1]:777", "plc:102": "plc:102",
	} {
		o := recordOptions{listen: ":1102", to: to, output: "my.frames"}
		require.NoError(t, o.check(fake.Protocol))
		assert.Equal(t, want, o.to)
	}
	tcp := *fake.Protocol
	tcp.UDP = nil
	o := recordOptions{listen: ":1102", to: "plc", output: "my.frames", udp: true}
	assert.EqualError(t, o.check(&tcp), "fake does not run over UDP; leave out --udp")
}

func TestRecordSummary(t *testing.T) {
	assert.Equal(t, "2 stanzas written to my.frames; 9 exchanges in 1 connection, 5 failures. Left out: 1 repeat, "+
		"1 that says something else without what came before, 1 that could not be written, 4 requests without an answer, "+
		"3 times that the device was not reached, 7 bytes that are no frames, 8 bytes for want of time.",
		recordSummary(record.Counts{
			Opened: 1, Exchanges: 9, Failures: 5, Written: 2, Repeats: 1, LeftOut: 1, Unwritten: 1,
			Unanswered: 4, Unreached: 3, Unread: 7, Missed: 8,
		}, "my.frames"))
}

func TestRecordHelp(t *testing.T) {
	r := run(t, "", "record", "--help")
	assert.Equal(t, exitOK, r.status)
	golden(t, "help_record.golden", r.out)
	r = run(t, "", "__complete", "record", "fa")
	assert.Contains(t, r.out, "fake\tthe protocol of the tests")
}
