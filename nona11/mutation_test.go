package nona11

import (
	"testing"

	"github.com/fieldstatus/fieldstatus/internal/mutation"
)

func TestTableMutations(t *testing.T) {
	mutation.Run(t, mutation.Table{
		Rows: rows[:],
		Laws: []mutation.Law{
			mutation.QualityOfCode(mutation.NeverUncertain),
			mutation.ScopeOfLayer(mutation.Layers(t)),
			mutation.RemedyOfCode(),
			mutation.Test("events", TestEvents),
		},
		Unnoticed: []mutation.Unnoticed{
			{Layer: "nona11", Scope: 3, Why: "one event, one cause"},
		},
	})
}
