package tables

import (
	"bytes"
	"fmt"
)

// A resolver answers, for every number of a layer, the position of its row in
// the generated array. Exact rows win over ranges, ranges over * and unknown.
type resolver struct {
	exact    map[int64]int
	ranges   []Row
	rangeAt  []int
	fallback int
}

func newResolver(rows []Row, first, unknown int) resolver {
	r := resolver{exact: map[int64]int{}, fallback: unknown}
	for i, row := range rows {
		switch row.value.kind {
		case exactValue:
			r.exact[row.value.lo] = first + i
		case rangeValue:
			r.ranges = append(r.ranges, row)
			r.rangeAt = append(r.rangeAt, first+i)
		case anyValue:
			r.fallback = first + i
		}
	}
	return r
}

func (r resolver) at(v int64) int {
	if i, ok := r.exact[v]; ok {
		return i
	}
	for i, row := range r.ranges {
		if row.value.lo <= v && v <= row.value.hi {
			return r.rangeAt[i]
		}
	}
	return r.fallback
}

// highOnly reports whether every number of a 32-bit layer has an empty lower
// half, so that 16 bits decide.
func highOnly(rows []Row) bool {
	for _, row := range rows {
		switch row.value.kind {
		case exactValue:
			if row.value.lo&0xFFFF != 0 {
				return false
			}
		case rangeValue:
			return false
		}
	}
	return true
}

// writeLookup writes row<Layer>, the total function from a number to its row.
func (g *generator) writeLookup(l Layer, rows []Row, first, unknown int) {
	res := newResolver(rows, first, unknown)
	if last := len(res.ranges) - 1; l.Unknown == nil && res.fallback == unknown && last >= 0 {
		res.fallback = res.rangeAt[last] // the table covers every value: nothing is left for another row
	}
	name := layerName(l.Name)
	index := lowerFirst(name) + "Index"
	arg := fmt.Sprintf("uint%d", l.Bits)
	if l.Signed {
		arg = fmt.Sprintf("int%d", l.Bits)
	}
	g.printf("// row%s is the row of any value in the layer %s. It is never nil.\n", name, l.Name)
	g.printf("func row%s(v %s) *%sRow {\n", name, arg, g.core)
	unsigned := "v"
	if l.Signed {
		unsigned = fmt.Sprintf("uint%d(v)", l.Bits)
	}
	switch {
	case l.Bits == 8:
		g.printf("return &rows[%s[%s]]\n}\n\n", index, unsigned)
		g.printf("var %s = [256]uint16{\n", index)
		g.writeIndex(256, func(i int) int { return res.at(signExtend(l, int64(i))) })
		g.printf("}\n\n")
	case l.Bits == 16:
		g.writePages(l, index, unsigned+">>8", "uint8("+unsigned+")", func(v int64) int { return res.at(signExtend(l, v)) })
	case highOnly(rows):
		g.printf("if v&0xFFFF != 0 {\nreturn &rows[%d]\n}\n", res.fallback)
		g.writePages(l, index, "v>>24", "uint8(v>>16)", func(v int64) int { return res.at(signExtend(l, v<<16)) })
	default:
		g.printf("switch {\n")
		for i, row := range rows {
			if row.value.kind == exactValue { // ranges follow, behind the exact values
				g.printf("case v == %s:\nreturn &rows[%d]\n", row.Value, first+i)
			}
		}
		for i, row := range res.ranges {
			cond := fmt.Sprintf("%d <= v && v <= %d", row.value.lo, row.value.hi)
			if row.value.hi == int64(1)<<l.Bits-1 && !l.Signed {
				cond = fmt.Sprintf("v >= %d", row.value.lo)
			}
			g.printf("case %s:\nreturn &rows[%d]\n", cond, res.rangeAt[i])
		}
		g.printf("}\nreturn &rows[%d]\n}\n\n", res.fallback)
	}
}

// signExtend turns a bit pattern of the layer's width into the number it means.
func signExtend(l Layer, v int64) int64 {
	if l.Signed && v >= int64(1)<<(l.Bits-1) {
		return v - int64(1)<<l.Bits
	}
	return v
}

// writePages writes an index in two steps: the upper byte selects a page, the
// lower byte an entry of it. Pages that are alike are stored once.
func (g *generator) writePages(l Layer, index, upper, lower string, at func(v int64) int) {
	page := index[:len(index)-len("Index")] + "Page"
	g.printf("return &rows[%s[%s[%s]][%s]]\n}\n\n", index, page, upper, lower)
	var pages [][256]int
	var pageOf [256]int
	for hi := range 256 {
		var p [256]int
		for lo := range 256 {
			p[lo] = at(int64(hi<<8 | lo))
		}
		pageOf[hi] = -1
		for i := range pages {
			if pages[i] == p {
				pageOf[hi] = i
			}
		}
		if pageOf[hi] < 0 {
			pageOf[hi] = len(pages)
			pages = append(pages, p)
		}
	}
	g.printf("var %s = [256]uint8{\n", page)
	g.writeIndex(256, func(i int) int { return pageOf[i] })
	g.printf("}\n\nvar %s = [%d][256]uint16{\n", index, len(pages))
	for _, p := range pages {
		g.printf("{\n")
		g.writeIndex(256, func(i int) int { return p[i] })
		g.printf("},\n")
	}
	g.printf("}\n\n")
}

// writeIndex writes n numbers, sixteen on a line.
func (g *generator) writeIndex(n int, at func(i int) int) {
	var line bytes.Buffer
	for i := range n {
		fmt.Fprintf(&line, "%d, ", at(i))
		if i%16 == 15 {
			g.printf("%s\n", line.Bytes())
			line.Reset()
		}
	}
	if line.Len() > 0 {
		g.printf("%s\n", line.Bytes())
	}
}

// writeTupleLookup writes the lookup of a layer whose key has three numbers.
// Rows with fewer wildcards are asked first.
func (g *generator) writeTupleLookup(l Layer, rows []Row, first, unknown int) {
	name := layerName(l.Name)
	g.printf("// row%s is the row of three numbers in the layer %s. It is never nil.\n", name, l.Name)
	g.printf("func row%s(a, b, c int64) *%sRow {\nswitch {\n", name, g.core)
	last := unknown
	for wild := range 4 {
		for i, row := range rows {
			n := 0
			cond := ""
			for j, arg := range []string{"a", "b", "c"} {
				if row.value.any[j] {
					n++
					continue
				}
				if cond != "" {
					cond += " && "
				}
				cond += fmt.Sprintf("%s == %d", arg, row.value.parts[j])
			}
			switch {
			case n != wild:
			case wild == 3:
				last = first + i
			default:
				g.printf("case %s:\nreturn &rows[%d]\n", cond, first+i)
			}
		}
	}
	g.printf("}\nreturn &rows[%d]\n}\n\n", last)
}
