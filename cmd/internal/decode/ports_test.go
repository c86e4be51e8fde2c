package decode

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/fieldstatus/fieldstatus/cmd/internal/protocol"
)

func TestPorts(t *testing.T) {
	stream := &protocol.Protocol{Name: "stream", TCP: []uint16{100}}
	datagram := &protocol.Protocol{Name: "datagram", UDP: []uint16{100, 200}}
	both := &protocol.Protocol{Name: "both", TCP: []uint16{200}, UDP: []uint16{300}}
	p := NewPorts([]*protocol.Protocol{stream, datagram, both})
	p.Add(stream, 400, 400)
	p.Add(datagram, 400, 400)
	p.Add(both, 500, 502)
	p.Add(stream, 99, 101) // a range does not take what is registered
	p.Add(both, 600, 600)
	p.Add(stream, 600, 600) // of two that are given the last one counts
	p.Add(both, 65534, 65535)
	type entry struct {
		protocol *protocol.Protocol
		rank     rank
	}
	for _, test := range []struct {
		port     uint16
		tcp, udp entry
	}{
		{99, entry{stream, rankRange}, entry{}},
		{100, entry{stream, rankDefault}, entry{datagram, rankDefault}},
		{101, entry{stream, rankRange}, entry{}},
		{200, entry{both, rankDefault}, entry{datagram, rankDefault}},
		{300, entry{}, entry{both, rankDefault}},
		{400, entry{stream, rankGiven}, entry{datagram, rankGiven}},
		{499, entry{}, entry{}},
		{500, entry{both, rankRange}, entry{both, rankRange}},
		{501, entry{both, rankRange}, entry{both, rankRange}},
		{502, entry{both, rankRange}, entry{both, rankRange}},
		{503, entry{}, entry{}},
		{600, entry{stream, rankGiven}, entry{both, rankGiven}},
		{65535, entry{both, rankRange}, entry{both, rankRange}},
	} {
		var tcp, udp entry
		tcp.protocol, tcp.rank = p.lookup(test.port, false)
		udp.protocol, udp.rank = p.lookup(test.port, true)
		assert.Equal(t, test.tcp, tcp, "TCP port %d", test.port)
		assert.Equal(t, test.udp, udp, "UDP port %d", test.port)
	}
	p.Add(datagram, 600, 600)
	q, _ := p.lookup(600, true)
	assert.Equal(t, datagram, q, "for UDP as well")
}

func TestSideOf(t *testing.T) {
	a, b := &protocol.Protocol{Name: "a"}, &protocol.Protocol{Name: "b"}
	low, high := netip.MustParseAddrPort("192.0.2.1:777"), netip.MustParseAddrPort("192.0.2.2:40000")
	same := netip.MustParseAddrPort("192.0.2.3:777")
	for name, test := range map[string]struct {
		src, dst                 netip.AddrPort
		srcProtocol, dstProtocol *protocol.Protocol
		srcRank, dstRank         rank
		want                     side
		known                    bool
	}{
		"neither":                           {high, low, nil, nil, rankNone, rankNone, side{}, false},
		"to a known port":                   {high, low, nil, b, rankNone, rankRange, side{b, true, true}, true},
		"from a known port":                 {low, high, a, nil, rankRange, rankNone, side{a, false, true}, true},
		"to a better known one":             {low, high, a, b, rankRange, rankDefault, side{b, true, true}, true},
		"from a better known one":           {high, low, a, b, rankGiven, rankDefault, side{a, false, true}, true},
		"both alike, to the lower one":      {high, low, a, b, rankDefault, rankDefault, side{b, true, true}, true},
		"both alike, from the lower one":    {low, high, a, b, rankDefault, rankDefault, side{a, false, true}, true},
		"of one protocol, to the lower one": {high, low, a, a, rankDefault, rankDefault, side{a, true, false}, true},
		"of one protocol, from the lower":   {low, high, a, a, rankDefault, rankDefault, side{a, false, false}, true},
		"the same port":                     {low, same, a, a, rankDefault, rankDefault, side{a, true, false}, true},
	} {
		got, known := sideOf(test.src, test.dst, test.srcProtocol, test.dstProtocol, test.srcRank, test.dstRank)
		assert.Equal(t, test.want, got, name)
		assert.Equal(t, test.known, known, name)
	}
}
