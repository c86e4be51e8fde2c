package eniptest

import (
	"encoding/binary"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/fieldstatus/fieldstatus/enip"
)

// A tag has elements of one type.
type tag struct {
	name   string // as it was set
	kind   enip.DataType
	handle uint16 // of a structure
	size   int    // of an element in bytes
	data   []byte
}

// The STRING structure of Logix: length, 82 characters, padding.
const (
	stringHandle = 0x0FCE
	stringChars  = 82
	stringSize   = 88
)

var kinds = map[reflect.Kind]enip.DataType{
	reflect.Int8: enip.TypeSINT, reflect.Int16: enip.TypeINT, reflect.Int32: enip.TypeDINT, reflect.Int64: enip.TypeLINT,
	reflect.Uint8: enip.TypeUSINT, reflect.Uint16: enip.TypeUINT, reflect.Uint32: enip.TypeUDINT, reflect.Uint64: enip.TypeULINT,
	reflect.Float32: enip.TypeREAL, reflect.Float64: enip.TypeLREAL, reflect.Bool: enip.TypeBOOL, reflect.String: enip.TypeStructure,
}

// sizeOf is the width of an element, 0 where it varies.
func sizeOf(t enip.DataType) int {
	switch t {
	case enip.TypeBOOL, enip.TypeSINT, enip.TypeUSINT, enip.TypeBYTE:
		return 1
	case enip.TypeINT, enip.TypeUINT, enip.TypeWORD:
		return 2
	case enip.TypeDINT, enip.TypeUDINT, enip.TypeREAL, enip.TypeDWORD:
		return 4
	case enip.TypeLINT, enip.TypeULINT, enip.TypeLREAL, enip.TypeLWORD:
		return 8
	}
	return 0
}

// encode makes a tag without a name.
func encode(value any) (tag, error) {
	v := reflect.ValueOf(value)
	if bits, ok := value.([]bool); ok {
		return tag{kind: enip.TypeDWORD, size: 4, data: dwords(bits)}, nil
	}
	elements := []reflect.Value{v}
	kind := v.Kind()
	if kind == reflect.Slice {
		kind = v.Type().Elem().Kind()
		elements = nil
		for i := range v.Len() {
			elements = append(elements, v.Index(i))
		}
	}
	t, ok := kinds[kind]
	if !ok {
		return tag{}, fmt.Errorf("eniptest: a %T is the value of no CIP type", value)
	}
	out := tag{kind: t, size: sizeOf(t)}
	if t == enip.TypeStructure {
		out.handle, out.size = stringHandle, stringSize
	}
	for _, e := range elements {
		if t == enip.TypeStructure {
			s := e.String()
			if len(s) > stringChars {
				return tag{}, fmt.Errorf("eniptest: %q has more than the %d characters of a STRING", s, stringChars)
			}
			b := binary.LittleEndian.AppendUint32(nil, uint32(len(s)))
			out.data = append(append(append(out.data, b...), s...), make([]byte, stringSize-4-len(s))...)
			continue
		}
		b, err := binary.Append(out.data, binary.LittleEndian, e.Interface())
		if err != nil {
			return tag{}, fmt.Errorf("eniptest: %w", err)
		}
		out.data = b
	}
	return out, nil
}

// dwords packs bits, the first one lowest.
func dwords(bits []bool) []byte {
	b := make([]byte, (len(bits)+31)/32*4)
	for i, bit := range bits {
		if bit {
			b[i/8] |= 1 << (i % 8)
		}
	}
	return b
}

func (d *Device) setTag(name string, v tag) {
	if name == "" {
		panic("eniptest: a tag without a name")
	}
	v.name = name
	d.mu.Lock()
	defer d.mu.Unlock()
	d.tags[strings.ToLower(name)] = &v
}

// find returns a tag and the first byte that a name means. What was set under the
// very name comes before an element of an array.
func (d *Device) find(name string) (t *tag, first int) {
	name = strings.ToLower(name)
	if t := d.tags[name]; t != nil {
		return t, 0
	}
	base, index, ok := strings.Cut(strings.TrimSuffix(name, "]"), "[")
	if t = d.tags[base]; t == nil || !ok {
		return nil, 0
	}
	n, err := strconv.Atoi(index)
	if err != nil || n < 0 {
		return nil, 0
	}
	return t, n * t.size
}

// canonical writes a name as the tag was set.
func (d *Device) canonical(name string) string {
	t, _ := d.find(name)
	if t == nil || len(name) < len(t.name) {
		return name
	}
	return t.name + name[len(t.name):]
}

// match compares the name of a rule with that of an item. A rule for a tag is one
// for its members and elements too.
func match(rule, item string) bool {
	if a, ok := parseAttribute(rule); ok {
		b, ok := parseAttribute(item)
		return ok && a == b
	}
	rule, item = strings.ToLower(rule), strings.ToLower(item)
	rest, ok := strings.CutPrefix(item, rule)
	return ok && (rest == "" || rest[0] == '[' || rest[0] == '.')
}
