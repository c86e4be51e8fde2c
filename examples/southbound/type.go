package southbound

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"

	"github.com/fieldstatus/fieldstatus/core"
)

// A Type is a data type of the gateway, which a tag is configured with.
type Type string

// The types that the examples know. The values of a tag have the type of Go that
// stands behind each.
const (
	Bool   Type = "BOOL"   // bool
	Int16  Type = "INT16"  // int16
	Uint16 Type = "UINT16" // uint16
	Int32  Type = "INT32"  // int32
	Uint32 Type = "UINT32" // uint32
	Float  Type = "FLOAT"  // float32
	Double Type = "DOUBLE" // float64
)

// zero returns a pointer to a new value, nil for an unknown type.
func (t Type) zero() any {
	switch t {
	case Bool:
		return new(bool)
	case Int16:
		return new(int16)
	case Uint16:
		return new(uint16)
	case Int32:
		return new(int32)
	case Uint32:
		return new(uint32)
	case Float:
		return new(float32)
	case Double:
		return new(float64)
	}
	return nil
}

// Size returns the width of a value in bytes, 0 for an unknown type.
func (t Type) Size() int {
	if v := t.zero(); v != nil {
		return binary.Size(v)
	}
	return 0
}

// Decode returns the value in b. An unknown type is 2204, too few bytes are 3007.
func (t Type) Decode(order binary.ByteOrder, b []byte) (any, error) {
	v := t.zero()
	if v == nil {
		return nil, t.unsupported(core.Read)
	}
	if _, err := binary.Decode(b, order, v); err != nil {
		return nil, &core.Error{Code: core.PluginTagTypeMismatch, Op: core.Read, Err: fmt.Errorf("%d bytes for %s: %w", len(b), t, err)}
	}
	return reflect.ValueOf(v).Elem().Interface(), nil
}

// Encode returns the bytes of a value that Convert has returned.
func (t Type) Encode(order binary.ByteOrder, value any) ([]byte, error) {
	b, err := binary.Append(nil, order, value)
	if err != nil {
		return nil, &core.Error{Code: core.PluginTagTypeMismatch, Op: core.Write, Err: err}
	}
	return b, nil
}

// Convert returns the value of a write request, as encoding/json reads it, as the
// type of Go that belongs to t. A value of another kind is 3007, a number that t
// cannot hold is 3001. A bool can be written as 0 and 1 too.
func (t Type) Convert(value any) (any, error) {
	v := t.zero()
	if v == nil {
		return nil, t.unsupported(core.Write)
	}
	text, err := json.Marshal(value)
	if t == Bool && (string(text) == "0" || string(text) == "1") {
		return string(text) == "1", nil
	}
	if err == nil && value != nil {
		err = json.Unmarshal(text, v)
	}
	var number float64
	isNumber := json.Unmarshal(text, &number) == nil && value != nil
	switch {
	case value == nil:
		err = errors.New("null")
	case err == nil:
		return reflect.ValueOf(v).Elem().Interface(), nil
	case isNumber && t != Bool && (t == Float || number == math.Trunc(number)):
		return nil, &core.Error{Code: core.PluginWriteFailed, Op: core.Write, Err: fmt.Errorf("%s does not fit into %s", text, t)}
	}
	return nil, &core.Error{Code: core.PluginTagTypeMismatch, Op: core.Write, Err: fmt.Errorf("%s is no %s: %w", text, t, err)}
}

func (t Type) unsupported(op core.Op) error {
	return &core.Error{Code: core.TagTypeUnsupported, Op: op, Err: fmt.Errorf("type %q", string(t))}
}
