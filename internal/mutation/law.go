package mutation

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/fieldstatus/fieldstatus/core"
)

// A Law is a statement about the rows of a table that does not come from them.
type Law struct {
	Name string
	// holds returns an error that says what breaks the law. It may leave out what
	// another value in the row changed cannot break; whole asks for every row.
	holds func(rows []core.Row, changed int) error
}

const whole = -1

// Each is a law about every row by itself.
func Each(name string, holds func(core.Row) error) Law {
	return Law{name, func(rows []core.Row, changed int) error {
		for _, row := range part(rows, changed) {
			if err := holds(row); err != nil {
				return fmt.Errorf("%s %s: %w", row.Layer, nameOf(row), err)
			}
		}
		return nil
	}}
}

// All is a law about the rows together.
func All(name string, holds func([]core.Row) error) Law {
	return Law{name, func(rows []core.Row, _ int) error { return holds(rows) }}
}

// part is the changed row, or all.
func part(rows []core.Row, changed int) []core.Row {
	if changed == whole {
		return rows
	}
	return rows[changed : changed+1]
}

// Valid is the law of the design for single rows: only documented codes come
// out, and a reconnect names something that can be reopened.
var Valid = Each("valid", func(row core.Row) error {
	for _, code := range row.Codes {
		if !code.Documented() {
			return fmt.Errorf("%v is not documented", code)
		}
	}
	if row.Remedy == core.Reconnect && row.Scope < core.Session {
		return fmt.Errorf("a reconnect of scope %v", row.Scope)
	}
	return nil
})

// QualityOfCode is the law that a success has a good value and a failure a bad
// one. The rows for which uncertain holds have a value that the device doubts.
func QualityOfCode(uncertain func(core.Row) bool) Law {
	return Each("quality of code", func(row core.Row) error {
		want := core.Bad
		switch {
		case uncertain(row):
			want = core.Uncertain
		case row.Codes == [4]core.Code{}:
			want = core.Good
		}
		if row.Quality != want {
			return fmt.Errorf("quality %v, want %v", row.Quality, want)
		}
		return nil
	})
}

// NeverUncertain is for [QualityOfCode] where no value is doubtful.
func NeverUncertain(core.Row) bool { return false }

// Codes is the law that rows for which nothing else speaks have the codes that are
// stated once more, by layer and name: "name code, name code".
func Codes(stated map[string]string) Law {
	want := map[[2]string]core.Code{}
	for layer, list := range stated {
		for _, s := range strings.Split(list, ", ") {
			end := strings.LastIndexByte(s, ' ')
			n, _ := strconv.Atoi(s[end+1:])
			want[[2]string{layer, s[:end]}] = core.Code(n)
		}
	}
	return All("codes", func(rows []core.Row) error {
		met := 0
		for _, row := range rows {
			code, ok := want[[2]string{row.Layer, nameOf(row)}]
			if !ok {
				continue
			}
			met++
			if row.Codes[core.Other] != code {
				return fmt.Errorf("%s %s: %v, want %v", row.Layer, nameOf(row), row.Codes[core.Other], code)
			}
		}
		if met != len(want) {
			return fmt.Errorf("%d rows are stated, %d are there", len(want), met)
		}
		return nil
	})
}

// RemedyOfCode is the law that a row has the remedy that the catalogue has for
// its code, and a success none.
func RemedyOfCode(except ...Exception) Law {
	return ruled("remedy of code", Remedy, except, func(row core.Row) bool {
		if row.Codes[core.Read] == core.OK {
			return row.Remedy == core.None
		}
		return row.Remedy == core.RemedyOf(row.Codes[core.Read])
	})
}

// ScopeOfLayer is the law that a row has the scope of its layer, or the one that
// the catalogue has for its code.
func ScopeOfLayer(layers map[string]core.Scope, except ...Exception) Law {
	return ruled("scope of layer", Scope, except, func(row core.Row) bool {
		for _, code := range row.Codes {
			if code != core.OK && row.Scope == core.ScopeOf(code) {
				return true
			}
		}
		return row.Scope == layers[row.Layer]
	})
}

// ruled is the law that a rule gives the answer of each row that is no exception.
func ruled(name string, a Answer, except []Exception, holds func(core.Row) bool) Law {
	return Law{name, func(rows []core.Row, changed int) error {
		x := newExceptions(except)
		for _, row := range part(rows, changed) {
			ok := holds(row)
			if !x.row(row, a, !ok) && !x.class(row, a, !ok) && !ok {
				return fmt.Errorf("%s %s: %s %v", row.Layer, nameOf(row), a, a.in(row))
			}
		}
		return x.unused(changed)
	}}
}
