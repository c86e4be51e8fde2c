package tables

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A Table is the mapping of one package: its layers and its rows.
type Table struct {
	Package  string // Go package and, for all but core, the protocol's name
	Protocol string
	Layers   []Layer
	Rows     []Row // in the order of the layers
	Outcomes []Outcome

	steps []step // how several layers become one lookup; nil: each has its own
}

// A Layer is one line of layers.tsv.
type Layer struct {
	Name, Kind, Type string
	Bits             int  // 0 for layers without numbers
	ValueBits        int  // width of the native value when these numbers are its second value; else 0
	Signed           bool // printed in decimal
	Pair             bool // the second value is two signed 16-bit numbers
	Prefix           string
	Scope            string
	Unknown          *Row   // what unlisted values get; nil when the table covers everything
	Else             string // or the layer that answers for them
	Title, Source    string
}

// A Row is one line of statuses.tsv.
type Row struct {
	Layer, Value, Symbol, Meaning string
	Code                          int
	ByOp                          map[string]int // connect, read, write, other
	Remedy, Scope, Quality        string
	Unsure                        bool
	Hint, Why                     string

	value value
	name  string // Go name of the constant, "" without
	line  int
}

// layerNames are the names that become Go names.
var layerNames = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

// typeNames are the exported Go types, of this package or of an imported one.
var typeNames = regexp.MustCompile(`^([a-z][a-z0-9]*\.)?[A-Z][A-Za-z0-9]*$`)

var (
	statusColumns = []string{"layer", "value", "symbol", "meaning", "code", "by-op", "remedy", "scope", "quality", "unsure", "hint", "why"}
	layerColumns  = []string{"layer", "kind", "type", "bits", "prefix", "scope", "unknown", "title", "source"}
	kinds         = []string{"type", "lookup", "fallback", "rows", "event", "text", "tuple", "own"}
	ops           = []string{"other", "connect", "read", "write"} // in the order of core.Op
	widths        = []int{8, 16, 32}                              // of native fields, in bits
)

// Load reads and checks the table in dir. The error is a [Complaints] when
// the files could be read.
func Load(dir string, cat *Catalogue) (*Table, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	t := &Table{Package: filepath.Base(abs)}
	t.Protocol = t.Package
	if t.Package == "core" {
		t.Protocol = "net"
	}
	layersFile := filepath.Join(dir, "layers.tsv")
	data, err := os.ReadFile(layersFile)
	if err != nil {
		return nil, err
	}
	bad := t.readLayers(layersFile, data, cat)
	statusesFile := filepath.Join(dir, "statuses.tsv")
	if data, err = os.ReadFile(statusesFile); err != nil {
		return nil, err
	}
	bad = append(bad, t.readRows(statusesFile, data, cat)...)
	stepsFile := filepath.Join(dir, "steps.tsv")
	if data, err = os.ReadFile(stepsFile); err == nil {
		bad = append(bad, t.readSteps(stepsFile, data)...)
	} else if !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	outcomesFile := filepath.Join(dir, "outcomes.tsv")
	if data, err = os.ReadFile(outcomesFile); err == nil {
		bad = append(bad, t.readOutcomes(outcomesFile, data, cat)...)
	} else if !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	return t, bad.err()
}

// reserved are the names that generated code declares beside the constants, as
// if they stood in line 0.
func (t *Table) reserved() map[string]int {
	names := map[string]int{"Rows": 0, "Event": 0}
	for _, l := range t.Layers {
		if l.Type != "" {
			names[l.Type] = 0
		}
	}
	return names
}

func (t *Table) layer(name string) *Layer {
	for i := range t.Layers {
		if t.Layers[i].Name == name {
			return &t.Layers[i]
		}
	}
	return nil
}

// rowsOf returns the rows of a layer and the index of the first.
func (t *Table) rowsOf(layer string) (rows []Row, first int) {
	first = slices.IndexFunc(t.Rows, func(r Row) bool { return r.Layer == layer })
	if first < 0 {
		return nil, 0
	}
	end := first
	for end < len(t.Rows) && t.Rows[end].Layer == layer {
		end++
	}
	return t.Rows[first:end], first
}

func (t *Table) readLayers(file string, data []byte, cat *Catalogue) Complaints {
	records, bad := readTSV(file, data, layerColumns...)
	for _, r := range records {
		l := Layer{Name: r.get("layer"), Kind: r.get("kind"), Type: dashEmpty(r.get("type")), Prefix: dashEmpty(r.get("prefix")), Scope: r.get("scope"), Title: r.get("title"), Source: r.get("source")}
		if !layerNames.MatchString(l.Name) {
			bad.addf(r, "layer %q must be words of a-z and 0-9 joined by -", l.Name)
			continue
		}
		if t.layer(l.Name) != nil {
			bad.addf(r, "layer %s stands here twice", l.Name)
		}
		oneOf(&bad, r, "kind", l.Kind, kinds)
		oneOf(&bad, r, "scope", l.Scope, scopes)
		bits, signed := strings.CutPrefix(r.get("bits"), "s")
		bits, l.Pair = strings.CutSuffix(bits, "+pair")
		l.Signed, l.Pair = signed, l.Pair || l.Kind == "tuple"
		if first, second, pair := strings.Cut(bits, "/"); pair {
			bits = second
			if l.ValueBits, _ = strconv.Atoi(first); !slices.Contains(widths, l.ValueBits) {
				bad.addf(r, "bits %q: the width of the first value is none of 8, 16, 32", r.get("bits"))
			}
		}
		switch {
		case l.Kind == "event", l.Kind == "text":
			if r.get("bits") != "-" {
				bad.addf(r, "bits must be - in a layer of kind %s", l.Kind)
			}
		case l.Kind == "own" && bits == "-":
		default:
			if l.Bits, _ = strconv.Atoi(bits); !slices.Contains(widths, l.Bits) {
				bad.addf(r, "bits %q is none of 8, 16, 32, s16, s16+pair, 8/16 ...", r.get("bits"))
			}
		}
		if l.Type == "" {
			if l.Kind == "type" || l.Kind == "lookup" {
				bad.addf(r, "kind %s needs a type", l.Kind)
			}
		} else if imported, _, _ := strings.Cut(l.Type, "."); !typeNames.MatchString(l.Type) || l.Kind == "type" && imported != l.Type {
			bad.addf(r, "type %q is no exported Go type that a layer of kind %s can have", l.Type, l.Kind)
		}
		if l.Title == "" || l.Source == "" {
			bad.addf(r, "title and source must not be empty: they are the documentation of the layer")
		}
		unknown := dashEmpty(r.get("unknown"))
		if unknown != "" && l.Bits == 0 {
			bad.addf(r, "unknown must be - in a layer without numbers")
		} else if other, ok := strings.CutPrefix(unknown, "layer "); ok {
			l.Else = other
			if o := t.layer(other); o == nil || o.Bits != l.Bits || o.Signed != l.Signed || o.Else != "" || o.Kind == "tuple" || l.Kind == "tuple" {
				bad.addf(r, "unknown %q: only a layer that stands before this one, with numbers like these, can answer for it", unknown)
			}
		} else if unknown != "" {
			l.Unknown = parseUnknown(&bad, r, l, unknown, cat)
		}
		t.Layers = append(t.Layers, l)
	}
	return bad
}

// parseUnknown reads the unknown column: CODE [op=CODE ...] REMEDY.
func parseUnknown(bad *Complaints, r record, l Layer, s string, cat *Catalogue) *Row {
	row := &Row{Layer: l.Name, Value: "*", Meaning: "value that is not listed", Scope: l.Scope, Quality: "bad", Why: "no row of the table names this value", value: value{kind: anyValue}}
	words := strings.Fields(s)
	if len(words) < 2 {
		bad.addf(r, "unknown %q must read CODE [op=CODE] REMEDY, for example 3000 write=3001 fix", s)
		return nil
	}
	row.Code = parseCode(bad, r, words[0], cat)
	row.ByOp = parseByOp(bad, r, strings.Join(words[1:len(words)-1], " "), row.Code, cat)
	row.Remedy = words[len(words)-1]
	checkAnswer(bad, r, row.Remedy, row.Scope)
	return row
}

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
