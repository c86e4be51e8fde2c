package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"
)

const listHeader = "package\tposition\tmutator\tsource\twhy it lives"

// readList reads the survivors that are explained. No file is an empty list.
func readList(name string) ([]survivor, error) {
	data, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var list []survivor
	for i, line := range strings.Split(strings.TrimSuffix(string(data), "\n"), "\n") {
		if i == 0 {
			if line != listHeader {
				return nil, fmt.Errorf("%s: the first line is not %q", name, listHeader)
			}
			continue
		}
		s, err := parseSurvivor(line)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, i+1, err)
		}
		list = append(list, s)
	}
	return list, nil
}

func parseSurvivor(line string) (survivor, error) {
	cells := strings.Split(line, "\t")
	if len(cells) != 5 {
		return survivor{}, fmt.Errorf("%d columns instead of 5", len(cells))
	}
	position := strings.Split(cells[1], ":")
	if len(position) != 3 {
		return survivor{}, fmt.Errorf("%q is not file:line:column", cells[1])
	}
	number, err := strconv.Atoi(position[1])
	if err != nil {
		return survivor{}, err
	}
	column, err := strconv.Atoi(position[2])
	if err != nil {
		return survivor{}, err
	}
	return survivor{
		survivorKey: survivorKey{pkg: cells[0], file: position[0], mutator: cells[2], source: cells[3]},
		line:        number, column: column, why: cells[4],
	}, nil
}

func writeList(name string, list []survivor) error {
	var out bytes.Buffer
	fmt.Fprintln(&out, listHeader)
	for _, s := range list {
		fmt.Fprintf(&out, "%s\t%s\t%s\t%s\t%s\n", s.pkg, s.position(), s.mutator, s.source, s.why)
	}
	return os.WriteFile(name, out.Bytes(), 0o666)
}

// complaints tells which survivors the list does not explain and which of its
// lines are stale, among those that ran. A change that timed out need not be
// explained, and may be: whether a loop ends in time depends on the machine.
func complaints(listed []survivor, o outcome, ran func(survivor) bool) []string {
	var out []string
	left := o.survivors()
	for _, l := range listed {
		if !ran(l) {
			continue
		}
		if strings.TrimSpace(l.why) == "" {
			out = append(out, fmt.Sprintf("%s/%s: %s lives, and the list does not say why", l.pkg, l.position(), l.mutator))
		}
		if !take(left, l.survivorKey) {
			out = append(out, fmt.Sprintf("%s/%s: %s is listed, but no longer lives: %s", l.pkg, l.position(), l.mutator, l.source))
		}
	}
	for _, s := range o.lived {
		if take(left, s.survivorKey) {
			out = append(out, fmt.Sprintf("%s/%s: %s lives: %s", s.pkg, s.position(), s.mutator, s.source))
		}
	}
	return out
}

// renewed gives the list with the survivors of an outcome in place of those
// that ran, and with the reasons that were known.
func renewed(listed []survivor, o outcome, ran func(survivor) bool) []survivor {
	var out []survivor
	reasons := map[survivorKey][]string{}
	for _, l := range listed {
		if ran(l) {
			reasons[l.survivorKey] = append(reasons[l.survivorKey], l.why)
		} else {
			out = append(out, l)
		}
	}
	explained := func(s survivor) (survivor, bool) {
		known := reasons[s.survivorKey]
		if len(known) == 0 {
			return s, false
		}
		s.why, reasons[s.survivorKey] = known[0], known[1:]
		return s, true
	}
	for _, s := range o.lived {
		s, _ = explained(s)
		out = append(out, s)
	}
	for _, s := range o.timedOut {
		if s, ok := explained(s); ok {
			out = append(out, s)
		}
	}
	slices.SortStableFunc(out, func(a, b survivor) int {
		return cmp.Or(
			cmp.Compare(a.pkg, b.pkg), cmp.Compare(a.file, b.file),
			cmp.Compare(a.line, b.line), cmp.Compare(a.column, b.column), cmp.Compare(a.mutator, b.mutator))
	})
	return out
}

// survivors counts what may be in the list.
func (o outcome) survivors() map[survivorKey]int {
	count := map[survivorKey]int{}
	for _, s := range slices.Concat(o.lived, o.timedOut) {
		count[s.survivorKey]++
	}
	return count
}

// take takes one out of a count, and tells whether there was one.
func take(count map[survivorKey]int, key survivorKey) bool {
	if count[key] == 0 {
		return false
	}
	count[key]--
	return true
}
