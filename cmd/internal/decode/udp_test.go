package decode

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/cmd/internal/fake"
	"github.com/fieldstatus/fieldstatus/cmd/internal/protocol"
	"github.com/fieldstatus/fieldstatus/cmd/internal/traffic"
	"github.com/fieldstatus/fieldstatus/core"
)

func TestDatagrams(t *testing.T) {
	c := traffic.New()
	c.UDP(traffic.Client, traffic.Server, frameOf('r', 1))
	c.UDP(traffic.Server, traffic.Client, append(frameOf('a', 1, 0, 7), frameOf('a', 2, 8)...)) // two frames in one datagram
	c.UDP(traffic.Client, traffic.Server, frameOf('w', 3))
	c.UDP(traffic.Server, traffic.Client, []byte("garbage"))
	c.UDP(traffic.Client, traffic.Server, nil)
	found, e := run(t, c)
	assert.Equal(t, []line{
		{2, "Good", core.Read, 0}, {2, "Bad", core.Read, 1}, {2, "Bad", core.Other, 0}, {4, "Wrong", core.Write, -1},
	}, lines(found))
	assert.Equal(t, Notes{Packets: 5, Frames: 5}, e.Notes)
}

// When both sides use the same port the frames say who is the client.
func TestSamePortOnBothSides(t *testing.T) {
	a, b := netip.MustParseAddrPort("192.0.2.10:777"), netip.MustParseAddrPort("192.0.2.20:777")
	c := traffic.New()
	c.UDP(b, a, frameOf('a', 1, 7)) // the capture begins with a response
	c.UDP(a, b, frameOf('r', 2))
	c.UDP(b, a, frameOf('a', 2, 8))
	found, _ := run(t, c)
	assert.Equal(t, []line{{1, "Bad", core.Other, 0}, {3, "Bad", core.Read, 0}}, lines(found))
	assert.Equal(t, b, found[0].Src)
}

func TestMulticastIsFromTheServer(t *testing.T) {
	group := netip.MustParseAddrPort("224.0.23.12:777")
	c := traffic.New()
	c.UDP(netip.AddrPortFrom(traffic.Client.Addr(), 777), group, frameOf('a', 1, 7))
	c.UDP(traffic.Client, group, frameOf('a', 1, 7))
	found, _ := run(t, c)
	require.Len(t, found, 2)
	assert.Equal(t, group, found[1].Dst)
}

func TestNegotiatedEndpoint(t *testing.T) {
	data := netip.AddrPortFrom(traffic.Server.Addr(), 5000)
	elsewhere := netip.MustParseAddrPort("192.0.2.99:40001")
	c := traffic.New()
	c.UDP(data, traffic.Client, frameOf('a', 1, 7)) // not known yet
	c.UDP(traffic.Client, traffic.Server, frameOf('w', 1))
	c.UDP(traffic.Server, traffic.Client, frameOf('e', 9, 5000>>8, 5000&0xFF))
	c.UDP(data, netip.AddrPortFrom(traffic.Client.Addr(), 40002), frameOf('a', 1, 7)) // 4: the conversation goes on here
	c.UDP(elsewhere, data, frameOf('r', 1))                                           // somebody else
	found, _ := run(t, c)
	assert.Equal(t, []line{{3, "Good", core.Other, 0}, {4, "Bad", core.Write, 0}}, lines(found), "the answer comes from the other endpoint")
	assert.Equal(t, data, found[1].Src)
}

func TestUnreachablePort(t *testing.T) {
	c := traffic.New()
	c.UDP(traffic.Client, traffic.Server, frameOf('r', 1))
	c.Unreachable(traffic.Client, traffic.Server, frameOf('r', 1))
	c.Unreachable(traffic.Server, traffic.Client, frameOf('a', 1)) // the client is gone: no failure of the device
	c.Unreachable(traffic.Client, netip.MustParseAddrPort("192.0.2.20:53"), []byte("x"))
	found, e := run(t, c)
	assert.Equal(t, []line{{2, "PortUnreachable", core.Read, -1}}, lines(found))
	assert.Equal(t, 2, e.Notes.Packets, "what belongs to no conversation does not count")
}

func TestCutDatagram(t *testing.T) {
	c := traffic.New()
	c.UDP(traffic.Client, traffic.Server, frameOf('r', 1))
	c.UDP(traffic.Server, traffic.Client, long(100, 'a', 1, 7))
	c.Truncate(14 + 28 + 50)
	found, e := run(t, c)
	assert.Empty(t, found)
	assert.Equal(t, 1, e.Notes.CutFrames)
}

// Datagrams of several pairs of sockets come in turns.
func TestSeveralFlows(t *testing.T) {
	c := traffic.New()
	clients := []netip.AddrPort{clientNumber(1), clientNumber(2)}
	for _, client := range clients {
		c.UDP(client, traffic.Server, frameOf('r', 1))
	}
	for _, client := range clients {
		c.UDP(traffic.Server, client, frameOf('a', 1, 7)) // 3 and 4
	}
	for _, client := range clients {
		c.UDP(client, traffic.Server, frameOf('w', 2))
	}
	for _, client := range clients {
		c.UDP(traffic.Server, client, frameOf('a', 2, 7)) // 7 and 8
	}
	found, _ := run(t, c)
	assert.Equal(t, []line{
		{3, "Bad", core.Read, 0}, {4, "Bad", core.Read, 0}, {7, "Bad", core.Write, 0}, {8, "Bad", core.Write, 0},
	}, lines(found))
	for i, f := range found {
		assert.Equal(t, clients[i%2], f.Dst)
	}
}

// The first one to speak is the client where frames do not tell requests from
// answers and both sides use the same port.
func TestFirstToSpeakIsTheClient(t *testing.T) {
	mute := *fake.Protocol
	mute.Request = nil
	a, b := atPort(traffic.Client, 777), atPort(traffic.Server, 777)
	c := traffic.New()
	c.UDP(a, b, frameOf('r', 1))
	c.UDP(b, a, frameOf('a', 1, 7))
	found, _ := runWith(t, []*protocol.Protocol{&mute}, c.Pcap())
	assert.Equal(t, []line{{2, "Bad", core.Read, 0}}, lines(found))
}

// What cannot be split is given to the conversation as a whole.
func TestDatagramThatCannotBeSplit(t *testing.T) {
	for _, n := range []int{-1, 0, 100} {
		whole := *fake.Protocol
		whole.Scan = func(data []byte, _ bool) (int, []byte, error) { return n, data, nil }
		c := traffic.New()
		c.UDP(traffic.Client, traffic.Server, frameOf('r', 1))
		c.UDP(traffic.Server, traffic.Client, frameOf('a', 1, 7))
		found, e := runWith(t, []*protocol.Protocol{&whole}, c.Pcap())
		assert.Equal(t, []line{{2, "Bad", core.Read, 0}}, lines(found), n)
		assert.Equal(t, 2, e.Notes.Frames, n)
	}
}
