package capture

import (
	"net/netip"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
)

// A Kind is what a packet carries.
type Kind uint8

const (
	TCP         Kind = iota // a TCP segment
	UDP                     // a UDP datagram
	Unreachable             // an ICMP answer: nobody listens at Dst, to which Src had sent a datagram
)

// A Packet is one packet of a capture that carries something of use. It is
// valid until the next call of [Reader.Next].
type Packet struct {
	Number  int       // in the capture, from 1
	Time    time.Time // zero when the capture does not tell
	Kind    Kind
	Src     netip.AddrPort
	Dst     netip.AddrPort
	Segment *layers.TCP   // of a TCP packet
	Flow    gopacket.Flow // of the IP addresses
	Payload []byte        // of the TCP segment or UDP datagram, as far as it was captured
	Missing int           // bytes of the payload that were on the wire but not captured
}
