package capture

import (
	"encoding/binary"
	"net/netip"

	"github.com/gopacket/gopacket/layers"
)

// unreachable reads an ICMP message of the given type and code, which says
// that no socket is bound to a port and quotes the head of the datagram that
// was sent there.
func (d *decoder) unreachable(data []byte, typ, code byte, skipped *Skipped) *Packet {
	if len(data) < 32 || data[0] != typ || data[1] != code { // 32: the shortest header of ICMP, that of IP, two ports
		skipped.Other++
		return nil
	}
	protocol, src, dst, ports, ok := quotedHeader(data[8:])
	if !ok || protocol != layers.IPProtocolUDP {
		skipped.Other++
		return nil
	}
	d.packet = Packet{
		Kind: Unreachable,
		Src:  netip.AddrPortFrom(src, binary.BigEndian.Uint16(ports)),
		Dst:  netip.AddrPortFrom(dst, binary.BigEndian.Uint16(ports[2:])),
	}
	return &d.packet
}

// quotedHeader reads the IP header at the start of a quoted packet. ok reports
// whether the ports, which are the four bytes behind it, are quoted as well.
func quotedHeader(ip []byte) (protocol layers.IPProtocol, src, dst netip.Addr, ports []byte, ok bool) {
	switch ip[0] >> 4 {
	case 4:
		size := int(ip[0]&0x0F) * 4
		if size < 20 || size+4 > len(ip) {
			return 0, src, dst, nil, false
		}
		src, _ = netip.AddrFromSlice(ip[12:16])
		dst, _ = netip.AddrFromSlice(ip[16:20])
		return layers.IPProtocol(ip[9]), src, dst, ip[size:], true
	case 6:
		if len(ip) < 44 {
			return 0, src, dst, nil, false
		}
		src, _ = netip.AddrFromSlice(ip[8:24])
		dst, _ = netip.AddrFromSlice(ip[24:40])
		return layers.IPProtocol(ip[6]), src, dst, ip[40:], true
	}
	return 0, src, dst, nil, false
}
