package capture

import (
	"encoding/binary"
	"net/netip"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
)

// A decoder takes a packet apart. Its layers are reused from packet to packet.
type decoder struct {
	ethernet layers.Ethernet
	vlan     layers.Dot1Q
	cooked   layers.LinuxSLL
	cooked2  layers.LinuxSLL2
	ip4      layers.IPv4
	ip6      layers.IPv6
	tcp      layers.TCP
	udp      layers.UDP
	packet   Packet
}

// maxPacket bounds the length that a capture may claim for a packet whose IP
// header does not tell. It is the longest packet that libpcap captures.
const maxPacket = 1 << 18

// decode returns nil for a packet that is of no use, and counts it.
func (d *decoder) decode(data []byte, info gopacket.CaptureInfo, link layers.LinkType, skipped *Skipped) *Packet {
	ip, known, ok := d.link(data, link)
	switch {
	case !known:
		skipped.linkType(link)
		return nil
	case !ok:
		skipped.Other++
		return nil
	}
	// Bytes between the start of the IP packet and the end of the packet on
	// the wire. Behind it there may be padding; the IP header tells.
	wire := max(min(info.Length-(len(data)-len(ip)), maxPacket), len(ip))
	return d.network(ip, wire, skipped)
}

// link strips the link layer. known reports whether the link type is one of
// those it knows, ok whether an IP packet follows.
func (d *decoder) link(data []byte, link layers.LinkType) (ip []byte, known, ok bool) {
	switch link {
	case layers.LinkTypeEthernet:
		if d.ethernet.DecodeFromBytes(data, gopacket.NilDecodeFeedback) != nil {
			return nil, true, false
		}
		ip, ok = d.ethernetPayload(d.ethernet.EthernetType, d.ethernet.Payload)
	case layers.LinkTypeLinuxSLL:
		if d.cooked.DecodeFromBytes(data, gopacket.NilDecodeFeedback) != nil {
			return nil, true, false
		}
		ip, ok = d.ethernetPayload(d.cooked.EthernetType, d.cooked.Payload)
	case layers.LinkTypeLinuxSLL2:
		if d.cooked2.DecodeFromBytes(data, gopacket.NilDecodeFeedback) != nil {
			return nil, true, false
		}
		ip, ok = d.ethernetPayload(d.cooked2.ProtocolType, d.cooked2.Payload)
	case layers.LinkTypeNull, layers.LinkTypeLoop:
		// The first four bytes are an address family whose numbers differ from
		// system to system; the IP header says the same in one nibble.
		if len(data) < 5 {
			return nil, true, false
		}
		ip, ok = data[4:], true
	case layers.LinkTypeRaw, 12, 14, layers.LinkTypeIPv4, layers.LinkTypeIPv6: // 12 and 14: raw IP on the BSDs
		ip, ok = data, len(data) > 0
	default:
		return nil, false, false
	}
	return ip, true, ok
}

// maxTags is how many VLAN tags may follow each other.
const maxTags = 4

func (d *decoder) ethernetPayload(t layers.EthernetType, payload []byte) ([]byte, bool) {
	for range maxTags {
		switch t {
		case layers.EthernetTypeIPv4, layers.EthernetTypeIPv6:
			return payload, len(payload) > 0
		case layers.EthernetTypeDot1Q, layers.EthernetTypeQinQ, 0x9100, 0x9200: // 0x9100, 0x9200: outer tags of older switches
			if d.vlan.DecodeFromBytes(payload, gopacket.NilDecodeFeedback) != nil {
				return nil, false
			}
			t, payload = d.vlan.Type, d.vlan.Payload
		default:
			return nil, false
		}
	}
	return nil, false
}

func (d *decoder) network(data []byte, wire int, skipped *Skipped) *Packet {
	switch data[0] >> 4 {
	case 4:
		return d.network4(data, wire, skipped)
	case 6:
		return d.network6(data, wire, skipped)
	}
	skipped.Other++
	return nil
}

func (d *decoder) network4(data []byte, wire int, skipped *Skipped) *Packet {
	if len(data) < 20 {
		skipped.CutShort++
		return nil
	}
	if length := int(binary.BigEndian.Uint16(data[2:])); length != 0 { // 0: the network card was to fill it in
		wire = length
	}
	if err := d.ip4.DecodeFromBytes(data, gopacket.NilDecodeFeedback); err != nil {
		skipped.broken(len(data) < wire)
		return nil
	}
	if d.ip4.FragOffset != 0 || d.ip4.Flags&layers.IPv4MoreFragments != 0 {
		skipped.Fragments++
		return nil
	}
	src, _ := netip.AddrFromSlice(d.ip4.SrcIP)
	dst, _ := netip.AddrFromSlice(d.ip4.DstIP)
	d.packet.Flow = d.ip4.NetworkFlow()
	return d.transport(d.ip4.Protocol, d.ip4.Payload, wire-len(d.ip4.Contents), src, dst, skipped)
}

func (d *decoder) network6(data []byte, wire int, skipped *Skipped) *Packet {
	if len(data) < 40 {
		skipped.CutShort++
		return nil
	}
	if length := int(binary.BigEndian.Uint16(data[4:])); length != 0 {
		wire = 40 + length
	}
	src, _ := netip.AddrFromSlice(data[8:24])
	dst, _ := netip.AddrFromSlice(data[24:40])
	d.ip6.SrcIP, d.ip6.DstIP = data[8:24], data[24:40]
	d.packet.Flow = d.ip6.NetworkFlow()
	next, payload := layers.IPProtocol(data[6]), data[40:min(len(data), wire)]
	missing := wire - 40 - len(payload)
	for {
		size := 0
		switch next {
		case layers.IPProtocolIPv6HopByHop, layers.IPProtocolIPv6Routing, layers.IPProtocolIPv6Destination:
			if len(payload) > 1 {
				size = (int(payload[1]) + 1) * 8
			}
		case layers.IPProtocolIPv6Fragment:
			if len(payload) >= 8 && binary.BigEndian.Uint16(payload[2:])&0xFFF9 != 0 {
				skipped.Fragments++
				return nil
			}
			size = 8
		default:
			return d.transport(next, payload, len(payload)+missing, src, dst, skipped)
		}
		if size == 0 || size > len(payload) {
			skipped.broken(missing > 0)
			return nil
		}
		next, payload = layers.IPProtocol(payload[0]), payload[size:]
	}
}

// transport decodes what an IP packet carries. length is what data would be
// long if all of it had been captured.
func (d *decoder) transport(protocol layers.IPProtocol, data []byte, length int, src, dst netip.Addr, skipped *Skipped) *Packet {
	p := &d.packet
	p.Segment, p.Payload, p.Missing = nil, nil, 0 // what the packet before has left
	cut := len(data) < length
	switch protocol {
	case layers.IPProtocolTCP:
		if err := d.tcp.DecodeFromBytes(data, gopacket.NilDecodeFeedback); err != nil {
			skipped.broken(cut)
			return nil
		}
		p.Kind = TCP
		p.Segment = &d.tcp
		p.Src = netip.AddrPortFrom(src, uint16(d.tcp.SrcPort))
		p.Dst = netip.AddrPortFrom(dst, uint16(d.tcp.DstPort))
		p.Payload = d.tcp.Payload
		p.Missing = max(0, length-len(data))
	case layers.IPProtocolUDP:
		if err := d.udp.DecodeFromBytes(data, gopacket.NilDecodeFeedback); err != nil {
			skipped.broken(cut)
			return nil
		}
		p.Kind = UDP
		p.Src = netip.AddrPortFrom(src, uint16(d.udp.SrcPort))
		p.Dst = netip.AddrPortFrom(dst, uint16(d.udp.DstPort))
		p.Payload = d.udp.Payload
		p.Missing = max(0, int(d.udp.Length)-8-len(p.Payload)) // a length of 0 means up to the end
	case layers.IPProtocolICMPv4:
		return d.unreachable(data, 3, 3, skipped)
	case layers.IPProtocolICMPv6:
		return d.unreachable(data, 1, 4, skipped)
	default:
		skipped.Other++
		return nil
	}
	return p
}

func (s *Skipped) broken(cut bool) {
	if cut {
		s.CutShort++
	} else {
		s.Malformed++
	}
}
