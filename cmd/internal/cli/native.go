package cli

import (
	"slices"
	"strconv"
	"strings"

	"github.com/fieldstatus/fieldstatus/cmd/internal/protocol"
	"github.com/fieldstatus/fieldstatus/core"
)

// An answer is one thing that a native value can be: a row, and the status when
// the protocol package itself has read the value.
type answer struct {
	row    core.Row
	status *core.Status
	own    bool // decided on by the package itself
}

// parseValues reads a native value: a number, or several separated by slashes.
func parseValues(s string) ([]int64, bool) {
	return parseAll(s, parseNumber)
}

// parseHexValues reads the same without the 0x that most documents leave out.
func parseHexValues(s string) ([]int64, bool) {
	return parseAll(s, func(s string) (int64, bool) {
		n, err := strconv.ParseUint(s, 16, 32)
		return int64(n), err == nil
	})
}

func parseAll(s string, parse func(string) (int64, bool)) ([]int64, bool) {
	var values []int64
	for part := range strings.SplitSeq(s, "/") {
		n, ok := parse(strings.TrimSpace(part))
		if !ok {
			return nil, false
		}
		values = append(values, n)
	}
	return values, true
}

// The kinds of answers that a row has for a value, the best first.
const (
	exact = iota
	inRange
	unlisted // as every value that the layer does not name
	none
)

// byValue returns what a number can be in the layers of a protocol. Layers
// that name the number come first, then those that have a range for it. Layers
// with nothing but an answer for every unlisted value count only when there is
// nothing else.
func byValue(p *protocol.Protocol, values []int64) []answer {
	var found [none + 1][]answer
	var done []string // layers that the package itself has answered for
	if p.Natives != nil {
		for _, s := range p.Natives(values) {
			kind := unlisted
			if s.Known() {
				kind = exact
				done = append(done, s.Layer())
			}
			found[kind] = append(found[kind], answer{row: s.Row(), status: &s})
		}
	}
	type reading struct {
		kind int
		row  core.Row
	}
	var layers []string // in the order of the table
	best := make(map[string]reading)
	for r := range p.Rows() {
		if slices.Contains(done, r.Layer) {
			continue
		}
		kind := kindOf(r, values)
		if before, ok := best[r.Layer]; !ok {
			layers = append(layers, r.Layer)
		} else if before.kind <= kind {
			continue
		}
		best[r.Layer] = reading{kind, r}
	}
	for _, layer := range layers {
		b := best[layer]
		found[b.kind] = append(found[b.kind], answer{row: b.row})
	}
	if all := append(found[exact], found[inRange]...); len(all) > 0 {
		return all
	}
	return found[unlisted]
}

// kindOf tells how a row answers for a value.
func kindOf(r core.Row, values []int64) int {
	switch {
	case strings.Contains(r.Value, ".."):
		if within(r.Value, values) {
			return inRange
		}
		return none
	case !matches(r.Value, values), r.Value == "*" && !fits(values[0], int(r.Native.Bits)):
		return none
	case strings.Contains(r.Value, "*"):
		return unlisted
	}
	return exact
}

// fits reports whether a number fits into a field of so many bits. Negative
// bits are those of a signed field.
func fits(n int64, bits int) bool {
	if bits < 0 {
		return n>>(-bits-1) == 0 || n>>(-bits-1) == -1
	}
	return bits == 0 || n>>bits == 0
}

// matches reports whether a value of a table ("0x05", "-16/9/*", "*") is that
// of the values.
func matches(text string, values []int64) bool {
	i := 0
	for part := range strings.SplitSeq(text, "/") {
		if i == len(values) {
			return false
		}
		if n, ok := parseNumber(part); part != "*" && (!ok || n != values[i]) {
			return false
		}
		i++
	}
	return i == len(values)
}

func within(text string, values []int64) bool {
	low, high, _ := strings.Cut(text, "..")
	first, ok1 := parseNumber(low)
	last, ok2 := parseNumber(high)
	return ok1 && ok2 && len(values) == 1 && values[0] >= first && values[0] <= last
}

// bySymbol returns the rows with a symbol, in any case.
func bySymbol(p *protocol.Protocol, symbol string) []answer {
	var found []answer
	for r, own := range p.Answers() {
		if r.Symbol != "" && strings.EqualFold(r.Symbol, symbol) {
			found = append(found, answer{row: r, own: own})
		}
	}
	return found
}

// bySymbol returns the rows of all protocols whose symbol was typed alone.
func (a *app) bySymbol(symbol string) []answer {
	var found []answer
	for _, p := range a.protocols {
		found = append(found, bySymbol(p, symbol)...)
	}
	return found
}

// listing returns the names of the protocols that know a native value.
func (a *app) listing(value string) []string {
	values, ok := parseValues(value)
	if !ok {
		return nil
	}
	var names []string
	for _, p := range a.protocols {
		if listed(byValue(p, values)) {
			names = append(names, p.Name)
		}
	}
	return names
}

// similar returns some symbols that contain what was typed, for a suggestion.
func similar(p *protocol.Protocol, typed string) []string {
	const most = 5
	var symbols []string
	for r := range p.Answers() {
		if strings.Contains(strings.ToLower(r.Symbol), strings.ToLower(typed)) && !slices.Contains(symbols, r.Symbol) {
			if symbols = append(symbols, r.Symbol); len(symbols) == most {
				break
			}
		}
	}
	return symbols
}
