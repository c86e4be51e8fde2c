package tables

import "go/token"

// outcomeColumns are those of statuses.tsv behind the Go name of the outcome. The
// column unlisted says that the answer is for values that no row names.
var outcomeColumns = append(append([]string{"name"}, statusColumns...), "unlisted")

// An Outcome is one line of outcomes.tsv: a row that no native value leads to by
// the table alone.
type Outcome struct {
	Row
	Name     string // the Go name behind "outcome"
	Unlisted bool
}

// readOutcomes reads outcomes.tsv, for which the layers are needed.
func (t *Table) readOutcomes(file string, data []byte, cat *Catalogue) Complaints {
	records, bad := readTSV(file, data, outcomeColumns...)
	seen := map[string]int{}
	for _, r := range records {
		o := Outcome{Row: newRow(r), Name: r.get("name")}
		if !token.IsExported(o.Name) || !token.IsIdentifier(o.Name) {
			bad.addf(r, "name %q is no exported Go name", o.Name)
		}
		if line, ok := seen[o.Name]; ok {
			bad.addf(r, "name %s stands in line %d already", o.Name, line)
		}
		seen[o.Name] = r.line
		if t.layer(o.Layer) == nil {
			bad.addf(r, "layer %q is not in layers.tsv", o.Layer)
			continue
		}
		var err error
		if o.value, err = parseValue(o.Value); err != nil {
			bad.addf(r, "%v", err)
		}
		o.readAnswer(&bad, r, cat)
		o.Unlisted = readYes(&bad, r, "unlisted")
		t.Outcomes = append(t.Outcomes, o)
	}
	for _, l := range t.Layers {
		if l.Kind == "own" && len(t.OutcomesOf(l.Name)) == 0 {
			bad.addf(record{file: file, line: 1}, "layer %s of layers.tsv has no outcome", l.Name)
		}
	}
	return bad
}

// OutcomesOf returns the outcomes of a layer.
func (t *Table) OutcomesOf(layer string) []Outcome {
	var of []Outcome
	for _, o := range t.Outcomes {
		if o.Layer == layer {
			of = append(of, o)
		}
	}
	return of
}

// writeOutcomes writes the rows of outcomes.tsv with a name for each.
func (t *Table) writeOutcomes(g *generator, cat *Catalogue) {
	if t.Outcomes == nil {
		return
	}
	g.printf("// Outcomes returns the rows that the package decides on by itself, and that the table for\n// that reason does not have: for documentation, tests and user interfaces.\n")
	g.printf("func Outcomes() iter.Seq[%sRow] {\nreturn func(yield func(%sRow) bool) {\n", g.core, g.core)
	g.printf("for i := range outcomes {\nif !yield(outcomes[i]) {\nreturn\n}\n}\n}\n}\n\n")
	g.printf("// The places of outcomes.\nconst (\n")
	for i, o := range t.Outcomes {
		if i == 0 {
			g.printf("outcome%s = iota\n", o.Name)
		} else {
			g.printf("outcome%s\n", o.Name)
		}
	}
	g.printf(")\n\nvar outcomes = [...]%sRow{\n", g.core)
	for _, o := range t.Outcomes {
		t.writeRow(g, o.Row, o.Unlisted, cat)
	}
	g.printf("}\n")
}
