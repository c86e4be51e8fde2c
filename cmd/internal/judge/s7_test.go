package judge

import (
	"bytes"
	"encoding/binary"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
	"github.com/fieldstatus/fieldstatus/s7"
)

func s7Judge() *judge {
	return &judge{
		name: "s7", port: 102,
		dissector:  "s7comm",
		dissectors: []string{"tpkt", "cotp", "s7comm"},
		fields: set("cotp.type", "cotp.cause", "cotp.reject_cause", "s7comm.header.rosctr", "s7comm.header.errcls", "s7comm.header.errcod",
			"s7comm.param.userdata.type", "s7comm.param.errcod", "s7comm.data.returncode"),
		verdict: s7Verdict,
		fold:    map[string]string{"header-class": "header-error"},
		native:  s7Native,
		pairing: []string{"no request with this PDU reference awaits an answer", "the function is not the one of the request",
			"the function group is not the one of the request", "the number of items is not the one of the request",
			"an acknowledgement where an answer was due", "the TPKT is longer than the PDU length that was settled"},
		tcp:     func([]byte) bool { return true },
		outcome: s7Outcome, header: 25, shortest: 7,
		seal:        func(b []byte) []byte { return put16(binary.BigEndian, b, 2, len(b)) },
		sealAll:     func(b []byte, was int) []byte { return add16(binary.BigEndian, b, 15, len(b)-was) },
		alone:       s7.AppendStatuses,
		differences: s7Differences,
	}
}

// s7Native leaves out the credit in the type of a TPDU, and undoes what the
// stage of the conversation makes of a header error: the refusal of the setup,
// with the error as its second value.
func s7Native(s core.Status) (claim, bool) {
	switch x, ok := s.Extended(); {
	case s.Row().Layer == "cotp-tpdu":
		return numbered("cotp-tpdu", s.Value()&0xF0), true
	case s.Row().Layer == "transport-event" && ok:
		return numbered("header-error", int64(x)), true
	}
	return claim{}, false
}

// s7Outcome returns the type of the TPDU, reason or cause, and behind a DT the
// error of the header, of the parameters, or of the items.
func s7Outcome(_ coretest.Stanza, b []byte) []int {
	if len(b) < s7ItemSize || b[5] != 0xF0 {
		return []int{5, 8, 10}
	}
	switch b[8] {
	case 2, 3:
		return append([]int{17, 18, s7ItemSize}, s7Items(b)...)
	case 7:
		return []int{22, 27, 28, 29}
	}
	return []int{8}
}

// s7Items returns where the return codes of an answer stand that has only items
// of bytes and words in it.
func s7Items(b []byte) (all []int) {
	for at, n := s7ItemSize-1, int(b[s7ItemCount]); n > 0 && at < len(b); n-- {
		all = append(all, at)
		switch {
		case b[s7ItemCount-1] == 0x05: // a write
			at++
		case b[at] == 0xFF && at+4 <= len(b):
			at += 4 + (int(binary.BigEndian.Uint16(b[at+2:]))+15)/16*2 // from bits, with the fill byte
		default:
			at += 4
		}
	}
	return all
}

// s7Verdict reads COTP and S7comm. An error in the header or in the parameters
// stands for the whole response, otherwise the return codes do, if there are any.
func s7Verdict(tree []node) []claim {
	var claims, items []claim
	var rosctr, header, kind int64
	param := int64(-1)
	end := func() { // of a PDU
		switch {
		case (rosctr == 2 || rosctr == 3) && (header != 0 || len(items) == 0):
			claims = append(claims, numbered("header-error", header))
		case rosctr == 2 || rosctr == 3:
			claims = append(claims, items...)
		case rosctr == 7 && kind == 8 && (param > 0 || len(items) == 0): // a response
			claims = append(claims, numbered("param-error", param))
		case rosctr == 7 && kind == 8:
			claims = append(claims, numbered("userdata-return", items[0].value))
		}
		rosctr, header, kind, param, items = 0, 0, 0, -1, nil
	}
	for _, n := range tree {
		switch n.name {
		case "s7comm":
			end()
		case "_ws.malformed":
			claims = append(claims, malformed)
		case "cotp.type":
			if n.value == 0xC || n.value == 0xD || n.value == 0xE { // DC, CC and CR
				claims = append(claims, numbered("cotp-tpdu", n.value<<4))
			}
		case "cotp.cause":
			claims = append(claims, numbered("cotp-dr-reason", n.value))
		case "cotp.reject_cause":
			claims = append(claims, numbered("cotp-er-cause", n.value))
		case "s7comm.header.rosctr":
			rosctr = n.value
		case "s7comm.header.errcls":
			header = n.value << 8
		case "s7comm.header.errcod":
			header |= n.value
		case "s7comm.param.userdata.type":
			kind = n.value
		case "s7comm.param.errcod":
			param = n.value
		case "s7comm.data.returncode":
			items = append(items, numbered("item-return", n.value))
		}
	}
	end()
	return claims
}

// s7 header offsets that the reasons look at: behind TPKT and DT.
const (
	cotpClass    = 10 // of a CC: class and options
	s7ItemCount  = 20
	s7ItemSize   = 22 // transport size of the first item of a read
	s7DoubleInt  = 0x06
	cotpMaxClass = 4
)

var s7Differences = []acceptedDifference{
	{
		ours: "status in header-error", theirs: "fault: malformed behind the statuses",
		reason: "behind an error in the header there need not be anything; Wireshark reads on as if there were none",
	},
	{
		ours: "status in item-return", theirs: "fault: malformed behind the statuses",
		reason: "an item that failed has four bytes, whatever its length says; Wireshark looks for as many as the length says",
	},
	{
		ours: "success in item-return", theirs: "fault: malformed behind the statuses",
		reason: "whether the length of a double integer counts bits or bytes is disputed: what is there decides, and Wireshark counts bytes",
		when:   func(b []byte) bool { return bytes.IndexByte(b, s7DoubleInt) >= 0 },
	},
	{
		ours: "success in item-return", theirs: "fault: malformed*", rare: true,
		reason: "an item behind the first one failed: it has four bytes, whatever its length says",
		when:   func(b []byte) bool { return len(b) > s7ItemCount && b[s7ItemCount] > 1 },
	},
	{
		ours: "status in data-shape", theirs: "fault: malformed", rare: true,
		reason: "the same for a value that is shorter than asked for",
		when:   func(b []byte) bool { return len(b) > s7ItemSize && b[s7ItemSize] == s7DoubleInt },
	},
	{
		ours: "success in cotp-tpdu", theirs: "fault: not dissected",
		reason: "a CC names a transport class that does not exist; RFC 1006 has only one, so that it says nothing",
		when:   func(b []byte) bool { return len(b) > cotpClass && b[cotpClass]>>4 > cotpMaxClass },
	},
	{
		ours: "success in cotp-tpdu", theirs: "fault: malformed*", rare: true,
		reason: "a parameter of a CC reaches past its end; the connection is up all the same",
	},
	{
		ours: "status in cotp-tpdu", theirs: "fault: not dissected",
		reason: "a DC or CR has another length than in RFC 905, or a class that does not exist; its type is enough",
	},
	{
		ours: "status in cotp-tpdu", theirs: "fault: malformed*", rare: true,
		reason: "a DC or CR has another length than in RFC 905; its type is enough",
	},
	{
		ours: "status in cotp-dr-reason", theirs: "fault: not dissected",
		reason: "Wireshark shows the reason of a DR only when RFC 905 lists it",
	},
	{
		ours: "status in cotp-er-cause", theirs: "fault: not dissected",
		reason: "Wireshark shows the cause of an ER only when RFC 905 lists it",
	},
	{
		ours: "status in cotp-er-cause", theirs: "fault: malformed behind the statuses",
		reason: "a parameter of an ER reaches past its end; the cause stands in front of it",
	},
	{
		ours: "status in param-error", theirs: "fault: malformed behind the statuses", rare: true,
		reason: "an error in the parameters stands for all; Wireshark reads the payload behind it",
	},
	{
		ours: "success in userdata-return", theirs: "fault: malformed behind the statuses", rare: true,
		reason: "what a payload holds is for the caller to read; Wireshark takes it for that of another function",
	},
	{
		ours: "data-shape MissingPayload", theirs: "userdata-return 0xff", rare: true,
		reason: "a success without a payload where one was asked for",
	},
	{
		ours: "", theirs: "cotp-tpdu 0xe0", rare: true,
		reason: "a CR asks, also when the device sends it before anybody else has",
	},
	{
		ours: "", theirs: "fault: malformed", rare: true,
		reason: "a job of the device is no response, and its items do not matter",
	},
	{
		ours: "transport-event S7SetupFailed", theirs: "header-error 0x0",
		reason: "a setup that settles a PDU length of 0 is none",
	},
	{
		ours: "control-status *", theirs: "header-error 0x0",
		reason: "Wireshark does not know the byte that may follow the function in the answer to start and stop",
	},
	{
		ours: "data-shape EmptyValue", theirs: "item-return 0xff",
		reason: "a success without a value is none for who asked for one",
	},
	{
		ours: "data-shape ShortValue", theirs: "item-return 0xff",
		reason: "a value shorter than the request asked for",
	},
	{
		ours: "data-shape MissingPayload", theirs: "userdata-return 0xa",
		reason: "0x0A in userdata says that nothing follows, which is a failure where something was asked for",
	},
	{
		ours: "data-shape MissingPayload", theirs: "param-error 0x0", rare: true,
		reason: "no data section where something was asked for",
	},
	{
		ours: "fault: bytes follow the last item", theirs: "status in item-return",
		reason: "Wireshark does not look behind the last item",
	},
	{
		ours: "fault: the lengths of parameters and data do not add up to the PDU", theirs: "*",
		reason: "Wireshark does not add the lengths of the sections up",
	},
	{
		ours: "fault: the message type is none of 1, 2, 3 and 7", theirs: "",
		reason: "Wireshark shows the header of an unknown message and nothing else",
	},
	{
		ours: "fault: the transport size of the item is unknown", theirs: "status in item-return",
		reason: "Wireshark takes the length of a value of unknown size for bytes",
	},
	{
		ours: "fault: the answer ends before its last item", theirs: "status in *",
		reason: "Wireshark stops where the data section ends, however many items there should be",
	},
	{
		ours: "fault: items follow where none are announced", theirs: "status in header-error", rare: true,
		reason: "Wireshark does not look at the data of an answer without items",
	},
	{
		ours: "fault: the payload is longer than the rest of the PDU", theirs: "status in userdata-return", rare: true,
		reason: "Wireshark shows as much of a payload as there is",
	},
	{
		ours: "fault: the header of the data section is cut short", theirs: "status in *", rare: true,
		reason: "Wireshark does not read a data section of less than four bytes",
	},
	{
		ours: "fault: the parameters of the response are cut short", theirs: "status in userdata-return", rare: true,
		reason: "the parameters of a request, marked as those of a response: Wireshark does not miss the error in them",
	},
	{
		ours: "fault: the length of the TPKT is below 7", theirs: "*", rare: true,
		reason: "Wireshark takes three bytes and more for a TPKT and reads what follows it in the segment",
	},
	{
		ours: "fault: the COTP header does not fit", theirs: "status in *", rare: true,
		reason: "a header of two bytes with the type of a longer TPDU: Wireshark reads past its end",
	},
	{
		ours: "fault: a connection confirm that nobody asked for", theirs: "status in cotp-tpdu", rare: true,
		reason: "Wireshark does not ask whether a connection is open already",
	},
	{
		ours: "fault: no TPKT: the first byte is not 3", theirs: "status in item-return", rare: true,
		reason: "bytes follow the TPKT in its segment, and Wireshark passes over them",
	},
}
