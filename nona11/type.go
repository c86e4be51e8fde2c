package nona11

import (
	"errors"
	"strconv"

	"github.com/fieldstatus/fieldstatus/core"
)

// A Type is the data type of a tag: one of six.
type Type uint8

// The documented types.
const (
	Int16  Type = iota + 1 // 16 bits, signed
	Uint16                 // 16 bits
	Int32                  // 32 bits, signed
	Uint32                 // 32 bits
	Float                  // 32 bits
	String                 // as many bytes as the LEN of the address says
)

var typeNames = [...]string{"", "INT16", "UINT16", "INT32", "UINT32", "FLOAT", "STRING"}

// ParseType reads the name of a type as the documentation writes it. The error
// has the code 2204 (TypeMismatch).
func ParseType(name string) (Type, error) {
	for i, known := range typeNames {
		if name == known && name != "" {
			return Type(i), nil
		}
	}
	return 0, TypeMismatch.Status().Wrap(core.Other, errors.New("type "+strconv.Quote(name)))
}

// String returns the name of the type, "unknown" when it is none.
func (t Type) String() string {
	if !t.known() {
		return "unknown"
	}
	return typeNames[t]
}

// Size returns the length of a value in bytes, 0 for strings: their address says it.
func (t Type) Size() int {
	switch t {
	case Int16, Uint16:
		return 2
	case Int32, Uint32, Float:
		return 4
	}
	return 0
}

func (t Type) known() bool { return Int16 <= t && t <= String }
