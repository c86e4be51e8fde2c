package finstest

import (
	"fmt"
	"regexp"
	"strconv"
)

// areaWords is the number of words in an area.
const areaWords = 1 << 16

// counters is where counters begin: they share the area of the timers.
const counters = 0x8000

// A kind says what an address counts: words, bits, or completion flags.
type kind uint8

const (
	words kind = iota
	bits
	flags // one bit for each timer or counter
)

// An address is a piece of memory, or a name, which has no word.
type address struct {
	name  string
	kind  kind
	area  string // "D", "CIO" ...; "E2" for a bank
	word  int
	bit   int
	count int // words, bits or flags
}

// The names of what is no memory.
const (
	clock  = "clock"
	mode   = "mode"
	status = "status"
)

var memoryAddress = regexp.MustCompile(`^(CIO|W|H|A|D|T|C|E|E([0-9A-F])_)(\d{1,5})(?:\.(\d\d?))?(?:\[(\d{1,5})\])?$`)

func parseAddress(s string) (address, error) {
	if s == clock || s == mode || s == status {
		return address{name: s}, nil
	}
	m := memoryAddress.FindStringSubmatch(s)
	if m == nil {
		return address{}, fmt.Errorf(`finstest: address %q is none like D100, D100.05, D100[10], CIO0, W5, H3, A0, E2_100, T5, C5, "clock", "mode", "status"`, s)
	}
	a := address{area: m[1], count: 1}
	if m[1][0] == 'E' {
		a.area = "E" + m[2]
		if m[2] == "" {
			a.area = "E0"
		}
	}
	a.word, _ = strconv.Atoi(m[3])
	if m[4] != "" {
		a.kind = bits
		a.bit, _ = strconv.Atoi(m[4])
	}
	if m[5] != "" {
		a.count, _ = strconv.Atoi(m[5])
	}
	if a.isTimer() && a.kind == bits {
		a.kind = flags
		if a.bit != 0 {
			return address{}, fmt.Errorf("finstest: address %q: a timer or counter has one completion flag, .00", s)
		}
	}
	if a.bit > 15 || a.count == 0 || a.outside() {
		return address{}, fmt.Errorf("finstest: address %q is outside of the area", s)
	}
	return a, nil
}

func (a address) isTimer() bool { return a.area == "T" || a.area == "C" }

// outside reports whether an address goes beyond its area.
func (a address) outside() bool {
	size := areaWords
	if a.isTimer() {
		size = counters
	}
	_, end := a.span()
	return end > 16*size
}

// span returns the bits of its area that an address covers. The completion flag
// of a timer belongs to its word.
func (a address) span() (first, end int) {
	if a.kind == bits {
		first = 16*a.word + a.bit
		return first, first + a.count
	}
	return 16 * a.word, 16 * (a.word + a.count)
}

// String returns the address in the form that parseAddress reads.
func (a address) String() string {
	if a.name != "" {
		return a.name
	}
	s := a.area
	if s[0] == 'E' {
		s += "_"
	}
	s += strconv.Itoa(a.word)
	if a.kind != words {
		s += fmt.Sprintf(".%02d", a.bit)
	}
	if a.count != 1 {
		s += fmt.Sprintf("[%d]", a.count)
	}
	return s
}

// match compares the address of a rule with that of an item, which may be a
// larger block or a bit.
func match(rule, item string) bool {
	a, err := parseAddress(rule)
	b, err2 := parseAddress(item)
	if err != nil || err2 != nil || a.name != b.name || a.area != b.area {
		return false
	}
	if a.name != "" {
		return true
	}
	first, end := a.span()
	first2, end2 := b.span()
	return first < end2 && first2 < end
}

// areaOf reads a memory area code (W342, 5-2-2). ok is false for codes that this
// PLC does not have.
func areaOf(code byte) (area string, k kind, ok bool) {
	switch {
	case code >= 0xA0 && code <= 0xAF:
		return fmt.Sprintf("E%X", code-0xA0), words, true
	case code >= 0x20 && code <= 0x2F:
		return fmt.Sprintf("E%X", code-0x20), bits, true
	}
	switch code {
	case 0xB0:
		return "CIO", words, true
	case 0xB1:
		return "W", words, true
	case 0xB2:
		return "H", words, true
	case 0xB3:
		return "A", words, true
	case 0x82:
		return "D", words, true
	case 0x98: // the current bank
		return "E0", words, true
	case 0x89:
		return "T", words, true
	case 0x30:
		return "CIO", bits, true
	case 0x31:
		return "W", bits, true
	case 0x32:
		return "H", bits, true
	case 0x33:
		return "A", bits, true
	case 0x02:
		return "D", bits, true
	case 0x09:
		return "T", flags, true
	}
	return "", 0, false
}

// element reads area code, word and bit as they stand in a command.
func element(b []byte, count int) (a address, ok bool) {
	a.area, a.kind, ok = areaOf(b[0])
	a.word, a.count = int(b[1])<<8|int(b[2]), count
	if a.kind == bits {
		a.bit = int(b[3])
	}
	if a.area == "T" && a.word >= counters {
		a.area = "C"
		a.word -= counters
	}
	return a, ok
}
