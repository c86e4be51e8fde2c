package judge

import (
	"bytes"
	"encoding/binary"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
	"github.com/fieldstatus/fieldstatus/fins"
)

func finsJudge() *judge {
	tcp := func(b []byte) bool { return bytes.HasPrefix(b, []byte("FINS")) }
	return &judge{
		name: "fins", port: 9600,
		dissector:  "omron",
		dissectors: []string{"omron"},
		fields:     set("omron.tcp.command", "omron.tcp.error_code", "omron.response.code", "omron.command.unknown", "omron.bad_length"),
		verdict:    finsVerdict,
		fold:       map[string]string{"end-code-unit": "end-code", "mres": "end-code", "mres-flag": "end-code", "sres-flag": "end-code"},
		native:     finsNative,
		foreign:    func(b []byte) bool { return b[0] == '@' },
		tcp:        tcp,
		outcome: func(_ coretest.Stanza, b []byte) []int {
			if tcp(b) {
				return []int{11, 12, 13, 14, 15, 28, 29}
			}
			return []int{12, 13}
		},
		header: 30, shortest: 1,
		seal: func(b []byte) []byte {
			if !tcp(b) {
				return b
			}
			return put32(binary.BigEndian, b, 4, len(b)-8)
		},
		differences: finsDifferences,
		alone:       fins.AppendStatuses,
	}
}

// finsNative undoes what an error notification makes of an error code that is
// none: its command stands for it, with the code as its second value.
func finsNative(s core.Status) (claim, bool) {
	x, ok := s.Extended()
	if s.Row().Layer != "tcp-command" || s.Value() != int64(fins.TCPFrameSendErrorNotification) {
		return claim{}, false
	}
	if !ok {
		x = int64(fins.TCPNormal)
	}
	return numbered("tcp-error", x), true
}

// finsVerdict reads the error code of a FINS/TCP header where the command has
// one, and otherwise the end code of the response.
func finsVerdict(tree []node) []claim {
	var claims []claim
	var command, failure int64
	for _, n := range tree {
		switch n.name {
		case "omron":
			command, failure = 0, 0
		case "omron.tcp.command":
			command = n.value
		case "omron.tcp.error_code":
			handshake, frame, notification := command == 1, command == 2, command == 3
			if failure = n.value; handshake || notification || frame && failure != 0 {
				claims = append(claims, numbered("tcp-error", failure))
			}
		case "omron.response.code":
			if failure == 0 {
				claims = append(claims, numbered("end-code", n.value))
			}
		case "omron.command.unknown":
			claims = append(claims, broken("unknown command"))
		case "omron.bad_length":
			claims = append(claims, broken("unexpected length"))
		case "_ws.malformed":
			claims = append(claims, malformed)
		}
	}
	return claims
}

var finsDifferences = []acceptedDifference{
	{
		ours: "status in end-code", theirs: "fault: unknown command",
		reason: "Wireshark shows no end code of a command that it does not know",
	},
	{
		ours: "success in end-code", theirs: "fault: unknown command", rare: true,
		reason: "Wireshark shows no end code of a command that it does not know",
	},
	{
		ours: "status in end-code", theirs: "fault: unexpected length",
		reason: "a failure has no data; Wireshark shows no end code where it expects some",
	},
	{
		ours: "success in end-code", theirs: "fault: unexpected length", rare: true,
		reason: "a command that our decoder does not know the data of: the end code tells the outcome",
	},
	{
		ours: "status in data", theirs: "fault: unexpected length", rare: true,
		reason: "a success with less or more data than asked for is WrongLength, which is a fault for both",
	},
	{
		ours: "success in end-code", theirs: "fault: malformed*", rare: true,
		reason: "a command that our decoder does not know the data of: the end code tells the outcome",
	},
	{
		ours: "status in data", theirs: "fault: malformed*", rare: true,
		reason: "a success with less data than asked for is WrongLength, which is a fault for both",
	},
	{
		ours: "data WrongLength", theirs: "end-code 0x*",
		reason: "a success with less or more data than asked for; Wireshark does not compare with the request",
	},
	{
		ours: "status in tcp-error", theirs: "fault: malformed*",
		reason: "an error in the header of FINS/TCP stands for all; Wireshark looks for nodes or a message behind it",
	},
	{
		ours: "status in tcp-error", theirs: "fault: un*", rare: true,
		reason: "an error in the header of FINS/TCP stands for all; Wireshark reads the message behind it",
	},
	{
		ours: "fault: ICF is neither that of a command nor that of a response", theirs: "",
		reason: "Wireshark takes everything for a command that is no response",
	},
	{
		ours: "fault: handshake request from the side of the server", theirs: "", rare: true,
		reason: "which side sends a command is nothing that Wireshark looks at",
	},
	{
		ours: "fault: reserved byte of the FINS header is not 0", theirs: "status in end-code", rare: true,
		reason: "Wireshark looks at that byte in UDP only",
	},
	{
		ours: "fault: no FINS/TCP magic", theirs: "status in *", rare: true,
		reason: "bytes follow the frame in its segment, and Wireshark passes over them",
	},
	{
		ours: "", theirs: "fault: malformed", rare: true,
		reason: "a command of the device, or the first bytes of a frame whose rest is awaited",
	},
	{
		ours: "", theirs: "fault: un*",
		reason: "a command of the device",
	},
}
