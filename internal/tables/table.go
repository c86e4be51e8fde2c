package tables

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
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
