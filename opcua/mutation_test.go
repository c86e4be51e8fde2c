package opcua_test

import (
	"strings"
	"testing"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
	"github.com/fieldstatus/fieldstatus/internal/mutation"
	opcuastatus "github.com/fieldstatus/fieldstatus/opcua"
)

func TestTableMutations(t *testing.T) {
	mutation.Run(t, mutation.Table{
		Rows: opcuastatus.TableRows,
		Open: func(coretest.Stanza) coretest.Conversation { return new(opcuastatus.Conversation) },
		Laws: []mutation.Law{
			mutation.Codes(map[string]string{ // of the documents, once more
				"status":         "0x802A0000 10007, 0x803F0000 10001, 0x80410000 10007, 0x804E0000 10001, 0x804F0000 10002, 0x805F0000 10006, 0x80690000 10011, 0x806F0000 10001, 0x80710000 10007, 0x80720000 10006, 0x80890000 3008, 0x80A10000 10012, 0x80BD0000 10012, 0x80C80000 10007, 0x80D30000 10023, 0x80DB0000 10010, 0x80E70000 10007, 0x80EA0000 10017, 0x80ED0000 10007, 0x81120000 10023, 0x81150000 10007",
				"service-result": "0x808A0000 3002",
			}),
			mutation.QualityOfCode(func(row core.Row) bool { return strings.HasPrefix(row.Value, "0x4") }),
			mutation.ScopeOfLayer(mutation.Layers(t),
				mutation.Exception{Answer: mutation.Scope, Of: "status 0x002D0000 0x80280000 0x80790000", Why: "the subscription is gone, the connection is not"},
				mutation.Exception{Answer: mutation.Scope, Of: "status 0x80060000 0x80070000 0x80090000", Why: "one message that one side could not read"},
				mutation.Exception{Answer: mutation.Scope, Of: "status 0x80200000 0x80210000 0x80230000 0x804F0000 0x80570000 0x80580000 0x80590000 0x80C60000 0x811F0000 0x81200000", Why: "found when the session is made"},
				mutation.Exception{Answer: mutation.Scope, Of: "status 0x80250000 0x80260000 0x80270000 0x80560000", Why: "the session is gone, or never was"},
				mutation.Exception{Answer: mutation.Scope, Of: "status 0x80500000 0x80510000 0x80520000", Why: "a discovery request, which no session belongs to"},
				mutation.Exception{Answer: mutation.Scope, Of: "status 0x80530000", Why: "the channel was used in the wrong way"},
				mutation.Exception{Answer: mutation.Scope, Of: "status 0x807C0000 0x810E0000 0x810F0000 0x81100000", Why: "what the server lets a session do"},
			),
			mutation.RemedyOfCode(
				mutation.Exception{Answer: mutation.Remedy, Of: "10007:", Why: "the code of everything that has none: each status has a remedy of its own"},
				mutation.Exception{Answer: mutation.Remedy, Of: "status 0x002D0000", Why: "the subscription has to be made again"},
				mutation.Exception{Answer: mutation.Remedy, Of: "status 0x80060000 0x80070000 0x80090000", Why: "the channel goes on"},
				mutation.Exception{Answer: mutation.Remedy, Of: "status 0x807A0000", Why: "about a notification that is no longer kept"},
				mutation.Exception{Answer: mutation.Remedy, Of: "status 0x80E90000", Why: "a lock is given back"},
			),
			mutation.SameReason("the documented text is the same"),
			mutation.SameCause(
				mutation.Exception{Answer: mutation.Remedy, Of: "status: 10007: ", Why: "the code of everything that has none: no common cause"},
				mutation.Exception{Answer: mutation.Scope, Of: "status: 10007: ", Why: "the code of everything that has none: no common cause"},
				mutation.Exception{Answer: mutation.Remedy, Of: "status 0x80880000", Why: "the order of chunks is that of the channel"},
				mutation.Exception{Answer: mutation.Scope, Of: "status 0x80880000", Why: "the order of chunks is that of the channel"},
				mutation.Exception{Answer: mutation.Scope, Of: "status 0x80270000", Why: "the session, not the channel"},
				mutation.Exception{Answer: mutation.Scope, Of: "status 0x80240000", Why: "the nonce is that of the channel"},
				mutation.Exception{Answer: mutation.Scope, Of: "status 0x80A10000", Why: "about one item"},
				mutation.Exception{Answer: mutation.Scope, Of: "status 0x804F0000 0x80580000 0x80590000", Why: "found when the session is made"},
			),
		},
		Unnoticed: []mutation.Unnoticed{
			{Layer: "status", Remedy: 94, Scope: 104, Why: "most end in 10007, the code of what has none: each status is a cause of its own"},
		},
	})
}

func TestOutcomeMutations(t *testing.T) {
	mutation.Run(t, mutation.Table{
		Rows: opcuastatus.OwnRows,
		Open: func(coretest.Stanza) coretest.Conversation { return new(opcuastatus.Conversation) },
		Laws: []mutation.Law{
			mutation.QualityOfCode(func(row core.Row) bool { return strings.HasPrefix(row.Value, "0x4") }),
			mutation.ScopeOfLayer(mutation.Layers(t)),
			mutation.RemedyOfCode(),
			mutation.SameReason(),
			mutation.Test("access", TestCheckAccess),
			mutation.Test("strict", TestStrict),
		},
	})
}
