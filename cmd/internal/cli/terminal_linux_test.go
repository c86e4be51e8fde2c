package cli

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/fieldstatus/fieldstatus/cmd/internal/decode"
	"github.com/fieldstatus/fieldstatus/cmd/internal/fake"
	"github.com/fieldstatus/fieldstatus/cmd/internal/protocol"
)

// A terminal is a pseudo terminal. What is written to its file is in text.
type terminal struct {
	file   *os.File
	master *os.File
	mu     sync.Mutex
	buf    bytes.Buffer
	done   chan struct{}
}

func openTerminal(t *testing.T, columns uint16) *terminal {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skipf("no pseudo terminals here: %v", err)
	}
	fd := int(master.Fd())
	require.NoError(t, unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0))
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	require.NoError(t, err)
	file, err := os.OpenFile("/dev/pts/"+strconv.Itoa(n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("no pseudo terminals here: %v", err)
	}
	require.NoError(t, unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Col: columns, Row: 24}))
	term := &terminal{file: file, master: master, done: make(chan struct{})}
	go func() {
		defer close(term.done)
		b := make([]byte, 4096)
		for {
			n, err := master.Read(b)
			term.mu.Lock()
			term.buf.Write(b[:n])
			term.mu.Unlock()
			if err != nil {
				return
			}
		}
	}()
	return term
}

// text closes the terminal and returns what was written to it.
func (x *terminal) text() string {
	x.file.Close()
	<-x.done
	x.master.Close()
	x.mu.Lock()
	defer x.mu.Unlock()
	return strings.ReplaceAll(x.buf.String(), "\r\n", "\n")
}

func terminalApp(in io.Reader, out, err io.Writer, env map[string]string) *app {
	return &app{
		in: in, out: out, err: err, getenv: func(name string) string { return env[name] },
		protocols: []*protocol.Protocol{fake.Protocol}, location: time.UTC,
	}
}

func TestColours(t *testing.T) {
	for name, test := range map[string]struct {
		env  map[string]string
		want bool
	}{
		"terminal": {nil, true}, "NO_COLOR": {map[string]string{"NO_COLOR": "1"}, false}, "dumb": {map[string]string{"TERM": "dumb"}, false},
	} {
		term := openTerminal(t, 200)
		a := terminalApp(bytes.NewReader(sample().Pcap()), term.file, io.Discard, test.env)
		assert.Equal(t, exitOK, a.run([]string{"decode"}))
		assert.Equal(t, exitOK, a.run([]string{"explain", "fake", "5"}))
		text := term.text()
		assert.Equal(t, test.want, strings.Contains(text, "\x1b[31m"), name)
		assert.Equal(t, test.want, strings.Contains(text, "\x1b[1mPACKET"), name)
		assert.Contains(t, text, "3000 Plugin read failed", name)
	}
}

// Red is the code of what failed, and nothing else of a table.
func TestRedCodes(t *testing.T) {
	term := openTerminal(t, 200)
	a := terminalApp(bytes.NewReader(sample().Pcap()), term.file, io.Discard, nil)
	assert.Equal(t, exitOK, a.run([]string{"decode", "--all"}))
	red := regexp.MustCompile(`\x1b\[31m(.*?)\x1b\[0m`)
	failures := 0
	for line := range strings.Lines(term.text()) {
		found := red.FindAllStringSubmatch(line, -1)
		if strings.Contains(line, "0 Success") || strings.Contains(line, "would be ") || !strings.Contains(line, " fake") {
			assert.Empty(t, found, line)
			continue
		}
		failures++
		require.Len(t, found, 1, line)
		assert.Regexp(t, `^[1-9]\d+ `, found[0][1], line)
	}
	assert.Equal(t, 5, failures)
}

// A table that is too wide for the terminal continues on a second line.
func TestNarrowTerminal(t *testing.T) {
	for columns, name := range map[uint16]string{80: "decode_narrow.golden", 200: "decode_text.golden"} {
		term := openTerminal(t, columns)
		a := terminalApp(bytes.NewReader(sample().Pcap()), term.file, io.Discard, map[string]string{"NO_COLOR": "1"})
		assert.Equal(t, exitOK, a.run([]string{"decode"}))
		golden(t, name, term.text())
	}
}

// slow is a file that takes its time, on a clock of its own.
type slow struct {
	io.Reader
	now  time.Time
	step time.Duration
}

func (s *slow) Read(b []byte) (int, error) {
	s.now = s.now.Add(s.step)
	return s.Reader.Read(b[:min(len(b), 100)])
}

func TestProgress(t *testing.T) {
	for name, test := range map[string]struct {
		step time.Duration
		size int64
		want string
	}{
		"quick":            {time.Millisecond, 1000, ""},
		"slow":             {300 * time.Millisecond, 1000, "reading:  50%, 7 packets"},
		"slow and unsized": {300 * time.Millisecond, 0, "reading: 0.0 MB, 7 packets"},
	} {
		term := openTerminal(t, 80)
		s := &slow{Reader: bytes.NewReader(make([]byte, 1000)), now: time.Unix(0, 0), step: test.step}
		p := newProgress(s, term.file)
		p.size, p.packets, p.now = test.size, func() int { return 7 }, func() time.Time { return s.now }
		_, err := io.Copy(io.Discard, p)
		require.NoError(t, err)
		p.done()
		text := term.text()
		if test.want == "" {
			assert.Empty(t, text, name)
			continue
		}
		assert.Contains(t, text, test.want, name)
		assert.True(t, strings.HasSuffix(text, "\r\x1b[K"), "%s: the line is removed: %q", name, text)
	}
}

// The line is renewed five times a second, after the first second.
func TestProgressPace(t *testing.T) {
	term := openTerminal(t, 80)
	s := &slow{Reader: bytes.NewReader(make([]byte, 3000)), now: time.Unix(0, 0), step: 100 * time.Millisecond}
	p := newProgress(s, term.file)
	p.now = func() time.Time { return s.now }
	_, err := io.Copy(io.Discard, p)
	require.NoError(t, err)
	p.done()
	assert.Equal(t, 11, strings.Count(term.text(), "reading: "), "from 1.0 to 3.0 seconds")
}

// How much there is to read is known of a file only.
func TestProgressSize(t *testing.T) {
	dir := t.TempDir()
	for size, want := range map[int]int64{1000: 1000, 0: 1} { // 1: empty, but of known size
		name := filepath.Join(dir, strconv.Itoa(size))
		require.NoError(t, os.WriteFile(name, make([]byte, size), 0o644))
		f, err := os.Open(name)
		require.NoError(t, err)
		assert.Equal(t, want, newProgress(f, io.Discard).size)
		f.Close()
		assert.Zero(t, newProgress(f, io.Discard).size, "a file that nothing can be asked about")
	}
	r, w, err := os.Pipe()
	require.NoError(t, err)
	defer w.Close()
	defer r.Close()
	assert.Zero(t, newProgress(r, io.Discard).size)
}

// Nobody is told who does not look.
func TestNoProgressWithoutTerminal(t *testing.T) {
	var out bytes.Buffer
	s := &slow{Reader: bytes.NewReader(make([]byte, 1000)), now: time.Unix(0, 0), step: time.Second}
	p := newProgress(s, &out)
	p.now = func() time.Time { return s.now }
	_, err := io.Copy(io.Discard, p)
	require.NoError(t, err)
	p.done()
	assert.Empty(t, out.String())
}

func TestNothingOnATerminal(t *testing.T) {
	for want, args := range map[string][]string{
		"give a capture: fieldstatus decode FILE, or pipe one into the command": {"decode"},
		"give the bytes of a frame: fieldstatus decode fake HEX":                {"decode", "fake"},
	} {
		term := openTerminal(t, 80)
		var err bytes.Buffer
		a := terminalApp(term.file, io.Discard, &err, nil)
		assert.Equal(t, exitUsage, a.run(args))
		assert.Contains(t, err.String(), want)
		term.text()
	}
}

// trickle is a capture that is still running: it comes in pieces, and what has
// been printed before each of them is kept.
type trickle struct {
	pieces [][]byte
	out    *bytes.Buffer
	now    time.Time
	seen   []string
}

func (x *trickle) Read(b []byte) (int, error) {
	x.seen = append(x.seen, x.out.String())
	if len(x.pieces) == 0 {
		return 0, io.EOF
	}
	n := copy(b, x.pieces[0])
	x.pieces = x.pieces[1:]
	x.now = x.now.Add(time.Second)
	return n, nil
}

// The results of a running capture are shown before the next packets come.
func TestRunningCapture(t *testing.T) {
	file := sample().Pcap()
	x := &trickle{pieces: [][]byte{file[:len(file)/4], file[len(file)/4 : len(file)*3/4], file[len(file)*3/4:]}, out: &bytes.Buffer{}, now: time.Unix(0, 0)}
	p := newProgress(x, io.Discard)
	p.now = func() time.Time { return x.now }
	a := terminalApp(x, x.out, io.Discard, nil)
	require.NoError(t, a.decodeStream(p, "standard input", decode.NewPorts(a.protocols), decodeOptions{}))
	assert.Empty(t, x.seen[1])
	assert.Contains(t, x.seen[2], "3001 Plugin write failed")
	assert.NotContains(t, x.seen[2], "5 failures")
	assert.Contains(t, x.out.String(), "5 failures")
}

// Results are shown early only to who has waited longer than a second, and not
// of a file, which does not wait.
func TestResultsOfRunningCaptures(t *testing.T) {
	for name, test := range map[string]struct {
		size  int64
		after time.Duration
		want  int
	}{
		"at once":       {0, 0, 0},
		"a second":      {0, time.Second, 0},
		"more than one": {0, time.Second + 1, 1},
		"a file":        {100, time.Hour, 0},
	} {
		now, shown := time.Unix(0, 0), 0
		p := newProgress(strings.NewReader("ab"), io.Discard)
		p.now, p.size, p.idle = func() time.Time { return now }, test.size, func() { shown++ }
		for range 2 {
			_, err := p.Read(make([]byte, 1))
			require.NoError(t, err)
			now = now.Add(test.after)
		}
		assert.Equal(t, test.want, shown, name)
	}
}
