package decode

import (
	"bytes"
	"errors"
	"io"
	"net/netip"
	"testing"

	"github.com/fieldstatus/fieldstatus/cmd/internal/capture"
	"github.com/fieldstatus/fieldstatus/cmd/internal/protocol"
	"github.com/fieldstatus/fieldstatus/cmd/internal/traffic"
)

// check runs a capture and holds the engine against what is true of any input:
// it ends, keeps its limits, gives back what it took, and never invents a
// packet.
func check(t *testing.T, file []byte, protocols []*protocol.Protocol) {
	r, err := capture.NewReader(bytes.NewReader(file))
	if err != nil {
		return
	}
	findings := 0
	e := NewEngine(NewPorts(protocols), func(f Finding) {
		findings++
		if f.Packet < 1 || f.Packet > r.Number() {
			t.Errorf("packet %d of %d", f.Packet, r.Number())
		}
		if f.Protocol == nil || f.Item < -1 || !f.Src.IsValid() || !f.Dst.IsValid() {
			t.Errorf("incomplete finding %+v", f)
		}
	})
	for {
		p, err := r.Next()
		if err != nil {
			var damaged *capture.DamagedError
			if err != io.EOF && !errors.As(err, &damaged) {
				t.Errorf("unexpected error %v", err)
			}
			break
		}
		e.Packet(p)
		if e.buffered < 0 || e.buffered > maxBuffered || len(e.streams) > maxStreams || e.flows.order.Len() > maxFlows {
			t.Fatalf("limits: %d bytes, %d streams, %d flows", e.buffered, len(e.streams), e.flows.order.Len())
		}
	}
	e.Finish()
	if e.buffered != 0 || len(e.streams) != 0 {
		t.Fatalf("left over: %d bytes, %d streams", e.buffered, len(e.streams))
	}
}

// FuzzCapture takes any bytes for a capture.
func FuzzCapture(f *testing.F) {
	c := traffic.New()
	conn := c.Conn(traffic.Client, traffic.Server).Open()
	conn.Send(frameOf('r', 1))
	conn.Reply(frameOf('a', 1, 0, 5))
	conn.ServerRST()
	c.UDP(traffic.Client, traffic.Server, frameOf('r', 1))
	c.Unreachable(traffic.Client, traffic.Server, frameOf('r', 1))
	f.Add(c.Pcap())
	f.Add(c.Pcapng())
	f.Fuzz(func(t *testing.T, file []byte) { check(t, file, protocols) })
}

// FuzzTraffic builds a capture of TCP and UDP packets from a script, so that
// the mutations reach the streams: four bytes for each packet say what it is,
// then come its payloads.
func FuzzTraffic(f *testing.F) {
	f.Add([]byte("S000A000a006F!\x00\x07a\x01\x05D006F!\x00\x06r\x01"))
	f.Add([]byte("a\x00\x00\x08F!\x00\x0aa\x01\x00\x00b\x08\x00\x04\x00\x05F!R\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, script []byte) {
		c := traffic.New()
		for len(script) >= 4 && len(c.Packets) < 200 {
			kind, seq, cut, n := script[0], script[1], script[2], int(script[3])
			script = script[4:]
			payload := script[:min(n, len(script))]
			script = script[len(payload):]
			src, dst := traffic.Client, traffic.Server
			if kind&0x20 != 0 { // lower case: from the server
				src, dst = dst, src
			}
			s := traffic.Segment{Seq: uint32(seq) * 3, ACK: true, Payload: payload}
			switch kind | 0x20 {
			case 's':
				s.SYN, s.ACK = true, src == traffic.Server
			case 'f':
				s.FIN = true
			case 'r':
				s.RST = true
			case 'u':
				c.UDP(src, dst, payload)
				continue
			case 'p':
				c.Pause(patience)
				continue
			}
			c.TCP(src, dst, s)
			if cut != 0 && cut < 0x30 {
				c.Truncate(14 + 40 + int(cut))
			}
		}
		check(t, c.Pcap(), protocols)
	})
}

// FuzzFrames gives any payloads to the real protocols, as a stream and as a
// datagram.
func FuzzFrames(f *testing.F) {
	f.Add(uint8(0), []byte("\x03\x00\x00\x1b\x02\xf0\x80\x32\x03\x00\x00\x00\x01\x00\x02\x00\x06\x00\x00\x04\x01\x0a\x00\x00\x00"))
	f.Add(uint8(1), []byte("ERRF\x10\x00\x00\x00\x00\x00\x82\x80\xff\xff\xff\xff"))
	f.Add(uint8(2), []byte("\xc1\x00\x02\x00\x02\x00\x00\x0a\x00\x03\x01\x01\x11\x04"))
	f.Add(uint8(2), []byte("FINS\x00\x00\x00\x16\x00\x00\x00\x02\x00\x00\x00\x00\xc1\x00\x02\x00\x02\x00\x00\x0a\x00\x03\x01\x01\x11\x04"))
	f.Add(uint8(3), append([]byte("\x65\x00\x00\x00\x00\x00\x00\x00\x64\x00\x00\x00"), make([]byte, 12)...))
	f.Add(uint8(4), []byte("\x06\x10\x02\x06\x00\x08\x00\x24"))
	f.Add(uint8(5), []byte("\xa0\xa0\xa0\xa0\x00\x01\x21\x02\x00\x02\x00\x00"))
	all := protocol.All()
	f.Fuzz(func(t *testing.T, which uint8, data []byte) {
		p := all[int(which)%len(all)]
		if p.Scan == nil {
			return
		}
		c := traffic.New()
		for _, port := range p.TCP {
			conn := c.Conn(traffic.Client, atPort(traffic.Server, port)).Open()
			half := len(data) / 2
			conn.Send(data[:half])
			conn.Reply(data[half:])
			conn.Reply(data[:half])
			conn.ServerFIN()
		}
		for _, port := range p.UDP {
			c.UDP(traffic.Client, atPort(traffic.Server, port), data)
			c.UDP(atPort(traffic.Server, port), traffic.Client, data)
		}
		check(t, c.Pcap(), []*protocol.Protocol{p})
		if len(data) > 0 {
			_, _, err := Bytes(p, [][]byte{data[:len(data)/3], data[len(data)/3:]}, func(Finding) {})
			if err != nil && len(err.Error()) == 0 {
				t.Error("an error without text")
			}
		}
	})
}

func atPort(a netip.AddrPort, port uint16) netip.AddrPort { return netip.AddrPortFrom(a.Addr(), port) }
