package decode

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/cmd/internal/capture"
	"github.com/fieldstatus/fieldstatus/cmd/internal/fake"
	"github.com/fieldstatus/fieldstatus/cmd/internal/protocol"
	"github.com/fieldstatus/fieldstatus/cmd/internal/traffic"
	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
)

// A conversation is made new by clearing it, so New must not return more than that.
func TestNewConversationsAreZero(t *testing.T) {
	for _, p := range append(protocol.All(), fake.Protocol) {
		if p.New == nil {
			continue
		}
		v := reflect.ValueOf(p.New())
		require.Equal(t, reflect.Pointer, v.Kind(), p.Name)
		assert.True(t, v.Elem().IsZero(), p.Name)
	}
}

// A reused conversation knows nothing of the one before: all recorded frames, in
// random order and with packets that are missing, cut and out of order, give the
// same findings as conversations that nobody has used.
func TestReusedConversations(t *testing.T) {
	for seed := range uint64(6) {
		file := recorded(t, rand.New(rand.NewPCG(seed, 0)))
		reused, notes, again := decodeWith(t, file, func(*Engine) {})
		fresh, freshNotes, none := decodeWith(t, file, func(e *Engine) { e.spares = spares{} })
		require.Positive(t, len(reused))
		assert.Equal(t, freshNotes, notes)
		require.Equal(t, len(fresh), len(reused))
		for i := range fresh {
			require.Equal(t, fresh[i], reused[i])
		}
		assert.Zero(t, none)
		assert.Greater(t, again, 400, "conversations were reused")
	}
}

// decodeWith decodes a capture. It calls before ahead of every packet, and counts
// the conversations that were another one before.
func decodeWith(t *testing.T, file []byte, before func(*Engine)) (found []Finding, notes Notes, again int) {
	r, err := capture.NewReader(bytes.NewReader(file))
	require.NoError(t, err)
	e := NewEngine(NewPorts(protocol.All()), func(f Finding) { found = append(found, f) })
	e.flows.limit = 8 // or none would end before all others have begun
	for {
		p, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		e.spares.ready()
		before(e)
		left := e.spares.left()
		e.Packet(p)
		again += max(0, left-e.spares.left())
	}
	e.Finish()
	return found, e.Notes, again
}

// left returns how many conversations are ready for reuse.
func (s *spares) left() int {
	n := 0
	for _, d := range s.dialogues {
		n += len(d)
	}
	return n
}

// recorded returns a capture with all recorded frames: a connection for each
// stanza, one after the other, some of them mutilated.
func recorded(t *testing.T, r *rand.Rand) []byte {
	type stanza struct {
		protocol *protocol.Protocol
		frames   []coretest.Frame
	}
	var all []stanza
	for _, p := range protocol.All() {
		stanzas, err := coretest.ReadFrames(os.DirFS(filepath.Join("..", "..", "..", p.Name, "testdata")), "*.frames")
		if err != nil || p.New == nil {
			continue // no frames of their own
		}
		for _, s := range stanzas {
			all = append(all, stanza{p, s.Frames})
		}
	}
	require.Greater(t, len(all), 500)
	r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	c := traffic.New()
	for i, s := range all {
		client := netip.AddrPortFrom(traffic.Client.Addr(), uint16(20000+i))
		first := len(c.Packets)
		if p := s.protocol; len(p.TCP) == 0 || len(p.UDP) > 0 && r.IntN(2) == 0 {
			server := atPort(traffic.Server, p.UDP[0])
			for _, f := range s.frames {
				if f.Sent {
					c.UDP(client, server, f.Data)
				} else {
					c.UDP(server, client, f.Data)
				}
			}
		} else {
			conn := c.Conn(client, atPort(traffic.Server, p.TCP[0])).Open()
			for _, f := range s.frames {
				if f.Sent {
					conn.Send(f.Data)
				} else {
					conn.Reply(f.Data)
				}
			}
			if r.IntN(2) == 0 {
				conn.Close()
			} else {
				conn.ServerRST()
			}
		}
		c.Packets = append(c.Packets[:first], mutilated(c.Packets[first:], r)...)
	}
	return c.Pcap()
}

// mutilated leaves half of the connections as they are. Of the others a packet is
// missing, or the end, or two have changed places, or one is cut.
func mutilated(packets []traffic.Packet, r *rand.Rand) []traffic.Packet {
	if len(packets) < 2 {
		return packets
	}
	i := r.IntN(len(packets) - 1)
	switch r.IntN(8) {
	case 0:
		return slices.Delete(packets, i, i+1)
	case 1:
		return packets[:i+1]
	case 2:
		packets[i], packets[i+1] = packets[i+1], packets[i]
		packets[i].Time, packets[i+1].Time = packets[i+1].Time, packets[i].Time
	case 3:
		if p := &packets[i]; len(p.Data) > 60 {
			p.Data, p.Wire = p.Data[:60], len(p.Data)
		}
	}
	return packets
}

// What is kept for reuse is bounded.
func TestSparesAreBounded(t *testing.T) {
	c := traffic.New()
	for i := range 4 * maxSpares {
		conn := c.Conn(clientNumber(i), traffic.Server).Open()
		conn.Send(frameOf('r', 1))
		conn.Reply(long(maxSpareSpace, 'a', 1, 7))
	}
	e := NewEngine(NewPorts(protocols), func(Finding) {})
	feedAll(t, e, c, nil)
	e.Finish()
	e.spares.ready()
	assert.Equal(t, maxSpares, e.spares.left())
	assert.Len(t, e.spares.streams, maxSpares)
	for _, s := range e.spares.streams {
		assert.LessOrEqual(t, cap(s.both[1].framer.space), maxSpareSpace)
		assert.LessOrEqual(t, cap(s.both[1].framer.marks), maxSpareItems)
	}
	for _, d := range e.spares.dialogues[fake.Protocol] {
		assert.LessOrEqual(t, cap(d.statuses), maxSpareItems)
	}
}

// An endpoint that a server has negotiated goes on with a conversation after the
// connection that it came over has ended.
func TestFollowedConversationsAreNotReused(t *testing.T) {
	c := traffic.New()
	conn := c.Conn(traffic.Client, traffic.Server).Open()
	conn.Send(frameOf('w', 1))
	conn.Reply(frameOf('e', 1, 0x12, 0x34))
	conn.Send(frameOf('w', 2))
	conn.Close()
	other := c.Conn(clientNumber(1), traffic.Server).Open()
	other.Send(frameOf('r', 9))
	negotiated := atPort(traffic.Server, 0x1234)
	c.UDP(traffic.Client, negotiated, frameOf('r', 3))
	c.UDP(negotiated, traffic.Client, frameOf('a', 2, 7))
	found, _ := run(t, c)
	assert.Contains(t, lines(found), line{len(c.Packets), "Bad", core.Write, 0}, "of what was asked over the connection")
}

func TestSparesKeepNoMoreThanTheirLimit(t *testing.T) {
	var s spares
	for range 2 { // what is kept and what has just ended
		for range maxSpares + 1 {
			s.give(&dialogue{protocol: fake.Protocol, inner: fake.Protocol.New()})
			s.giveStream(new(tcpStream))
		}
		assert.Len(t, s.ended, maxSpares)
		assert.Len(t, s.endedStreams, maxSpares)
		s.ready()
		assert.Equal(t, maxSpares, s.left())
		assert.Len(t, s.streams, maxSpares)
		assert.Empty(t, s.ended)
		assert.Empty(t, s.endedStreams)
	}
	for room, kept := range map[int]int{4: 4, 5: 5, 6: 0} {
		got := emptied(make([]int, 3, room), 5)
		assert.Empty(t, got)
		assert.Equal(t, kept, cap(got))
	}
}
