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

// key is the same for values that mean the same, however they are written.
func (v value) key() string {
	return fmt.Sprint(v.kind, v.lo, v.hi, v.parts, v.any)
}

func parseNumber(s string) (int64, error) {
	base, digits := 10, s
	if hex, ok := strings.CutPrefix(s, "0x"); ok {
		base, digits = 16, hex
	}
	n, err := strconv.ParseInt(digits, base, 64)
	if err != nil || base == 16 && n < 0 {
		return 0, fmt.Errorf("value %q is no number, range lo..hi, tuple a/b/c, * or -", s)
	}
	return n, nil
}

// open reports whether a value stands for others than those it names: a range,
// *, or a tuple with more than its last part left open.
func (v value) open() bool {
	return v.kind == rangeValue || v.kind == anyValue || v.kind == tupleValue && v.any[1]
}

// inField reads bit patterns in a signed field as what they mean there: a table
// may write -17 as the 0xFFEF that stands on the wire.
func (v value) inField(l Layer) value {
	if !l.Signed || v.kind != exactValue && v.kind != rangeValue {
		return v
	}
	for _, n := range []*int64{&v.lo, &v.hi} {
		if limit := int64(1) << l.Bits; *n >= limit/2 && *n < limit {
			*n -= limit
		}
	}
	return v
}

// compare orders the values of one layer: ascending by number, an exact value
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
