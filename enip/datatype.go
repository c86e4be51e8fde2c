package enip

import (
	"encoding/binary"
	"strconv"

	"github.com/fieldstatus/fieldstatus/core"
)

// A DataType is the type code in front of the values that Read Tag delivers.
//
// Source: CIP Volume 1, Appendix C-6.1; Rockwell 1756-PM020, Read Tag.
type DataType uint16

// Elementary data types, with the width of a value.
const (
	TypeBOOL      DataType = 0x00C1 // 1 byte; inside a structure 0x0nC1, n being the bit
	TypeSINT      DataType = 0x00C2 // 1 byte, signed
	TypeINT       DataType = 0x00C3 // 2 bytes, signed
	TypeDINT      DataType = 0x00C4 // 4 bytes, signed
	TypeLINT      DataType = 0x00C5 // 8 bytes, signed
	TypeUSINT     DataType = 0x00C6 // 1 byte
	TypeUINT      DataType = 0x00C7 // 2 bytes
	TypeUDINT     DataType = 0x00C8 // 4 bytes
	TypeULINT     DataType = 0x00C9 // 8 bytes
	TypeREAL      DataType = 0x00CA // 4 bytes, IEEE 754
	TypeLREAL     DataType = 0x00CB // 8 bytes, IEEE 754
	TypeSTRING    DataType = 0x00D0 // of varying length; Logix delivers a structure instead
	TypeBYTE      DataType = 0x00D1 // 1 byte, a bit string
	TypeWORD      DataType = 0x00D2 // 2 bytes, a bit string
	TypeDWORD     DataType = 0x00D3 // 4 bytes, a bit string; also what Logix delivers for an array of BOOL
	TypeLWORD     DataType = 0x00D4 // 8 bytes, a bit string
	TypeStructure DataType = 0x02A0 // followed by a handle of 2 bytes
)

// stringHandle is the structure handle of the type STRING in Logix controllers.
const stringHandle = 0x0FCE

// typeNames are the names of the elementary types from TypeBOOL on.
var typeNames = [...]string{
	0: "BOOL", 1: "SINT", 2: "INT", 3: "DINT", 4: "LINT", 5: "USINT", 6: "UINT", 7: "UDINT", 8: "ULINT", 9: "REAL", 10: "LREAL",
	15: "STRING", 16: "BYTE", 17: "WORD", 18: "DWORD", 19: "LWORD",
}

// String returns the name of the type: "DINT". A type without a name is written
// as a number.
func (t DataType) String() string {
	if t == TypeStructure {
		return "structure"
	}
	if i := int(t.base()) - int(TypeBOOL); i >= 0 && i < len(typeNames) && typeNames[i] != "" {
		return typeNames[i]
	}
	return "type 0x" + strconv.FormatUint(uint64(t), 16)
}

// ParseDataType returns the type with a name, as [DataType.String] writes it.
func ParseDataType(name string) (t DataType, ok bool) {
	if name == TypeStructure.String() {
		return TypeStructure, true
	}
	for i, n := range typeNames {
		if n != "" && n == name {
			return TypeBOOL + DataType(i), true
		}
	}
	return 0, false
}

// base strips the bit number from a BOOL.
func (t DataType) base() DataType {
	if t&0xFF == TypeBOOL && t&0xF000 == 0 {
		return TypeBOOL
	}
	return t
}

// size returns the width of a value in bytes, 0 when it varies.
func (t DataType) size() int {
	switch t.base() {
	case TypeBOOL, TypeSINT, TypeUSINT, TypeBYTE:
		return 1
	case TypeINT, TypeUINT, TypeWORD:
		return 2
	case TypeDINT, TypeUDINT, TypeREAL, TypeDWORD:
		return 4
	case TypeLINT, TypeULINT, TypeLREAL, TypeLWORD:
		return 8
	}
	return 0
}

// A TypeError is the cause of a 10798 that this package has found: the device
// answered with success, but with values of another type than configured.
type TypeError struct {
	Want, Got DataType
	Handle    uint16 // of a structure
}

// Error names both types: "want DINT, have REAL".
func (e *TypeError) Error() string {
	if e == nil {
		return "<nil>"
	}
	s := "want " + e.Want.String() + ", have " + e.Got.String()
	if e.Got == TypeStructure {
		s += " 0x" + strconv.FormatUint(uint64(e.Handle), 16)
	}
	return s
}

// Value returns type and bytes of the values in the answer to Read Tag or Read
// Tag Fragmented. The handle tells structures apart. It is ok false for other
// replies, for failures, and when the type does not fit.
func (r Reply) Value() (t DataType, handle uint16, value []byte, ok bool) {
	if r.service != serviceReadTag && r.service != serviceReadFragmented || r.general != Success && r.general != PartialTransfer || len(r.data) < 2 {
		return 0, 0, nil, false
	}
	t, value = DataType(binary.LittleEndian.Uint16(r.data)), r.data[2:]
	if t != TypeStructure {
		return t, 0, value, true
	}
	if len(value) < 2 {
		return 0, 0, nil, false
	}
	return t, binary.LittleEndian.Uint16(value), value[2:], true
}

// CheckType checks that a successful answer to Read Tag or Read Tag Fragmented
// delivers values of the configured type: Logix answers a read of any type with
// success. Another type is 10798, its cause a [TypeError]. No type at all, and
// bytes that are no whole number of values, are 3009.
//
// TypeSTRING also takes the STRING structure of Logix, and TypeBOOL a DWORD,
// which is how Logix delivers arrays of BOOL. Replies that deliver no values pass.
func (r Reply) CheckType(want DataType) error {
	if r.service != serviceReadTag && r.service != serviceReadFragmented || r.general != Success && r.general != PartialTransfer {
		return nil
	}
	got, handle, value, ok := r.Value()
	if !ok {
		return withOp(badFrame(r.at, "values without a type"), core.Read)
	}
	same := got.base() == want.base() ||
		want.base() == TypeBOOL && got == TypeDWORD ||
		want == TypeSTRING && got == TypeStructure && handle == stringHandle
	if !same {
		return typeMismatch(r.general).Wrap(core.Read, &TypeError{Want: want, Got: got, Handle: handle})
	}
	if size := got.size(); size > 0 && (len(value) == 0 || len(value)%size != 0) {
		return withOp(badFrame(r.at, "no whole number of values"), core.Read)
	}
	return nil
}

// typeMismatch is the outcome of values of another type than configured, in an
// answer that claims success.
func typeMismatch(general GeneralStatus) core.Status {
	return core.NewStatus(rowExtendedFf(uint16(LogixDataTypeMismatch)), int64(general))
}

// checkType is CheckType with what the conversation knows. The same service
// codes of other objects than tags are not looked at.
func (c *Conversation) checkType(q *request, r Reply) error {
	if c.Type == 0 || r.service != q.service || q.class != 0 && q.class != classSymbol {
		return nil
	}
	return r.CheckType(c.Type)
}
