package cli

import (
	"bufio"
	"strings"
	"unicode/utf8"
)

// A table aligns columns. The widths come from the first rows, so that it can
// stream: a longer cell later on moves the rest of its row.
type table struct {
	w        *bufio.Writer
	style    style
	head     []string
	right    []bool // columns that are aligned to the right
	fold     int    // column at which rows continue on a second line when max is too narrow; 0: never
	max      int    // columns of the terminal; 0: no limit
	pending  []tableRow
	widths   []int
	folded   bool
	released bool
}

type tableRow struct {
	cells []string
	paint func(column int, text string) string // after alignment
	below []string                             // lines under the row
}

// lookahead is how many rows decide about the widths.
const lookahead = 200

func (t *table) add(r tableRow) {
	if t.released {
		t.write(r)
		return
	}
	t.pending = append(t.pending, r)
	if len(t.pending) == lookahead {
		t.release()
	}
}

// flush writes what is pending. A table without rows writes nothing.
func (t *table) flush() {
	if !t.released && len(t.pending) > 0 {
		t.release()
	}
}

func (t *table) release() {
	t.widths = make([]int, len(t.head))
	for i, h := range t.head {
		t.widths[i] = utf8.RuneCountInString(h)
	}
	for _, r := range t.pending {
		for i, c := range r.cells {
			t.widths[i] = max(t.widths[i], utf8.RuneCountInString(c))
		}
	}
	total := 0
	for _, n := range t.widths {
		total += n + 2
	}
	t.folded = t.fold > 0 && t.max > 0 && total-2 > t.max
	t.released = true
	t.write(tableRow{cells: t.head, paint: func(_ int, text string) string { return t.style.bold(text) }})
	for _, r := range t.pending {
		t.write(r)
	}
	t.pending = nil
}

// indent is where the second line of a folded row and the lines below begin.
const indent = "        "

func (t *table) write(r tableRow) {
	last := len(r.cells) - 1
	for i, cell := range r.cells {
		if t.folded && i == t.fold {
			t.w.WriteString("\n" + indent)
		}
		end := i == last || t.folded && i == t.fold-1
		gap := strings.Repeat(" ", max(0, t.widths[i]-utf8.RuneCountInString(cell)))
		painted := cell
		if r.paint != nil {
			painted = r.paint(i, cell)
		}
		switch {
		case t.right[i]:
			t.w.WriteString(gap + painted)
		case end:
			t.w.WriteString(painted)
		default:
			t.w.WriteString(painted + gap)
		}
		if !end {
			t.w.WriteString("  ")
		}
	}
	t.w.WriteByte('\n')
	for _, line := range r.below {
		t.w.WriteString(indent + line + "\n")
	}
}
