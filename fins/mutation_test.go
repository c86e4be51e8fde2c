package fins

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
	"github.com/fieldstatus/fieldstatus/internal/mutation"
)

func TestTableMutations(t *testing.T) {
	mutation.Run(t, mutation.Table{
		Rows: rows[:],
		Open: func(coretest.Stanza) coretest.Conversation { return new(Conversation) },
		Laws: []mutation.Law{
			mutation.Each("codes of main codes", codesOfMainCodes),
			mutation.All("twins", twins),
			mutation.QualityOfCode(func(row core.Row) bool { return row.Layer == "sres-flag" && row.Symbol == "FatalCPUUnitError" }),
			mutation.ScopeOfLayer(mutation.Layers(t)),
			mutation.RemedyOfCode(
				mutation.Exception{Answer: mutation.Remedy, Of: "end-code 0x0103 0x0104", Why: "traffic, not configuration"},
				mutation.Exception{Answer: mutation.Remedy, Of: "end-code 0x0201 0x0202 0x0203", Why: "a destination that does not exist does not come"},
				mutation.Exception{Answer: mutation.Remedy, Of: "end-code 0x110a 0x2604 0x2605", Why: "another access that ends"},
				mutation.Exception{Answer: mutation.Remedy, Of: "end-code 0x2207", Why: "the wrong node is asked"},
				mutation.Exception{Answer: mutation.Remedy, Of: "end-code-unit 0x2231 0x2240", Why: "settings of the unit"},
				mutation.Exception{Answer: mutation.Remedy, Of: "tcp-error 0x00000001 0x00000002 0x00000003", Why: "the stream cannot be read on"},
				mutation.Exception{Answer: mutation.Remedy, Of: "tcp-error 0x00000022", Why: "the protection is a setting"},
				mutation.Exception{Answer: mutation.Remedy, Of: "hostlink-end-code 0x13", Why: "noise on the line passes"},
				mutation.Exception{Answer: mutation.Remedy, Of: "hostlink-end-code 0xa4 0xa5 0xa8", Why: "the frame itself is wrong"},
			),
			mutation.SameReason("the documented text fits"),
			mutation.SameCause(
				mutation.Exception{Answer: mutation.Remedy, Of: "end-code 0x0205", Why: "the address may be right, and the answer come the next time"},
				mutation.Exception{Answer: mutation.Remedy, Of: "end-code 0x2604", Why: "the protection ends with another's access"},
			),
			mutation.Test("errors of TCP", TestErrorsOfTCPEndTheConnection),
			mutation.Test("a refusal", TestResponseOfARefusal),
		},
		Unnoticed: []mutation.Unnoticed{
			{Layer: "end-code", Remedy: 5, Why: "exceptions from the remedy of their class, which no simulator sends"},
			{Layer: "end-code-unit", Remedy: 1, Why: "an exception from the remedy of its class, which no simulator sends"},
			{Layer: "hostlink-end-code", Remedy: 1, Why: "an exception from the remedy of its class, which no simulator sends"},
		},
	})
}

// codesOfMainCodes holds end codes and their classes against the rules that are
// stated in this package's tests.
func codesOfMainCodes(row core.Row) error {
	n, err := strconv.ParseUint(row.Value, 0, 16)
	if err != nil {
		return nil // what is left over
	}
	const unlisted = 0x3F
	var want int
	switch row.Layer {
	case "end-code", "end-code-unit":
		want, _, _, _, _, _ = ruled(byte(n>>8), byte(n))
	case "mres":
		want, _, _, _, _, _ = ruled(byte(n), unlisted)
	default:
		return nil
	}
	for _, code := range row.Codes {
		if int(code) != want {
			return fmt.Errorf("%v, want %d", code, want)
		}
	}
	return nil
}

// twins: a Host Link end code whose reason names an end code has its code. (Not
// its remedy: a frame that a serial line has damaged may come through again.)
func twins(table []core.Row) error {
	codes := map[string][4]core.Code{}
	for _, row := range table {
		if row.Layer == "end-code" {
			codes[strings.ToUpper(strings.TrimPrefix(row.Value, "0x"))] = row.Codes
		}
	}
	n := 0
	for _, row := range table {
		twin, ok := strings.CutPrefix(row.Why, "twin of end code ")
		if !ok {
			continue
		}
		n++
		if row.Codes != codes[twin] {
			return fmt.Errorf("%s %s: %v, its twin %s %v", row.Layer, row.Value, row.Codes, twin, codes[twin])
		}
	}
	if n == 0 {
		return fmt.Errorf("no row names a twin")
	}
	return nil
}

func TestOutcomeMutations(t *testing.T) {
	mutation.Run(t, mutation.Table{
		Rows: outcomes[:],
		Open: func(coretest.Stanza) coretest.Conversation { return new(Conversation) },
		Laws: []mutation.Law{
			mutation.Each("codes of clients", codesOfClients),
			mutation.QualityOfCode(mutation.NeverUncertain),
			mutation.ScopeOfLayer(mutation.Layers(t)),
			mutation.RemedyOfCode(
				mutation.Exception{Answer: mutation.Remedy, Of: "data WrongLength", Why: "the next answer has the same length"},
				mutation.Exception{Answer: mutation.Remedy, Of: "client ValueDropped", Why: "the client drops the next value, too"},
			),
			mutation.Test("events", TestEvents),
			mutation.Test("strict", TestStrict),
			mutation.Test("clients", TestTranslateClients),
			mutation.Test("connections", TestTranslateConnections),
		},
		Unnoticed: []mutation.Unnoticed{
			{Layer: "client", Remedy: 1, Scope: 1, Why: "what a client has dropped, and what it refuses to send, are in no frame"},
		},
	})
}

// codesOfClients: no value is 3000, a refusal without its number 10501, a type that
// an area does not have 3007.
func codesOfClients(row core.Row) error {
	want, ok := map[string]core.Code{
		"ValueDropped": core.PluginReadFailed, "EndCodeLost": core.FINSError, "AreaMismatch": core.PluginTagTypeMismatch,
	}[row.Symbol]
	for _, code := range row.Codes {
		if ok && code != want {
			return fmt.Errorf("%v, want %v", code, want)
		}
	}
	return nil
}
