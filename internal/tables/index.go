package tables

import "fmt"

// A resolver answers, for every number of a layer, the position of its row in
// the generated array. Exact rows win over ranges, ranges over * and unknown.
type resolver struct {
	exact    map[int64]int
	ranges   []Row
	rangeAt  []int
	other    *resolver // of the layer that answers for what this one does not list
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
	if r.other != nil {
		return r.other.at(v)
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
func (g *generator) writeLookup(l Layer, rows []Row, res resolver, first, unknown int) {
	if last := len(res.ranges) - 1; l.Unknown == nil && l.Else == "" && res.fallback == unknown && last >= 0 {
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
		g.writeSwitch(l, rows, res, first)
	}
}

// writeSwitch writes the body of a lookup in a sparse field: exact values as
// one switch, which compiles to a binary search, and then the ranges.
func (g *generator) writeSwitch(l Layer, rows []Row, res resolver, first int) {
	g.printf("switch v {\n")
	for i, row := range rows {
		if row.value.kind == exactValue {
			g.printf("case %s:\nreturn &rows[%d]\n", row.Value, first+i)
		}
	}
	g.printf("}\n")
	for i, row := range res.ranges {
		cond := fmt.Sprintf("%d <= v && v <= %d", row.value.lo, row.value.hi)
		switch {
		case row.value.lo == 0 && !l.Signed:
			cond = fmt.Sprintf("v <= %d", row.value.hi)
		case row.value.hi == int64(1)<<l.Bits-1 && !l.Signed:
			cond = fmt.Sprintf("v >= %d", row.value.lo)
		}
		g.printf("if %s {\nreturn &rows[%d]\n}\n", cond, res.rangeAt[i])
	}
	g.printf("return &rows[%d]\n}\n\n", res.fallback)
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
	for i := range n {
		g.printf("%d, ", at(i))
		if i%16 == 15 {
			g.printf("\n")
		}
	}
	g.printf("\n")
}

// writeTupleLookup writes the lookup of a layer whose key has three numbers: a
// switch for each of them, which compiles to a binary search. What a switch does
// not list is answered by the row that leaves its number open.
func (g *generator) writeTupleLookup(l Layer, rows []Row, first, unknown int) {
	name := layerName(l.Name)
	g.printf("// row%s is the row of three numbers in the layer %s. It is never nil.\n", name, l.Name)
	g.printf("func row%s(a, b, c int64) *%sRow {\n", name, g.core)
	fallback := unknown
	var all []int
	for i, row := range rows {
		if row.value.any[0] {
			fallback = first + i // */*/*, the only row without a first number
		}
		all = append(all, i)
	}
	g.writeTuples(rows, all, first, 0)
	g.printf("return &rows[%d]\n}\n\n", fallback)
}

// writeTuples writes a switch over one part of the tuples, and into its cases those
// over the parts behind it. The rows that it is for agree in the parts before it.
func (g *generator) writeTuples(rows []Row, of []int, first, part int) {
	byNumber := map[int64][]int{}
	var numbers []int64 // in the order of the table
	for _, i := range of {
		v := rows[i].value
		if v.any[part] {
			continue
		}
		n := v.parts[part]
		if byNumber[n] == nil {
			numbers = append(numbers, n)
		}
		byNumber[n] = append(byNumber[n], i)
	}
	if len(numbers) == 0 {
		return
	}
	g.printf("switch %c {\n", "abc"[part])
	for _, n := range numbers {
		g.printf("case %d:\n", n)
		if part < 2 {
			g.writeTuples(rows, byNumber[n], first, part+1)
		}
		for _, i := range byNumber[n] {
			if part == 2 || rows[i].value.any[part+1] {
				g.printf("return &rows[%d]\n", first+i)
			}
		}
	}
	g.printf("}\n")
}
