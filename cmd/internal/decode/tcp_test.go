package decode

import (
	"net/netip"
	"testing"
	"time"

	"github.com/gopacket/gopacket/layers"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/cmd/internal/traffic"
	"github.com/fieldstatus/fieldstatus/core"
)

func TestExchange(t *testing.T) {
	for _, link := range []layers.LinkType{layers.LinkTypeEthernet, layers.LinkTypeNull, layers.LinkTypeRaw} {
		for _, ends := range []struct{ client, server string }{
			{"192.0.2.10:40001", "192.0.2.20:777"}, {"[2001:db8::10]:40001", "[2001:db8::20]:777"},
		} {
			c := traffic.New()
			c.Link = link
			conn := c.Conn(netip.MustParseAddrPort(ends.client), netip.MustParseAddrPort(ends.server)).Open() // packets 1 to 3
			conn.Send(frameOf('r', 1))
			conn.Reply(frameOf('a', 1, 0, 5)) // 5
			conn.Send(frameOf('w', 2))
			conn.Reply(frameOf('a', 2, 9)) // 7
			conn.Send(frameOf('r', 3))     // 8, left alone
			conn.Close()
			for _, file := range [][]byte{c.Pcap(), c.Pcapng()} {
				found, e := runFile(t, file)
				assert.Equal(t, []line{
					{5, "Good", core.Read, 0}, {5, "Bad", core.Read, 1}, {7, "Bad", core.Write, 0}, {8, "unanswered", core.Read, -1},
				}, lines(found))
				assert.Equal(t, conn.Server, found[0].Src)
				assert.Equal(t, conn.Client, found[0].Dst)
				assert.Equal(t, conn.Client, found[3].Src)
				assert.Equal(t, conn.Server, found[3].Dst)
				assert.Equal(t, traffic.Start.Add(4*time.Millisecond), found[0].Time.UTC())
				assert.Equal(t, core.Code(3001), found[2].Code())
				assert.Equal(t, []bool{false, true, true, false}, []bool{found[0].Failed(), found[1].Failed(), found[2].Failed(), found[3].Failed()})
				assert.Equal(t, Notes{Packets: 11, Frames: 5}, e.Notes)
			}
		}
	}
}

func TestSeveralFramesInOneSegment(t *testing.T) {
	c := traffic.New()
	conn := c.Conn(traffic.Client, traffic.Server).Open()
	conn.Send(append(frameOf('r', 1), frameOf('w', 2)...))
	conn.Reply(append(append(frameOf('a', 2, 1), frameOf('n', 0)...), frameOf('a', 1, 1)...))
	found, _ := run(t, c)
	assert.Equal(t, []line{{5, "Bad", core.Write, 0}, {5, "Bad", core.Read, 0}}, lines(found))
}

func TestFrameOverSeveralSegments(t *testing.T) {
	c := traffic.New()
	conn := c.Conn(traffic.Client, traffic.Server).Open()
	conn.Send(frameOf('r', 1))
	answer := append(long(5000, 'p', 1, 0), frameOf('a', 1, 7)...)
	conn.Reply(answer[:1])
	conn.Reply(answer[1:3])
	conn.Reply(answer[3:4999])
	conn.Reply(answer[4999:]) // packet 8
	found, _ := run(t, c)
	assert.Equal(t, []line{{8, "Bad", core.Read, 0}}, lines(found))
}

func TestRetransmission(t *testing.T) {
	c := traffic.New()
	conn := c.Conn(traffic.Client, traffic.Server).Open()
	conn.Send(frameOf('r', 1))
	c.Repeat()
	conn.Reply(frameOf('a', 1, 7)) // 6
	c.Repeat()
	conn.Send(frameOf('r', 2)) // 8
	conn.Reply(frameOf('a', 2, 7))
	found, _ := run(t, c)
	assert.Equal(t, []line{{6, "Bad", core.Read, 0}, {9, "Bad", core.Read, 0}}, lines(found))
}

// A retransmission may hold more than the segment that it repeats.
func TestRetransmissionWithMore(t *testing.T) {
	c := traffic.New()
	conn := c.Conn(traffic.Client, traffic.Server).Open()
	conn.Send(append(frameOf('r', 1), frameOf('r', 2)...))
	first, second := frameOf('a', 1, 7), frameOf('a', 2, 8)
	conn.Reply(first) // 5
	conn.ServerSeq -= uint32(len(first))
	conn.Reply(append(first, second...)) // 6
	found, _ := run(t, c)
	assert.Equal(t, []line{{5, "Bad", core.Read, 0}, {6, "Bad", core.Read, 0}}, lines(found))
}

// What a retransmission repeats and what had come before its turn may have the same
// length: each frame has its own packet all the same.
func TestRetransmissionBeforeWhatHasWaited(t *testing.T) {
	c := traffic.New()
	conn := c.Conn(traffic.Client, traffic.Server).Open()
	conn.Send(append(append(frameOf('r', 1), frameOf('r', 2)...), frameOf('r', 3)...))
	first, second := frameOf('a', 1, 7), frameOf('a', 2, 7)
	conn.Reply(first) // 5
	conn.Reply(second)
	c.Lose()
	conn.Reply(frameOf('a', 3, 7)) // 6
	conn.ServerSeq -= uint32(3 * len(first))
	conn.Reply(append(first, second...)) // 7
	found, _ := run(t, c)
	assert.Equal(t, []line{{5, "Bad", core.Read, 0}, {7, "Bad", core.Read, 0}, {6, "Bad", core.Read, 0}}, lines(found))
}

func TestReordering(t *testing.T) {
	c := traffic.New()
	conn := c.Conn(traffic.Client, traffic.Server).Open()
	conn.Send(append(frameOf('r', 1), frameOf('r', 2)...))
	answer := append(long(3000, 'a', 1, 0)[:2999], 7)
	conn.Reply(answer[:1500])
	conn.Reply(append(answer[1500:], frameOf('a', 2, 8)...))
	c.Swap() // packets 5 and 6: the second half came first
	found, e := run(t, c)
	require.NotEmpty(t, found)
	assert.Equal(t, line{6, "Bad", core.Read, 2993}, lines(found)[2993], "completed by the half that came last")
	assert.Equal(t, line{5, "Bad", core.Read, 0}, lines(found)[2994], "was complete before")
	assert.Zero(t, e.Notes.LostBytes)
}

func TestStartInMidStream(t *testing.T) {
	c := traffic.New()
	conn := c.Conn(traffic.Client, traffic.Server)
	conn.Reply(frameOf('a', 1, 7)) // the server speaks first: its port says who it is
	conn.Send(frameOf('w', 2))
	conn.Reply(frameOf('a', 2, 8))
	found, e := run(t, c)
	assert.Equal(t, []line{{1, "Bad", core.Other, 0}, {3, "Bad", core.Write, 0}}, lines(found))
	assert.Equal(t, traffic.Server, found[0].Src)
	assert.Zero(t, e.Notes.UnreadBytes)
}

func TestStartInsideAFrame(t *testing.T) {
	first, second, third := long(300, 'a', 1, 1), frameOf('a', 2, 2), frameOf('a', 3, 3)
	t.Run("the next one begins a segment", func(t *testing.T) {
		c := traffic.New()
		conn := c.Conn(traffic.Client, traffic.Server)
		conn.Reply(first[200:])
		conn.Reply(second)
		found, e := run(t, c)
		assert.Equal(t, []line{{2, "Bad", core.Other, 0}}, lines(found))
		assert.EqualValues(t, 100, e.Notes.UnreadBytes)
	})
	t.Run("the next one begins inside a segment", func(t *testing.T) {
		c := traffic.New()
		conn := c.Conn(traffic.Client, traffic.Server)
		conn.Reply(append(first[200:], second...))
		conn.Reply(third)
		found, e := run(t, c)
		assert.Equal(t, []line{{1, "Bad", core.Other, 0}, {2, "Bad", core.Other, 0}}, lines(found))
		assert.EqualValues(t, 100, e.Notes.UnreadBytes)
	})
	t.Run("the next one spans segments", func(t *testing.T) {
		c := traffic.New()
		conn := c.Conn(traffic.Client, traffic.Server)
		conn.Reply(append(first[200:], second[:4]...))
		conn.Reply(second[4:])
		found, e := run(t, c)
		assert.Equal(t, []line{{2, "Bad", core.Other, 0}}, lines(found))
		assert.EqualValues(t, 100, e.Notes.UnreadBytes)
	})
}

// Payloads that look like a frame must not be taken for one.
func TestFrameInsideAFrame(t *testing.T) {
	bait := frameOf('a', 9, 9)
	first := long(300, 'a', 1, 0)
	copy(first[150:], bait)
	c := traffic.New()
	conn := c.Conn(traffic.Client, traffic.Server)
	conn.Reply(first[100:])
	conn.Reply(frameOf('a', 2, 2))
	found, _ := run(t, c)
	assert.Equal(t, []line{{2, "Bad", core.Other, 0}}, lines(found))
}

func TestLostSegment(t *testing.T) {
	c := traffic.New()
	conn := c.Conn(traffic.Client, traffic.Server).Open()
	conn.Send(append(frameOf('r', 1), frameOf('r', 2)...)) // 4
	conn.Reply(frameOf('a', 1, 7))
	c.Lose()
	conn.Reply(frameOf('a', 2, 8)) // 5
	c.Pause(10 * time.Second)
	conn.Send(frameOf('r', 3)) // 6
	c.Pause(10 * time.Second)
	conn.Reply(frameOf('a', 3, 9)) // 7
	conn.Close()
	found, e := run(t, c)
	assert.Equal(t, []line{{5, "Bad", core.Read, 0}, {7, "Bad", core.Read, 0}}, lines(found),
		"the lost answer may have answered: nothing is called unanswered")
	assert.EqualValues(t, 7, e.Notes.LostBytes)
}

// The answer that was waiting for the lost one comes in time for the pairing.
func TestLostSegmentIsNotWaitedForForever(t *testing.T) {
	c := traffic.New()
	conn := c.Conn(traffic.Client, traffic.Server).Open()
	conn.Reply(frameOf('n', 1))
	c.Lose()
	for range 100 {
		conn.Send(frameOf('r', 3))
		conn.Reply(frameOf('a', 3, 9))
		c.Pause(100 * time.Millisecond)
	}
	var seen []int
	e := NewEngine(NewPorts(protocols), func(f Finding) { seen = append(seen, f.Packet) })
	for i, at := range c.Packets {
		feed(t, e, at, i+1)
		if at.Time.Sub(c.Packets[4].Time) > patience+2*flushEvery {
			assert.Contains(t, seen, 5)
			break
		}
	}
}

func TestSnapshotLength(t *testing.T) {
	c := traffic.New()
	conn := c.Conn(traffic.Client, traffic.Server).Open()
	conn.Send(frameOf('r', 1))
	conn.Reply(long(200, 'a', 1, 7)) // 5: the end is missing, and with it the status
	c.Truncate(14 + 40 + 100)
	conn.Send(frameOf('r', 2))
	conn.Reply(frameOf('a', 2, 8)) // 7
	found, e := run(t, c)
	assert.Equal(t, []line{{7, "Bad", core.Read, 0}}, lines(found))
	assert.Equal(t, 1, e.Notes.CutFrames)
	assert.Zero(t, e.Notes.UnreadBytes+e.Notes.LostBytes)
}

func TestSnapshotLengthInsideAHeader(t *testing.T) {
	c := traffic.New()
	conn := c.Conn(traffic.Client, traffic.Server).Open()
	conn.Send(frameOf('r', 1))
	conn.Reply(append(frameOf('a', 1, 6), long(200, 'a', 1, 7)...)) // 5: a frame, and three bytes of the next one
	c.Truncate(14 + 40 + 7 + 3)
	conn.Send(frameOf('r', 2))
	conn.Reply(frameOf('a', 2, 8)) // 7
	found, e := run(t, c)
	assert.Equal(t, []line{{5, "Bad", core.Read, 0}, {7, "Bad", core.Read, 0}}, lines(found))
	assert.Equal(t, 1, e.Notes.CutFrames)
}

func TestGarbage(t *testing.T) {
	c := traffic.New()
	conn := c.Conn(traffic.Client, traffic.Server).Open()
	conn.Send(frameOf('r', 1))
	conn.Reply([]byte("HTTP/1.1 400 Bad Request\r\n\r\n")) // 5
	conn.Send(frameOf('r', 2))
	conn.Reply(frameOf('a', 2, 8)) // 7
	found, _ := run(t, c)
	assert.Equal(t, []line{{5, "Wrong", core.Read, -1}, {7, "Bad", core.Read, 0}}, lines(found))
	var fault *core.FrameError
	require.ErrorAs(t, found[0].Cause, &fault)
	assert.Equal(t, "wrong magic", fault.Reason)
}

// Bytes of unknown origin are no fault of the device.
func TestGarbageInMidStream(t *testing.T) {
	c := traffic.New()
	conn := c.Conn(traffic.Client, traffic.Server)
	conn.Reply([]byte("HTTP/1.1 400 Bad Request\r\n\r\n"))
	conn.Send([]byte("GET / HTTP/1.1\r\n\r\n"))
	found, e := run(t, c)
	assert.Empty(t, found)
	assert.EqualValues(t, 46, e.Notes.UnreadBytes)
}

func TestMalformedFrame(t *testing.T) {
	c := traffic.New()
	conn := c.Conn(traffic.Client, traffic.Server).Open()
	conn.Send(frameOf('r', 1))
	conn.Reply(frameOf('?', 1))
	found, _ := run(t, c)
	assert.Equal(t, []line{{5, "Wrong", core.Read, -1}}, lines(found))
}

func TestConnectionEnds(t *testing.T) {
	fin := func(c *traffic.Conn) { c.ServerFIN() }
	rst := func(c *traffic.Conn) { c.ServerRST() }
	request := func(c *traffic.Conn) { c.Send(frameOf('r', 1)) }
	for name, test := range map[string]struct {
		do   []func(*traffic.Conn)
		want []line
	}{
		"FIN instead of an answer": {[]func(*traffic.Conn){request, fin}, []line{{5, "EOF", core.Read, -1}}},
		"RST instead of an answer": {[]func(*traffic.Conn){request, rst}, []line{{5, "Reset", core.Read, -1}}},
		"FIN inside an answer": {[]func(*traffic.Conn){request, func(c *traffic.Conn) { c.Reply(frameOf('a', 1, 0)[:5]) }, fin},
			[]line{{6, "UnexpectedEOF", core.Read, -1}}},
		"FIN after the answer": {[]func(*traffic.Conn){request, func(c *traffic.Conn) { c.Reply(frameOf('a', 1, 0)) }, fin},
			[]line{{5, "Good", core.Read, 0}}},
		"FIN with the answer in one segment": {[]func(*traffic.Conn){request, func(c *traffic.Conn) { c.Reply(frameOf('c', 1)) }, fin},
			[]line{{5, "End", core.Read, -1}}},
		"FIN without a request": {[]func(*traffic.Conn){fin}, nil},
		"the client gives up":   {[]func(*traffic.Conn){request, func(c *traffic.Conn) { c.Close() }}, []line{{4, "unanswered", core.Read, -1}}},
	} {
		t.Run(name, func(t *testing.T) {
			c := traffic.New()
			conn := c.Conn(traffic.Client, traffic.Server).Open()
			for _, do := range test.do {
				do(conn)
			}
			found, _ := run(t, c)
			assert.Equal(t, test.want, lines(found))
		})
	}
}

// A reset may come without an acknowledgement.
func TestResetWithoutACK(t *testing.T) {
	c := traffic.New()
	conn := c.Conn(traffic.Client, traffic.Server).Open()
	conn.Send(frameOf('r', 1))
	c.TCP(conn.Server, conn.Client, traffic.Segment{Seq: conn.ServerSeq, RST: true})
	found, _ := run(t, c)
	assert.Equal(t, []line{{5, "Reset", core.Read, -1}}, lines(found))
}

// The last answer may come in the segment that ends the connection.
func TestAnswerWithFIN(t *testing.T) {
	c := traffic.New()
	conn := c.Conn(traffic.Client, traffic.Server).Open()
	conn.Send(frameOf('r', 1))
	c.TCP(conn.Server, conn.Client, traffic.Segment{Seq: conn.ServerSeq, Ack: conn.ClientSeq, ACK: true, FIN: true, Payload: frameOf('a', 1, 7)})
	found, _ := run(t, c)
	assert.Equal(t, []line{{5, "Bad", core.Read, 0}}, lines(found))
}

func TestConnectionRefused(t *testing.T) {
	c := traffic.New()
	c.TCP(traffic.Client, traffic.Server, traffic.Segment{Seq: 5, SYN: true})
	c.TCP(traffic.Server, traffic.Client, traffic.Segment{Ack: 6, RST: true, ACK: true})
	found, _ := run(t, c)
	assert.Equal(t, []line{{2, "DialRefused", core.Connect, -1}}, lines(found))
}

func TestConnectionNeverAnswered(t *testing.T) {
	c := traffic.New()
	c.TCP(traffic.Client, traffic.Server, traffic.Segment{Seq: 5, SYN: true})
	found, _ := run(t, c)
	assert.Empty(t, found, "the capture may end too early")
	c.Pause(time.Second)
	c.Repeat()
	found, _ = run(t, c)
	assert.Equal(t, []line{{2, "DialTimeout", core.Connect, -1}}, lines(found))
}

// The same ports are used again, with and without an end of the first connection.
func TestPortsUsedAgain(t *testing.T) {
	for name, end := range map[string]func(*traffic.Conn){
		"FIN": func(c *traffic.Conn) { c.Close() }, "RST": func(c *traffic.Conn) { c.ServerRST() }, "nothing": func(*traffic.Conn) {},
	} {
		c := traffic.New()
		conn := c.Conn(traffic.Client, traffic.Server).Open()
		conn.Send(frameOf('r', 1))
		conn.Reply(frameOf('a', 1, 7))
		end(conn)
		conn.ClientSeq, conn.ServerSeq = 5000, 7000
		conn.Open()
		conn.Send(frameOf('w', 1))
		conn.Reply(frameOf('a', 1, 8))
		found, e := run(t, c)
		n := len(c.Packets)
		assert.Equal(t, []line{{5, "Bad", core.Read, 0}, {n, "Bad", core.Write, 0}}, lines(found), name)
		assert.Zero(t, e.Notes.LostBytes, name)
	}
}

// Two connections take turns, and then their ports are used again.
func TestPortsUsedAgainInTurns(t *testing.T) {
	c := traffic.New()
	conns := []*traffic.Conn{
		c.Conn(traffic.Client, traffic.Server),
		c.Conn(netip.AddrPortFrom(traffic.Client.Addr(), traffic.Client.Port()+1), traffic.Server),
	}
	var want []line
	for _, first := range []uint32{100, 5000} {
		for _, conn := range conns {
			conn.ClientSeq, conn.ServerSeq = first, first+2000
			conn.Open()
			conn.Send(frameOf('r', 1))
			conn.Reply(frameOf('a', 1, 7))
			want = append(want, line{len(c.Packets), "Bad", core.Read, 0})
		}
	}
	found, e := run(t, c)
	assert.Equal(t, want, lines(found))
	assert.Zero(t, e.Notes.LostBytes)
}

// A client's own port may be one that a protocol has registered for servers.
func TestClientOnAServersPort(t *testing.T) {
	client, server := netip.MustParseAddrPort("192.0.2.10:777"), netip.MustParseAddrPort("192.0.2.20:778")
	c := traffic.New()
	conn := c.Conn(client, server).Open()
	conn.Send(frameOf('a', 1, 7))
	conn.Reply(frameOf('a', 1, 7))
	found, _ := run(t, c)
	assert.Empty(t, found)

	conn = c.Conn(client, traffic.Server).Open()
	conn.Send(frameOf('r', 1))
	conn.Reply(frameOf('a', 1, 7))
	found, _ = run(t, c)
	require.Len(t, found, 1)
	assert.Equal(t, traffic.Server, found[0].Src)
}

func TestOtherPortsAreCounted(t *testing.T) {
	c := traffic.New()
	server := netip.MustParseAddrPort("192.0.2.20:1102")
	conn := c.Conn(traffic.Client, server).Open()
	conn.Send([]byte("x"))
	c.UDP(traffic.Client, netip.MustParseAddrPort("192.0.2.20:53"), []byte("x"))
	_, e := run(t, c)
	port, packets := e.BusiestPort()
	assert.Equal(t, Port{Number: 1102}, port)
	assert.Equal(t, 4, packets)
	assert.Zero(t, e.Notes.Packets)
}

// A capture may begin with a packet of which only a part was captured.
func TestStartWithACutSegment(t *testing.T) {
	c := traffic.New()
	conn := c.Conn(traffic.Client, traffic.Server)
	conn.Reply(long(80, 'a', 1, 7))
	c.Truncate(14 + 40 + 40)
	_, e := run(t, c)
	assert.Equal(t, Notes{Packets: 1, CutFrames: 1}, e.Notes)
}

// A segment that was cut may have come before its turn.
func TestCutSegmentBeforeItsTurn(t *testing.T) {
	c := traffic.New()
	conn := c.Conn(traffic.Client, traffic.Server).Open()
	conn.Send(join(frameOf('r', 1), frameOf('r', 2), frameOf('r', 3)))
	conn.Reply(long(100, 'a', 1, 7))
	conn.Reply(long(200, 'a', 2, 8))
	c.Truncate(14 + 40 + 100)
	c.Swap()
	conn.Reply(frameOf('a', 3, 9)) // 7
	found, e := run(t, c)
	var bad []line
	for _, l := range lines(found) {
		if l.symbol == "Bad" {
			bad = append(bad, l)
		}
	}
	assert.Equal(t, []line{{6, "Bad", core.Read, 93}, {7, "Bad", core.Read, 0}}, bad)
	assert.Equal(t, 1, e.Notes.CutFrames)
	assert.Zero(t, e.Notes.UnreadBytes)
}

// Whose handshake was mixed up is known from its start all the same.
func TestGarbageBehindAHandshakeOutOfOrder(t *testing.T) {
	c := traffic.New()
	conn := c.Conn(traffic.Client, traffic.Server).Open()
	c.Packets[0], c.Packets[1] = c.Packets[1], c.Packets[0]
	conn.Reply([]byte("HTTP/1.1 400 Bad Request\r\n\r\n"))
	found, _ := run(t, c)
	assert.Equal(t, []line{{4, "Wrong", core.Other, -1}}, lines(found))
}

// A reset in mid-stream does not refuse a connection.
func TestResetInMidStream(t *testing.T) {
	c := traffic.New()
	conn := c.Conn(traffic.Client, traffic.Server)
	conn.Send(frameOf('r', 1))
	conn.ServerRST()
	found, _ := run(t, c)
	assert.Equal(t, []line{{2, "Reset", core.Read, -1}}, lines(found))
}

// Who sends something has been answered, if not in this capture.
func TestConnectionWhoseServerWasNotCaptured(t *testing.T) {
	syn := traffic.Segment{Seq: 5, SYN: true}
	for name, test := range map[string]struct {
		then traffic.Segment
		want []line
	}{
		"a request":  {traffic.Segment{Seq: 6, ACK: true, Payload: frameOf('r', 1)}, []line{{3, "unanswered", core.Read, -1}}},
		"it gave up": {traffic.Segment{Seq: 6, RST: true}, []line{{2, "DialTimeout", core.Connect, -1}}},
	} {
		c := traffic.New()
		c.TCP(traffic.Client, traffic.Server, syn)
		c.TCP(traffic.Client, traffic.Server, syn)
		c.TCP(traffic.Client, traffic.Server, test.then)
		found, _ := run(t, c)
		assert.Equal(t, test.want, lines(found), name)
	}
}

// The numbers of TCP begin again at zero after some gigabytes, at any place.
func TestSequenceNumbersBeginAgain(t *testing.T) {
	c := traffic.New()
	conn := c.Conn(traffic.Client, traffic.Server)
	request, answer := frameOf('w', 1), frameOf('a', 1, 7)
	conn.ClientSeq, conn.ServerSeq = -uint32(len(request))-1, -uint32(len(answer))-1
	conn.Open()
	for range 2 {
		conn.Send(request)
		conn.Reply(answer)
	}
	conn.Reply(frameOf('x', 1)) // 8
	found, e := run(t, c)
	assert.Equal(t, []line{{5, "Bad", core.Write, 0}, {7, "Bad", core.Write, 0}, {8, "Foreign", core.Write, -1}}, lines(found))
	assert.Equal(t, Notes{Packets: 8, Frames: 5}, e.Notes)
}
