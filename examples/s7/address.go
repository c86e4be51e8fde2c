package s7

import (
	"fmt"
	"regexp"
	"strconv"

	"github.com/robinson/gos7"

	"github.com/fieldstatus/fieldstatus/core"

	"github.com/fieldstatus/fieldstatus/examples/southbound"
)

// Areas and transport sizes, which gos7 takes as numbers.
const (
	areaInputs  = 0x81
	areaOutputs = 0x82
	areaFlags   = 0x83
	areaDB      = 0x84

	wordLenBit  = 0x01
	wordLenByte = 0x02
)

var (
	areaOf = map[string]int{"I": areaInputs, "Q": areaOutputs, "M": areaFlags, "": areaDB}
	sizeOf = map[string]int{"W": 2, "D": 4}

	// DB1.DBX0.1 DB1.DBW4 M0.1 QW2; behind B anything but a bit can begin.
	notation = regexp.MustCompile(`^(?:DB(\d{1,5})\.DB([XBWD])|([IQM])([BWD]?))(\d{1,5})(?:\.([0-7]))?$`)
)

// parse returns what to ask the controller for. An address that is none, or none
// for the type of the tag, is 2205.
func parse(tag southbound.Tag, op core.Op) (gos7.S7DataItem, error) {
	size := tag.Type.Size()
	if size == 0 {
		return gos7.S7DataItem{}, &core.Error{Code: core.TagTypeUnsupported, Op: op, Err: fmt.Errorf("type %q", string(tag.Type))}
	}
	m := notation.FindStringSubmatch(tag.Address)
	if m == nil {
		return gos7.S7DataItem{}, badAddress(op, "address %q: write it as DB1.DBX0.1, DB1.DBW4, M0.1, MW20 or QD2", tag.Address)
	}
	letter, bit := m[2]+m[4], m[6]
	isBit := bit != "" && (letter == "X" || m[3] != "" && letter == "")
	fits := bit == "" && (letter == "B" || sizeOf[letter] == size)
	if isBit != (tag.Type == southbound.Bool) || !isBit && !fits {
		return gos7.S7DataItem{}, badAddress(op, "address %q does not fit %s: a bit (DB1.DBX0.1, M0.1) is BOOL, W has 16 bits, D has 32, and behind B begins any number", tag.Address, tag.Type)
	}
	item := gos7.S7DataItem{Area: areaOf[m[3]], WordLen: wordLenByte, Amount: size, Data: make([]byte, size)}
	item.DBNumber, _ = strconv.Atoi(m[1]) // digits, or none where there is no DB
	item.Start, _ = strconv.Atoi(m[5])
	if item.DBNumber > 0xFFFF || item.Start+size > 1<<16 {
		return gos7.S7DataItem{}, badAddress(op, "address %q is beyond DB65535 or byte 65535", tag.Address)
	}
	if isBit {
		item.WordLen = wordLenBit
		item.Bit, _ = strconv.Atoi(bit)
	}
	return item, nil
}

func badAddress(op core.Op, format string, args ...any) error {
	return &core.Error{Code: core.TagAddressFormatInvalid, Op: op, Err: fmt.Errorf(format, args...)}
}
