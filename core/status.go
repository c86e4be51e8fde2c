package core

import "strconv"

// A Status is one native status: a row of a table, the raw value, and where
// there is one the second value. It is small, comparable and free to make; two
// statuses are equal when they say the same with the same bits.
//
// The zero Status means that nothing was heard from the device. It is never a
// success: its code is 3000 (3001 for a write), its quality bad, its remedy
// retry and its scope request.
type Status struct {
	row         *Row
	value       int64
	extended    uint32
	hasExtended bool
}

// NewStatus makes a status from a row of a protocol's table and the value as
// it was on the wire. It is called by the protocol packages; drivers get
// statuses from them. The row must never change afterwards.
func NewStatus(row *Row, value int64) Status {
	return Status{row: row, value: value}
}

// WithExtended returns the status with a second value: a CIP extended status,
// the network and node of a FINS relay error, the details of a FOCAS call.
func (s Status) WithExtended(v uint32) Status {
	s.extended, s.hasExtended = v, true
	return s
}

// nothing is the row of the zero Status.
var nothing = Row{
	Meaning: "nothing was heard from the device",
	Codes:   [4]Code{PluginReadFailed, PluginReadFailed, PluginReadFailed, PluginWriteFailed},
	Remedy:  Retry, Scope: Request, Quality: Bad, Unsure: true, Fallback: true,
	Why: "no status of the device is known",
}

func (s Status) table() *Row {
	if s.row == nil {
		return &nothing
	}
	return s.row
}

// Code returns the documented code, which may depend on what was attempted. It
// is the hot path and allocates nothing.
func (s Status) Code(op Op) Code { return s.table().Codes[op&3] }

// Remedy returns what the driver should do next.
func (s Status) Remedy() Remedy { return s.table().Remedy }

// Scope returns how much is affected, and what a reconnect reopens.
func (s Status) Scope() Scope { return s.table().Scope }

// Quality tells whether the value in this reply can be used.
func (s Status) Quality() Quality { return s.table().Quality }

// Known reports whether the table names the value. It is false when a range or
// the answer for unlisted values applied, and for the zero Status.
func (s Status) Known() bool { return !s.table().Fallback }

// Row returns everything that the table says.
func (s Status) Row() Row { return *s.table() }

// Protocol returns the name of the protocol package, "" for the zero Status.
func (s Status) Protocol() string { return s.table().Protocol }

// Layer returns the field or situation that the value stands in.
func (s Status) Layer() string { return s.table().Layer }

// Symbol returns the standard's name of the value, "" when it has none.
func (s Status) Symbol() string { return s.table().Symbol }

// Hint returns what a person should check, "" where nothing special helps.
func (s Status) Hint() string { return s.table().Hint }

// Value returns the native value as it was on the wire, sign, flags and
// information bits included. Of an outcome without a number it is the number of
// the package's Event constant.
func (s Status) Value() int64 { return s.value }

// Extended returns the second value and whether there is one.
func (s Status) Extended() (int64, bool) { return int64(s.extended), s.hasExtended }

// Err returns nil when the code for op is 0, and otherwise a fresh *[Error].
func (s Status) Err(op Op) error { return s.Wrap(op, nil) }

// Wrap is Err with a cause, which stays reachable through [errors.As].
func (s Status) Wrap(op Op, cause error) error {
	code := s.Code(op)
	if code == OK {
		return nil
	}
	return &Error{Code: code, Status: s, Op: op, Err: cause}
}

// String returns protocol, layer, value and symbol:
// "s7 item-return 0x05 AddressOutOfRange".
func (s Status) String() string {
	if s.row == nil {
		return "no status"
	}
	return string(s.append(make([]byte, 0, 64)))
}

// Native returns value and symbol: "0x05 AddressOutOfRange".
func (s Status) Native() string { return string(s.appendNative(make([]byte, 0, 48))) }

// Text returns what String returns, and what it means.
func (s Status) Text() string {
	if s.row == nil {
		return nothing.Meaning
	}
	b := append(s.append(make([]byte, 0, 128)), ": "...)
	return string(append(b, s.row.Meaning...))
}

func (s Status) append(b []byte) []byte {
	r := s.table()
	b = append(b, r.Protocol...)
	b = append(b, ' ')
	b = append(b, r.Layer...)
	b = append(b, ' ')
	return s.appendNative(b)
}

func (s Status) appendNative(b []byte) []byte {
	r := s.table()
	n := len(b)
	switch bits := r.Native.Bits; {
	case bits < 0:
		b = strconv.AppendInt(b, s.value, 10)
	case bits > 0:
		b = appendHex(b, uint64(s.value), int(bits)/4)
	}
	if s.hasExtended {
		if len(b) > n {
			b = append(b, '/')
		}
		if r.Native.Pair {
			b = strconv.AppendInt(b, int64(int16(s.extended>>16)), 10)
			b = append(b, '/')
			b = strconv.AppendInt(b, int64(int16(s.extended)), 10)
		} else {
			b = appendHex(b, uint64(s.extended), 4)
		}
	}
	if r.Symbol != "" {
		if len(b) > n {
			b = append(b, ' ')
		}
		b = append(b, r.Symbol...)
	}
	return b
}

// appendHex appends v as 0x and at least digits upper-case digits.
func appendHex(b []byte, v uint64, digits int) []byte {
	const hex = "0123456789ABCDEF"
	b = append(b, "0x"...)
	for i := 15; i >= 0; i-- {
		if i < digits || v>>(4*i) != 0 {
			b = append(b, hex[v>>(4*i)&15])
		}
	}
	return b
}

// is reports whether target is a native value that says the same: the same row
// of the same table, and where the row answers for many values the same value.
func (s Status) is(target error) bool {
	if s.row == nil {
		return false
	}
	if s.row.Native.Is != nil && s.row.Native.Is(s, target) {
		return true
	}
	t, ok := target.(interface{ Status() Status })
	if !ok {
		return false
	}
	other := t.Status()
	return other.row == s.row && (!s.row.Fallback || other.value == s.value)
}

// as hands out the native value.
func (s Status) as(target any) bool {
	return s.row != nil && s.row.Native.As != nil && s.row.Native.As(s, target)
}
