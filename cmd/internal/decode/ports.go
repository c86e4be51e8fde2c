package decode

import (
	"cmp"
	"net/netip"

	"github.com/fieldstatus/fieldstatus/cmd/internal/protocol"
)

// A rank says how sure a port is that of a server. When both ports of a packet
// belong to a protocol, the higher rank wins.
type rank uint8

const (
	rankNone     rank = iota
	rankRange         // one of a range that the user gave
	rankDefault       // registered or documented
	rankGiven         // given by the user
	rankEndpoint      // negotiated in this capture
)

// Ports tells which ports belong to which protocol.
type Ports struct {
	tcp, udp [1 << 16]struct {
		protocol uint8 // index in protocols plus one
		rank     rank
	}
	protocols []*protocol.Protocol
}

// NewPorts returns the default ports of the protocols.
func NewPorts(protocols []*protocol.Protocol) *Ports {
	p := &Ports{protocols: protocols}
	for _, q := range protocols {
		for _, port := range q.TCP {
			p.add(q, port, rankDefault, true, false)
		}
		for _, port := range q.UDP {
			p.add(q, port, rankDefault, false, true)
		}
	}
	return p
}

// Add gives the ports from first to last to a protocol, for TCP and UDP as far
// as the protocol uses them.
func (p *Ports) Add(q *protocol.Protocol, first, last uint16) {
	r := rankGiven
	if first != last {
		r = rankRange
	}
	for port := int(first); port <= int(last); port++ {
		p.add(q, uint16(port), r, len(q.TCP) > 0, len(q.UDP) > 0)
	}
}

func (p *Ports) add(q *protocol.Protocol, port uint16, r rank, tcp, udp bool) {
	for i, known := range p.protocols {
		if known != q {
			continue
		}
		if e := &p.tcp[port]; tcp && e.rank <= r {
			e.protocol, e.rank = uint8(i+1), r
		}
		if e := &p.udp[port]; udp && e.rank <= r {
			e.protocol, e.rank = uint8(i+1), r
		}
	}
}

func (p *Ports) lookup(port uint16, udp bool) (*protocol.Protocol, rank) {
	e := p.tcp[port]
	if udp {
		e = p.udp[port]
	}
	if e.protocol == 0 {
		return nil, rankNone
	}
	return p.protocols[e.protocol-1], e.rank
}

// A pair is the two ends of a connection, client first.
type pair struct{ client, server netip.AddrPort }

func (p pair) reverse() pair { return pair{p.server, p.client} }

// A side is what the ports of a packet say about its direction.
type side struct {
	protocol *protocol.Protocol
	toServer bool
	sure     bool // false when both ports have the same right to be the server's
}

// sideOf compares the two ends of a packet.
func sideOf(src, dst netip.AddrPort, srcProtocol, dstProtocol *protocol.Protocol, srcRank, dstRank rank) (side, bool) {
	switch {
	case srcRank == rankNone && dstRank == rankNone:
		return side{}, false
	case srcRank < dstRank:
		return side{dstProtocol, true, true}, true
	case srcRank > dstRank:
		return side{srcProtocol, false, true}, true
	}
	// Ports of clients are high. With equal ports the first one to speak is taken for
	// the client.
	switch cmp.Compare(dst.Port(), src.Port()) {
	case -1:
		return side{dstProtocol, true, srcProtocol != dstProtocol}, true
	case 1:
		return side{srcProtocol, false, srcProtocol != dstProtocol}, true
	}
	return side{dstProtocol, true, false}, true
}
