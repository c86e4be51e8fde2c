package tables

import (
	"slices"
	"strconv"
	"strings"
)

func (t *Table) readRows(file string, data []byte, cat *Catalogue) Complaints {
	records, bad := readTSV(file, data, statusColumns...)
	if len(bad) > 0 && len(records) == 0 {
		return bad
	}
	seen := map[string]int{} // unique keys
	names := t.reserved()    // unique constants
	order := 0               // index of the current layer
	for _, r := range records {
		row := newRow(r)
		i := slices.IndexFunc(t.Layers, func(l Layer) bool { return l.Name == row.Layer })
		if i < 0 {
			bad.addf(r, "layer %q is not in layers.tsv", row.Layer)
			continue
		}
		l := t.Layers[i]
		if i < order {
			bad.addf(r, "layer %s stands behind %s: rows follow the order of layers.tsv", l.Name, t.Layers[order].Name)
		}
		order = max(order, i)

		var err error
		if row.value, err = parseValue(row.Value); err != nil {
			bad.addf(r, "%v", err)
			continue
		}
		row.value = row.value.inField(l)
		checkValue(&bad, r, l, row)
		if n := len(t.Rows); n > 0 && t.Rows[n-1].Layer == row.Layer && row.value.compare(t.Rows[n-1].value) < 0 {
			bad.addf(r, "value %s stands behind %s: a layer ascends, * comes last", row.Value, t.Rows[n-1].Value)
		}
		key := row.Layer + " " + row.value.key()
		if row.value.kind == noValue {
			key += " " + row.Symbol
		}
		if line, ok := seen[key]; ok {
			bad.addf(r, "%s %s is already answered in line %d", row.Layer, row.Value, line)
		}
		seen[key] = r.line

		if l.Kind == "type" || l.Kind == "lookup" || l.Kind == "event" {
			var ok bool
			if row.name, ok = goName(l.Prefix, row.Symbol); !ok {
				bad.addf(r, "symbol %q gives no Go name", row.Symbol)
			}
			if row.value.kind == rangeValue || row.value.kind == anyValue {
				row.name = "" // one constant for many values would be a lie
			}
			if same := repeats(t.Rows, row); same >= 0 {
				row.name, t.Rows[same].name = "", "" // one constant for two values would be a lie, too
			} else if line, ok := names[row.name]; ok && row.name != "" {
				bad.addf(r, "constant %s is already made in line %d: give the layer another prefix or the row another symbol", row.name, line)
			}
			names[row.name] = r.line
		}

		row.readAnswer(&bad, r, cat)
		t.Rows = append(t.Rows, row)
	}
	for _, l := range t.Layers {
		rows, _ := t.rowsOf(l.Name)
		if l.Kind == "own" {
			if len(rows) > 0 {
				bad.addf(record{file: file, line: rows[0].line}, "layer %s is the package's own: its rows stand in outcomes.tsv", l.Name)
			}
			continue
		}
		if len(rows) == 0 {
			bad.addf(record{file: file, line: 1}, "layer %s of layers.tsv has no row", l.Name)
		}
		bad = append(bad, checkCover(file, l, rows)...)
		if other, _ := t.rowsOf(l.Else); l.Else != "" && l.Bits == 32 && !(highOnly(rows) && highOnly(other)) {
			bad.addf(record{file: file, line: 1}, "layer %s has no index, so that no other layer can answer for it", l.Name)
		}
	}
	return bad
}

// newRow takes the texts of a row from its line.
func newRow(r record) Row {
	return Row{
		Layer: r.get("layer"), Value: r.get("value"), Symbol: r.get("symbol"), Meaning: r.get("meaning"),
		Remedy: r.get("remedy"), Scope: r.get("scope"), Quality: r.get("quality"), Hint: r.get("hint"), Why: r.get("why"), line: r.line,
	}
}

// readAnswer reads and checks what a row answers, and that it says why.
func (row *Row) readAnswer(bad *Complaints, r record, cat *Catalogue) {
	row.Code = parseCode(bad, r, r.get("code"), cat)
	row.ByOp = parseByOp(bad, r, r.get("by-op"), row.Code, cat)
	checkAnswer(bad, r, row.Remedy, row.Scope)
	oneOf(bad, r, "quality", row.Quality, qualities)
	row.Unsure = readYes(bad, r, "unsure")
	if row.Meaning == "" || row.Why == "" {
		bad.addf(r, "meaning and why must not be empty: a mapping without a reason cannot be reviewed")
	}
	switch {
	case len(row.ByOp) > 0:
	case row.Code == 0 && row.Quality == "bad":
		bad.addf(r, "code 0 with quality bad: a success has a value that is good or uncertain")
	case row.Code == 0 && row.Remedy == "fix":
		bad.addf(r, "code 0 with remedy fix: a success needs no repair")
	case row.Code != 0 && row.Quality == "good":
		bad.addf(r, "code %d with quality good: a failure has no good value", row.Code)
	}
}

// readYes reads a column that is yes or empty.
func readYes(bad *Complaints, r record, column string) bool {
	switch s := r.get(column); s {
	case "", "yes":
		return s == "yes"
	default:
		bad.addf(r, "column %s: %q is neither yes nor empty", column, s)
		return false
	}
}

// repeats returns the position of a row of the same layer with the same
// symbol, -1 when there is none: "Reserved" may stand for many values.
func repeats(rows []Row, row Row) int {
	return slices.IndexFunc(rows, func(r Row) bool {
		return r.Layer == row.Layer && r.Symbol == row.Symbol && row.Symbol != "" && row.value.kind == exactValue && r.value.kind == exactValue
	})
}

// checkValue checks that a value fits the field it stands in.
func checkValue(bad *Complaints, r record, l Layer, row Row) {
	switch l.Kind {
	case "event", "text":
		if row.value.kind != noValue {
			bad.addf(r, "value %s: rows of kind %s have the value -", row.Value, l.Kind)
		}
		if row.Symbol == "" {
			bad.addf(r, "a row without a value needs a symbol: it is its key")
		}
		return
	case "tuple":
		switch v := row.value; {
		case v.kind != tupleValue:
			bad.addf(r, "value %s: rows of kind tuple have the form a/b/c", row.Value)
		case v.any[0] && !(v.any[1] && v.any[2]):
			bad.addf(r, "value %s: only */*/* leaves the first number open", row.Value)
		case v.any[1] && !v.any[2]:
			bad.addf(r, "value %s: a number behind an open one is open too", row.Value)
		}
		return
	}
	lo, end := int64(0), int64(1)<<l.Bits
	if l.Signed {
		lo, end = -end/2, end/2
	}
	switch row.value.kind {
	case noValue, tupleValue:
		bad.addf(r, "value %s: layer %s has %d-bit numbers", row.Value, l.Name, l.Bits)
	case exactValue, rangeValue:
		switch v := row.value; {
		case v.lo < lo, v.hi >= end:
			bad.addf(r, "value %s does not fit into %d bits", row.Value, l.Bits)
		case v.lo > v.hi:
			bad.addf(r, "range %s ascends as bits but not as signed numbers: write two", row.Value)
		}
	}
}

// checkCover checks that every bit pattern of a numeric layer has exactly one
// answer: ranges do not overlap, and either the table or layers.tsv says what
// an unlisted value means.
func checkCover(file string, l Layer, rows []Row) Complaints {
	var bad Complaints
	if l.Bits == 0 {
		return nil
	}
	if l.Kind == "tuple" {
		if l.Unknown == nil && !slices.ContainsFunc(rows, func(r Row) bool { return r.value.any == [3]bool{true, true, true} }) {
			bad.addf(record{file: file, line: 1}, "layer %s does not answer every tuple: add a */*/* row, or an unknown column in layers.tsv", l.Name)
		}
		return bad
	}
	covered, star := int64(0), false
	var last *Row
	for i, row := range rows {
		at := record{file: file, line: row.line}
		switch row.value.kind {
		case anyValue:
			star = true
			if l.Unknown != nil || l.Else != "" {
				bad.addf(at, "layer %s has a * row and an unknown column in layers.tsv: one of them is enough", l.Name)
			}
		case rangeValue:
			if last != nil && row.value.lo <= last.value.hi {
				bad.addf(at, "range %s overlaps %s", row.Value, last.Value)
			}
			last = &rows[i]
			covered += row.value.hi - row.value.lo + 1
			for _, exact := range rows {
				if exact.value.kind == exactValue && row.value.lo <= exact.value.lo && exact.value.lo <= row.value.hi {
					covered-- // an exact row wins over the range
				}
			}
		case exactValue:
			covered++
		}
	}
	if !star && l.Unknown == nil && l.Else == "" && covered != int64(1)<<l.Bits {
		bad.addf(record{file: file, line: 1}, "layer %s answers %d of %d values: add a * row, or an unknown column in layers.tsv", l.Name, covered, int64(1)<<l.Bits)
	}
	return bad
}

func parseCode(bad *Complaints, r record, s string, cat *Catalogue) int {
	n, err := strconv.Atoi(s)
	if err != nil || !cat.Documented(n) {
		bad.addf(r, "code %q is not documented in the catalogue", s)
	}
	return n
}

func parseByOp(bad *Complaints, r record, s string, code int, cat *Catalogue) map[string]int {
	if s == "" {
		return nil
	}
	byOp := map[string]int{}
	for _, word := range strings.Fields(s) {
		op, n, ok := strings.Cut(word, "=")
		if !ok || !slices.Contains(ops, op) {
			bad.addf(r, "by-op %q must read op=CODE with op one of %s", word, strings.Join(ops, ", "))
			continue
		}
		if _, ok := byOp[op]; ok {
			bad.addf(r, "by-op names %s twice", op)
		}
		byOp[op] = parseCode(bad, r, n, cat)
		if byOp[op] == code {
			bad.addf(r, "by-op %q repeats the code of the row", word)
		}
	}
	return byOp
}

func dashEmpty(s string) string {
	if s == "-" {
		return ""
	}
	return s
}
