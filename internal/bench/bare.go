package bench

import (
	"runtime"
	"testing"
)

// op selects the code of a row, as what was attempted does in a table.
const op = 2

// A row is as large as a row of the generated tables, and holds codes like it.
type row struct {
	_     [80]byte
	codes [4]int32
	_     [64]byte
}

// bare is a table of the shape of the generated ones, which knows nothing but codes:
// an index of one to three steps to a row. Eight bits are an index, sixteen a page and an
// entry of it, and of a pair of values the first selects the pages.
var bare struct {
	index [256]uint16
	page  [256]uint8
	pages [8][256]uint16
	sets  [8][256]uint8
	rows  [300]row
}

// Values8 are the values that a benchmark looks up in turn. Eight are few
// enough to stay in the cache and too many for one guess to fit.
type (
	Values8  = [8]uint8
	Values16 = [8]uint16
	Values32 = [8]uint32
)

// Bare8 compares with one lookup after another in a bare table for fields of 8 bits.
func Bare8(b *testing.B, values Values8, subject Loop) {
	b.Helper()
	Against(b, "bare", func(n int) {
		var sum int32
		for i := range n {
			sum += bare.rows[bare.index[values[i&7]]].codes[op]
		}
		runtime.KeepAlive(sum)
	}, subject)
}

// Bare16 compares with a bare table for fields of 16 bits.
func Bare16(b *testing.B, values Values16, subject Loop) {
	b.Helper()
	Against(b, "bare", func(n int) {
		var sum int32
		for i := range n {
			v := values[i&7]
			sum += bare.rows[bare.pages[bare.page[v>>8]][uint8(v)]].codes[op]
		}
		runtime.KeepAlive(sum)
	}, subject)
}

// Bare32 compares with a bare table for fields of 32 bits of which the upper half
// decides.
func Bare32(b *testing.B, values Values32, subject Loop) {
	b.Helper()
	Against(b, "bare", func(n int) {
		var sum int32
		for i := range n {
			v := values[i&7]
			sum += bare.rows[bare.pages[bare.page[v>>24]][uint8(v>>16)]].codes[op]
		}
		runtime.KeepAlive(sum)
	}, subject)
}

// BarePair compares with a bare table for pairs of values, whose first has 8 and
// whose second 16 bits.
func BarePair(b *testing.B, first Values8, second Values16, subject Loop) {
	b.Helper()
	Against(b, "bare", func(n int) {
		var sum int32
		for i := range n {
			v := second[i&7]
			sum += bare.rows[bare.pages[bare.sets[bare.page[first[i&7]]][v>>8]][uint8(v)]].codes[op]
		}
		runtime.KeepAlive(sum)
	}, subject)
}

// OnePass compares with one pass over bytes, which is what reading them at all
// costs. It returns what [Against] does.
func OnePass(b *testing.B, bytes []byte, subject Loop) float64 {
	b.Helper()
	return Against(b, "one-pass", func(n int) {
		var sum byte
		for range n {
			for _, c := range bytes {
				sum ^= c
			}
		}
		runtime.KeepAlive(sum)
	}, subject)
}
