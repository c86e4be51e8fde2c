package focas

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/fieldstatus/fieldstatus/core"

	"github.com/fieldstatus/fieldstatus/examples/southbound"
)

// A form is how a value stands in the payload of a block.
type form uint8

const (
	decimal form = iota // a number with its base and its decimals
	integer             // 32 bits
	octets              // as in PMC memory, the low byte first
)

// An address is what a tag stands for.
type address struct {
	read, write block // write has no command when nothing can be written
	form        form
	bit         int
}

// states are what a CNC tells about itself.
var states = map[string]address{
	"feed":     {read: block{command: feedRate}, form: decimal},
	"spindle":  {read: block{command: spindleSpeed}, form: decimal},
	"sequence": {read: block{command: sequenceNumber}, form: integer},
	"program":  {read: block{command: programNumber}, form: integer},
}

// areas are the letters of PMC addresses, in the order of their numbers.
const areas = "GFYXARTKCDMNE"

var (
	macroNotation = regexp.MustCompile(`^#(\d{1,6})$`)
	pmcNotation   = regexp.MustCompile(`^([` + areas + `])(\d{1,5})(?:\.([0-7]))?$`)
)

// types are those that the values of a form can have.
var types = map[form][]southbound.Type{
	decimal: {southbound.Double, southbound.Float},
	integer: {southbound.Int32, southbound.Uint32},
}

// parse reads "#500", "R100", "D20.3" and the names of states. An address that is
// none, or none for the type of the tag, is 2205.
func parse(tag southbound.Tag, op core.Op) (address, error) {
	size := tag.Type.Size()
	if size == 0 {
		return address{}, &core.Error{Code: core.TagTypeUnsupported, Op: op, Err: fmt.Errorf("type %q", string(tag.Type))}
	}
	a, ok := states[tag.Address]
	if m := macroNotation.FindStringSubmatch(tag.Address); m != nil {
		number, _ := strconv.Atoi(m[1])
		n := int32(number)
		a, ok = address{
			read:  block{command: readMacro, args: [5]int32{n, n}},
			write: block{command: writeMacro, args: [5]int32{n, n, 0, 0, decimalSize}},
		}, true
	}
	if m := pmcNotation.FindStringSubmatch(tag.Address); m != nil {
		number, _ := strconv.Atoi(m[2])
		first, last, area := int32(number), int32(number+size-1), int32(strings.Index(areas, m[1]))
		a, ok = address{read: block{command: readPMC, args: [5]int32{first, last, area}}, form: octets}, (m[3] != "") == (tag.Type == southbound.Bool)
		if m[3] != "" {
			a.bit, _ = strconv.Atoi(m[3]) // a byte is the least that can be written, with the bits beside it
		} else {
			a.write = block{command: writePMC, args: [5]int32{first, last, area, 0, int32(size)}}
		}
	}
	if !ok || a.form != octets && !slices.Contains(types[a.form], tag.Type) {
		return address{}, &core.Error{Code: core.TagAddressFormatInvalid, Op: op, Err: fmt.Errorf("address %q for %s: write #500, feed or spindle for DOUBLE and FLOAT, program or sequence for INT32 and UINT32, D20 for numbers, R100.3 for BOOL", tag.Address, tag.Type)}
	}
	return a, nil
}

// decode returns the value in a payload.
func (a address) decode(t southbound.Type, payload []byte) (any, error) {
	switch {
	case a.form == integer:
		return t.Decode(binary.BigEndian, payload)
	case t == southbound.Bool && len(payload) > 0: // a bit of the PMC
		return payload[0]>>a.bit&1 == 1, nil
	case a.form == octets:
		return t.Decode(binary.LittleEndian, payload)
	case len(payload) < decimalSize:
		return nil, &core.Error{Code: core.PluginTagTypeMismatch, Op: core.Read, Err: fmt.Errorf("%d bytes for a number with decimals", len(payload))}
	}
	base, decimals := binary.BigEndian.Uint16(payload[4:]), binary.BigEndian.Uint16(payload[6:])
	if base != 10 && base != 2 || decimals == vacant {
		return nil, &core.Error{Code: core.PluginTagValueInvalid, Op: core.Read, Err: errors.New("the variable is vacant")}
	}
	v := float64(int32(binary.BigEndian.Uint32(payload))) / math.Pow(float64(base), float64(decimals))
	if t == southbound.Float {
		return float32(v), nil
	}
	return v, nil
}

// encode returns the data of a value to be written.
func (a address) encode(t southbound.Type, value any) ([]byte, error) {
	if a.write.command == 0 {
		return nil, &core.Error{Code: core.PluginTagNotWritable, Op: core.Write}
	}
	switch v := value.(type) {
	case float64:
		if a.form == decimal {
			return appendDecimal(v)
		}
	case float32:
		if a.form == decimal {
			short, _ := strconv.ParseFloat(strconv.FormatFloat(float64(v), 'g', -1, 32), 64)
			return appendDecimal(short)
		}
	}
	return t.Encode(binary.LittleEndian, value)
}

const (
	decimalSize = 8
	mantissaMax = 999_999_999 // digits of a macro variable
	decimalsMax = 8
	vacant      = 0xFFFF
)

// appendDecimal returns a number as a macro variable has it, with as few decimals
// as it needs.
func appendDecimal(v float64) ([]byte, error) {
	if !(math.Abs(v) <= mantissaMax) {
		return nil, &core.Error{Code: core.PluginWriteFailed, Op: core.Write, Err: fmt.Errorf("%v does not fit into a variable", v)}
	}
	mantissa, decimals := math.Round(v), 0
	for scale := 10.0; decimals < decimalsMax && mantissa/(scale/10) != v; scale *= 10 {
		more := math.Round(v * scale)
		if math.Abs(more) > mantissaMax {
			break
		}
		mantissa = more
		decimals++
	}
	b := binary.BigEndian.AppendUint32(nil, uint32(int32(mantissa)))
	return append(b, 0, 10, 0, byte(decimals)), nil
}
