package devicetest

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
)

// A toy is the session of a protocol whose frames are lines: "hello" is its
// handshake, "read a b" asks for items, "bye" ends the connection, and anything
// else is not understood. An answer repeats the request with an outcome for each
// item, or for the whole.
type toy struct {
	ended  bool
	closed *atomic.Int32
}

func (s *toy) Read(frame []byte) Request {
	words := strings.Fields(string(frame))
	switch {
	case len(words) == 0:
		return Request{}
	case words[0] == "hello":
		return Request{Op: core.Connect, Understood: true}
	case words[0] == "read":
		return Request{Op: core.Read, Items: words[1:], Understood: true}
	}
	return Request{Understood: words[0] == "bye"}
}

func (s *toy) Answer(frame []byte, p Plan) []byte {
	s.ended = string(frame) == "bye"
	if string(frame) == "hang up" {
		return nil
	}
	words := []string{string(frame)}
	for _, err := range p.Items {
		words = append(words, fmt.Sprint(err))
	}
	return []byte(strings.Join(append(words, fmt.Sprint(p.Native)), ",") + "\n")
}

func (s *toy) Spoil(answer []byte, f Fault) []byte { return fmt.Appendf(nil, "spoilt by %d\n", f) }

func (s *toy) Adopt(recorded, request []byte) []byte {
	return fmt.Appendf(recorded, " for %s\n", request)
}

func (s *toy) Ended() bool { return s.ended }
func (s *toy) Close()      { s.closed.Add(1) }

// A divided toy answers over UDP with a datagram for each word.
type divided struct{ *toy }

func (s divided) Divide(answer []byte) [][]byte { return bytes.Split(answer, []byte(",")) }

// device starts a toy over TCP. closed counts sessions that have ended.
func device(t testing.TB) (s *Server, closed *atomic.Int32) {
	closed = new(atomic.Int32)
	return Listen(t, bufio.ScanLines, func() Session { return &toy{closed: closed} }), closed
}

// A client talks to a toy.
type client struct {
	t *testing.T
	net.Conn
	lines *bufio.Reader
}

func dial(t *testing.T, s *Server) *client {
	t.Helper()
	c, err := net.Dial("tcp", s.Addr())
	require.NoError(t, err)
	t.Cleanup(func() { c.Close() })
	return &client{t, c, bufio.NewReader(c)}
}

// ask sends a line and returns what comes back until the end of one, or the
// error in its place.
func (c *client) ask(line string) string {
	c.t.Helper()
	return c.askFor(line, patience)
}

// askFor is ask for a silence, which it waits for as long.
func (c *client) askFor(line string, wait time.Duration) string {
	c.t.Helper()
	_, err := io.WriteString(c, line+"\n")
	require.NoError(c.t, err)
	return c.hear(wait)
}

// How long an answer may take, and how long there is none.
const (
	patience = 5 * time.Second
	quiet    = 200 * time.Millisecond
)

// waitFor is how long to wait for an answer that may be none.
func waitFor(want string) time.Duration {
	if want == "silence" || want == "" {
		return quiet
	}
	return patience
}

func (c *client) hear(wait time.Duration) string {
	c.SetReadDeadline(time.Now().Add(wait))
	answer, err := c.lines.ReadString('\n')
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return "silence"
	case errors.Is(err, syscall.ECONNRESET):
		return answer + "reset"
	case err != nil:
		return answer + err.Error()
	}
	return strings.TrimSuffix(answer, "\n")
}

var (
	errA = errors.New("A")
	errB = errors.New("B")
)

func TestRules(t *testing.T) {
	for name, c := range map[string]struct {
		rules func(s *Server)
		want  []string // the outcomes of "read x y", one after the other
	}{
		"none":                  {func(s *Server) {}, []string{"<nil>,<nil>,<nil>", "<nil>,<nil>,<nil>"}},
		"every":                 {func(s *Server) { s.Fail(errA) }, []string{"<nil>,<nil>,A", "<nil>,<nil>,A"}},
		"next":                  {func(s *Server) { s.Fail(errA, Next) }, []string{"<nil>,<nil>,A", "<nil>,<nil>,<nil>"}},
		"third":                 {func(s *Server) { s.Fail(errA, 3) }, []string{"<nil>,<nil>,<nil>", "<nil>,<nil>,<nil>", "<nil>,<nil>,A", "<nil>,<nil>,<nil>"}},
		"one after the other":   {func(s *Server) { s.Fail(errA, 1); s.Fail(errB, 2) }, []string{"<nil>,<nil>,A", "<nil>,<nil>,B", "<nil>,<nil>,<nil>"}},
		"the last one counts":   {func(s *Server) { s.Fail(errA); s.Fail(errB) }, []string{"<nil>,<nil>,B"}},
		"item":                  {func(s *Server) { s.FailItem("y", errA) }, []string{"<nil>,A,<nil>", "<nil>,A,<nil>"}},
		"item, next":            {func(s *Server) { s.FailItem("x", errA, Next) }, []string{"A,<nil>,<nil>", "<nil>,<nil>,<nil>"}},
		"item of other request": {func(s *Server) { s.FailItem("z", errA, Next) }, []string{"<nil>,<nil>,<nil>"}},
		"items by a match": {func(s *Server) {
			s.Match(func(rule, item string) bool { return strings.Contains(rule, item) })
			s.FailItem("x+y", errA)
		}, []string{"A,A,<nil>"}},
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := device(t)
			c.rules(s)
			client := dial(t, s)
			for i, want := range c.want {
				assert.Equal(t, "read x y,"+want, client.ask("read x y"), "request %d", i+1)
			}
			s.Recover()
			assert.Equal(t, "read x y,<nil>,<nil>,<nil>", client.ask("read x y"), "recovered")
		})
	}
}

// A rule for one item counts the requests with that item.
func TestRulesOfItemsCountTheirRequests(t *testing.T) {
	s, _ := device(t)
	s.FailItem("x", errA, 2)
	c := dial(t, s)
	for _, x := range []struct{ ask, want string }{
		{"read y", "read y,<nil>,<nil>"}, {"read x", "read x,<nil>,<nil>"}, {"read y", "read y,<nil>,<nil>"}, {"read x", "read x,A,<nil>"}, {"read x", "read x,<nil>,<nil>"},
	} {
		assert.Equal(t, x.want, c.ask(x.ask))
	}
}

func TestFaults(t *testing.T) {
	for fault, c := range map[Fault]struct {
		want string
		ends bool
	}{
		Silence: {"silence", false}, Cut: {"read x,<nEOF", true}, Close: {"EOF", true}, Reset: {"reset", true},
		Garbage: {"spoilt by 5", false}, Truncated: {"spoilt by 6", false}, WrongLength: {"spoilt by 7", false}, WrongID: {"spoilt by 8", false},
	} {
		s, _ := device(t)
		s.Break(fault, Next)
		client := dial(t, s)
		assert.Equal(t, c.want, client.askFor("read x", waitFor(c.want)), "fault %d", fault)
		if c.ends {
			client = dial(t, s)
		}
		assert.Equal(t, "read x,<nil>,<nil>", client.ask("read x"), "behind fault %d", fault)
	}
}

func TestFaultsOverUDP(t *testing.T) {
	for fault, want := range map[Fault]string{
		0: "read x,<nil>,<nil>\n", Silence: "", Close: "", Reset: "", Cut: "read x,<n", Garbage: "spoilt by 5\n",
	} {
		s := ListenPacket(t, func() Session { return &toy{closed: new(atomic.Int32)} })
		s.Break(fault, Next)
		c, err := net.Dial("udp", s.Addr())
		require.NoError(t, err)
		defer c.Close()
		hear := func(wait time.Duration) string {
			_, err := io.WriteString(c, "read x")
			require.NoError(t, err)
			c.SetReadDeadline(time.Now().Add(wait))
			buf := make([]byte, 100)
			n, _ := c.Read(buf)
			return string(buf[:n])
		}
		assert.Equal(t, want, hear(waitFor(want)), "fault %d", fault)
		assert.Equal(t, "read x,<nil>,<nil>\n", hear(patience), "behind fault %d", fault)
	}
}

func TestAnswersOfSeveralDatagrams(t *testing.T) {
	closed := new(atomic.Int32)
	s := ListenPacket(t, func() Session { return divided{&toy{closed: closed}} })
	c, err := net.Dial("udp", s.Addr())
	require.NoError(t, err)
	defer c.Close()
	_, err = io.WriteString(c, "read x,")
	require.NoError(t, err)
	c.SetReadDeadline(time.Now().Add(patience))
	for _, want := range []string{"read x", "<nil>", "<nil>\n"} { // the empty one is left out
		buf := make([]byte, 100)
		n, err := c.Read(buf)
		require.NoError(t, err)
		assert.Equal(t, want, string(buf[:n]))
	}
	s.Close()
	assert.EqualValues(t, 1, closed.Load())
}

func TestDelay(t *testing.T) {
	s, _ := device(t)
	s.Delay(60 * time.Millisecond)
	s.Delay(20 * time.Millisecond)
	c := dial(t, s)
	began := time.Now()
	assert.Equal(t, "read x,<nil>,<nil>", c.ask("read x"))
	assert.GreaterOrEqual(t, time.Since(began), 60*time.Millisecond, "the longest counts")

	s.Delay(time.Hour)
	assert.Equal(t, "silence", c.askFor("read x", quiet))
	s.Close() // does not wait for the hour
	assert.NotEqual(t, "silence", c.hear(patience))
}

func TestRefuseDropRecover(t *testing.T) {
	s, closed := device(t)
	c := dial(t, s)
	assert.Equal(t, "hello,<nil>", c.ask("hello"))
	s.Drop()
	assert.NotEqual(t, "silence", c.hear(patience))
	c = dial(t, s)
	assert.Equal(t, "hello,<nil>", c.ask("hello"), "new connections are accepted")

	s.Refuse()
	assert.NotEqual(t, "silence", c.hear(patience))
	_, err := net.Dial("tcp", s.Addr())
	assert.ErrorIs(t, err, syscall.ECONNREFUSED)
	addr := s.Addr()
	s.Recover()
	assert.Equal(t, addr, s.Addr())
	assert.Equal(t, "hello,<nil>", dial(t, s).ask("hello"))
	s.Close()
	s.Close()
	assert.EqualValues(t, 3, closed.Load(), "every session is closed")
}

func TestRefuseOverUDP(t *testing.T) {
	s := ListenPacket(t, func() Session { return &toy{closed: new(atomic.Int32)} })
	c, err := net.Dial("udp", s.Addr())
	require.NoError(t, err)
	defer c.Close()
	s.Refuse()
	_, err = io.WriteString(c, "read x")
	require.NoError(t, err)
	c.SetReadDeadline(time.Now().Add(patience))
	buf := make([]byte, 100)
	_, err = c.Read(buf)
	assert.ErrorIs(t, err, syscall.ECONNREFUSED)
	s.Recover()
	_, err = io.WriteString(c, "read x")
	require.NoError(t, err)
	n, err := c.Read(buf)
	require.NoError(t, err)
	assert.Equal(t, "read x,<nil>,<nil>\n", string(buf[:n]))
}

func TestEndsOfConnections(t *testing.T) {
	s, _ := device(t)
	assert.Equal(t, "EOF", dial(t, s).ask("hang up"), "no answer")
	c := dial(t, s)
	assert.Equal(t, "bye,<nil>", c.ask("bye"))
	assert.Equal(t, "EOF", c.hear(patience), "the session has ended")
}

// A log takes what a device notes.
type log struct {
	testing.TB
	lines chan string
}

func (l log) Logf(format string, args ...any) { l.lines <- fmt.Sprintf(format, args...) }

func TestRequests(t *testing.T) {
	l := log{t, make(chan string, 10)}
	s, _ := device(l)
	c := dial(t, s)
	c.ask("hello")
	c.ask("read a b")
	c.ask("what")
	assert.Equal(t, []Request{
		{Op: core.Read, Items: []string{"a", "b"}, Raw: []byte("read a b"), Understood: true},
		{Raw: []byte("what")},
	}, s.Requests(), "handshakes are left out")
	assert.Equal(t, "devicetest: request not understood: 77686174", <-l.lines)
	assert.Empty(t, l.lines)
}

// Bytes that are no frames are noted; the end of a connection is not.
func TestStreamsOutOfStep(t *testing.T) {
	l := log{t, make(chan string, 10)}
	split := func(data []byte, atEOF bool) (int, []byte, error) {
		if len(data) > 0 && data[0] == '?' {
			return 0, nil, errors.New("no line")
		}
		return bufio.ScanLines(data, atEOF)
	}
	s := Listen(l, split, func() Session { return &toy{closed: new(atomic.Int32)} })
	assert.NotEqual(t, "silence", dial(t, s).ask("?"))
	assert.Equal(t, "devicetest: no line", <-l.lines)
	c := dial(t, s)
	c.ask("hello")
	c.Close()
	s.Close()
	assert.Empty(t, l.lines)
}

func TestPush(t *testing.T) {
	s, _ := device(t)
	first, second := dial(t, s), dial(t, s)
	first.ask("hello")
	second.ask("hello")
	n := 0
	s.Push(func(Session) []byte {
		if n++; n == 2 {
			return nil
		}
		return []byte("news\n")
	})
	assert.ElementsMatch(t, []string{"news", "silence"}, []string{first.hear(quiet), second.hear(quiet)})
}

func TestReplay(t *testing.T) {
	frames := func(lines ...string) (out []coretest.Frame) {
		for _, line := range lines {
			out = append(out, coretest.Frame{Sent: line[0] == '>', Data: []byte(line[1:])})
		}
		return out
	}
	s, _ := device(t)
	s.Replay(
		coretest.Stanza{Op: core.Connect, Frames: frames(">hello", "<first", ">hello", "<second", ">hello")},
		coretest.Stanza{Op: core.Read, Frames: frames(">read x", "<early", ">read y", "<late", "<later")},
		coretest.Stanza{Op: core.Read, Frames: frames(">read x", "<only")},
		coretest.Stanza{Op: core.Write, Frames: frames("<unasked")},
	)
	c := dial(t, s)
	for _, x := range []struct{ ask, want string }{
		{"read z", "read z,<nil>,<nil>"}, // does not wait for the handshake
		{"hello", "first for hello"},
		{"read z", "read z,<nil>,<nil>"},
		{"hello", "second for hello"},
		{"hello", "silence"}, // nothing was received any more
		{"hello", "hello,<nil>"},
		{"read z", "late for read z"},
	} {
		assert.Equal(t, x.want, c.askFor(x.ask, waitFor(x.want)))
	}
	assert.Equal(t, "later for read z", c.hear(patience), "everything behind the last request")
	assert.Equal(t, "only for read z", c.ask("read z"))
	assert.Equal(t, "unasked for read z", c.ask("read z"))
	assert.Equal(t, "read z,<nil>,<nil>", c.ask("read z"), "the device itself again")
}
