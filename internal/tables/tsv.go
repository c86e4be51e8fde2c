package tables

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A record is one line of a data file, its cells by column name.
type record struct {
	file  string
	line  int
	cells map[string]string
}

func (r record) get(column string) string { return r.cells[column] }

// readTSV splits data into records. The header line must name exactly the
// given columns in that order: a reader who knows one table knows them all.
func readTSV(file string, data []byte, columns ...string) ([]record, Complaints) {
	var bad Complaints
	text := strings.TrimSuffix(string(data), "\n")
	lines := strings.Split(text, "\n")
	header := record{file: file, line: 1}
	if !slices.Equal(strings.Split(lines[0], "\t"), columns) {
		bad.addf(header, "header line must be %q", strings.Join(columns, "\t"))
		return nil, bad
	}
	var records []record
	for i, line := range lines[1:] {
		r := record{file: file, line: i + 2}
		if strings.ContainsFunc(line, unfit) {
			bad.addf(r, "a character that is no text: control, byte order mark, or not UTF-8")
			continue
		}
		cells := strings.Split(line, "\t")
		if len(cells) != len(columns) {
			bad.addf(r, "%d cells, want %d (%s)", len(cells), len(columns), strings.Join(columns, ", "))
			continue
		}
		r.cells = make(map[string]string, len(columns))
		for j, cell := range cells {
			if cell != strings.TrimSpace(cell) {
				bad.addf(r, "column %s: white space around %q", columns[j], cell)
			}
			r.cells[columns[j]] = cell
		}
		records = append(records, r)
	}
	return records, bad
}

// unfit reports whether a character can stand in no cell, since it cannot in Go.
func unfit(r rune) bool {
	return unicode.IsControl(r) && r != '\t' || r == utf8.RuneError || r == '\uFEFF'
}
