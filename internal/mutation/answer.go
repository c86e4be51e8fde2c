package mutation

import "github.com/fieldstatus/fieldstatus/core"

// An Answer is one of the four things that a row says.
type Answer string

const (
	Code    Answer = "code"
	Remedy  Answer = "remedy"
	Scope   Answer = "scope"
	Quality Answer = "quality"
)

var answers = [...]Answer{Code, Remedy, Scope, Quality}

// changes returns the other values that row i may have by mistake: the codes of
// the next rows before and behind it that have others, and each other remedy,
// scope and quality.
func (a Answer) changes(rows []core.Row, i int) (all []func(*core.Row)) {
	row := rows[i]
	switch a {
	case Code:
		for _, step := range []int{-1, 1} {
			j := i + step
			for j >= 0 && j < len(rows) && rows[j].Codes == row.Codes {
				j += step
			}
			if j >= 0 && j < len(rows) {
				codes := rows[j].Codes
				all = append(all, func(r *core.Row) { r.Codes = codes })
			}
		}
		if none := [4]core.Code{}; len(all) == 0 && row.Codes != none { // a row without others
			all = append(all, func(r *core.Row) { r.Codes = none })
		}
	case Remedy:
		for v := core.None; v <= core.Fix; v++ {
			if v != row.Remedy {
				all = append(all, func(r *core.Row) { r.Remedy = v })
			}
		}
	case Scope:
		for v := core.Item; v <= core.Connection; v++ {
			if v != row.Scope {
				all = append(all, func(r *core.Row) { r.Scope = v })
			}
		}
	case Quality:
		for v := core.Good; v <= core.Bad; v++ {
			if v != row.Quality {
				all = append(all, func(r *core.Row) { r.Quality = v })
			}
		}
	}
	return all
}

// in is the answer that a row gives once a connection is open, for comparing.
func (a Answer) in(row core.Row) any {
	switch a {
	case Code:
		return [...]core.Code{row.Codes[core.Other], row.Codes[core.Read], row.Codes[core.Write]}
	case Remedy:
		return row.Remedy
	case Scope:
		return row.Scope
	}
	return row.Quality
}
