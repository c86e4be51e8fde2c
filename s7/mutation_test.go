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
			mutation.SameReason("seed number is 10100 plus return code", "same byte as item-return", "native code known"),
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
			{Layer: "item-return", Code: 1, Why: "a reserved value"},
			{Layer: "userdata-return", Code: 1, Scope: 4, Why: "values that no software at hand sends"},
			{Layer: "header-class", Remedy: 1, Scope: 1, Why: "the class without a hint stands alone"},
			{Layer: "param-error", Code: 4, Scope: 1, Why: "one answer to one request of a programming device each"},
			{Layer: "cotp-tpdu", Code: 3, Why: "10150 and 3009 are both of the connection, and end it"},
			{Layer: "cotp-er-cause", Code: 1, Why: "no software at hand sends an error TPDU"},
			{Layer: "cotp-tpdu-size", Code: 1, Why: "a size that does not exist"},
			{Layer: "tpkt-version", Code: 1, Why: "10150 and 3009 are both of the connection, and end it"},
			{Layer: "transport-event", Code: 3, Why: "what the network does is in no frame; the tests with a device have it"},
			{Layer: "client-tcp", Code: 2, Why: "numbers of a client that no frame holds, most of them one cause each"},
			{Layer: "client-iso", Code: 3, Remedy: 3, Scope: 2, Why: "numbers of a client that no frame holds, most of them one cause each"},
			{Layer: "client-cli", Code: 14, Remedy: 6, Scope: 6, Why: "numbers of a client that no frame holds, most of them one cause each"},
			{Layer: "client-snap7-lib", Remedy: 1, Why: "numbers of a client that no frame holds"},
			{Layer: "client-libnodave", Remedy: 1, Scope: 8, Why: "numbers of a client that no frame holds; those of items are of one request there"},
			{Layer: "gos7-text", Code: 3, Remedy: 1, Scope: 1, Why: "texts: the real client is asked for them in tests with subtests, which are not run here"},
			{Layer: "prodave-local", Code: 3, Remedy: 4, Why: "numbers of the interface of a programming device: no frame holds them"},
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
