package core

// A Row is one outcome: what a table says about one native value, or about a
// range of them, in one layer. The tables are in the statuses.tsv of the
// protocol packages, a line for each row.
type Row struct {
	Protocol string  // "s7", "opcua" ...; "net" for this package's own table
	Layer    string  // the field or situation that the value stands in: "item-return"
	Value    string  // as the table writes it: "0x05", "0x25..0xFF", "*", "-" for events
	Symbol   string  // the standard's name, "" when it has none
	Meaning  string  // in one sentence
	Codes    [4]Code // the documented code, by [Op]
	Remedy   Remedy  // what the driver should do next
	Scope    Scope   // how much is affected, and what a reconnect reopens
	Quality  Quality // whether a value that came along can be used
	Unsure   bool    // a write may have been carried out all the same
	Fallback bool    // the row answers for values that the table does not name one by one
	Hint     string  // what a person should check, "" where nothing special helps
	Why      string  // the reason for the code
	Native   Native  // how the values of the layer are printed and compared
}

// Native tells how the values of a layer are printed, handed out and compared.
type Native struct {
	// Bits is the width of the field. It is negative where the field is signed
	// and printed in decimal, and 0 where there is no number.
	Bits int8
	// Pair marks layers whose second value is two signed 16-bit numbers.
	Pair bool
	// As hands out the native value, for [errors.As]. See [As].
	As func(s Status, target any) bool
	// Is compares with a native value of a type that has no method
	// Status() [Status], for [errors.Is].
	Is func(s Status, target error) bool
}

// Code returns the documented code for an op.
func (r Row) Code(op Op) Code { return r.Codes[op&3] }

// As sets *target to the native value of s when target is a *T. It is what
// [Native.As] usually is.
func As[T ~int8 | ~int16 | ~int32 | ~uint8 | ~uint16 | ~uint32](s Status, target any) bool {
	p, ok := target.(*T)
	if ok {
		*p = T(s.Value())
	}
	return ok
}
