package opcua

import (
	"strconv"
	"strings"

	"github.com/gopcua/opcua/ua"
)

// InfoBits are the lower 16 bits of a StatusCode: remarks about a value that
// do not change what the code means (OPC 10000-4 7.39.1).
type InfoBits uint16

// Info returns the information bits of a code.
func Info(code ua.StatusCode) InfoBits { return InfoBits(code) }

// A Limit tells whether a value has run into a limit of its source.
type Limit uint8

// Limits of a value.
const (
	LimitNone     Limit = iota // the value is free to change
	LimitLow                   // at the lower limit of the source
	LimitHigh                  // at the upper limit of the source
	LimitConstant              // cannot change at all
)

var limitNames = [...]string{"none", "low", "high", "constant"}

// String returns "none", "low", "high" or "constant".
func (l Limit) String() string {
	if int(l) < len(limitNames) {
		return limitNames[l]
	}
	return "limit " + strconv.Itoa(int(l))
}

const (
	infoStructure = 1 << 15
	infoSemantics = 1 << 14
	infoType      = 3 << 10
	infoDataValue = 1 << 10
	infoOverflow  = 1 << 7
)

// DataValue reports whether the lower ten bits say something: limits, overflow
// and the origin of a history value. The other methods look at it themselves.
func (b InfoBits) DataValue() bool { return b&infoType == infoDataValue }

// StructureChanged reports that the type of the value has changed since it was
// last read. It is to be read again with its new type.
func (b InfoBits) StructureChanged() bool { return b&infoStructure != 0 }

// SemanticsChanged reports that the meaning of the value has changed, for
// example its engineering unit.
func (b InfoBits) SemanticsChanged() bool { return b&infoSemantics != 0 }

// Limit tells whether the value stands at a limit.
func (b InfoBits) Limit() Limit {
	if !b.DataValue() {
		return LimitNone
	}
	return Limit(b >> 8 & 3)
}

// Overflow reports that the server's queue was full and that values before
// this one (or behind it, as configured) were dropped.
func (b InfoBits) Overflow() bool { return b.DataValue() && b&infoOverflow != 0 }

// Calculated reports that a history value was calculated from stored ones.
func (b InfoBits) Calculated() bool { return b.DataValue() && b&3 == 1 }

// Interpolated reports that a history value lies between two stored ones.
func (b InfoBits) Interpolated() bool { return b.DataValue() && b&3 == 2 }

// Partial reports that a history value was calculated from an incomplete interval.
func (b InfoBits) Partial() bool { return b.DataValue() && b&4 != 0 }

// ExtraData reports that a history value has others hidden behind it.
func (b InfoBits) ExtraData() bool { return b.DataValue() && b&8 != 0 }

// MultiValue reports that several history values match.
func (b InfoBits) MultiValue() bool { return b.DataValue() && b&16 != 0 }

// String returns the remarks in words, separated by commas: "limit low, overflow". It is
// empty when there are none.
func (b InfoBits) String() string {
	var words []string
	add := func(is bool, word string) {
		if is {
			words = append(words, word)
		}
	}
	add(b.StructureChanged(), "structure changed")
	add(b.SemanticsChanged(), "semantics changed")
	add(b.Limit() != LimitNone, "limit "+b.Limit().String())
	add(b.Overflow(), "overflow")
	add(b.Calculated(), "calculated")
	add(b.Interpolated(), "interpolated")
	add(b.Partial(), "partial")
	add(b.ExtraData(), "extra data")
	add(b.MultiValue(), "multiple values")
	return strings.Join(words, ", ")
}
