package main

import (
	"encoding/csv"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A result is one benchmark: the median of each of its units.
type result struct {
	pkg, name string
	units     map[string]value
}

// A value is a median with its confidence interval as benchstat prints it.
type value struct {
	number float64
	spread string
}

type results []result

// processors is what go test appends to the name of a benchmark.
var processors = regexp.MustCompile(`-\d+$`)

// parse reads what benchstat -format csv prints: a table for each package and unit.
func parse(table []byte) (results, error) {
	var all results
	pkg, unit := "", ""
	for line := range strings.Lines(string(table)) {
		line = strings.TrimSpace(line)
		if key, of, ok := strings.Cut(line, ": "); ok && !strings.Contains(key, ",") {
			if key == "pkg" {
				pkg = path.Base(of)
			}
			continue
		}
		cells, err := csv.NewReader(strings.NewReader(line)).Read()
		switch {
		case line == "" || len(cells) < 2 || cells[0] == "geomean":
			continue
		case err != nil:
			return nil, err
		case cells[0] == "":
			unit = cells[1] // the line of the file's name comes before that of the unit
			continue
		case len(cells) < 3:
			return nil, fmt.Errorf("line %q", line)
		}
		number, err := strconv.ParseFloat(cells[1], 64)
		if err != nil {
			return nil, fmt.Errorf("line %q: %w", line, err)
		}
		r := all.of(pkg, processors.ReplaceAllString(cells[0], ""))
		if r == nil {
			all = append(all, result{pkg, processors.ReplaceAllString(cells[0], ""), map[string]value{}})
			r = &all[len(all)-1]
		}
		r.units[unit] = value{number, cells[2]}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("no results")
	}
	return all, nil
}

// of returns the result of a benchmark, nil when there is none.
func (all results) of(pkg, name string) *result {
	i := slices.IndexFunc(all, func(r result) bool { return r.pkg == pkg && r.name == name })
	if i < 0 {
		return nil
	}
	return &all[i]
}

// matching returns the results of a package, or of all for "", whose names match.
func (all results) matching(pkg, pattern string) results {
	re := regexp.MustCompile("^(?:" + pattern + ")$")
	return slices.DeleteFunc(slices.Clone(all), func(r result) bool {
		return pkg != "" && r.pkg != pkg || !re.MatchString(r.name)
	})
}

// most returns the result with the largest value of a unit.
func (all results) most(unit string) (r result, ok bool) {
	for _, candidate := range all {
		v, has := candidate.units[unit]
		if has && (!ok || v.number > r.units[unit].number) {
			r, ok = candidate, true
		}
	}
	return r, ok
}

// text writes a value for people.
func (r result) text(unit string) string {
	v, ok := r.units[unit]
	if !ok {
		return ""
	}
	switch {
	case unit == "sec/op":
		return short(v.number*1e9) + " ns"
	case strings.HasPrefix(unit, "B/s") || unit == "B-heap": // what benchstat makes of MB
		return short(v.number / 1e6)
	case strings.HasPrefix(unit, "times-"):
		s := strconv.FormatFloat(v.number, 'f', 2, 64)
		if v.spread != "" && v.spread != "0%" && v.spread != "∞" {
			s += " ± " + v.spread
		}
		return s
	}
	return short(v.number)
}

// short rounds to three digits.
func short(x float64) string {
	switch {
	case x == float64(int64(x)):
		return strconv.FormatInt(int64(x), 10)
	case x >= 100:
		return strconv.FormatFloat(x, 'f', 0, 64)
	case x >= 10:
		return strconv.FormatFloat(x, 'f', 1, 64)
	}
	return strconv.FormatFloat(x, 'f', 2, 64)
}
