package focas

import (
	"testing"

	"github.com/fieldstatus/fieldstatus/core/coretest"
	"github.com/fieldstatus/fieldstatus/internal/mutation"
)

func TestTableMutations(t *testing.T) {
	mutation.Run(t, mutation.Table{
		Rows: rows[:],
		Open: func(coretest.Stanza) coretest.Conversation { return new(Conversation) },
		Laws: []mutation.Law{
			mutation.Codes(map[string]string{ // of the documents, once more
				"lib-detail": "-16/10/0 3002, -17/9/* 3009",
				"dnc-result": "-32768 10600, -517 10600, -516 10600, -514 10600",
			}),
			mutation.QualityOfCode(mutation.NeverUncertain),
			mutation.ScopeOfLayer(mutation.Layers(t),
				mutation.Exception{Answer: mutation.Scope, Of: "return -8 -6", Why: "the handle, or what it stood for, is gone"},
			),
			mutation.SameReason("as the return layer"),
			mutation.SameCause(),
			mutation.SameNumber([]string{"return", "wire-code"}, []mutation.Answer{mutation.Remedy},
				mutation.Exception{Answer: mutation.Remedy, Of: "return -16 -17 -9 -8 -6", Why: "the library speaks of its own link; a device that sends the number does not"},
			),
			mutation.Test("wire and return", TestWireDiffersFromReturn),
			mutation.Test("details", TestDetailRefines),
			mutation.Test("stale details", TestStaleDetails),
			mutation.Test("transfers", TestTransferDetail),
			mutation.Test("protection", TestProtectionByDirection),
			mutation.Test("repeatable", TestRepeatable),
			mutation.Test("texts", TestTexts),
			mutation.Test("network", TestTranslateNetwork),
		},
		Unnoticed: []mutation.Unnoticed{
			{Layer: "return", Remedy: 2, Scope: 3, Why: "what the library finds on its own side: no frame holds it"},
			{Layer: "wire-code", Scope: 3, Why: "what the library finds on its own side, sent by a device"},
			{Layer: "lib-detail", Remedy: 3, Scope: 1, Why: "what the library finds on its own side: no frame holds it"},
			{Layer: "transfer-detail", Remedy: 1, Why: "details that no table lists"},
			{Layer: "dnc-result", Remedy: 3, Why: "a field of five values that a function returns: no frame holds it"},
		},
	})
}

func TestOutcomeMutations(t *testing.T) {
	mutation.Run(t, mutation.Table{
		Rows: outcomes[:],
		Laws: []mutation.Law{
			mutation.QualityOfCode(mutation.NeverUncertain),
			mutation.ScopeOfLayer(mutation.Layers(t)),
			mutation.Test("deadline", TestTranslateDeadline),
			mutation.Test("unknown", TestTranslateUnknown),
		},
	})
}
