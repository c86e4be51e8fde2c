package fins

import (
	"encoding/binary"
	"fmt"
	"regexp"
	"strconv"

	"github.com/fieldstatus/fieldstatus/core"

	"github.com/fieldstatus/fieldstatus/examples/southbound"
)

// A place is where a value stands in the memory of a PLC.
type place struct {
	area  byte // memory area code
	word  int
	bit   int
	count int // elements: words, or one bit
	size  int // bytes of an element
}

// A memory is an area with its two codes (W342, 5-2-2), and its number of words.
type memory struct {
	words, bits byte
	first, size int
}

var (
	memories = map[string]memory{
		"CIO": {0xB0, 0x30, 0, 1 << 16},
		"W":   {0xB1, 0x31, 0, 1 << 16},
		"H":   {0xB2, 0x32, 0, 1 << 16},
		"A":   {0xB3, 0x33, 0, 1 << 16},
		"D":   {0x82, 0x02, 0, 1 << 16},
		"E":   {0xA0, 0x20, 0, 1 << 16}, // and the codes behind for banks 1 to F
		"T":   {0x89, 0x09, 0, 1 << 15}, // present values and completion flags
		"C":   {0x89, 0x09, 1 << 15, 1 << 15},
	}

	// D100 CIO10.05 E2_100 T5.00
	notation = regexp.MustCompile(`^(CIO|[WHADTCE])(?:([0-9A-F])_)?(\d{1,5})(?:\.(\d\d?))?$`)
)

// parse returns what to ask the PLC for. An address that is none, or none for the
// type of the tag, is 2205.
func parse(tag southbound.Tag, op core.Op) (place, error) {
	size := tag.Type.Size()
	if size == 0 {
		return place{}, &core.Error{Code: core.TagTypeUnsupported, Op: op, Err: fmt.Errorf("type %q", string(tag.Type))}
	}
	m := notation.FindStringSubmatch(tag.Address)
	if m == nil || m[2] != "" && m[1] != "E" {
		return place{}, badAddress(op, "address %q: write it as D100, CIO10.05, W20, H5, A0.15, E2_100, T7 or C7", tag.Address)
	}
	isBit, isTimer := m[4] != "", m[1] == "T" || m[1] == "C"
	if isBit != (tag.Type == southbound.Bool) || isTimer && size > 2 {
		return place{}, badAddress(op, "address %q does not fit %s: a bit (CIO10.05, T7.00) is BOOL, a word begins any number, and T and C have 16 bits", tag.Address, tag.Type)
	}
	area := memories[m[1]]
	bank, _ := strconv.ParseUint(m[2], 16, 8) // a digit, or none
	word, _ := strconv.Atoi(m[3])
	bit, _ := strconv.Atoi(m[4])
	p := place{area: area.words + byte(bank), word: area.first + word, count: size / 2, size: 2}
	if isBit {
		p = place{area: area.bits + byte(bank), word: area.first + word, bit: bit, count: 1, size: 1}
	}
	if word+size/2 > area.size || bit > 15 || isTimer && bit > 0 {
		return place{}, badAddress(op, "address %q is beyond the area, or bit 15", tag.Address)
	}
	return p, nil
}

func badAddress(op core.Op, format string, args ...any) error {
	return &core.Error{Code: core.TagAddressFormatInvalid, Op: op, Err: fmt.Errorf(format, args...)}
}

// Encode returns a value as the words of a PLC hold it, or a bit as one byte.
func Encode(t southbound.Type, value any) ([]byte, error) {
	b, err := t.Encode(binary.BigEndian, value)
	return swapWords(b), err
}

// swapWords turns the order of words around. A PLC has the low word of a value
// first, and in each word the high byte.
func swapWords(b []byte) []byte {
	swapped := make([]byte, 0, len(b))
	for i := len(b) - 2; i >= 0; i -= 2 {
		swapped = append(swapped, b[i], b[i+1])
	}
	if len(b) == 1 { // a bit
		return b
	}
	return swapped
}
