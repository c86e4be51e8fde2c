package tables

import "strconv"

// A step is one line of steps.tsv: which layer answers for a value of 16 bits
// that is made of several things, such as a code, its class, and flags.
type step struct {
	layer    string
	when, is uint16 // the step is for values v with v&when == is
	key      uint16 // the layer is asked for v&key>>shift ...
	shift    uint16
	any      bool // ... or for what it gives to unlisted values
}

var stepColumns = []string{"layer", "when", "is", "key", "shift"}

// readSteps reads steps.tsv, for which the layers and rows are needed.
func (t *Table) readSteps(file string, data []byte) Complaints {
	records, bad := readTSV(file, data, stepColumns...)
	for i, r := range records {
		s := step{layer: r.get("layer"), any: r.get("key") == "*"}
		l := t.layer(s.layer)
		if l == nil || l.Bits != 16 || l.Signed || l.Kind == "type" || l.Kind == "tuple" {
			bad.addf(r, "layer %q is none whose lookup can be part of another: 16 bits, unsigned, kind lookup, fallback or rows", s.layer)
			continue
		}
		number := func(column string) uint16 {
			v, err := strconv.ParseUint(r.get(column), 0, 16)
			if err != nil {
				bad.addf(r, "column %s: %q is no number of 16 bits", column, r.get(column))
			}
			return uint16(v)
		}
		s.when, s.is, s.shift = number("when"), number("is"), number("shift")
		if !s.any {
			s.key = number("key")
		}
		if s.is&^s.when != 0 {
			bad.addf(r, "no value has the bits %s under the mask %s", r.get("is"), r.get("when"))
		}
		last := i == len(records)-1
		if s.any != last || last && (s.when != 0 || l.Unknown == nil) {
			bad.addf(r, "the last step, and no other, has the key *, is for every value, and has a layer with an answer for unlisted values")
		}
		t.steps = append(t.steps, s)
	}
	if len(records) == 0 && len(bad) == 0 {
		bad.addf(record{file: file, line: 1}, "no steps")
	}
	return bad
}

// merged reports whether a layer is a part of the lookup that the steps
// describe, and has none of its own.
func (t *Table) merged(layer string) bool {
	for _, s := range t.steps {
		if s.layer == layer {
			return true
		}
	}
	return false
}

// writeSteps writes rowOf: all steps in one index.
func (t *Table) writeSteps(g *generator, unknownOf map[string]int) {
	of := t.resolvers()
	g.printf("// rowOf is the row of any value, found as steps.tsv says. It is never nil.\n")
	g.printf("func rowOf(v uint16) *%sRow {\n", g.core)
	g.writePages(Layer{Bits: 16}, "stepsIndex", "v>>8", "uint8(v)", func(v int64) int {
		return t.stepsAt(of, unknownOf, uint16(v))
	})
}

const unlisted = -1

// resolvers returns what each layer of the steps lists.
func (t *Table) resolvers() map[string]resolver {
	of := map[string]resolver{}
	for _, s := range t.steps {
		rows, first := t.rowsOf(s.layer)
		of[s.layer] = newResolver(rows, first, unlisted)
	}
	return of
}

// stepsAt returns the position of the row of a value: the first step that is for
// it, and whose layer lists the key, answers. The last one answers always.
func (t *Table) stepsAt(of map[string]resolver, unknownOf map[string]int, v uint16) int {
	for _, s := range t.steps[:len(t.steps)-1] {
		if v&s.when != s.is {
			continue
		}
		if i := of[s.layer].at(int64((v & s.key) >> s.shift)); i != unlisted {
			return i
		}
	}
	return unknownOf[t.steps[len(t.steps)-1].layer]
}
