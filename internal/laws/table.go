package laws

import (
	"iter"
	"testing"

	"github.com/fieldstatus/fieldstatus/core"
)

var ops = [...]core.Op{core.Other, core.Connect, core.Read, core.Write}

// Table checks every row of a table: only documented codes come out, each row
// has a meaning and a reason, a success has a usable value, and a reconnect
// names something that can be reopened.
func Table(t *testing.T, protocol string, rows iter.Seq[core.Row]) {
	t.Helper()
	type key struct{ layer, value, symbol string }
	seen := map[key]bool{}
	for row := range rows {
		at := row.Layer + " " + row.Value + " " + row.Symbol
		if row.Protocol != protocol {
			t.Errorf("%s: protocol %q, want %q", at, row.Protocol, protocol)
		}
		k := key{row.Layer, row.Value, ""}
		if row.Value == "-" {
			k.symbol = row.Symbol
		}
		if seen[k] {
			t.Errorf("%s: two rows", at)
		}
		seen[k] = true
		if row.Layer == "" || row.Value == "" || row.Meaning == "" || row.Why == "" {
			t.Errorf("%s: layer, value, meaning and why must not be empty: %+v", at, row)
		}
		for _, op := range ops {
			code := row.Code(op)
			if !code.Documented() {
				t.Errorf("%s: %v gives %v, which is not documented", at, op, code)
			}
			if code == core.OK && row.Quality == core.Bad {
				t.Errorf("%s: %v is a success without a usable value", at, op)
			}
		}
		if row.Remedy == core.Reconnect && row.Scope < core.Session {
			t.Errorf("%s: remedy reconnect with scope %v", at, row.Scope)
		}
	}
	if len(seen) == 0 {
		t.Error("the table is empty")
	}
}
