package s7test

import (
	"fmt"
	"regexp"
	"strconv"
)

// Areas of an S7 CPU, as they stand in item specifications.
const (
	areaInputs   = 0x81
	areaOutputs  = 0x82
	areaFlags    = 0x83
	areaDB       = 0x84
	areaCounters = 0x1C
	areaTimers   = 0x1D
)

// An address is a piece of an area: a DB or an area as a whole, and bits in it.
type address struct {
	area  uint8
	db    uint16
	first int // bit
	bits  int
}

var (
	dbAddress   = regexp.MustCompile(`^DB(\d+)\.DB([XBWD])(\d+)(?:\.([0-7]))?(?:\[(\d+)\])?$`)
	areaAddress = regexp.MustCompile(`^([IEQAMCZT])([BWD]?)(\d+)(?:\.([0-7]))?(?:\[(\d+)\])?$`)
	areaOf      = map[string]uint8{"I": areaInputs, "E": areaInputs, "Q": areaOutputs, "A": areaOutputs, "M": areaFlags, "C": areaCounters, "Z": areaCounters, "T": areaTimers}
	sizeOf      = map[string]int{"X": 1, "": 1, "B": 8, "W": 16, "D": 32}
)

// parseAddress reads DB1.DBX0.1, DB1.DBB4, DB1.DBW4, DB1.DBD4, DB1.DBB4[10],
// MB0, MW2, M0.1, IB0, QB0, C5 and T5; German letters (E, A, Z) as well.
func parseAddress(s string) (address, error) {
	var a address
	var size, start, bit, count string
	if m := dbAddress.FindStringSubmatch(s); m != nil {
		db, err := strconv.ParseUint(m[1], 10, 16)
		if err != nil {
			return address{}, fmt.Errorf("s7test: address %q: the number of a DB has 16 bits", s)
		}
		a.area, a.db = areaDB, uint16(db)
		size, start, bit, count = m[2], m[3], m[4], m[5]
	} else if m := areaAddress.FindStringSubmatch(s); m != nil {
		a.area = areaOf[m[1]]
		size, start, bit, count = m[2], m[3], m[4], m[5]
	} else {
		return address{}, fmt.Errorf("s7test: address %q is none like DB1.DBX0.1, DB1.DBW4, DB1.DBB4[10], MB0, M0.1, IB0, QB0, C5, T5", s)
	}
	outside := fmt.Errorf("s7test: address %q: an area has %d bytes", s, maxArea)
	first, err := strconv.ParseUint(start, 10, 16)
	if err != nil {
		return address{}, outside
	}
	a.bits = sizeOf[size]
	if a.area == areaCounters || a.area == areaTimers {
		a.first, a.bits = 16*int(first), 16 // they are numbered by the word
	} else {
		a.first = 8 * int(first)
		if bit != "" {
			n, _ := strconv.Atoi(bit)
			a.first += n
		}
	}
	if count != "" {
		n, err := strconv.ParseUint(count, 10, 17)
		if err != nil || n == 0 {
			return address{}, fmt.Errorf("s7test: address %q: count out of range", s)
		}
		a.bits *= int(n)
	}
	if !a.fits() {
		return address{}, outside
	}
	return a, nil
}

// fits reports whether the address ends inside its area.
func (a address) fits() bool { return a.first+a.bits <= 8*maxArea }

// String returns the address in the form that parseAddress reads.
func (a address) String() string {
	at, letter := a.first/8, ""
	switch {
	case a.area == areaCounters:
		return count(fmt.Sprintf("C%d", a.first/16), a.bits/16)
	case a.area == areaTimers:
		return count(fmt.Sprintf("T%d", a.first/16), a.bits/16)
	}
	prefix := ""
	for name, area := range map[string]uint8{"I": areaInputs, "Q": areaOutputs, "M": areaFlags} {
		if a.area == area {
			prefix = name
		}
	}
	if a.area == areaDB {
		prefix = fmt.Sprintf("DB%d.DB", a.db)
	}
	if prefix == "" {
		prefix = fmt.Sprintf("area 0x%02X ", a.area)
	}
	switch a.bits {
	case 1:
		if a.area == areaDB {
			letter = "X"
		}
		return fmt.Sprintf("%s%s%d.%d", prefix, letter, at, a.first%8)
	case 16:
		return fmt.Sprintf("%sW%d", prefix, at)
	case 32:
		return fmt.Sprintf("%sD%d", prefix, at)
	}
	return count(fmt.Sprintf("%sB%d", prefix, at), (a.bits+7)/8)
}

func count(s string, n int) string {
	if n == 1 {
		return s
	}
	return fmt.Sprintf("%s[%d]", s, n)
}

// overlaps reports whether two addresses have a bit in common.
func (a address) overlaps(b address) bool {
	return a.area == b.area && a.db == b.db && a.first < b.first+b.bits && b.first < a.first+a.bits
}

// match compares the address of a rule with that of an item: a client may read
// DB1.DBW4 as two bytes, or as part of a larger block.
func match(rule, item string) bool {
	a, err := parseAddress(rule)
	b, err2 := parseAddress(item)
	return err == nil && err2 == nil && a.overlaps(b)
}
