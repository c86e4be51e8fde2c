// Package traffic builds captures for tests.
package traffic

import (
	"bytes"
	"net"
	"net/netip"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"
)

// Client and Server are the ends of the connections where a test does not care.
var (
	Client = netip.MustParseAddrPort("192.0.2.10:40001")
	Server = netip.MustParseAddrPort("192.0.2.20:777")
)

// Start is the time of the first packet. Packets follow a millisecond apart.
var Start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// A Packet is one packet of a capture to be.
type Packet struct {
	Data []byte
	Time time.Time
	Wire int // length on the wire, when Data is less
}

// A Capture collects packets.
type Capture struct {
	Link    layers.LinkType
	VLANs   []uint16 // tags of Ethernet packets
	Packets []Packet
	next    time.Time
}

// New returns an empty capture of Ethernet packets.
func New() *Capture { return &Capture{Link: layers.LinkTypeEthernet, next: Start} }

// Pause lets time pass before the next packet.
func (c *Capture) Pause(d time.Duration) { c.next = c.next.Add(d) }

func (c *Capture) add(data []byte) {
	c.Packets = append(c.Packets, Packet{Data: data, Time: c.next, Wire: len(data)})
	c.next = c.next.Add(time.Millisecond)
}

// Truncate cuts the last packet as a snapshot length would.
func (c *Capture) Truncate(length int) {
	p := &c.Packets[len(c.Packets)-1]
	p.Data = p.Data[:min(length, len(p.Data))]
}

// UDP adds a datagram.
func (c *Capture) UDP(src, dst netip.AddrPort, payload []byte) {
	udp := &layers.UDP{SrcPort: layers.UDPPort(src.Port()), DstPort: layers.UDPPort(dst.Port())}
	c.ip(src.Addr(), dst.Addr(), layers.IPProtocolUDP, udp, payload)
}

// A Segment is what Capture.TCP sends.
type Segment struct {
	Seq, Ack           uint32
	SYN, ACK, FIN, RST bool
	Payload            []byte
}

// TCP adds a TCP segment.
func (c *Capture) TCP(src, dst netip.AddrPort, s Segment) {
	tcp := &layers.TCP{
		SrcPort: layers.TCPPort(src.Port()), DstPort: layers.TCPPort(dst.Port()),
		Seq: s.Seq, Ack: s.Ack, SYN: s.SYN, ACK: s.ACK, FIN: s.FIN, RST: s.RST, Window: 65535,
	}
	c.ip(src.Addr(), dst.Addr(), layers.IPProtocolTCP, tcp, s.Payload)
}

// Unreachable adds the ICMP message of dst that it has no socket at the port to
// which src has sent a datagram.
func (c *Capture) Unreachable(src, dst netip.AddrPort, payload []byte) {
	udp := &layers.UDP{SrcPort: layers.UDPPort(src.Port()), DstPort: layers.UDPPort(dst.Port())}
	quoted := c.ipBytes(src.Addr(), dst.Addr(), layers.IPProtocolUDP, udp, payload)
	if src.Addr().Is4() {
		icmp := &layers.ICMPv4{TypeCode: layers.CreateICMPv4TypeCode(layers.ICMPv4TypeDestinationUnreachable, layers.ICMPv4CodePort)}
		c.ip(dst.Addr(), src.Addr(), layers.IPProtocolICMPv4, icmp, quoted)
		return
	}
	icmp := &layers.ICMPv6{TypeCode: layers.CreateICMPv6TypeCode(layers.ICMPv6TypeDestinationUnreachable, layers.ICMPv6CodePortUnreachable)}
	c.ip(dst.Addr(), src.Addr(), layers.IPProtocolICMPv6, icmp, append(make([]byte, 4), quoted...))
}

type checksummed interface {
	gopacket.SerializableLayer
	SetNetworkLayerForChecksum(gopacket.NetworkLayer) error
}

func (c *Capture) ip(src, dst netip.Addr, protocol layers.IPProtocol, transport gopacket.SerializableLayer, payload []byte) {
	c.Raw(c.ipBytes(src, dst, protocol, transport, payload), src.Is4())
}

func (c *Capture) ipBytes(src, dst netip.Addr, protocol layers.IPProtocol, transport gopacket.SerializableLayer, payload []byte) []byte {
	var network interface {
		gopacket.NetworkLayer
		gopacket.SerializableLayer
	}
	if src.Is4() {
		network = &layers.IPv4{Version: 4, TTL: 64, Protocol: protocol, SrcIP: net.IP(src.AsSlice()), DstIP: net.IP(dst.AsSlice())}
	} else {
		network = &layers.IPv6{Version: 6, HopLimit: 64, NextHeader: protocol, SrcIP: net.IP(src.AsSlice()), DstIP: net.IP(dst.AsSlice())}
	}
	if t, ok := transport.(checksummed); ok {
		must(t.SetNetworkLayerForChecksum(network))
	}
	b := gopacket.NewSerializeBuffer()
	must(gopacket.SerializeLayers(b, gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}, network, transport, gopacket.Payload(payload)))
	return bytes.Clone(b.Bytes())
}

// Raw adds an IP packet in the framing of the link type.
func (c *Capture) Raw(ip []byte, v4 bool) {
	etherType := layers.EthernetTypeIPv6
	family := byte(30) // of IPv6 on macOS
	if v4 {
		etherType, family = layers.EthernetTypeIPv4, 2
	}
	head := func(b ...byte) { c.add(append(b, ip...)) }
	switch c.Link {
	case layers.LinkTypeEthernet:
		b := []byte{2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1}
		for _, id := range c.VLANs {
			b = append(b, 0x81, 0x00, byte(id>>8), byte(id))
		}
		head(append(b, byte(etherType>>8), byte(etherType))...)
	case layers.LinkTypeNull:
		head(family, 0, 0, 0)
	case layers.LinkTypeLoop:
		head(0, 0, 0, family)
	case layers.LinkTypeLinuxSLL:
		head(0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, byte(etherType>>8), byte(etherType))
	case layers.LinkTypeLinuxSLL2:
		head(byte(etherType>>8), byte(etherType), 0, 0, 0, 0, 0, 2, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0)
	default:
		head()
	}
}

// Pcap returns the capture as a pcap file.
func (c *Capture) Pcap() []byte {
	var b bytes.Buffer
	w := pcapgo.NewWriter(&b)
	must(w.WriteFileHeader(1<<16, c.Link))
	for _, p := range c.Packets {
		must(w.WritePacket(gopacket.CaptureInfo{Timestamp: p.Time, CaptureLength: len(p.Data), Length: p.Wire}, p.Data))
	}
	return b.Bytes()
}

// Pcapng returns the capture as a pcapng file.
func (c *Capture) Pcapng() []byte {
	var b bytes.Buffer
	w, err := pcapgo.NewNgWriter(&b, c.Link)
	must(err)
	for _, p := range c.Packets {
		must(w.WritePacket(gopacket.CaptureInfo{Timestamp: p.Time, CaptureLength: len(p.Data), Length: p.Wire}, p.Data))
	}
	must(w.Flush())
	return b.Bytes()
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
