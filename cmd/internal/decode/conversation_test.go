package decode

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/fieldstatus/fieldstatus/cmd/internal/traffic"
	"github.com/fieldstatus/fieldstatus/core"
)

// That a connection ends which the server has said to be over is no further news.
// An item that failed does not say so.
func TestEndOfAConnectionThatWasAnnounced(t *testing.T) {
	c := traffic.New()
	conn := c.Conn(traffic.Client, traffic.Server).Open()
	conn.Send(frameOf('r', 1))
	conn.Reply(frameOf('c', 9)) // 5
	conn.ServerFIN()
	found, _ := run(t, c)
	assert.Equal(t, []line{{5, "End", core.Other, -1}, {4, "unanswered", core.Read, -1}}, lines(found))

	c = traffic.New()
	conn = c.Conn(traffic.Client, traffic.Server).Open()
	conn.Send(frameOf('r', 1))
	conn.Send(frameOf('w', 2))
	conn.Reply(frameOf('a', 1, 7)) // 6
	conn.ServerFIN()               // 7
	found, _ = run(t, c)
	assert.Equal(t, []line{{6, "Bad", core.Read, 0}, {7, "EOF", core.Write, -1}}, lines(found))
}

// An answer to no request that we know is a fault when we know all of them. After a
// start in mid-stream that takes as many answers as requests may be open.
func TestAnswerToNoRequest(t *testing.T) {
	for name, test := range map[string]struct {
		open     bool // the capture holds the start of the connection
		answered int
		kind     byte
		want     []line
	}{
		"from the start":               {true, 0, 'x', []line{{4, "Foreign", core.Other, -1}}},
		"in mid-stream":                {false, 1, 'x', nil},
		"before all may be answered":   {false, maxOpen - 1, 'x', nil},
		"after all that could be open": {false, maxOpen, 'x', []line{{1 + 2*maxOpen, "Foreign", core.Other, -1}}},
		"in mid-stream, malformed":     {false, 1, '?', []line{{3, "Wrong", core.Other, -1}}},
	} {
		c := traffic.New()
		conn := c.Conn(traffic.Client, traffic.Server)
		if test.open {
			conn.Open()
		}
		for i := range test.answered {
			conn.Send(frameOf('r', byte(i)))
			conn.Reply(frameOf('a', byte(i)))
		}
		conn.Reply(frameOf(test.kind, 200))
		found, _ := run(t, c)
		assert.Equal(t, test.want, lines(found), name)
	}
}

// A conversation that goes on over an endpoint outlives the connection over which it
// was negotiated: what is open then may still be answered.
func TestConversationOutlivesItsConnection(t *testing.T) {
	c := traffic.New()
	conn := c.Conn(traffic.Client, traffic.Server).Open()
	conn.Send(frameOf('w', 1))
	conn.Reply(frameOf('e', 1, 0x12, 0x34)) // 5
	negotiated := atPort(traffic.Server, 0x1234)
	c.UDP(traffic.Client, negotiated, frameOf('w', 2))
	conn.Close()
	c.UDP(negotiated, traffic.Client, frameOf('a', 2, 7))
	found, _ := run(t, c)
	assert.Equal(t, []line{{5, "Good", core.Write, 0}, {len(c.Packets), "Bad", core.Write, 0}}, lines(found))
}
