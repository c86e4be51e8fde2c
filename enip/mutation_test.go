package enip

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/internal/mutation"
)

func TestTableMutations(t *testing.T) {
	mutation.Run(t, mutation.Table{
		Rows: rows[:],
		Open: conversation,
		Laws: []mutation.Law{
			mutation.Codes(map[string]string{ // of the documents, once more
				"pccc-sts":     "0x10 10732, 0x60 10715, 0x80 10705, * 10731",
				"pccc-ext-sts": "0x01 10703, 0x09 10721, 0x0D 10711, 0x0F 10735, 0x12 10732, 0x15 10798, 0x17 10798, 0x1F 10702, 0x22 10716, 0x23 10701",
			}),
			mutation.Each("codes of numbers", codesOfNumbers),
			mutation.QualityOfCode(func(row core.Row) bool { return row.Symbol == "PartialTransfer" }),
			mutation.ScopeOfLayer(mutation.Layers(t),
				mutation.Exception{Answer: mutation.Scope, Of: "general-status 0x07", Why: "the connection for messages is gone"},
				mutation.Exception{Answer: mutation.Scope, Of: "connection-manager-extended: 10701:", Why: "about one request, not about a connection"},
				mutation.Exception{Answer: mutation.Scope, Of: "extended-ff 0x2018 0x2101 0x2102 0x2103 0x2108 0x2113 0x2114 *", Why: "about the controller, not about one tag"},
				mutation.Exception{Answer: mutation.Scope, Of: "encapsulation 0x00000001 0x00000003 0x00000004..0x00000063 0x00000065 0x00000066..0x00000068 0x0000006B..0x0000FFFF", Why: "a refused command leaves the connection open"},
				mutation.Exception{Answer: mutation.Scope, Of: "pccc-ext-sts 0x00 0x0C 0x0E 0x14 0x16 0x18 0x1B 0x1C 0x1D 0x1F 0x20 0x21 0x22 0x23 0x24 0x25..0xFF", Why: "about the processor, not about one address"},
			),
			mutation.RemedyOfCode(
				mutation.Exception{Answer: mutation.Remedy, Of: "10701:", Why: "some failures of a route pass, others are set up"},
				mutation.Exception{Answer: mutation.Remedy, Of: "10702:", Why: "resources come back"},
				mutation.Exception{Answer: mutation.Remedy, Of: "10712:", Why: "the state of an object changes"},
				mutation.Exception{Answer: mutation.Remedy, Of: "10716:", Why: "the state of a device changes"},
				mutation.Exception{Answer: mutation.Remedy, Of: "10731:", Why: "nothing is known, so a new try costs least"},
				mutation.Exception{Answer: mutation.Remedy, Of: "10734:", Why: "the next reply may be valid"},
				mutation.Exception{Answer: mutation.Remedy, Of: "10797:", Why: "a Forward Open with the same parameters is refused again"},
				mutation.Exception{Answer: mutation.Remedy, Of: "general-status 0x07", Why: "the connection for messages is gone"},
				mutation.Exception{Answer: mutation.Remedy, Of: "general-status 0x0B", Why: "it is as it should be"},
				mutation.Exception{Answer: mutation.Remedy, Of: "pccc-ext-sts 0x0D", Why: "it is as it should be"},
				mutation.Exception{Answer: mutation.Remedy, Of: "general-status 0x17 0x19 0x27 0x2A 0x2B", Why: "not the request's fault"},
				mutation.Exception{Answer: mutation.Remedy, Of: "encapsulation 0x00000069", Why: "another version of the protocol has to be chosen"},
			),
			mutation.SameReason("10700 plus the general status", "10700 plus status; older CIP editions call it reserved"),
			mutation.SameCause(
				mutation.Exception{Answer: mutation.Remedy, Of: "connection-manager-extended 0x0106", Why: "the owner may leave"},
				mutation.Exception{Answer: mutation.Remedy, Of: "connection-manager-extended 0x0302", Why: "bandwidth comes back"},
				mutation.Exception{Answer: mutation.Remedy, Of: "pccc-sts 0x03 0x06", Why: "two nodes with one number stay two"},
				mutation.Exception{Answer: mutation.Remedy, Of: "pccc-sts 0x20", Why: "the host may recover"},
				mutation.Exception{Answer: mutation.Scope, Of: "extended-ff 0x2100", Why: "about one tag"},
				mutation.Exception{Answer: mutation.Scope, Of: "pccc-ext-sts 0x1B", Why: "the whole program, not one file"},
			),
			mutation.Test("answers", TestAnswers),
			mutation.Test("PCCC", TestPCCCReply),
		},
		Unnoticed: []mutation.Unnoticed{
			{Layer: "connection-manager-extended", Remedy: 7, Scope: 4, Why: "a word may be about one request or about the connection, and no target at hand sends these"},
			{Layer: "extended-01", Remedy: 1, Scope: 1, Why: "words that no table lists"},
			{Layer: "extended-0c", Remedy: 2, Scope: 2, Why: "words of one vendor"},
			{Layer: "extended-ff", Remedy: 1, Scope: 1, Why: "words that no table lists"},
			{Layer: "pccc-sts", Remedy: 3, Scope: 3, Why: "no target at hand sends them, and each is one cause"},
			{Layer: "pccc-ext-sts", Remedy: 3, Scope: 3, Why: "no target at hand sends them, and each is one cause"},
		},
	})
}

// codesOfNumbers holds each row against the rules that are stated in this
// package's tests, for every op.
func codesOfNumbers(row core.Row) error {
	if row.Layer == "encapsulation" {
		for _, code := range row.Codes {
			if connect := row.Codes[core.Connect]; (code == core.OK) != (connect == core.OK) || connect != core.OK && connect != core.ENIPSessionNotRegistered {
				return fmt.Errorf("%v: a refused RegisterSession is 10799", row.Codes)
			}
		}
	}
	const unlisted = 0x7777
	value, _, _ := strings.Cut(row.Value, "..")
	n, err := strconv.ParseUint(value, 0, 16)
	if err != nil {
		n = unlisted
	}
	general, word := int(n), -1
	switch layer := row.Layer; {
	case layer == "general-status":
	case layer == "connection-manager-extended":
		general, word = 0x01, int(n)
	case strings.HasPrefix(layer, "extended-"):
		g, err := strconv.ParseUint(strings.TrimPrefix(layer, "extended-"), 16, 8)
		if err != nil {
			return err
		}
		general, word = int(g), int(n)
	default:
		return nil
	}
	for op := core.Other; op <= core.Write; op++ {
		asked := op
		if op == core.Connect && strings.HasPrefix(row.Layer, "extended-") {
			asked = core.Other // only the Connection Manager answers a connect
		}
		if want := generalCode(general, word, asked); row.Code(op) != want {
			return fmt.Errorf("%v: %v, want %v", op, row.Code(op), want)
		}
	}
	return nil
}

func TestOutcomeMutations(t *testing.T) {
	mutation.Run(t, mutation.Table{
		Rows: outcomes[:],
		Laws: []mutation.Law{
			mutation.QualityOfCode(mutation.NeverUncertain),
			mutation.ScopeOfLayer(mutation.Layers(t)),
			mutation.RemedyOfCode(),
			mutation.Test("texts", TestTranslateTexts),
		},
	})
}
