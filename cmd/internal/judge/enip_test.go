package judge

import (
	"bytes"
	"encoding/binary"

	"github.com/fieldstatus/fieldstatus/core/coretest"
	"github.com/fieldstatus/fieldstatus/enip"
)

func enipJudge() *judge {
	general := "general-status"
	return &judge{
		name: "enip", port: 44818,
		dissector:  "enip",
		dissectors: []string{"enip", "cip", "cipcm", "cipcls", "cippccc"},
		fields: set("enip.status", "cip.rr", "cip.sc", "cip.genstat", "cip.addstat",
			"cip.pccc.gs.status", "cip.pccc.es.status", "cip.getlist.attr_status", "cip.setlist.attr_status"),
		verdict: enipVerdict,
		fold: map[string]string{
			"connection-manager-extended": general, "extended-01": general, "extended-04": general, "extended-05": general,
			"extended-0c": general, "extended-10": general, "extended-1f": general, "extended-ff": general,
			"pccc-ext-sts": "pccc-sts",
		},
		extended: set(general, "pccc-sts"),
		pairing: []string{"answers none of the open requests", "an answer without the bit of a reply", "not as many items as were asked for",
			"PCCC reply to a command that was not sent", "PCCC reply with the transaction number of another request"},
		tcp:     func([]byte) bool { return true },
		outcome: enipOutcome, header: 52, shortest: 4,
		seal: func(b []byte) []byte { return put16(binary.LittleEndian, b, 2, len(b)-24) },
		sealAll: func(b []byte, was int) []byte {
			_, length := enipMessage(b)
			return add16(binary.LittleEndian, b, length, len(b)-was)
		},
		differences: enipDifferences,
		alone:       enip.AppendStatuses,
	}
}

// enipMessage returns where the CIP message of a frame with two items begins, and
// where its length stands: behind an empty address, or behind the id of a
// connection, and then with a sequence count in front.
func enipMessage(b []byte) (at, length int) {
	if len(b) > 32 && b[32] == 0xA1 {
		return 46, 42
	}
	return 40, 38
}

// enipOutcome returns the status of the header, and general status and first
// extended word of the reply and of those in a packet.
func enipOutcome(_ coretest.Stanza, b []byte) []int {
	all := []int{8, 9, 10, 11}
	reply := func(at int) { all = append(all, at+2, at+3, at+4, at+5) }
	message, _ := enipMessage(b)
	if len(b) <= message+6 {
		return append(all, message+2, message+3)
	}
	reply(message)
	if b[message]&0x7F == cipMultipleServicePacket && b[message+3] == 0 {
		data := b[message+4:]
		for at := 2; at+1 < len(data) && at < 2+2*int(data[0]); at += 2 {
			reply(message + 4 + int(binary.LittleEndian.Uint16(data[at:])))
		}
	}
	return all
}

const (
	cipGetAttributeList      = 0x03 // services
	cipSetAttributeList      = 0x04
	cipMultipleServicePacket = 0x0A

	cipAttributeListError   = 0x0A // general status
	cipEmbeddedServiceError = 0x1E
)

// An enipReading is the statuses of a frame while its tree is read.
type enipReading struct {
	claims []claim
	open   bool // the last one may be refined, or replaced by what it contains
	over   bool // nothing counts any more
	reply  bool // the last message is one
	packet bool // it is a Multiple Service Packet, of which no reply has come yet
}

func (r *enipReading) last() *claim { return &r.claims[len(r.claims)-1] }

func (r *enipReading) add(layer string, value int64) {
	r.claims = append(r.claims, numbered(layer, value))
	r.open = true
}

// replace drops the last status, which is one of a container, for a first one in it.
func (r *enipReading) replace(layer string, value int64) {
	if r.open {
		r.claims = r.claims[:len(r.claims)-1]
	}
	r.add(layer, value)
}

// enipVerdict reads the status of the header, and when that is 0 the CIP reply:
// its general status with the first additional word, or in place of it those of
// the replies in a Multiple Service Packet, of the attributes in a list, or of
// the PCCC reply.
func enipVerdict(tree []node) []claim {
	var r enipReading
	for _, n := range tree {
		switch {
		case n.name == "enip":
			r = enipReading{claims: r.claims}
		case n.name == "_ws.malformed":
			r.claims = append(r.claims, malformed)
			r.over = true
		case n.name == "enip.status":
			r.add("encapsulation", n.value)
			r.over = n.value != 0
		case !r.over:
			r.field(n)
		}
	}
	return r.claims
}

func (r *enipReading) field(n node) {
	switch n.name {
	case "cip.rr":
		r.reply = n.value == 1
	case "cip.sc":
		switch {
		case !r.open:
		case r.last().layer == "encapsulation": // the outermost reply
			r.claims, r.open = r.claims[:len(r.claims)-1], false
			r.packet = n.value == cipMultipleServicePacket
		case r.packet && r.last().value != 0 && r.last().value != cipEmbeddedServiceError:
			r.over = true // that status concerns the whole request
		case r.packet: // the first reply in it
			r.claims, r.open = r.claims[:len(r.claims)-1], false
			r.packet = false
		}
	case "cip.genstat":
		r.add("general-status", n.value)
	case "cip.addstat":
		if r.open && r.last().more < 0 {
			r.last().more = n.value
		}
	case "cip.getlist.attr_status", "cip.setlist.attr_status":
		if r.open && r.last().value != 0 && r.last().value != cipAttributeListError {
			r.over = true // that status concerns the whole request
			return
		}
		r.replace("general-status", n.value)
		r.open = false
	case "cip.pccc.gs.status":
		if r.reply && r.open && r.last().value == 0 {
			r.replace("pccc-sts", n.value)
		}
	case "cip.pccc.es.status":
		if r.open && r.last().layer == "pccc-sts" {
			r.last().more = n.value
		}
	}
}

// cipIs tells the replies to one of some services.
func cipIs(services ...byte) func([]byte) bool {
	return func(b []byte) bool {
		at, _ := enipMessage(b)
		return len(b) > at && bytes.IndexByte(services, b[at]&0x7F) >= 0
	}
}

// enipHasInterface tells the frames for another interface than that of CIP.
func enipHasInterface(b []byte) bool {
	return len(b) >= 28 && binary.LittleEndian.Uint32(b[24:]) != 0
}

var enipDifferences = []acceptedDifference{
	{
		ours: "status in encapsulation", theirs: "fault: malformed*",
		reason: "the body of a frame whose header tells a failure means nothing; Wireshark reads it",
	},
	{
		ours: "success in encapsulation", theirs: "fault: malformed*", rare: true,
		reason: "the answers to RegisterSession, ListIdentity, ListServices and ListInterfaces say nothing about failures behind the header",
	},
	{
		ours: "status in general-status", theirs: "fault: malformed behind the statuses",
		reason: "a failure is often no longer than its status; Wireshark looks for the fields of the service or of its path",
	},
	{
		ours: "status in general-status", theirs: "fault: malformed",
		reason: "a failure announces more extended words than it has; those that are there count",
	},
	{
		ours: "success in general-status", theirs: "fault: malformed behind the statuses", rare: true,
		reason: "what a service delivers is for its caller to read: a reply of general status 0 is a success",
	},
	{
		ours: "status in pccc-sts", theirs: "fault: malformed*", rare: true,
		reason: "a PCCC reply with the STS 0xF0 and no EXT STS byte keeps its STS",
	},
	{
		ours: "success in general-status", theirs: "fault: malformed", rare: true,
		reason: "the first of several items is a success; another one failed and announces more words than it has, or is the last attribute of a list, whose value ends where the frame does",
		when:   cipIs(cipMultipleServicePacket, cipGetAttributeList),
	},
	{
		ours: "pccc-sts *", theirs: "pccc-sts *", rare: true,
		reason: "a PCCC reply stands behind the extended status and a requester that tells its own length, for which Wireshark takes none and 7",
		when: func(b []byte) bool {
			at, _ := enipMessage(b)
			return len(b) > at+4 && (b[at+3] != 0 || b[at+4] != 7)
		},
	},
	{
		ours: "fault: successful CIP reply ends inside its extended status", theirs: "status in encapsulation", rare: true,
		reason: "Wireshark reads no CIP where the interface handle is not 0",
		when:   enipHasInterface,
	},
	{
		ours: "general-status *", theirs: "encapsulation 0x0",
		reason: "Wireshark reads no CIP where the interface handle is not 0",
		when:   enipHasInterface,
	},
	{
		ours: "general-status *", theirs: "", rare: true,
		reason: "Wireshark reads no CIP where the interface handle is not 0, of a packet none of its replies",
		when:   enipHasInterface,
	},
	{
		ours: "pccc-sts *", theirs: "encapsulation 0x0", rare: true,
		reason: "Wireshark reads no CIP where the interface handle is not 0",
		when:   enipHasInterface,
	},
	{
		ours: "pccc-sts *", theirs: "general-status 0x0",
		reason: "Wireshark reads PCCC only where session and sender context lead it to the request",
	},
	{
		ours: "general-status 0x6", theirs: "general-status 0x6/*", rare: true,
		reason: "one part of an answer, whose rest is asked for: a success, which no second value refines",
	},
	{
		ours: "general-status 0x1e", theirs: "general-status 0x*",
		reason: "a packet in which something is no reply has one status for all; Wireshark shows those of its replies",
		when:   cipIs(cipMultipleServicePacket),
	},
	{
		ours: "", theirs: "general-status 0x*",
		reason: "a packet in which something is no reply has one status for all; Wireshark shows those of its replies",
		when:   cipIs(cipMultipleServicePacket),
	},
	{
		ours: "general-status *", theirs: "general-status 0x*", rare: true,
		reason: "Wireshark reads the attributes of a list only where session and sender context lead it to the request, and knows the sizes of some",
		when:   cipIs(cipGetAttributeList, cipSetAttributeList),
	},
	{
		ours: "", theirs: "general-status 0x*", rare: true,
		reason: "the ends of the values in an attribute list cannot be told; Wireshark takes what follows for further attributes",
		when:   cipIs(cipGetAttributeList),
	},
	{
		ours: "", theirs: "general-status 0x*", rare: true,
		reason: "of two messages in a frame the first is the one, and here it is no reply; Wireshark reads both",
		when:   func(b []byte) bool { return len(b) > 32 && b[32]&0xFC == 0xB0 },
	},
	{
		ours: "general-status *", theirs: "", rare: true,
		reason: "Wireshark reads the attributes of a list only where session and sender context lead it to the request",
		when:   cipIs(cipGetAttributeList, cipSetAttributeList),
	},
	{
		ours: "", theirs: "encapsulation 0x*",
		reason: "a request, or what looks like one: the device sends it back, or it has no body",
	},
	{
		ours: "", theirs: "fault: malformed", rare: true,
		reason: "a request of the device",
	},
	{
		ours: "fault: options other than 0", theirs: "*",
		reason: "the options in the header have to be 0, or the frame is to be discarded (CIP Volume 2, 2-3.6), at which Wireshark does not look",
	},
	{
		ours: "fault: no data item", theirs: "status in encapsulation",
		reason: "Wireshark does not mind a body without a message",
	},
	{
		ours: "fault: not an EtherNet/IP command", theirs: "status in encapsulation",
		reason: "Wireshark shows the status of commands that it does not know",
	},
	{
		ours: "fault: unknown command*", theirs: "status in encapsulation",
		reason: "Wireshark shows the status of commands that it does not know",
	},
	{
		ours: "fault: body shorter than interface handle, timeout and item count", theirs: "status in encapsulation", rare: true,
		reason: "Wireshark does not mind a success without a body",
	},
	{
		ours: "fault: CIP reply shorter than 4 bytes", theirs: "status in encapsulation", rare: true,
		reason: "Wireshark does not mind an empty message",
	},
	{
		ours: "fault: connected *", theirs: "status in encapsulation", rare: true,
		reason: "Wireshark does not mind an item that is too short for its type",
	},
	{
		ours: "fault: RegisterSession without version and options", theirs: "status in encapsulation", rare: true,
		reason: "Wireshark does not mind a session without a body",
	},
	{
		ours: "fault: PCCC *", theirs: "status in *",
		reason: "Wireshark reads the PCCC reply without a look at its requester and at the bit of a reply",
	},
}
