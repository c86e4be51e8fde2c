package mutation

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/fieldstatus/fieldstatus/core"
)

// An Exception names rows of which a law does not hold, and says why. What is
// no exception any more breaks the law, too: a list that nobody needs grows old.
type Exception struct {
	Answer
	// Of is "layer name ..." for rows, a name being the value, or the symbol of an
	// event; or, with a colon, the beginning of "layer: code: hint" or of "code:".
	Of  string
	Why string
}

// exceptions are those of one law while it is asked about a table.
type exceptions struct {
	list   []Exception
	asked  map[string]bool // "answer layer name" of the rows that were met, and are exceptions: whether they need to be
	needed []bool          // by index of the list, for classes
}

func newExceptions(list []Exception) *exceptions {
	return &exceptions{list: list, asked: map[string]bool{}, needed: make([]bool, len(list))}
}

// row reports whether a row is an exception by its name, and notes whether it
// needs to be.
func (x *exceptions) row(row core.Row, a Answer, needed bool) bool {
	for _, e := range x.list {
		if e.Answer != a || e.class() || !e.names(row) {
			continue
		}
		k := string(a) + " " + row.Layer + " " + nameOf(row)
		x.asked[k] = x.asked[k] || needed
		return true
	}
	return false
}

// class reports whether a row belongs to a class that is an exception.
func (x *exceptions) class(row core.Row, a Answer, needed bool) bool {
	for i, e := range x.list {
		if e.Answer != a || !e.class() {
			continue
		}
		code := strconv.Itoa(int(row.Codes[core.Read])) + ":"
		if e.Of == code || strings.HasPrefix(row.Layer+": "+code+" "+row.Hint, e.Of) {
			x.needed[i] = x.needed[i] || needed
			return true
		}
	}
	return false
}

// unused returns an error that names an exception that is none. When a row was
// changed, it looks at the rows that were met.
func (x *exceptions) unused(changed int) error {
	for k, needed := range x.asked {
		if !needed {
			return fmt.Errorf("%s is no exception any more", k)
		}
	}
	if changed != whole {
		return nil
	}
	for i, e := range x.list {
		if e.class() && !x.needed[i] {
			return fmt.Errorf("%s %s is no exception any more", e.Answer, e.Of)
		}
		if names := strings.Fields(e.Of); !e.class() {
			for _, name := range names[1:] {
				if _, ok := x.asked[string(e.Answer)+" "+names[0]+" "+name]; !ok {
					return fmt.Errorf("%s %s %s: there is no such row", e.Answer, names[0], name)
				}
			}
		}
	}
	return nil
}

// class reports whether an exception is one of a class.
func (e Exception) class() bool { return strings.Contains(e.Of, ":") }

// names reports whether an exception names a row.
func (e Exception) names(row core.Row) bool {
	rest, ok := strings.CutPrefix(e.Of, row.Layer+" ")
	return ok && slices.Contains(strings.Split(rest, " "), nameOf(row))
}

// nameOf is what a row is called in its layer.
func nameOf(row core.Row) string {
	if row.Value == "-" {
		return row.Symbol
	}
	return row.Value
}
