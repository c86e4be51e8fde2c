package tables

import "fmt"

// Go returns the Go source of the catalogue: the constants of package core and
// the arrays behind its lookups.
func (c *Catalogue) Go() ([]byte, error) {
	g := &generator{}
	g.printf(header, "catalogue.tsv", "core")

	g.printf("// The documented codes. Each says the documented text; the section and the\n// remedy of a code are told by its methods.\nconst (\n")
	g.printf("// OK is success. As an error value it is never returned: see [Code.Err].\nOK Code = 0\n")
	section := ""
	for _, e := range c.Codes {
		if e.Section != section {
			section = e.Section
			g.printf("\n// Section %s.\n\n", section)
		}
		if e.First != e.Last {
			g.comment(fmt.Sprintf("%s: the documented range from %d to %d.", e.Message, e.First, e.Last))
			g.printf("%sFirst Code = %d\n%sLast Code = %d\n", e.Name, e.First, e.Name, e.Last)
			continue
		}
		g.comment(e.Message + ".")
		g.printf("%s Code = %d\n", e.Name, e.First)
	}
	g.printf(")\n\n")

	g.printf("// entries are the documented codes in ascending order, ranges written out.\n")
	g.printf("var entries = [...]entry{\n")
	var numbers []int
	for _, e := range c.Codes {
		for n := e.First; n <= e.Last; n++ {
			name := e.Name
			if e.First != e.Last {
				name = fmt.Sprintf("%s0x%02X", e.Name, n-e.First+1) // the number of the value inside the range
			}
			numbers = append(numbers, n)
			g.printf("{Code(%d), %q, %q, %q, %q, %s, %s},\n", n, e.Section, name, e.Message, e.Chinese, upperFirst(e.Remedy), upperFirst(e.Scope))
		}
	}
	g.printf("}\n\n")

	g.printf("// boxed holds every entry's code as an error value, so that Err allocates nothing.\n")
	g.printf("var boxed = [...]error{\n")
	for _, n := range numbers {
		g.printf("Code(%d),\n", n)
	}
	g.printf("}\n\n")

	// A page holds 64 codes: the catalogue is sparse, but its blocks are dense.
	const size = 64
	last := numbers[len(numbers)-1]
	at := map[int]int{}
	for i, n := range numbers {
		at[n] = i + 1
	}
	pages := [][size]int{{}}
	pageOf := make([]int, last/size+1)
	for p := range pageOf {
		var page [size]int
		used := false
		for i := range page {
			page[i] = at[p*size+i]
			used = used || page[i] != 0
		}
		if used {
			pageOf[p] = len(pages)
			pages = append(pages, page)
		}
	}
	g.printf("// codePage and codeIndex lead from a number to the position of its entry plus one, or to 0.\n")
	g.printf("const codePageSize = %d\n\nvar codePage = [...]uint8{\n", size)
	g.writeIndex(len(pageOf), func(i int) int { return pageOf[i] })
	g.printf("}\n\nvar codeIndex = [...][codePageSize]uint16{\n")
	for _, page := range pages {
		g.printf("{\n")
		g.writeIndex(size, func(i int) int { return page[i] })
		g.printf("},\n")
	}
	g.printf("}\n")
	return g.source()
}
