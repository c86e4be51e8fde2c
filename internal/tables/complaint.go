package tables

import (
	"fmt"
	"strings"
)

// A Complaint says what is wrong with one line of a data file.
type Complaint struct {
	File string
	Line int // from 1; the header is line 1
	Text string
}

func (c Complaint) Error() string {
	return fmt.Sprintf("%s:%d: %s", c.File, c.Line, c.Text)
}

// Complaints are all that was found wrong in one run, in file order.
type Complaints []Complaint

func (cs Complaints) Error() string {
	lines := make([]string, len(cs))
	for i, c := range cs {
		lines[i] = c.Error()
	}
	return strings.Join(lines, "\n")
}

// err returns the complaints as an error, or nil when there are none.
func (cs Complaints) err() error {
	if len(cs) == 0 {
		return nil
	}
	return cs
}

func (cs *Complaints) addf(r record, format string, args ...any) {
	*cs = append(*cs, Complaint{File: r.file, Line: r.line, Text: fmt.Sprintf(format, args...)})
}
