package s7

import (
	"fmt"
	"strconv"
	"testing"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/internal/mutation"
)

func TestTableMutations(t *testing.T) {
	mutation.Run(t, mutation.Table{
		Rows: rows[:],
		Open: conversationFor,
		Laws: []mutation.Law{
			mutation.Codes(map[string]string{ // of the documents, once more
				"item-return":     "0x04 3000",
				"userdata-return": "* 3000",
				"param-error":     "0x0116 10103, 0x011F 3000, 0x0120 3000, 0x01C0 3000",
				"cotp-tpdu":       "0x70 10150, 0x80 10150, * 3009",
				"cotp-er-cause":   "* 10150",
				"cotp-tpdu-size":  "* 10150",
				"tpkt-version":    "* 3009",
				"transport-event": "NameResolution 3002, Reset 10150, BrokenPipe 10150",
				"client-tcp":      "0x00000001 3002, 0x00000009 3002",
				"client-iso":      "0x00010000 10150, 0x00020000 10150, 0x00030000 3009",
				"client-cli":      "0x00100000 10151, 0x00700000 3000, 0x00A00000 10106, 0x00B00000 10107, 0x00C00000 10110, 0x00D00000 3008, 0x01400000 10103, 0x01700000 10105, 0x01800000 10105, 0x01D00000 10103, 0x01E00000 10103, 0x01F00000 3000, 0x02000000 3015, 0x02300000 3000",
				"gos7-text":       "s7: invalid pdu 3009, Connection to address * is null 3002, errIsoConnect 10150",
				"prodave-local":   "0x010C 3000, 0x0200 3000, 0x4004 10150",
			}),
			mutation.Each("codes of numbers", codesOfNumbers),
			mutation.QualityOfCode(mutation.NeverUncertain),
			mutation.ScopeOfLayer(mutation.Layers(t),
				mutation.Exception{Answer: mutation.Scope, Of: "data-shape MissingPayload", Why: "one response, not the connection"},
				mutation.Exception{Answer: mutation.Scope, Of: "client-cli 0x00100000 0x02000000", Why: "the client has closed the connection"},
				mutation.Exception{Answer: mutation.Scope, Of: "client-libnodave -1025", Why: "a late answer would be taken for the next one"},
				mutation.Exception{Answer: mutation.Scope, Of: "prodave-local 0x010A 0xFFFF", Why: "a late answer would be taken for the next one"},
				mutation.Exception{Answer: mutation.Scope, Of: "client-libnodave 0", Why: "libnodave gives it for single items"},
				mutation.Exception{Answer: mutation.Scope, Of: "gos7-text OK", Why: "gos7 writes it for one item"},
			),
			mutation.RemedyOfCode(
				mutation.Exception{Answer: mutation.Remedy, Of: "3000:", Why: "no cause is known, or one that no code names"},
				mutation.Exception{Answer: mutation.Remedy, Of: "3001:", Why: "no cause is known, or one that no code names"},
				mutation.Exception{Answer: mutation.Remedy, Of: "3008:", Why: "the value is wrong, and stays so"},
				mutation.Exception{Answer: mutation.Remedy, Of: "3015:", Why: "a late answer would be taken for the next one"},
				mutation.Exception{Answer: mutation.Remedy, Of: "prodave-local 0x0313 0x0314 0x0315", Why: "settings of the interface"},
				mutation.Exception{Answer: mutation.Remedy, Of: "prodave-local 0x4003", Why: "the interface is busy, not lost"},
				mutation.Exception{Answer: mutation.Remedy, Of: "protocol-id 0x72", Why: "the device goes on speaking S7comm-plus"},
				mutation.Exception{Answer: mutation.Remedy, Of: "client-iso 0x000B0000", Why: "wrong parameters stay wrong"},
			),
			mutation.SameReason("the documented number is 10100 plus the return code", "same byte as item-return", "native code known"),
			mutation.SameCause(
				mutation.Exception{Answer: mutation.Remedy, Of: "header-error: 3000: Check the operating mode", Why: "some modes pass, others are set"},
				mutation.Exception{Answer: mutation.Remedy, Of: "param-error: 3000: Check the operating mode", Why: "some modes pass, others are set"},
				mutation.Exception{Answer: mutation.Remedy, Of: "client-iso 0x000B0000", Why: "wrong parameters stay wrong"},
				mutation.Exception{Answer: mutation.Remedy, Of: "client-cli 0x00300000 0x00600000", Why: "a job ends, and what is missing can be written"},
				mutation.Exception{Answer: mutation.Remedy, Of: "prodave-local 0x4003", Why: "the interface is busy, not lost"},
				mutation.Exception{Answer: mutation.Remedy, Of: "prodave-local: 3002: Check the settings", Why: "some settings cannot be right, others need a new try"},
				mutation.Exception{Answer: mutation.Scope, Of: "data-shape MissingPayload", Why: "a payload belongs to the response, a value to the item"},
				mutation.Exception{Answer: mutation.Scope, Of: "transport-event S7NotSetUp", Why: "the association is missing, not the connection"},
				mutation.Exception{Answer: mutation.Scope, Of: "client-cli 0x00500000", Why: "the client refuses the whole request"},
				mutation.Exception{Answer: mutation.Scope, Of: "gos7-text OK", Why: "gos7 writes it for one item"},
			),
			mutation.SameNumber([]string{"header-error", "param-error"}, []mutation.Answer{mutation.Code, mutation.Remedy, mutation.Scope},
				mutation.Exception{Answer: mutation.Code, Of: "param-error 0x8104", Why: "PUT/GET is asked for by jobs; userdata asks for functions"},
			),
			mutation.Test("numbers of other libraries", TestNumbersOfOtherLibraries),
			mutation.Test("translate: texts of gos7", TestTranslateEveryTextOfGos7),
			mutation.Test("translate: transport", TestTranslateTransport),
		},
		Unnoticed: []mutation.Unnoticed{
			{Layer: "userdata-return", Scope: 4, Why: "values that no software at hand sends"},
			{Layer: "header-class", Remedy: 1, Scope: 1, Why: "the class without a hint stands alone"},
			{Layer: "param-error", Scope: 1, Why: "one answer to one request of a programming device"},
			{Layer: "client-iso", Remedy: 3, Scope: 2, Why: "numbers of a client that no frame holds, most of them one cause each"},
			{Layer: "client-cli", Remedy: 6, Scope: 6, Why: "numbers of a client that no frame holds, most of them one cause each"},
			{Layer: "client-snap7-lib", Remedy: 1, Why: "numbers of a client that no frame holds"},
			{Layer: "client-libnodave", Remedy: 1, Scope: 8, Why: "numbers of a client that no frame holds; those of items are of one request there"},
			{Layer: "gos7-text", Remedy: 1, Scope: 1, Why: "texts: the real client is asked for them in tests with subtests, which are not run here"},
			{Layer: "prodave-local", Remedy: 4, Why: "numbers of the interface of a programming device: no frame holds them"},
		},
	})
}

// codesOfNumbers: 10100 plus the return code is the code of an item, wherever
// that number stands; a refusal without one is 3000, and 3001 for a write; and in
// a header each failure of a connect is 10151. Starting and stopping are commands.
func codesOfNumbers(row core.Row) error {
	read := row.Code(core.Read)
	want := [...]core.Code{read, read, read, read}
	switch row.Layer {
	case "item-return", "userdata-return", "client-libnodave":
		switch n, _ := strconv.ParseInt(row.Value, 0, 64); {
		case n == 10 && row.Layer == "userdata-return": // nothing there: no failure
		case n == 1 || n == 3 || 5 <= n && n <= 7 || n == 10:
			code := core.Code(10100 + n)
			want = [...]core.Code{code, code, code, code}
		}
	case "header-error", "header-class":
		if read != core.OK {
			want[core.Connect] = core.S7Disconnected
		}
	}
	if row.Layer == "control-status" && read != core.OK {
		want = [...]core.Code{core.PluginWriteFailed, core.PluginWriteFailed, core.PluginWriteFailed, core.PluginWriteFailed}
	}
	if read == core.PluginReadFailed {
		want[core.Write] = core.PluginWriteFailed
	}
	if row.Codes != want && row.Layer+row.Value != "client-iso0x00030000" { // which stands for two faults
		return fmt.Errorf("codes %v, want %v", row.Codes, want)
	}
	return nil
}
