package decode

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/fieldstatus/fieldstatus/cmd/internal/traffic"
	"github.com/fieldstatus/fieldstatus/core"
)

// Captures of several queues of a network card hold an answer before its
// request now and then. The numbers of TCP tell what came first.
func TestAnswerBeforeItsRequest(t *testing.T) {
	c := traffic.New()
	conn := c.Conn(traffic.Client, traffic.Server).Open()
	conn.Send(frameOf('w', 1))
	conn.Reply(frameOf('a', 1, 7))
	c.Swap() // 4 is the answer now, 5 the request
	conn.Send(frameOf('r', 2))
	conn.Reply(frameOf('a', 2, 8)) // 7
	found, _ := run(t, c)
	assert.Equal(t, []line{{4, "Bad", core.Write, 0}, {7, "Bad", core.Read, 0}}, lines(found))
}

func TestRequestBeforeTheAnswerThatItAcknowledges(t *testing.T) {
	c := traffic.New()
	conn := c.Conn(traffic.Client, traffic.Server).Open()
	conn.Send(frameOf('w', 1))
	conn.Reply(frameOf('a', 1, 7))
	conn.Send(frameOf('r', 1)) // the same identifier again
	c.Swap()                   // 5 is the second request now, 6 the answer to the first
	conn.Reply(frameOf('a', 1, 8))
	found, _ := run(t, c)
	assert.Equal(t, []line{{6, "Bad", core.Write, 0}, {7, "Bad", core.Read, 0}}, lines(found))
}

// The handshake may be mixed up as well.
func TestHandshakeOutOfOrder(t *testing.T) {
	c := traffic.New()
	conn := c.Conn(traffic.Client, traffic.Server)
	conn.Open()
	c.Packets[0], c.Packets[1] = c.Packets[1], c.Packets[0]
	conn.Send(frameOf('w', 1))
	conn.Reply(frameOf('a', 1, 7))
	found, e := run(t, c)
	assert.Equal(t, []line{{5, "Bad", core.Write, 0}}, lines(found))
	assert.Equal(t, traffic.Server, found[0].Src)
	assert.Zero(t, e.Notes.LostBytes+e.Notes.UnreadBytes)
}

// An answer does not wait for a request that the capture has lost.
func TestAnswerToALostRequest(t *testing.T) {
	c := traffic.New()
	conn := c.Conn(traffic.Client, traffic.Server).Open()
	conn.Send(frameOf('w', 1))
	c.Lose()
	conn.Reply(frameOf('a', 1, 7)) // 4
	c.Pause(10 * patience)
	conn.Reply(frameOf('n', 1))
	conn.Reply(frameOf('n', 1))
	last := len(c.Packets)
	var at []int // the packet after which a finding was reported
	seen := 0
	e := NewEngine(NewPorts(protocols), func(f Finding) {
		at = append(at, seen)
		assert.Equal(t, line{4, "Bad", core.Other, 0}, lines([]Finding{f})[0])
	})
	for i, p := range c.Packets {
		seen = i + 1
		feed(t, e, p, seen)
	}
	assert.Len(t, at, 1)
	assert.LessOrEqual(t, at[0], last)
	e.Finish()
	assert.Zero(t, e.buffered)
	assert.Empty(t, e.holding)
}

// A request that is in no capture and an end that is leave no answer behind.
func TestAnswerToALostRequestAtTheEnd(t *testing.T) {
	for name, end := range map[string]func(*traffic.Conn){
		"nothing": func(*traffic.Conn) {}, "FIN": func(c *traffic.Conn) { c.Close() }, "RST": func(c *traffic.Conn) { c.ServerRST() },
	} {
		c := traffic.New()
		conn := c.Conn(traffic.Client, traffic.Server).Open()
		conn.Send(frameOf('w', 1))
		c.Lose()
		conn.Reply(frameOf('a', 1, 7)) // 4
		end(conn)
		found, _ := run(t, c)
		assert.Equal(t, []line{{4, "Bad", core.Other, 0}}, lines(found), name)
	}
}

// What waits is bounded in number and in bytes.
func TestWaitingIsBounded(t *testing.T) {
	for name, size := range map[string]int{"many": 7, "large": 20000} {
		c := traffic.New()
		conn := c.Conn(traffic.Client, traffic.Server).Open()
		conn.Send(frameOf('w', 1))
		c.Lose()
		for range 10 * maxHeld {
			conn.Reply(long(size, 'a', 1, 7))
		}
		for i := range c.Packets {
			c.Packets[i].Time = time.Time{}
		}
		e := NewEngine(NewPorts(protocols), func(Finding) {})
		for i, p := range c.Packets {
			feed(t, e, p, i+1)
			assert.LessOrEqual(t, e.buffered, maxHeldBytes+size, name)
			for s := range e.holding {
				assert.LessOrEqual(t, len(s.directions[1].held), maxHeld)
			}
		}
		e.Finish()
		assert.Zero(t, e.buffered)
	}
}

// events feeds packets to an engine and returns after which one each finding came.
func events(t *testing.T, e *Engine, packets []traffic.Packet) (found map[int][]line) {
	t.Helper()
	found = make(map[int][]line)
	number := 0
	e.report = func(f Finding) { found[number] = append(found[number], lines([]Finding{f})...) }
	for _, p := range packets {
		number++
		feed(t, e, p, number)
	}
	number++
	e.Finish()
	assert.Zero(t, e.buffered)
	assert.Empty(t, e.holding)
	return found
}

func newEngine() *Engine { return NewEngine(NewPorts(protocols), func(Finding) {}) }

// timeless returns the packets of a capture that does not tell the time.
func timeless(c *traffic.Capture) []traffic.Packet {
	for i := range c.Packets {
		c.Packets[i].Time = time.Time{}
	}
	return c.Packets
}

// A request waits for the answer that it acknowledges, and that one for its own
// request, however late it is.
func TestEachWaitsForTheOther(t *testing.T) {
	c := traffic.New()
	conn := c.Conn(traffic.Client, traffic.Server).Open()
	conn.Send(frameOf('w', 1))     // 4
	conn.Reply(frameOf('a', 1, 7)) // 5
	conn.Send(frameOf('r', 1))     // 6
	late := c.Packets[3]
	c.Packets = append(append(c.Packets[:3], c.Packets[4:]...), late)
	conn.Reply(frameOf('a', 1, 8))
	found, _ := run(t, c)
	assert.Equal(t, []line{{4, "Bad", core.Write, 0}, {7, "Bad", core.Read, 0}}, lines(found))
}

// ahead adds an answer that acknowledges more than the client has sent.
func ahead(c *traffic.Capture, conn *traffic.Conn, payload []byte) {
	c.TCP(conn.Server, conn.Client, traffic.Segment{Seq: conn.ServerSeq, Ack: conn.ClientSeq + 100, ACK: true, Payload: payload})
	conn.ServerSeq += uint32(len(payload))
}

// What waits is given up when it gets one too many, or a byte too long.
func TestHowMuchMayWait(t *testing.T) {
	for name, test := range map[string]struct {
		answers, size int
		others        int // bytes that other connections keep
	}{
		"in number":           {maxHeld, 7, 0},
		"in bytes":            {8, maxHeldBytes / 8, 0},
		"with all the others": {10, 100, maxBuffered - 10*100 - 100}, // the last one is with its framer as well
	} {
		c := traffic.New()
		conn := c.Conn(traffic.Client, traffic.Server).Open()
		for range test.answers + 1 {
			ahead(c, conn, long(test.size, 'c', 1, 0))
		}
		e := newEngine()
		seen := 0
		e.report = func(f Finding) { seen++ }
		e.buffered = test.others
		packets := timeless(c)
		for i, p := range packets[:3+test.answers] {
			feed(t, e, p, i+1)
		}
		assert.Zero(t, seen, name)
		feed(t, e, packets[3+test.answers], 4+test.answers)
		assert.Positive(t, seen, name)
		e.Finish()
		assert.Equal(t, test.others, e.buffered, name)
	}
}

// An answer does not wait for requests of a client that has ended.
func TestNobodyWaitsForAnEndedClient(t *testing.T) {
	c := traffic.New()
	conn := c.Conn(traffic.Client, traffic.Server).Open()
	ahead(c, conn, frameOf('a', 1, 7)) // 4
	c.TCP(conn.Client, conn.Server, traffic.Segment{Seq: conn.ClientSeq, Ack: conn.ServerSeq - 7, ACK: true, FIN: true})
	assert.Equal(t, map[int][]line{5: {{4, "Bad", core.Other, 0}}}, events(t, newEngine(), c.Packets))
}

// Both directions of a connection may wait for what is not in the capture. Packets
// of another connection tell that time goes by.
func TestBothDirectionsWait(t *testing.T) {
	c := traffic.New()
	conn := c.Conn(traffic.Client, traffic.Server).Open()
	ahead(c, conn, frameOf('a', 1, 7)) // 4
	conn.Send(frameOf('r', 2))         // 5 acknowledges it
	c.Pause(2 * patience)
	c.Conn(clientNumber(1), traffic.Server).Open() // 6, 7, 8
	assert.Equal(t, map[int][]line{
		6: {{4, "Bad", core.Other, 0}}, 9: {{5, "unanswered", core.Read, -1}},
	}, events(t, newEngine(), c.Packets))
}
