package core_test

import (
	"fmt"
	"testing"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/internal/mutation"
)

func TestTableMutations(t *testing.T) {
	mutation.Run(t, mutation.Table{
		Rows: core.TableRows,
		Laws: []mutation.Law{
			mutation.Each("codes of events", codesOfEvents),
			mutation.QualityOfCode(mutation.NeverUncertain),
			mutation.ScopeOfLayer(mutation.Layers(t)),
			mutation.RemedyOfCode(
				mutation.Exception{Answer: mutation.Remedy, Of: "network NameNotFound TLS", Why: "a name and a certificate are configuration"},
				mutation.Exception{Answer: mutation.Remedy, Of: "network TimedOut", Why: "the operating system has given the connection up"},
			),
			mutation.SameReason(),
			mutation.SameCause(),
			mutation.Test("events", TestEventOf),
			mutation.Test("rows of events", TestEveryEventHasARow),
		},
		Unnoticed: []mutation.Unnoticed{
			{Layer: "network", Remedy: 3, Scope: 1, Why: "one event, one cause"},
		},
	})
}

// codesOfEvents: without a connection it is 3002, silence on one 3015, and what
// is no answer to us 3009 or, if it is one to somebody else, 3012.
func codesOfEvents(row core.Row) error {
	want := core.PluginNotConnected
	switch row.Symbol {
	case "TimedOut", "Deadline":
		want = core.PluginDeviceNotResponding
	case "Malformed":
		want = core.PluginProtocolParseFailed
	case "Foreign":
		want = core.PluginMessageDisorder
	}
	for _, code := range row.Codes {
		if code != want {
			return fmt.Errorf("%v, want %v", code, want)
		}
	}
	return nil
}
