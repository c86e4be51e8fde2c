package judge

import (
	"hash/fnv"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/cmd/internal/traffic"
	"github.com/fieldstatus/fieldstatus/core/coretest"
)

// A conversation is the frames of one stanza, with changes in the last frame,
// which the device has sent.
type conversation struct {
	stanza    coretest.Stanza
	mutations []mutation
}

// stanzas returns the stanzas of a protocol that Wireshark can read.
func (j *judge) stanzas(t *testing.T) []coretest.Stanza {
	t.Helper()
	all, err := coretest.ReadFrames(os.DirFS(filepath.Join("..", "..", "..", j.name, "testdata")), "*.frames")
	require.NoError(t, err)
	if j.foreign != nil {
		all = slices.DeleteFunc(all, func(s coretest.Stanza) bool { return j.foreign(s.Frames[0].Data) })
	}
	return all
}

// conversations returns each stanza as it stands, with one change, and with two.
// Which ones depends on nothing but the stanza.
func (j *judge) conversations(stanzas []coretest.Stanza, single, double int) []conversation {
	var all []conversation
	for _, s := range stanzas {
		seed := fnv.New64a()
		seed.Write([]byte(s.Name))
		rng := rand.New(rand.NewPCG(seed.Sum64(), 0))
		mutations := j.mutations(s)
		all = append(all, conversation{s, nil})
		for range double {
			all = append(all, conversation{s, []mutation{mutations[rng.IntN(len(mutations))], mutations[rng.IntN(len(mutations))]}})
		}
		rng.Shuffle(len(mutations), func(i, k int) { mutations[i], mutations[k] = mutations[k], mutations[i] })
		for _, m := range mutations[:min(single, len(mutations))] {
			all = append(all, conversation{s, []mutation{m}})
		}
	}
	return all
}

// frames returns the frames of a conversation.
func (c conversation) frames(j *judge) []coretest.Frame {
	frames := slices.Clone(c.stanza.Frames)
	last := &frames[len(frames)-1]
	for _, m := range c.mutations {
		if m.at < len(last.Data) { // a change before this one may have cut it off
			last.Data = m.apply(j, last.Data)
		}
	}
	return frames
}

// device is where all devices are.
var device = netip.MustParseAddr("192.0.2.20")

// A packet is one packet of a device.
type packet struct {
	conversation conversation
	frame        []byte
	stream       bool // over TCP
}

// capture puts conversations into one capture, each between sockets of its own.
// It returns the packets of the devices by number.
func (j *judge) capture(conversations []conversation) (pcap []byte, packets map[int]packet) {
	c := traffic.New()
	packets = make(map[int]packet)
	server := netip.AddrPortFrom(device, j.port)
	for i, conversation := range conversations {
		client := netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}), 50001)
		frames := conversation.frames(j)
		var conn *traffic.Conn
		if j.tcp(frames[0].Data) {
			conn = c.Conn(client, server).Open()
		}
		for _, f := range frames {
			switch {
			case conn != nil && f.Sent:
				conn.Send(f.Data)
			case conn != nil:
				conn.Reply(f.Data)
			case f.Sent:
				c.UDP(client, server, f.Data)
			default:
				c.UDP(server, client, f.Data)
			}
			if !f.Sent {
				packets[len(c.Packets)] = packet{conversation, f.Data, conn != nil}
			}
		}
	}
	return c.Pcap(), packets
}
