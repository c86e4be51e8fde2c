package judge

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strconv"

	"github.com/fieldstatus/fieldstatus/core/coretest"
	"github.com/fieldstatus/fieldstatus/opcua"
)

func opcuaJudge() *judge {
	return &judge{
		name: "opcua", port: 4840,
		dissector:  "opcua",
		dissectors: []string{"opcua"},
		fields: set("opcua.transport.type", "opcua.transport.error", "opcua.ServiceResult", "opcua.servicenodeid.numeric",
			"opcua.StatusCode", "opcua.Status", "opcua.Results", "opcua.AddResults", "opcua.RemoveResults",
			"opcua.datavalue.mask", "opcua.datavalue.has_statuscode"),
		verdict: opcuaVerdict,
		fold:    map[string]string{"service-result": "status"},
		pairing: []string{"no request ", "response of type ", "another number of results "},
		tcp:     func([]byte) bool { return true },
		outcome: opcuaOutcome, header: 60, shortest: 8,
		seal:        func(b []byte) []byte { return put32(binary.LittleEndian, b, 4, len(b)) },
		differences: opcuaDifferences,
		silent:      opcuaSilent,
		alone:       opcua.AppendStatuses,
	}
}

// opcuaSilent tells messages that cannot be read from those that answer nothing.
func opcuaSilent(err error) string {
	var encrypted *opcua.EncryptedError
	if errors.As(err, &encrypted) {
		return "encrypted"
	}
	return ""
}

// opcuaOutcome returns the bytes of the error in an ERR, of the service result,
// and of the codes that the stanza expects, wherever they stand.
func opcuaOutcome(s coretest.Stanza, frame []byte) []int {
	at := []int{40, 41, 42, 43}
	if bytes.HasPrefix(frame, []byte("ERR")) {
		at = []int{8, 9, 10, 11}
	}
	for _, e := range s.Expect {
		code, err := strconv.ParseUint(e.Value, 0, 32)
		if err != nil || code == 0 {
			continue
		}
		if i := bytes.Index(frame, binary.LittleEndian.AppendUint32(nil, uint32(code))); i > 43 {
			at = append(at, i, i+1, i+2, i+3)
		}
	}
	return at
}

// Where the fields stand in the tree of a response.
const (
	opcuaCode         = 5  // an array of StatusCodes
	opcuaResult       = 6  // an array of structures or DataValues
	opcuaNotification = 11 // a DataValue in a notification
	opcuaChange       = 8  // the status of a StatusChangeNotification

	opcuaPublish = 829 // whose results answer acknowledgements, not operations
)

// opcuaVerdict reads an ERR, and of a response the service result when it is
// Bad, otherwise the codes of its results or notifications.
func opcuaVerdict(tree []node) []claim {
	var claims []claim
	say := func(n node) {
		claims = append(claims, numbered("status", n.value))
	}
	var service *node
	var response int64 // its type
	var items []node
	var value node // the DataValue that is being read
	flush := func() {
		switch {
		case service == nil:
		case service.value >= 1<<31 || len(items) == 0:
			say(*service)
		default:
			for _, n := range items {
				say(n)
			}
		}
		service, items = nil, nil
	}
	for _, n := range tree {
		switch n.name {
		case "opcua.transport.type":
			flush()
			if n.text == "ACK" {
				say(node{name: n.name})
			}
		case "opcua.transport.error":
			say(n)
		case "opcua.servicenodeid.numeric":
			response = n.value
		case "opcua.ServiceResult":
			service = &n
		case "opcua.Results", "opcua.AddResults", "opcua.RemoveResults":
			if n.depth == opcuaCode && response != opcuaPublish {
				items = append(items, n)
			}
		case "opcua.datavalue.mask":
			value = n
		case "opcua.datavalue.has_statuscode":
			if n.value == 0 && (value.depth == opcuaResult || value.depth == opcuaNotification) {
				items = append(items, node{name: n.name}) // Good, which need not be written
			}
		case "opcua.StatusCode":
			if n.depth == opcuaResult || n.depth == opcuaNotification {
				items = append(items, n)
			}
		case "opcua.Status":
			if n.depth == opcuaChange {
				items = append(items, n)
			}
		case "_ws.malformed":
			claims = append(claims, malformed)
		}
	}
	flush()
	return claims
}

// Parts of a frame that the reasons look at.
const (
	opcuaKind       = 3  // F, C or A
	opcuaSeverity   = 11 // upper byte of the error in an ERR
	opcuaAdditional = 51 // encoding of the additional header in a usual response header
	opcuaSecondHalf = 31 // the same in the chunk that begins with the last byte in front of the string table
)

// opcuaHasXML tells a response whose additional header is in XML.
func opcuaHasXML(b []byte) bool {
	return len(b) > opcuaAdditional && b[opcuaAdditional] == 2 || len(b) > opcuaSecondHalf && b[opcuaSecondHalf] == 2
}

// opcuaHidesOpening tells the ERR of node-opcua that has the body of an OPN.
func opcuaHidesOpening(b []byte) bool {
	return bytes.HasPrefix(b, []byte("ERR")) && bytes.Contains(b, []byte("http://opcfoundation.org/UA/"))
}

var opcuaDifferences = []acceptedDifference{
	{
		ours: "status 0x*", theirs: "status 0x*",
		reason: "an ERR with the body of an OPN: what it says stands in the fault behind the policy, where Wireshark does not look",
		when:   opcuaHidesOpening,
	},
	{
		ours: "status 0x80ae0000", theirs: "status 0x*",
		reason: "an ERR whose error is no error ends the connection all the same",
		when: func(b []byte) bool {
			return bytes.HasPrefix(b, []byte("ERR")) && len(b) > opcuaSeverity && b[opcuaSeverity] < 0x80
		},
	},
	{
		ours: "status 0x80090000", theirs: "status 0x*",
		reason: "an abort whose error is no error aborts its message all the same",
		when:   func(b []byte) bool { return len(b) > opcuaKind && b[opcuaKind] == 'A' },
	},
	{
		ours: "status 0x0", theirs: "status 0x*", rare: true,
		reason: "Wireshark does not pass over the body of an additional header in XML and reads the results at the wrong place",
		when:   opcuaHasXML,
	},
	{
		ours: "", theirs: "status 0x*", rare: true,
		reason: "Wireshark does not pass over the body of an additional header in XML and reads the results at the wrong place",
		when:   opcuaHasXML,
	},
	{
		ours: "status 0x3ff80000", theirs: "status 0x0", rare: true,
		reason: "a Variant of one of the reserved types 26 to 31 is read as a ByteString (OPC 10000-6, 5.2.2.16), which Wireshark does not do",
	},
	{
		ours: "silence encrypted", theirs: "status 0x*",
		reason: "the message belongs to a channel whose policy is not None: Wireshark reads it as if it were plain",
	},
	{
		ours: "silence encrypted", theirs: "fault: malformed*", rare: true,
		reason: "the message belongs to a channel whose policy is not None: Wireshark reads it as if it were plain",
	},
	{
		ours: "success in status", theirs: "fault: malformed*",
		reason: "behind the last status nothing is read; Wireshark misses the diagnostics, or a body that has no status",
	},
	{
		ours: "status in status", theirs: "fault: malformed*",
		reason: "behind the last status nothing is read; Wireshark misses the diagnostics",
	},
	{
		ours: "", theirs: "fault: malformed*",
		reason: "a request of the device, or a message that cannot be read",
	},
	{
		ours: "fault: no OPC UA message begins here", theirs: "",
		reason: "Wireshark shows that the message type is invalid",
	},
	{
		ours: "fault: no OPC UA message begins here", theirs: "status in status",
		reason: "Wireshark does not look at the chunk type of greetings and errors",
	},
	{
		ours: "fault: no response has this type (encrypted, or not the first chunk)", theirs: "",
		reason: "Wireshark shows a type that it does not know and nothing else",
	},
	{
		ours: "fault: no response has this type (encrypted, or not the first chunk)", theirs: "status in status",
		reason: "the type is in another namespace than that of OPC UA, at which Wireshark does not look",
	},
	{
		ours: "fault: fault without an error in it", theirs: "status in status",
		reason: "Wireshark does not mind that a ServiceFault is Good or Uncertain",
	},
	{
		ours: "fault: results are cut off or no values of OPC UA", theirs: "status in status",
		reason: "Wireshark leaves arrays out that are longer than it likes, and reads on behind types and encodings that do not exist",
	},
	{
		ours: "fault: response header is cut off", theirs: "status in status",
		reason: "Wireshark leaves arrays out that are longer than it likes, reads on behind encodings that do not exist, and shows the service result in front of them",
	},
	{
		ours: "fault: type of the message is cut off or no node id (encrypted, or not the first chunk)", theirs: "",
		reason: "Wireshark shows a message without a type as it is",
	},
}
