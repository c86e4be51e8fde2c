package southbound

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
	"github.com/fieldstatus/fieldstatus/core/gateway"
	"github.com/fieldstatus/fieldstatus/knx"
	"github.com/fieldstatus/fieldstatus/opcua"

	"github.com/gopcua/opcua/ua"
)

// A script is a device that says what a test wants, and counts what it was asked.
type script struct {
	open, reopen, write error
	request             error            // of each read as a whole
	poison              string           // a tag that spoils the request which it stands in
	items               map[string]error // of single tags
	short               bool             // one result too few
	silent              bool             // reads have no answer

	opened, reopened, closed, reads, writes int
	asked                                   map[string]int
}

func (s *script) Open(context.Context) (Link, error) {
	s.opened++
	if s.open != nil {
		return nil, s.open
	}
	return link{s}, nil
}

// A link has a session that cannot be opened apart.
type link struct{ *script }

func (l link) Read(ctx context.Context, tags []Tag) ([]Result, error) {
	l.reads++
	if l.silent {
		<-ctx.Done()
		return nil, translated(core.Read, ctx.Err())
	}
	results := make([]Result, len(tags))
	for i, tag := range tags {
		l.asked[tag.Name]++
		if tag.Name == l.poison {
			return nil, opcua.ServiceStatus(ua.StatusBadTooManyOperations).Err(core.Read)
		}
		results[i] = Result{Value: int16(i), Err: l.items[tag.Name]}
	}
	if l.short {
		results = results[1:]
	}
	return results, l.request
}

func (l link) Write(context.Context, Tag, any) error {
	l.writes++
	return l.script.write
}

func (l link) Close() error {
	l.closed++
	return nil
}

// A sessions device has links whose session can be opened apart.
type sessions struct{ *script }

func (s sessions) Open(ctx context.Context) (Link, error) {
	_, err := s.script.Open(ctx)
	return sessionLink{link(s)}, err
}

type sessionLink struct{ link }

func (l sessionLink) Reopen(context.Context) error {
	l.reopened++
	return l.reopen
}

var names = []string{"a", "b", "c", "d"}

func start(driver func(*script) Driver) (*script, *Node) {
	s := &script{items: map[string]error{}, asked: map[string]int{}}
	var tags []Tag
	for _, name := range names {
		tags = append(tags, Tag{Name: name, Type: Int16})
	}
	tags[3].ReadOnly = true
	return s, New("plc", driver(s), tags, Options{})
}

func plain(s *script) Driver       { return s }
func withSession(s *script) Driver { return sessions{s} }

// translated returns a failure as a driver hands it over.
func translated(op core.Op, err error) error { return core.Translate(op, err) }

func status(code ua.StatusCode) error { return opcua.Status(code).Err(core.Read) }

func codes(readings []Reading) []core.Code {
	var out []core.Code
	for _, r := range readings {
		out = append(out, core.CodeOf(r.Err))
	}
	return out
}

func TestFixIsAskedSeldom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, n := start(plain)
		s.items["b"] = status(ua.StatusBadNodeIDUnknown)
		for range 10 {
			readings := n.Poll(t.Context())
			assert.Equal(t, []core.Code{0, core.OPCUABadNodeIDUnknown, 0, 0}, codes(readings))
			time.Sleep(time.Second)
		}
		assert.Equal(t, 1, s.asked["b"])
		assert.Equal(t, 10, s.asked["a"])
		r := n.Readings()[1]
		assert.EqualValues(t, 10, n.Cycles())
		assert.EqualValues(t, 10, r.Cycles, "an answer in every cycle")
		assert.EqualValues(t, 1, r.Asked)
		assert.Equal(t, core.Bad, r.Quality())

		delete(s.items, "b")
		time.Sleep(time.Minute)
		assert.Equal(t, []core.Code{0, 0, 0, 0}, codes(n.Poll(t.Context())), "somebody has mended it")
	})
}

func TestRetryPausesGrow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, n := start(plain)
		s.items["b"] = status(ua.StatusBadSensorFailure)
		started := time.Now()
		var at []time.Duration
		for range 1000 {
			before := s.asked["b"]
			n.Poll(t.Context())
			if s.asked["b"] > before {
				at = append(at, time.Since(started))
			}
			time.Sleep(10 * time.Millisecond)
		}
		assert.Equal(t, []time.Duration{0, 10, 110, 310, 710, 1510, 3110, 6310}, scaled(at), "milliseconds")
		delete(s.items, "b")
		time.Sleep(10 * time.Second)
		require.NoError(t, n.Poll(t.Context())[1].Err)
	})
}

func scaled(d []time.Duration) []time.Duration {
	for i := range d {
		d[i] /= time.Millisecond
	}
	return d
}

func TestHalving(t *testing.T) {
	s, n := start(plain)
	s.poison = "c"
	assert.Equal(t, []core.Code{0, 0, core.OPCUABadTooManyOperations, 0}, codes(n.Poll(t.Context())))
	assert.Equal(t, 5, s.reads, "abcd, ab, cd, c, d")
	s.reads = 0
	n.Poll(t.Context())
	assert.Equal(t, 1, s.reads, "without the culprit")
}

// TestNothingToHalve: no tag is to blame for the loss of a session, also where a
// person has to do something about it.
func TestNothingToHalve(t *testing.T) {
	s, n := start(plain)
	s.request = knx.PresenceCheckTimeout.Status().Err(core.Read)
	require.Equal(t, core.Session, core.ScopeOf(s.request))
	require.Equal(t, core.Fix, core.RemedyOf(s.request))
	assert.Equal(t, slicesOf(core.KNXDeviceNotExist), codes(n.Poll(t.Context())))
	assert.Equal(t, 1, s.reads)
	assert.Equal(t, gateway.Disconnected, n.State().Link)
}

func TestHalvingEndsWithTheLink(t *testing.T) {
	s, n := start(plain)
	s.poison = "a" // abcd, ab, a; then b fails
	s.items["b"] = translated(core.Read, io.EOF)
	assert.Equal(t, slicesOf(core.PluginNotConnected), codes(n.Poll(t.Context())))
	assert.Equal(t, 4, s.reads)
	assert.Equal(t, gateway.Disconnected, n.State().Link)
}

func slicesOf(c core.Code) []core.Code { return []core.Code{c, c, c, c} }

func TestReconnect(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, n := start(plain)
		s.items["d"] = status(ua.StatusBadNodeIDUnknown)
		n.Poll(t.Context())
		assert.Equal(t, gateway.Connected, n.State().Link)

		s.request = translated(core.Read, io.EOF)
		assert.Equal(t, slicesOf(core.PluginNotConnected), codes(n.Poll(t.Context())))
		assert.Equal(t, 1, s.closed)
		assert.Equal(t, gateway.Disconnected, n.State().Link)

		s.open = translated(core.Connect, errors.New("no"))
		for range 100 { // 10 s
			n.Poll(t.Context())
			time.Sleep(100 * time.Millisecond)
		}
		assert.Equal(t, 1+7, s.opened, "less and less often")
		assert.Equal(t, n.Cycles(), n.Readings()[0].Cycles, "an answer in every cycle")

		s.open, s.request = nil, nil
		time.Sleep(30 * time.Second)
		delete(s.items, "d")
		assert.Equal(t, slicesOf(core.OK), codes(n.Poll(t.Context())), "a new link asks for everything")
	})
}

var (
	hungUp      = translated(core.Read, io.EOF)
	sessionGone = opcua.ServiceStatus(ua.StatusBadSessionIDInvalid).Err(core.Read)
)

// TestLostLinks: the link is closed when its connection or its session is lost,
// whatever that shows with. A device that accepts and fails again in the first
// cycle is not hammered.
func TestLostLinks(t *testing.T) {
	for name, fail := range map[string]func(*script){
		"a request finds no connection":  func(s *script) { s.request = hungUp },
		"a request finds no session":     func(s *script) { s.request = sessionGone },
		"a tag finds no connection":      func(s *script) { s.items["b"] = hungUp },
		"a tag finds no session":         func(s *script) { s.items["b"] = sessionGone },
		"half a request has its answers": func(s *script) { s.poison, s.items["c"] = "a", hungUp },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, n := start(plain)
				fail(s)
				code := core.PluginNotConnected
				assert.Equal(t, slicesOf(code), codes(n.Poll(t.Context())))
				assert.Equal(t, gateway.Disconnected, n.State().Link)
				for range 1000 { // 10 s
					time.Sleep(10 * time.Millisecond)
					n.Poll(t.Context())
				}
				assert.Equal(t, 8, s.opened, "after 0, 10, 110, 310, 710, 1510, 3110 and 6310 ms")
				assert.Equal(t, s.opened, s.closed)
			})
		})
	}
}

// TestWriteLosesTheLink: a write that finds the connection or the session lost
// says so for all tags.
func TestWriteLosesTheLink(t *testing.T) {
	for name, lost := range map[string]error{
		"connection": translated(core.Write, io.EOF),
		"session":    opcua.ServiceStatus(ua.StatusBadSessionIDInvalid).Err(core.Write),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, n := start(plain)
				n.Poll(t.Context())
				s.write = lost
				require.Error(t, n.Write(t.Context(), "a", 1))
				assert.Equal(t, gateway.Disconnected, n.State().Link)
				assert.Equal(t, slicesOf(core.PluginNotConnected), codes(n.Readings()))
				assert.Equal(t, s.opened, s.closed)
			})
		})
	}
}

// TestPatience: how long a device may take when nobody has said.
func TestPatience(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, n := start(plain)
		s.silent = true
		started := time.Now()
		assert.Equal(t, slicesOf(core.PluginDeviceNotResponding), codes(n.Poll(t.Context())))
		assert.Equal(t, 3*time.Second, time.Since(started))
	})
}

// TestNothingIsDue: the device is left alone as long as a person has to mend
// every tag.
func TestNothingIsDue(t *testing.T) {
	s, n := start(plain)
	for _, name := range names {
		s.items[name] = status(ua.StatusBadNodeIDUnknown)
	}
	for range 10 {
		assert.Equal(t, slicesOf(core.OPCUABadNodeIDUnknown), codes(n.Poll(t.Context())))
	}
	assert.Equal(t, 1, s.reads)
	assert.EqualValues(t, 10, n.Readings()[0].Cycles, "an answer in every cycle")
}

func TestReopen(t *testing.T) {
	s, n := start(withSession)
	n.Poll(t.Context())
	s.request = opcua.ServiceStatus(ua.StatusBadSessionIDInvalid).Err(core.Read)
	require.Equal(t, core.Session, core.ScopeOf(s.request))
	n.Poll(t.Context())
	assert.Zero(t, s.closed, "the connection below stands")
	s.request = nil
	assert.Equal(t, slicesOf(core.OK), codes(n.Poll(t.Context())))
	assert.Equal(t, []int{1, 1, 0}, []int{s.opened, s.reopened, s.closed})
}

func TestReopenFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, n := start(withSession)
		n.Poll(t.Context())
		s.request = opcua.ServiceStatus(ua.StatusBadSessionIDInvalid).Err(core.Read)
		s.reopen = s.request
		n.Poll(t.Context())
		s.request = nil
		n.Poll(t.Context())
		assert.Equal(t, 1, s.closed, "then from the ground")
		time.Sleep(time.Second)
		assert.Equal(t, slicesOf(core.OK), codes(n.Poll(t.Context())))
		assert.Equal(t, []int{2, 1, 1}, []int{s.opened, s.reopened, s.closed})
	})
}

// TestFixWhileConnecting: wrong credentials get no better by asking.
func TestFixWhileConnecting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, n := start(plain)
		s.open = opcua.ServiceStatus(ua.StatusBadUserAccessDenied).Err(core.Connect)
		require.Equal(t, core.Fix, core.RemedyOf(s.open))
		for range 50 {
			assert.Equal(t, slicesOf(core.OPCUABadUserAccessDenied), codes(n.Poll(t.Context())))
			time.Sleep(time.Second)
		}
		assert.Equal(t, 1, s.opened)
	})
}

func TestTooFewResults(t *testing.T) {
	s, n := start(plain)
	s.short = true
	assert.Contains(t, codes(n.Poll(t.Context())), core.PluginMessageDisorder)
}

func TestWriteIsRepeatedOnlyWhenSafe(t *testing.T) {
	for name, c := range map[string]struct {
		err    error
		writes int
	}{
		"timed out":   {translated(core.Write, context.DeadlineExceeded), 1},
		"link lost":   {translated(core.Write, io.EOF), 1},
		"refused":     {opcua.Status(ua.StatusBadNotWritable).Err(core.Write), 1},
		"too many":    {opcua.ServiceStatus(ua.StatusBadTooManyOperations).Err(core.Write), 1},
		"device busy": {opcua.Status(ua.StatusBadResourceUnavailable).Err(core.Write), 3},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, n := start(plain)
				s.write = c.err
				err := n.Write(t.Context(), "a", json.Number("7"))
				require.Equal(t, core.CodeOf(c.err), core.CodeOf(err))
				require.ErrorContains(t, err, "write a")
				assert.Equal(t, c.writes, s.writes)
			})
		})
	}
}

func TestWriteWhileDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, n := start(plain)
		require.NoError(t, n.Write(t.Context(), "a", 1))
		s.write = translated(core.Write, io.EOF)
		require.Error(t, n.Write(t.Context(), "a", 1))
		s.open = translated(core.Connect, io.ErrClosedPipe)
		err := n.Write(t.Context(), "b", 1)
		coretest.RequireCode(t, err, core.PluginNotConnected)
		assert.True(t, core.Repeatable(err), "of this one nothing was sent")
		assert.Equal(t, 2, s.writes)
		s.open, s.write = nil, nil
		time.Sleep(time.Minute)
		require.NoError(t, n.Write(t.Context(), "b", 1))
		assert.Equal(t, gateway.Connected, n.State().Link)
	})
}

func TestWriteChecksBeforeItSends(t *testing.T) {
	s, n := start(plain)
	coretest.RequireCode(t, n.Write(t.Context(), "e", 1), core.TagNotExist)
	coretest.RequireCode(t, n.Write(t.Context(), "d", 1), core.PluginTagNotWritable)
	coretest.RequireCode(t, n.Write(t.Context(), "a", "x"), core.PluginTagTypeMismatch)
	coretest.RequireCode(t, n.Write(t.Context(), "a", json.Number("70000")), core.PluginWriteFailed)
	assert.Zero(t, s.opened)
}

func TestStop(t *testing.T) {
	s, n := start(plain)
	n.Poll(t.Context())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s.request = translated(core.Read, context.Canceled)
	assert.Equal(t, slicesOf(core.OK), codes(n.Poll(ctx)))
	assert.EqualValues(t, 1, n.Cycles())
	s.request = nil
	require.NoError(t, n.Close())
	assert.Equal(t, gateway.Disconnected, n.State().Link)
	require.NoError(t, n.Close())
	assert.Equal(t, 1, s.closed)
	assert.Equal(t, slicesOf(core.OK), codes(n.Poll(t.Context())))
	assert.Equal(t, 2, s.opened)
}
