package tables

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
)

// A valueKind says what the value column of a row holds.
type valueKind uint8

const (
	exactValue valueKind = iota // 0x05, -17
	rangeValue                  // 0x25..0xFF
	anyValue                    // *
	noValue                     // - : an event or a text, keyed by its symbol
	tupleValue                  // -16/3/*
)

// A value is a parsed value column.
type value struct {
	kind   valueKind
	lo, hi int64    // of exact and range values
	parts  [3]int64 // of tuples
	any    [3]bool  // which parts are *
}

func parseValue(s string) (value, error) {
	switch {
	case s == "*":
		return value{kind: anyValue}, nil
	case s == "-":
		return value{kind: noValue}, nil
	case strings.Count(s, "/") == 2:
		v := value{kind: tupleValue}
		for i, part := range strings.Split(s, "/") {
			if part == "*" {
				v.any[i] = true
				continue
			}
			n, err := parseNumber(part)
			if err != nil {
				return value{}, err
			}
			v.parts[i] = n
		}
		return v, nil
	}
	if lo, hi, ok := strings.Cut(s, ".."); ok {
		l, err := parseNumber(lo)
		if err != nil {
			return value{}, err
		}
		h, err := parseNumber(hi)
		if err != nil {
			return value{}, err
		}
		if h <= l {
			return value{}, fmt.Errorf("range %s is empty", s)
		}
		return value{kind: rangeValue, lo: l, hi: h}, nil
	}
	n, err := parseNumber(s)
	if err != nil {
		return value{}, err
	}
	return value{kind: exactValue, lo: n, hi: n}, nil
}

func parseNumber(s string) (int64, error) {
	n, err := strconv.ParseInt(s, 0, 64)
	if err != nil {
		return 0, fmt.Errorf("value %q is no number, range lo..hi, tuple a/b/c, * or -", s)
	}
	return n, nil
}

// less orders the values of one layer: ascending by number, an exact value
// before a range that starts with it, * last. Events and tuples keep their order.
func (v value) compare(w value) int {
	rank := func(v value) int {
		if v.kind == anyValue {
			return 1
		}
		return 0
	}
	if c := cmp.Compare(rank(v), rank(w)); c != 0 {
		return c
	}
	if v.kind == noValue || v.kind == tupleValue {
		return 0
	}
	return cmp.Compare(v.lo, w.lo)
}
