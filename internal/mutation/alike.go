package mutation

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/fieldstatus/fieldstatus/core"
)

// SameCause is the law that rows of a layer with the same codes and the same
// hint, which is one cause for a person, have the same remedy and the same scope.
func SameCause(except ...Exception) Law {
	type cause struct {
		layer string
		codes [4]core.Code
		hint  string
	}
	return alike("same cause", except, []Answer{Remedy, Scope}, func(row core.Row) any {
		return cause{row.Layer, row.Codes, row.Hint}
	})
}

// SameReason is the law that rows of a layer whose code has the same reason have
// the same code. The reasons that are given to several codes are left out.
func SameReason(several ...string) Law {
	type reason struct{ layer, why string }
	return alike("same reason", nil, []Answer{Code}, func(row core.Row) any {
		if slices.Contains(several, row.Why) {
			return nil
		}
		return reason{row.Layer, row.Why}
	})
}

// SameNumber is the law that rows of different layers with the same value, which
// fields of 16 bits share by their standard, have the same answers, however the
// table writes the value.
func SameNumber(layers []string, answers []Answer, except ...Exception) Law {
	return alike("same number", except, answers, func(row core.Row) any {
		if !slices.Contains(layers, row.Layer) {
			return nil
		}
		if n, err := strconv.ParseInt(row.Value, 0, 64); err == nil {
			return uint16(n)
		}
		return row.Value
	})
}

// alike is the law that rows of a group have the same answers. A row with the
// group nil is in none. A row that is an exception has to differ from the others,
// and a class that is one has to have different rows.
func alike(name string, except []Exception, answers []Answer, group func(core.Row) any) Law {
	return Law{name, func(rows []core.Row, changed int) error {
		x := newExceptions(except)
		for _, members := range groups(rows, changed, group) {
			for _, a := range answers {
				if err := x.agree(rows, members, a); err != nil {
					return err
				}
			}
		}
		return x.unused(changed)
	}}
}

// groups returns the rows of each group, by index, or of the group of the
// changed row.
func groups(rows []core.Row, changed int, group func(core.Row) any) map[any][]int {
	all := map[any][]int{}
	var only any
	if changed != whole {
		only = group(rows[changed])
	}
	for i := range rows {
		if key := group(rows[i]); key != nil && (changed == whole || key == only) {
			all[key] = append(all[key], i)
		}
	}
	return all
}

func (x *exceptions) agree(rows []core.Row, members []int, a Answer) error {
	first := rows[members[0]]
	mixed := slices.ContainsFunc(members, func(m int) bool { return a.in(rows[m]) != a.in(first) })
	if x.class(first, a, mixed) {
		return nil
	}
	common := slices.IndexFunc(members, func(m int) bool { return !x.row(rows[m], a, false) })
	for _, m := range members {
		differs := common >= 0 && a.in(rows[m]) != a.in(rows[members[common]])
		if !x.row(rows[m], a, differs) && differs {
			other := rows[members[common]]
			return fmt.Errorf("%s of %s %s differs from %s %s: %q", a, rows[m].Layer, nameOf(rows[m]), other.Layer, nameOf(other), rows[m].Hint)
		}
	}
	return nil
}
