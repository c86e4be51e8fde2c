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
	if len(data) < 8 || data[0] != typ || data[1] != code {
		skipped.Other++
		return nil
	}
	protocol, src, dst, quoted, ok := quotedHeader(data[8:])
	if !ok || protocol != layers.IPProtocolUDP || len(quoted) < 4 {
		skipped.Other++
		return nil
	}
	d.packet = Packet{
		Kind: Unreachable,
		Src:  netip.AddrPortFrom(src, binary.BigEndian.Uint16(quoted)),
		Dst:  netip.AddrPortFrom(dst, binary.BigEndian.Uint16(quoted[2:])),
	}
	return &d.packet
}

func quotedHeader(ip []byte) (protocol layers.IPProtocol, src, dst netip.Addr, payload []byte, ok bool) {
	switch {
	case len(ip) >= 20 && ip[0]>>4 == 4:
		size := int(ip[0]&0x0F) * 4
		if size < 20 || size > len(ip) {
			return 0, src, dst, nil, false
		}
		src, _ = netip.AddrFromSlice(ip[12:16])
		dst, _ = netip.AddrFromSlice(ip[16:20])
		return layers.IPProtocol(ip[9]), src, dst, ip[size:], true
	case len(ip) >= 40 && ip[0]>>4 == 6:
		src, _ = netip.AddrFromSlice(ip[8:24])
		dst, _ = netip.AddrFromSlice(ip[24:40])
		return layers.IPProtocol(ip[6]), src, dst, ip[40:], true
	}
	return 0, src, dst, nil, false
}
