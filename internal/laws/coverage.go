package laws

import (
	"iter"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/fieldstatus/fieldstatus/core"
)

// A Coverage is what the checks of a package's fields have to reach: every
// layer that has numbers, and every row of it.
type Coverage struct {
	t       *testing.T
	named   map[string]bool           // layers that a field names
	listed  map[string]map[int64]bool // values that the table names one by one, by layer
	edges   map[string][]int64        // these, and the ends of ranges
	rows    map[rowKey]bool           // whether a value reached the row
	values  int                       // how many were checked
	numbers []string                  // layers with numbers, in the order of layers.tsv
}

type rowKey struct{ layer, value, symbol string }

// Cover reads the table of the package under test, and its layers.tsv. Give it
// to the checks of all fields, and call [Coverage.Complete] then.
func Cover(t *testing.T, rows iter.Seq[core.Row]) *Coverage {
	t.Helper()
	c := &Coverage{t: t, named: map[string]bool{}, listed: map[string]map[int64]bool{}, edges: map[string][]int64{}, rows: map[rowKey]bool{}}
	for row := range rows {
		c.rows[rowKey{row.Layer, row.Value, row.Symbol}] = false
		lo, hi, isRange := strings.Cut(row.Value, "..")
		if !isRange {
			hi = lo
		}
		first, errLo := strconv.ParseInt(lo, 0, 64)
		last, errHi := strconv.ParseInt(hi, 0, 64)
		if errLo != nil || errHi != nil {
			continue // anything else, an event, or several numbers
		}
		c.edges[row.Layer] = append(c.edges[row.Layer], first, last)
		if row.Fallback {
			continue
		}
		if c.listed[row.Layer] == nil {
			c.listed[row.Layer] = map[int64]bool{}
		}
		c.listed[row.Layer][first] = true
	}
	text, err := os.ReadFile("layers.tsv")
	if err != nil {
		t.Fatal(err)
	}
	for i, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		cells := strings.Split(line, "\t")
		if len(cells) < 4 {
			t.Fatalf("layers.tsv:%d: %q", i+1, line)
		}
		if i > 0 && cells[1] != "own" && cells[3] != "-" {
			c.numbers = append(c.numbers, cells[0])
		}
	}
	return c
}

// Listed reports whether the table names a value of a layer.
func (c *Coverage) Listed(layer string, v int64) bool { return c.listed[layer][v] }

// Name says that a check of the package's own covers the layers.
func (c *Coverage) Name(layers ...string) {
	for _, layer := range layers {
		c.named[layer] = true
	}
}

// Reached notes the row of a status.
func (c *Coverage) Reached(s core.Status) {
	row := s.Row()
	c.values++
	c.rows[rowKey{row.Layer, row.Value, row.Symbol}] = true
}

// Spare says that no status has a row: it tells readers of the table what applies
// in its place.
func (c *Coverage) Spare(layer, value string) {
	for key := range c.rows {
		if key.layer == layer && key.value == value {
			if c.rows[key] {
				c.t.Errorf("row %s %s: a value reaches it after all", layer, value)
			}
			c.rows[key] = true
			return
		}
	}
	c.t.Errorf("row %s %s: there is none", layer, value)
}

// Complete fails for each layer with numbers that no check names, and for each
// row of such a layer, and of any layer that a check names, that no value
// reaches. A row that cannot be reached says nothing to anybody.
func (c *Coverage) Complete() {
	c.t.Helper()
	numbers := map[string]bool{}
	for _, layer := range c.numbers {
		numbers[layer] = true
		if !c.named[layer] {
			c.t.Errorf("layer %s: no loop covers it", layer)
		}
	}
	for key, reached := range c.rows {
		if !reached && (numbers[key.layer] || c.named[key.layer]) {
			c.t.Errorf("row %s %s %s: no value reaches it", key.layer, key.value, key.symbol)
		}
	}
	c.t.Logf("%d values, %d rows in %d layers", c.values, len(c.rows), len(c.named))
}
