package capture_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/cmd/internal/capture"
	"github.com/fieldstatus/fieldstatus/cmd/internal/traffic"
)

var (
	client6 = netip.MustParseAddrPort("[2001:db8::10]:40001")
	server6 = netip.MustParseAddrPort("[2001:db8::20]:777")
)

// read returns all packets of a capture. Payloads are copied.
func read(t *testing.T, file []byte) ([]capture.Packet, *capture.Reader) {
	t.Helper()
	r, err := capture.NewReader(bytes.NewReader(file))
	require.NoError(t, err)
	var packets []capture.Packet
	for {
		p, err := r.Next()
		if err == io.EOF {
			return packets, r
		}
		require.NoError(t, err)
		q := *p
		q.Payload = bytes.Clone(p.Payload)
		packets = append(packets, q)
	}
}

func gzipped(t *testing.T, b []byte) []byte {
	t.Helper()
	var z bytes.Buffer
	w := gzip.NewWriter(&z)
	_, err := w.Write(b)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return z.Bytes()
}

func TestLinkTypesAndFormats(t *testing.T) {
	for _, link := range []layers.LinkType{
		layers.LinkTypeEthernet, layers.LinkTypeNull, layers.LinkTypeLoop, layers.LinkTypeRaw, 12, 14,
		layers.LinkTypeLinuxSLL, layers.LinkTypeLinuxSLL2, layers.LinkTypeIPv4, layers.LinkTypeIPv6,
	} {
		for _, tags := range [][]uint16{nil, {5}, {5, 6}} {
			if tags != nil && link != layers.LinkTypeEthernet {
				continue
			}
			c := traffic.New()
			c.Link, c.VLANs = link, tags
			c.TCP(traffic.Client, traffic.Server, traffic.Segment{Seq: 7, ACK: true, Payload: []byte("four")})
			c.UDP(client6, server6, []byte("six"))
			for name, file := range map[string][]byte{
				"pcap": c.Pcap(), "pcapng": c.Pcapng(), "pcap.gz": gzipped(t, c.Pcap()), "pcapng.gz": gzipped(t, c.Pcapng()),
			} {
				got, r := read(t, file)
				require.Lenf(t, got, 2, "%v %v %s", link, tags, name)
				assert.Equal(t, capture.Skipped{}, r.Skipped)
				assert.Equal(t, capture.TCP, got[0].Kind)
				assert.Equal(t, traffic.Client, got[0].Src)
				assert.Equal(t, traffic.Server, got[0].Dst)
				assert.Equal(t, "four", string(got[0].Payload))
				assert.Equal(t, 1, got[0].Number)
				assert.Equal(t, traffic.Start, got[0].Time.UTC())
				assert.Equal(t, capture.UDP, got[1].Kind)
				assert.Equal(t, client6, got[1].Src)
				assert.Equal(t, server6, got[1].Dst)
				assert.Equal(t, "six", string(got[1].Payload))
				assert.Equal(t, 2, got[1].Number)
			}
		}
	}
}

func TestSnapshotLength(t *testing.T) {
	c := traffic.New()
	c.TCP(traffic.Client, traffic.Server, traffic.Segment{ACK: true, Payload: make([]byte, 100)})
	c.Truncate(14 + 20 + 20 + 30)
	c.UDP(traffic.Client, traffic.Server, make([]byte, 100))
	c.Truncate(14 + 20 + 8 + 60)
	c.TCP(client6, server6, traffic.Segment{ACK: true, Payload: make([]byte, 100)})
	c.Truncate(14 + 40 + 20 + 1)
	c.TCP(client6, server6, traffic.Segment{ACK: true, Payload: make([]byte, 100)})
	c.Truncate(14 + 40 + 10)
	c.TCP(traffic.Client, traffic.Server, traffic.Segment{ACK: true, Payload: make([]byte, 100)})
	c.Truncate(14 + 10)
	got, r := read(t, c.Pcap())
	require.Len(t, got, 3)
	for i, want := range []struct{ payload, missing int }{{30, 70}, {60, 40}, {1, 99}} {
		assert.Len(t, got[i].Payload, want.payload)
		assert.Equal(t, want.missing, got[i].Missing)
	}
	assert.Equal(t, capture.Skipped{CutShort: 2}, r.Skipped)
}

func TestPaddingIsNoPayload(t *testing.T) {
	c := traffic.New()
	c.TCP(traffic.Client, traffic.Server, traffic.Segment{ACK: true})
	c.Packets[0].Data = append(c.Packets[0].Data, 0, 0, 0, 0, 0, 0)
	c.Packets[0].Wire += 6
	got, _ := read(t, c.Pcap())
	require.Len(t, got, 1)
	assert.Empty(t, got[0].Payload)
	assert.Zero(t, got[0].Missing)
}

// The length in the IP header is 0 when the network card was to fill it in.
func TestOffloadedLength(t *testing.T) {
	c := traffic.New()
	c.TCP(traffic.Client, traffic.Server, traffic.Segment{ACK: true, Payload: []byte("payload")})
	c.Packets[0].Data[14+2], c.Packets[0].Data[14+3] = 0, 0
	c.TCP(client6, server6, traffic.Segment{ACK: true, Payload: []byte("payload")})
	c.Packets[1].Data[14+4], c.Packets[1].Data[14+5] = 0, 0
	got, _ := read(t, c.Pcap())
	require.Len(t, got, 2)
	for _, p := range got {
		assert.Equal(t, "payload", string(p.Payload))
		assert.Zero(t, p.Missing)
	}
	for i := range c.Packets {
		c.Packets[i].Data = c.Packets[i].Data[:len(c.Packets[i].Data)-3]
	}
	got, _ = read(t, c.Pcap())
	require.Len(t, got, 2)
	for _, p := range got {
		assert.Equal(t, "payl", string(p.Payload))
		assert.Equal(t, 3, p.Missing, "the capture tells how long the packet was")
	}
}

func TestFragmentsAreCounted(t *testing.T) {
	c := traffic.New()
	for _, flags := range []byte{0x20, 0x00} { // more fragments; then the last one, by its offset
		c.UDP(traffic.Client, traffic.Server, []byte("fragment"))
		p := c.Packets[len(c.Packets)-1].Data
		p[14+6] = flags
		if flags == 0 {
			p[14+7] = 1
		}
	}
	c.Raw(append(ipv6(44), 17, 0, 0, 1, 0, 0, 0, 1), false)                                                   // more fragments
	c.Raw(append(ipv6(44), 17, 0, 0, 8, 0, 0, 0, 1), false)                                                   // the last one
	c.Raw(append(append(ipv6(44), 17, 0, 0, 0, 0, 0, 0, 1), 0x9C, 0x41, 3, 9, 0, 9, 0, 0, 'x'), false)        // the only one: no fragment at all
	c.Raw(append(append(ipv6(0), 60, 0, 1, 4, 0, 0, 0, 0), 17, 0, 1, 4, 0, 0, 0, 0, 1, 2, 3, 4, 0, 8), false) // cut: options and half a header
	got, r := read(t, c.Pcap())
	require.Len(t, got, 1)
	assert.Equal(t, "x", string(got[0].Payload))
	assert.Equal(t, 4, r.Skipped.Fragments)
	assert.Equal(t, 1, r.Skipped.Malformed)
}

// ipv6 returns a header whose length field is to be read from the packet.
func ipv6(next byte) []byte {
	b := make([]byte, 40)
	b[0], b[6], b[7], b[23], b[39] = 0x60, next, 64, 1, 2
	return b
}

// ipv4 returns a header without options, whatever its first byte says.
func ipv4(first, length byte) []byte {
	b := make([]byte, 20)
	b[0], b[3], b[9] = first, length, 17
	return b
}

func TestUnreachablePort(t *testing.T) {
	c := traffic.New()
	c.Unreachable(traffic.Client, traffic.Server, []byte("hello"))
	c.Unreachable(client6, server6, []byte("hello"))
	got, _ := read(t, c.Pcap())
	require.Len(t, got, 2)
	for i, want := range []struct{ src, dst netip.AddrPort }{{traffic.Client, traffic.Server}, {client6, server6}} {
		assert.Equal(t, capture.Unreachable, got[i].Kind)
		assert.Equal(t, want.src, got[i].Src)
		assert.Equal(t, want.dst, got[i].Dst)
	}
}

// Routers quote as much of the datagram as they like, if only its ports.
func TestUnreachableQuotesAsMuchAsItTakes(t *testing.T) {
	for _, tt := range []struct {
		name           string
		client, server netip.AddrPort
		headers        int // in front of the quoted datagram: IP, ICMP, IP
	}{
		{"IPv4", traffic.Client, traffic.Server, 20 + 8 + 20},
		{"IPv6", client6, server6, 40 + 8 + 40},
	} {
		for _, quoted := range []int{-28, -20, -1, 0, 3, 4, 8} {
			c := traffic.New()
			c.Link = layers.LinkTypeRaw
			c.Unreachable(tt.client, tt.server, []byte("hello"))
			c.Truncate(tt.headers + quoted)
			got, r := read(t, c.Pcap())
			if quoted < 4 {
				assert.Empty(t, got, "%s %d", tt.name, quoted)
				assert.Equal(t, capture.Skipped{Other: 1}, r.Skipped, "%s %d", tt.name, quoted)
				continue
			}
			require.Len(t, got, 1, "%s %d", tt.name, quoted)
			assert.Equal(t, tt.client, got[0].Src, "%s %d", tt.name, quoted)
			assert.Equal(t, tt.server, got[0].Dst, "%s %d", tt.name, quoted)
		}
	}
}

func TestOtherICMPIsCounted(t *testing.T) {
	const icmp, quoted = 20, 20 + 8 // where the message begins, and what it quotes
	for name, change := range map[string]func(b []byte){
		"time exceeded":                      func(b []byte) { b[icmp] = 11 },
		"an unreachable host":                func(b []byte) { b[icmp+1] = 1 },
		"quotes TCP":                         func(b []byte) { b[quoted+9] = 6 },
		"quotes no IP":                       func(b []byte) { b[quoted] = 0x75 },
		"quotes a header shorter than IP's":  func(b []byte) { b[quoted] = 0x44 },
		"quotes nothing behind the options":  func(b []byte) { b[quoted] = 0x48 },
		"quotes one port behind the options": func(b []byte) { b[quoted] = 0x47; b[2], b[3] = 0, quoted+28+2 },
	} {
		c := traffic.New()
		c.Link = layers.LinkTypeRaw
		c.Unreachable(traffic.Client, traffic.Server, []byte("four"))
		change(c.Packets[0].Data)
		got, r := read(t, c.Pcap())
		assert.Empty(t, got, name)
		assert.Equal(t, capture.Skipped{Other: 1}, r.Skipped, name)
	}
}

// Packets that end early were cut by the capture, or were never whole.
func TestWhereHeadersEnd(t *testing.T) {
	ethernet6 := append(make([]byte, 12), 0x86, 0xDD)
	options := func(units byte) []byte { return []byte{59, units, 1, 4, 0, 0, 0, 0} } // nothing follows them
	for _, tt := range []struct {
		name string
		link layers.LinkType
		data []byte
		cut  int // bytes that were not captured
		want capture.Skipped
	}{
		{"raw, nothing", layers.LinkTypeRaw, nil, 60, capture.Skipped{Other: 1}},
		{"raw, one byte", layers.LinkTypeRaw, []byte{0x45}, 59, capture.Skipped{CutShort: 1}},
		{"loopback, no packet", layers.LinkTypeNull, []byte{2, 0, 0, 0}, 60, capture.Skipped{Other: 1}},
		{"loopback, one byte", layers.LinkTypeNull, []byte{2, 0, 0, 0, 0x45}, 59, capture.Skipped{CutShort: 1}},
		{"IPv4, options not captured", layers.LinkTypeRaw, ipv4(0x46, 60), 40, capture.Skipped{CutShort: 1}},
		{"IPv4, options longer than the packet", layers.LinkTypeRaw, ipv4(0x46, 20), 0, capture.Skipped{Malformed: 1}},
		{"IPv6, half a header", layers.LinkTypeEthernet, slices.Concat(ethernet6, ipv6(17)[:39]), 40, capture.Skipped{CutShort: 1}},
		{"IPv6, header only", layers.LinkTypeEthernet, slices.Concat(ethernet6, ipv6(59)), 0, capture.Skipped{Other: 1}},
		{"IPv6, options only", layers.LinkTypeRaw, append(ipv6(60), options(0)...), 0, capture.Skipped{Other: 1}},
		{"IPv6, no options", layers.LinkTypeRaw, ipv6(60), 0, capture.Skipped{Malformed: 1}},
		{"IPv6, one byte of options", layers.LinkTypeRaw, append(ipv6(60), 59), 0, capture.Skipped{Malformed: 1}},
		{"IPv6, options longer than the packet", layers.LinkTypeRaw, append(ipv6(60), options(1)...), 0, capture.Skipped{Malformed: 1}},
		{"IPv6, options not captured", layers.LinkTypeRaw, append(ipv6(60), options(1)...), 8, capture.Skipped{CutShort: 1}},
	} {
		c := traffic.New()
		c.Link = tt.link
		c.Packets = append(c.Packets, traffic.Packet{Data: tt.data, Wire: len(tt.data) + tt.cut})
		got, r := read(t, c.Pcap())
		assert.Empty(t, got, tt.name)
		assert.Equal(t, tt.want, r.Skipped, tt.name)
	}
}

func TestExtensionHeadersAreSkipped(t *testing.T) {
	datagram := []byte{0x9C, 0x41, 3, 9, 0, 9, 0, 0, 'x'}
	for name, headers := range map[string][]byte{
		"hop by hop":           append(ipv6(0), 17, 0, 1, 4, 0, 0, 0, 0),
		"routing":              append(ipv6(43), 17, 0, 1, 4, 0, 0, 0, 0),
		"sixteen bytes":        append(ipv6(60), 17, 1, 1, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
		"one behind the other": append(append(ipv6(0), 60, 0, 1, 4, 0, 0, 0, 0), 17, 0, 1, 4, 0, 0, 0, 0),
	} {
		c := traffic.New()
		c.Raw(append(headers, datagram...), false)
		got, r := read(t, c.Pcap())
		assert.Equal(t, capture.Skipped{}, r.Skipped, name)
		require.Len(t, got, 1, name)
		assert.Equal(t, "x", string(got[0].Payload), name)
	}
}

// A UDP length of 0 means that the datagram is as long as the packet.
func TestDatagramWithoutLength(t *testing.T) {
	c := traffic.New()
	c.Link = layers.LinkTypeRaw
	c.UDP(traffic.Client, traffic.Server, []byte("jumbo"))
	c.Packets[0].Data[20+4], c.Packets[0].Data[20+5] = 0, 0
	got, _ := read(t, c.Pcap())
	require.Len(t, got, 1)
	assert.Equal(t, "jumbo", string(got[0].Payload))
	assert.Zero(t, got[0].Missing)
}

func TestUnusedPacketsAreCounted(t *testing.T) {
	c := traffic.New()
	c.Packets = append(c.Packets,
		traffic.Packet{Data: []byte{1, 2, 3}, Wire: 3},                                          // no Ethernet header
		traffic.Packet{Data: append(make([]byte, 12), 0x08, 0x06, 0, 1), Wire: 16},              // ARP
		traffic.Packet{Data: append(make([]byte, 12), 0x08, 0x00, 0x70, 1), Wire: 16},           // IP version 7
		traffic.Packet{Data: append(make([]byte, 12), 0x08, 0x00), Wire: 14},                    // nothing in it
		traffic.Packet{Data: append(make([]byte, 12), 0x81, 0x00, 0x00), Wire: 15},              // half a tag
		traffic.Packet{Data: append(append(make([]byte, 12), 0x08, 0x00), sctp()...), Wire: 34}, // another transport
	)
	got, r := read(t, c.Pcap())
	assert.Empty(t, got)
	assert.Equal(t, capture.Skipped{Other: 6}, r.Skipped)
	assert.Equal(t, 6, r.Number())
}

func sctp() []byte {
	b := make([]byte, 20)
	b[0], b[3], b[9] = 0x45, 20, 132
	return b
}

func TestUnknownLinkType(t *testing.T) {
	c := traffic.New()
	c.Link = layers.LinkTypeIEEE802_11
	c.Raw(make([]byte, 40), true)
	got, r := read(t, c.Pcap())
	assert.Empty(t, got)
	assert.Equal(t, map[layers.LinkType]int{layers.LinkTypeIEEE802_11: 1}, r.Skipped.LinkTypes)
}

// A capture that is not what it says may claim any number of link types. The
// first ones are counted to the end.
func TestLinkTypesAreBounded(t *testing.T) {
	const first, claimed, kept = 200, 20, 16
	var b bytes.Buffer
	w, err := pcapgo.NewNgWriter(&b, first)
	require.NoError(t, err)
	for i := 1; i < claimed; i++ {
		_, err := w.AddInterface(pcapgo.NgInterface{LinkType: layers.LinkType(first + i)})
		require.NoError(t, err)
	}
	want := make(map[layers.LinkType]int)
	for round := 1; round <= 2; round++ {
		for i := range claimed {
			require.NoError(t, w.WritePacket(gopacket.CaptureInfo{Timestamp: traffic.Start, CaptureLength: 1, Length: 1, InterfaceIndex: i}, []byte{0}))
			if i < kept {
				want[layers.LinkType(first+i)] = round
			}
		}
	}
	require.NoError(t, w.Flush())
	_, r := read(t, b.Bytes())
	assert.Equal(t, want, r.Skipped.LinkTypes)
}

// A pcapng file may hold interfaces of several link types.
func TestMixedLinkTypes(t *testing.T) {
	var b bytes.Buffer
	w, err := pcapgo.NewNgWriter(&b, layers.LinkTypeEthernet)
	require.NoError(t, err)
	raw, err := w.AddInterface(pcapgo.NgInterface{Name: "raw", LinkType: layers.LinkTypeRaw})
	require.NoError(t, err)
	for i, link := range []layers.LinkType{layers.LinkTypeRaw, layers.LinkTypeEthernet} {
		c := traffic.New()
		c.Link = link
		c.UDP(traffic.Client, traffic.Server, []byte("mixed"))
		ci := gopacket.CaptureInfo{Timestamp: traffic.Start, CaptureLength: len(c.Packets[0].Data), Length: len(c.Packets[0].Data), InterfaceIndex: raw * (1 - i)}
		require.NoError(t, w.WritePacket(ci, c.Packets[0].Data))
	}
	require.NoError(t, w.Flush())
	got, _ := read(t, b.Bytes())
	require.Len(t, got, 2)
	assert.Equal(t, "mixed", string(got[0].Payload))
	assert.Equal(t, "mixed", string(got[1].Payload))
}

func TestNotACapture(t *testing.T) {
	for name, input := range map[string]string{
		"empty": "", "short": "ab", "text": "hello, world", "elf": "\x7fELF", "gzip of text": string(gzipped(t, []byte("hello, world"))),
	} {
		_, err := capture.NewReader(strings.NewReader(input))
		assert.ErrorIs(t, err, capture.ErrFormat, name)
	}
	for name, input := range map[string]string{
		"gzip of nothing": string(gzipped(t, nil)), "half a gzip header": "\x1f\x8b\x08", "start of a gzip header": "\x1f\x8b", "half a pcap header": "\xd4\xc3\xb2\xa1\x02",
		"half a pcapng header": "\x0a\x0d\x0d\x0a\x1c\x00",
	} {
		_, err := capture.NewReader(strings.NewReader(input))
		assert.Error(t, err, name)
	}
}

func TestDamagedCapture(t *testing.T) {
	c := traffic.New()
	c.UDP(traffic.Client, traffic.Server, []byte("one"))
	c.UDP(traffic.Client, traffic.Server, []byte("two"))
	last := len(c.Packets[1].Data)
	for name, file := range map[string][]byte{
		"pcap": c.Pcap()[:len(c.Pcap())-5], "pcapng": c.Pcapng()[:len(c.Pcapng())-5],
		"header of a packet only": c.Pcap()[:len(c.Pcap())-last], "half a header": c.Pcap()[:len(c.Pcap())-last-1],
	} {
		r, err := capture.NewReader(bytes.NewReader(file))
		require.NoError(t, err, name)
		_, err = r.Next()
		require.NoError(t, err, name)
		_, err = r.Next()
		var damaged *capture.DamagedError
		require.ErrorAs(t, err, &damaged, name)
		assert.Equal(t, 1, damaged.After, name)
		assert.ErrorIs(t, err, io.ErrUnexpectedEOF, name)
	}
}
