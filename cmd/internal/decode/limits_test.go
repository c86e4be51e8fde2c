package decode

import (
	"encoding/binary"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/fieldstatus/fieldstatus/cmd/internal/fake"
	"github.com/fieldstatus/fieldstatus/cmd/internal/protocol"
	"github.com/fieldstatus/fieldstatus/cmd/internal/traffic"
	"github.com/fieldstatus/fieldstatus/core"
)

func clientNumber(i int) netip.AddrPort {
	var ip [4]byte
	binary.BigEndian.PutUint32(ip[:], 0x0A000000+uint32(i/50000))
	return netip.AddrPortFrom(netip.AddrFrom4(ip), uint16(10000+i%50000))
}

func TestManyConnections(t *testing.T) {
	c := traffic.New()
	const n = maxStreams + maxStreams/2
	for i := range n {
		conn := c.Conn(clientNumber(i), traffic.Server).Open()
		conn.Send(frameOf('r', 1))
	}
	most := 0
	e := NewEngine(NewPorts(protocols), func(Finding) {})
	feedAll(t, e, c, func() { most = max(most, len(e.streams)) })
	assert.LessOrEqual(t, most, maxStreams)
	assert.Positive(t, e.Notes.Forgotten)
	e.Finish()
	assert.Empty(t, e.streams)
}

func TestManyFlows(t *testing.T) {
	c := traffic.New()
	for i := range maxFlows + 100 {
		c.UDP(clientNumber(i), traffic.Server, frameOf('r', 1))
	}
	found, e := run(t, c)
	assert.Equal(t, 100, e.Notes.Forgotten)
	assert.Len(t, found, maxFlows+100, "every request is reported as unanswered")
	assert.Equal(t, maxFlows, e.flows.order.Len())
	assert.Len(t, e.flows.byKey, maxFlows)
}

func TestManyRequestsWithoutAnswer(t *testing.T) {
	c := traffic.New()
	for i := range maxOpen + 10 {
		c.UDP(traffic.Client, traffic.Server, frameOf('r', byte(i)))
	}
	found, _ := run(t, c)
	assert.Len(t, found, maxOpen)
}

// endless is a protocol whose frames never end.
var endless = &protocol.Protocol{
	Name: "endless", TCP: []uint16{777}, Translate: core.Translate,
	New:  fake.Protocol.New,
	Scan: func([]byte, bool) (int, []byte, error) { return 0, nil, nil },
}

func TestFramesWithoutEnd(t *testing.T) {
	e := NewEngine(NewPorts([]*protocol.Protocol{endless}), func(Finding) {})
	c := traffic.New()
	conns := make([]*traffic.Conn, 80)
	for i := range conns {
		conns[i] = c.Conn(clientNumber(i), traffic.Server).Open()
	}
	most := 0
	payload := make([]byte, 60000)
	for range 20 {
		for _, conn := range conns {
			conn.Reply(payload)
		}
		feedAll(t, e, c, func() { most = max(most, e.buffered) })
		c.Packets = c.Packets[:0]
	}
	assert.LessOrEqual(t, most, maxBuffered+len(payload))
	assert.Greater(t, most, maxBuffered/2)
	assert.Positive(t, e.Notes.TooLong)
	e.Finish()
	assert.Zero(t, e.buffered)
}

// A stream that waits for a segment that never comes keeps a few pages only.
func TestMissingSegmentsDoNotPileUp(t *testing.T) {
	c := traffic.New()
	conn := c.Conn(traffic.Client, traffic.Server).Open()
	conn.Reply(frameOf('n', 1))
	c.Lose()
	first := len(c.Packets)
	for range 2 * maxQueuedPages {
		conn.Reply(long(1400, 'a', 1, 7))
	}
	for i := range c.Packets {
		c.Packets[i].Time = time.Time{} // no time passes
	}
	var found []Finding
	e := NewEngine(NewPorts(protocols), func(f Finding) { found = append(found, f) })
	for i, p := range c.Packets {
		feed(t, e, p, i+1)
	}
	assert.NotEmpty(t, found)
	e.Finish()
	assert.Equal(t, first+1, found[0].Packet)
	assert.EqualValues(t, 6, e.Notes.LostBytes)
}
