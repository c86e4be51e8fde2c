package judge

import (
	"encoding/binary"
	"strconv"
	"strings"

	"github.com/fieldstatus/fieldstatus/core/coretest"
	"github.com/fieldstatus/fieldstatus/knx"
)

func knxJudge() *judge {
	return &judge{
		name: "knx", port: 3671,
		dissector:  "kip",
		dissectors: []string{"kip", "cemi"},
		fields: set("knxip.service", "knxip.status", "knxip.loss", "knxip.session", "knxip.session.status", "knxip.medium.status",
			"knxip.tunnel.feature", "knxip.data", "knxip.error",
			"cemi.mc", "cemi.ce", "cemi.tpt", "cemi.tc", "cemi.ac", "cemi.ax", "cemi.e", "cemi.n", "cemi.adc.n", "cemi.ad.ml", "cemi.data"),
		verdict: knxVerdict,
		fold:    map[string]string{"knxnetip-ack-status": "knxnetip-status"},
		pairing: []string{"no request has this sequence counter", "sequence counter is neither the next nor the last one"},
		tcp: func(b []byte) bool { // where the client asks for it
			return len(b) > 7 && b[2] == 0x02 && b[3] == 0x05 && b[7] == 0x02
		},
		outcome: func(_ coretest.Stanza, b []byte) []int { return []int{7, 9, 10, 12, 19, 20, len(b) - 1} },
		header:  24, shortest: 1,
		seal:        func(b []byte) []byte { return put16(binary.BigEndian, b, 4, len(b)) },
		differences: knxDifferences,
		alone:       knx.AppendStatuses,
	}
}

// A knxFrame is what Wireshark shows of one frame, by the names of its fields.
// Of several fields with the same name it is the first one.
type knxFrame map[string]node

func (f knxFrame) has(name string) bool { _, ok := f[name]; return ok }

// octet returns octet i of a field that Wireshark shows as octets in hexadecimal
// digits, which it separates by colons.
func (f knxFrame) octet(name string, i int) (int64, bool) {
	octets := strings.ReplaceAll(f[name].text, ":", "")
	if len(octets) < 2*i+2 {
		return 0, false
	}
	v, err := strconv.ParseInt(octets[2*i:2*i+2], 16, 64)
	return v, err == nil
}

// knxVerdict reads the status of a service, or what the cEMI message in it comes
// to. The dissector complains of everything that differs from the standard, and
// reads on: such a fault concerns one field only.
func knxVerdict(tree []node) []claim {
	f := make(knxFrame)
	var faults []claim
	for _, n := range tree {
		switch {
		case n.name == "knxip.error":
			if len(faults) == 0 {
				c := broken(strings.TrimSpace(n.after + " " + n.text))
				c.soft = true
				faults = append(faults, c)
			}
		case n.name == "_ws.malformed" && n.depth > 1: // below the error that says why
		case n.name == "_ws.malformed":
			return []claim{malformed}
		case !f.has(n.name):
			f[n.name] = n
		}
	}
	return append(faults, f.claims()...)
}

func (f knxFrame) claims() []claim {
	say := func(layer string, value int64) []claim { return []claim{numbered(layer, value)} }
	service := f["knxip.service"].value
	status := f["knxip.status"].value
	switch service {
	case 0x0206, 0x0208, 0x020A, 0x0311, 0x0421: // answers and acknowledgements
		return say("knxnetip-status", status)
	case 0x0204, 0x020C: // descriptions
		if f.has("knxip.medium.status") {
			return say("dib-medium-status", f["knxip.medium.status"].value)
		}
	case 0x0423, 0x0425: // features, of which number 3 is the state of the bus
		bus, ok := f.octet("knxip.data", 0)
		switch {
		case ok && f["knxip.tunnel.feature"].value == 3 && status < 0x60: // the codes below are successes
			return say("tunnel-bus-status", bus)
		case service == 0x0423:
			return say("return-code", status)
		}
		return say("knxnetip-service", service)
	case 0x0531, 0x0532: // a router lost telegrams, or is busy; two bits of its state are in use
		if status&3 != 0 || service == 0x0531 && f["knxip.loss"].value == 0 {
			return say("router-device-state", status)
		}
		return say("knxnetip-service", service)
	case 0x0952:
		if f["knxip.session"].value == 0 {
			return say("knxnetip-service", service)
		}
	case 0x0954:
		return say("secure-session-status", f["knxip.session.status"].value)
	case 0x0310, 0x0420, 0x0530, 0x0533:
		if layer, value, ok := f.message(); ok {
			return say(layer, value)
		}
	case 0x0201, 0x0202, 0x0203, 0x0205, 0x0207, 0x020B, 0x0422, 0x0424, 0x0951, 0x0953, 0x0955: // requests
	default:
		if service != 0 {
			return say("knxnetip-service", service)
		}
	}
	return nil
}

// message reads the cEMI message in a frame.
func (f knxFrame) message() (layer string, value int64, ok bool) {
	switch f["cemi.mc"].value {
	case 0x2E: // L_Data.con
		return "cemi-confirm", f["cemi.ce"].value, true
	case 0x29: // L_Data.ind
		if f["cemi.tpt"].value == 1 {
			if f["cemi.tc"].raw&0xC3 == 0x80 { // the peer wants a connection
				return "", 0, false
			}
			return "tpci", f["cemi.tc"].raw, true
		}
		return f.application()
	case 0xF5, 0xFB: // M_PropWrite.con, M_PropRead.con
		if f["cemi.n"].value > 0 {
			return "return-code", 0, true
		}
		failure, ok := f.octet("cemi.data", 0)
		return "cemi-property-error", failure, ok
	case 0xFA: // M_FuncProp.con
		if code, ok := f.octet("cemi.data", 0); ok {
			return "return-code", code, true
		}
		return "al-negative", 0xFA, true
	}
	return "", 0, false
}

// application reads the answer of an application. One without content, where the
// service has no code for a failure, is a refusal.
func (f knxFrame) application() (layer string, value int64, ok bool) {
	refused := func(count string, service int64) (string, int64, bool) {
		if f[count].value == 0 {
			return "al-negative", service, true
		}
		return "return-code", 0, true
	}
	if f.has("cemi.ac") { // services of four bits
		switch f["cemi.ac"].value {
		case 0x1, 0x5, 0xD: // values of groups, individual addresses, device descriptors
			return "return-code", 0, true
		case 0x7:
			return refused("cemi.adc.n", 0x1C0)
		case 0x9:
			return refused("cemi.ad.ml", 0x240)
		}
		return "", 0, false
	}
	service := f["cemi.ax"].value
	data, hasData := f.octet("cemi.data", 0)
	switch service {
	case 0x1C9, 0x1D3, 0x2C6, 0x3D2, 0x3D4, 0x3D9, 0x3DB, 0x3DD, 0x3E2: // no word about failures
		return "return-code", 0, true
	case 0x1CD:
		switch {
		case f["cemi.n"].value > 0:
			return "return-code", 0, true
		case data < 0x60: // a success without an element
			return "al-negative", service, true
		}
		return "return-code", data, true
	case 0x1CF:
		return "return-code", data, hasData
	case 0x1D6, 0x2C9:
		if hasData {
			return "return-code", data, true
		}
		return "al-negative", service, true
	case 0x1FC, 0x1FE:
		return "return-code", f["cemi.e"].value, true
	case 0x2C1, 0x3D6:
		return refused("cemi.n", service)
	case 0x3A1:
		return "restart-response", data, hasData
	}
	return "", 0, false
}

// knxOldConverter tells telegrams with a service that was the answer of a
// converter once. Today only the first eight of that range are.
func knxOldConverter(b []byte) bool {
	const apci = 19 // of a telegram in a tunnel, without additional information
	return len(b) > apci+1 && b[apci]&0x03 == 0x01 && b[apci+1] >= 0xC8
}

var knxDifferences = []acceptedDifference{
	{
		ours: "", theirs: "fault: *",
		reason: "a frame that answers nothing is not looked at any further",
	},
	{
		ours: "*", theirs: "fault: knxip.reserved Expected: 0x00",
		reason: "reserved octets are not looked at: a later standard may use them",
	},
	{
		ours: "*", theirs: "fault: knxip.data Unexpected trailing data",
		reason: "what stands behind the octets of a service is passed over: gateways append the rest of the frame to refusals",
	},
	{
		ours: "*", theirs: "fault: knxip.hostprotocol *",
		reason: "the host protocol in an answer is not looked at: the answer has come, over whatever it was",
	},
	{
		ours: "success in knxnetip-status", theirs: "fault: knxip.ipaddr Expected: 0.0.0.0",
		reason: "a data endpoint over TCP has no address; one that is there does not close the channel",
	},
	{
		ours: "success in knxnetip-status", theirs: "fault: knxip.port Expected: 0", rare: true,
		reason: "a data endpoint over TCP has no port; one that is there does not close the channel",
	},
	{
		ours: "success in knxnetip-status", theirs: "fault: knxip.conn.type Unknown", rare: true,
		reason: "the type of connection is that of the request",
	},
	{
		ours: "success in knxnetip-status", theirs: "fault: knxip.struct.length Expected: 2 bytes", rare: true,
		reason: "a connection of another type than tunnelling has data that only the driver knows",
	},
	{
		ours: "status in dib-medium-status", theirs: "fault: knxip.*", rare: true,
		reason: "descriptions in front of the one with the medium status are passed over by their lengths",
	},
	{
		ours: "status in knxnetip-service", theirs: "fault: knxip.data Expected: 32 bytes", rare: true,
		reason: "a session response with the id 0 is a refusal and needs no key",
	},
	{
		ours: "*", theirs: "fault: ? Feature Value: missing", rare: true,
		reason: "only the value of the feature for the bus tells a status",
	},
	{
		ours: "*", theirs: "fault: cemi.num Expected: zero",
		reason: "the number of an unnumbered telegram is not looked at",
	},
	{
		ours: "*", theirs: "fault: cemi.data Unexpected",
		reason: "a control telegram that carries data is one all the same",
	},
	{
		ours: "*", theirs: "fault: cemi.data Expected: *",
		reason: "how much data a telegram carries does not matter where its status does not stand in it",
	},
	{
		ours: "*", theirs: "fault: cemi.ad Expected: 0x00",
		reason: "the six bits of data in an APCI that has none are not looked at",
	},
	{
		ours: "*", theirs: "fault: cemi.reserved Expected: zero", rare: true,
		reason: "reserved bits are not looked at",
	},
	{
		ours: "*", theirs: "fault: cemi.n Expected: *", rare: true,
		reason: "how many elements an answer has does not matter, but whether it has some",
	},
	{
		ours: "*", theirs: "fault: ? Count: expected 1 byte", rare: true,
		reason: "a confirmation repeats the request, and the confirm bit stands in front of it",
	},
	{
		ours: "*", theirs: "fault: ? Property *", rare: true,
		reason: "an answer that has no word about failures is a success, also without its subject",
	},
	{
		ours: "tunnel-bus-status 0x0", theirs: "cemi-confirm 0x1",
		reason: "a negative confirmation while the bus is known to be down is told as that",
	},
	{
		ours: "", theirs: "al-negative 0x1c0",
		reason: "APCI 0x1C8 to 0x1FF belong to newer services; Wireshark takes those that it does not know for the answer of a converter",
		when:   knxOldConverter,
	},
	{
		ours: "", theirs: "return-code 0x0", rare: true,
		reason: "APCI 0x1C8 to 0x1FF belong to newer services; Wireshark takes those that it does not know for the answer of a converter",
		when:   knxOldConverter,
	},
	{
		ours: "fault: cEMI message code is unknown or not expected here", theirs: "status in *",
		reason: "local device management has a connection of its own, and confirmations are not routed; Wireshark reads all messages everywhere",
	},
	{
		ours: "fault: frame ends before its service is complete", theirs: "*", rare: true,
		reason: "Wireshark does not miss the error behind a negative answer, nor the octets of a service that it does not read",
	},
	{
		ours: "fault: header length is not 6", theirs: "status in knxnetip-service", rare: true,
		reason: "Wireshark shows a frame with another header length as it is",
	},
}
