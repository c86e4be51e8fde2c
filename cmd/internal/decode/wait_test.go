package decode

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/fieldstatus/fieldstatus/cmd/internal/traffic"
	"github.com/fieldstatus/fieldstatus/core"
)

// withMissingSegment returns a connection of which packet 5 is an answer that came
// behind a missing one.
func withMissingSegment(c *traffic.Capture) *traffic.Conn {
	conn := c.Conn(traffic.Client, traffic.Server).Open()
	conn.Send(join(frameOf('r', 1), frameOf('r', 2))) // 4
	conn.Reply(frameOf('a', 1, 7))
	c.Lose()
	conn.Reply(frameOf('a', 2, 8)) // 5
	return conn
}

// What waits is looked at after a while, which packets of any connection make pass.
func TestHowLongIsWaited(t *testing.T) {
	c := traffic.New()
	withMissingSegment(c)
	other := c.Conn(clientNumber(1), traffic.Server).Open() // 6, 7, 8
	for range 20 {
		other.Reply(frameOf('n', 1))
	}
	start := c.Packets[4].Time
	for i := range c.Packets[5:] {
		c.Packets[5+i].Time = start.Add(time.Duration(1+i) * flushEvery)
	}
	at := 5 + int(patience/flushEvery) + 1 // which is more than patience
	assert.Equal(t, map[int][]line{at: {{5, "Bad", core.Read, 0}}}, events(t, newEngine(), c.Packets))
}

// Without times the number of packets has to tell.
func TestHowManyPacketsAreWaited(t *testing.T) {
	c := traffic.New()
	withMissingSegment(c)
	other := c.Conn(clientNumber(1), traffic.Server)
	for range flushPackets + 10 {
		other.Reply(frameOf('n', 1))
	}
	at := 5 - 1 + flushPackets // of all packets since
	assert.Equal(t, map[int][]line{at: {{5, "Bad", core.Read, 0}}}, events(t, newEngine(), timeless(c)))
}

// Nothing waits where all comes in its turn.
func TestNothingWaits(t *testing.T) {
	c := traffic.New()
	conn := c.Conn(traffic.Client, traffic.Server).Open()
	for range 3 {
		conn.Send(frameOf('r', 1))
		conn.Reply(frameOf('a', 1, 0))
		c.Repeat()
	}
	e := newEngine()
	for i, p := range c.Packets {
		feed(t, e, p, i+1)
		assert.False(t, e.waiting)
	}
	conn.Reply(frameOf('n', 1))
	c.Lose()
	conn.Reply(frameOf('n', 1))
	feed(t, e, c.Packets[len(c.Packets)-1], len(c.Packets))
	assert.True(t, e.waiting)
}

// What came behind a missing segment is taken before a reset ends the connection.
func TestResetBehindAMissingSegment(t *testing.T) {
	c := traffic.New()
	withMissingSegment(c).ServerRST() // 6
	assert.Equal(t, map[int][]line{6: {{5, "Bad", core.Read, 0}}}, events(t, newEngine(), c.Packets))
}

// The first segment that waits after a long time is not forgotten.
func TestMissingSegmentAfterSilence(t *testing.T) {
	c := traffic.New()
	conn := c.Conn(traffic.Client, traffic.Server).Open()
	conn.Send(frameOf('r', 1)) // 4
	conn.Reply(frameOf('n', 1))
	c.Lose()
	c.Pause(time.Minute)
	conn.Reply(frameOf('a', 1, 8)) // 5
	c.Pause(2 * patience)
	c.Conn(clientNumber(1), traffic.Server).Open() // 6, 7, 8
	assert.Equal(t, map[int][]line{6: {{5, "Bad", core.Read, 0}}}, events(t, newEngine(), c.Packets))
}

// opened tells how long before the last packet a number of connections were opened.
type opened struct {
	n  int
	by time.Duration
}

// When there are too many connections those go that were idle for longest, and no
// more of them than makes room.
func TestRoomForConnections(t *testing.T) {
	const quarter = maxStreams / 4
	for name, test := range map[string]struct {
		connections []opened
		forgotten   int
	}{
		"enough are idle for very long": {[]opened{{quarter + 1, 11 * time.Minute}, {quarter - 1, 9 * time.Minute}, {2 * quarter, 0}}, quarter + 1},
		"almost enough are":             {[]opened{{quarter, 11 * time.Minute}, {1, 9 * time.Minute}, {3*quarter - 1, 50 * time.Second}}, quarter + 1},
		"for a minute":                  {[]opened{{quarter + 2, 61 * time.Second}, {3*quarter - 2, 59 * time.Second}}, quarter + 2},
		"for ten seconds":               {[]opened{{quarter + 3, 11 * time.Second}, {3*quarter - 3, 9 * time.Second}}, quarter + 3},
		"for a second":                  {[]opened{{quarter + 4, 1100 * time.Millisecond}, {3*quarter - 4, 900 * time.Millisecond}}, quarter + 4},
		"none is":                       {[]opened{{4 * quarter, 0}}, 4 * quarter},
	} {
		c := traffic.New()
		now := traffic.Start.Add(time.Hour)
		for _, group := range test.connections {
			for range group.n {
				c.TCP(clientNumber(len(c.Packets)), traffic.Server, traffic.Segment{Seq: 5, SYN: true})
				c.Packets[len(c.Packets)-1].Time = now.Add(-group.by)
			}
		}
		assert.Len(t, c.Packets, maxStreams)
		c.UDP(traffic.Client, traffic.Server, nil)
		e := newEngine()
		feedAll(t, e, c, nil)
		assert.Zero(t, e.Notes.Forgotten, name)
		c.TCP(traffic.Client, traffic.Server, traffic.Segment{Seq: 5, SYN: true})
		c.Packets = c.Packets[maxStreams+1:]
		c.Packets[0].Time = now
		feedAll(t, e, c, nil)
		assert.Equal(t, test.forgotten, e.Notes.Forgotten, name)
		assert.Len(t, e.streams, maxStreams-test.forgotten+1, name)
	}
}

// As long as there is room a connection may be idle for any time.
func TestIdleConnection(t *testing.T) {
	c := traffic.New()
	conn := c.Conn(traffic.Client, traffic.Server).Open()
	conn.Send(frameOf('w', 1))
	c.Pause(24 * time.Hour)
	c.Conn(clientNumber(1), traffic.Server).Open()
	conn.Reply(frameOf('a', 1, 7))
	found, e := run(t, c)
	assert.Equal(t, []line{{8, "Bad", core.Write, 0}}, lines(found))
	assert.Zero(t, e.Notes.Forgotten)
}
