package capture

import "github.com/gopacket/gopacket/layers"

// Skipped counts the packets that were read but not used.
type Skipped struct {
	Fragments int // pieces of fragmented IP packets
	CutShort  int // packets of which not even the headers were captured
	Malformed int // packets whose headers contradict themselves
	Other     int // ARP, ICMP, other transports: nothing that this command reads
	LinkTypes map[layers.LinkType]int
}

// maxLinkTypes bounds the map of a capture that is not what it says.
const maxLinkTypes = 16

func (s *Skipped) linkType(t layers.LinkType) {
	if s.LinkTypes == nil {
		s.LinkTypes = make(map[layers.LinkType]int)
	}
	if _, known := s.LinkTypes[t]; known || len(s.LinkTypes) < maxLinkTypes {
		s.LinkTypes[t]++
	}
}
