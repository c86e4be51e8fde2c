package knx

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/vapourismo/knx-go/knx/cemi"
	"github.com/vapourismo/knx-go/knx/dpt"

	"github.com/fieldstatus/fieldstatus/core"
	knxstatus "github.com/fieldstatus/fieldstatus/knx"

	"github.com/fieldstatus/fieldstatus/examples/southbound"
)

// parse returns the address of a group object: 1/2/3, or 1/515 in two levels.
func parse(tag southbound.Tag, op core.Op) (cemi.GroupAddr, error) {
	if tag.Type.Size() == 0 {
		return 0, knxstatus.TypeUnsupported.Status().Wrap(op, fmt.Errorf("type %q", string(tag.Type)))
	}
	group, err := cemi.NewGroupAddrString(tag.Address)
	if err != nil {
		return 0, knxstatus.AddressSyntax.Status().Wrap(op, fmt.Errorf("address %q: write it as 1/2/3, or with two levels 1/515: %w", tag.Address, err))
	}
	return group, nil
}

// float is a datapoint type of two octets with the whole range of these.
type float = dpt.DPT_9002

const floatMax = 670760

// packValue returns the octets of a value, from the six bits in the APCI on: a bit
// for BOOL, the floating point number of two octets for FLOAT, and the value as
// it is for other types, as in DPT 7, 8, 12 and 13.
func packValue(t southbound.Type, value any) ([]byte, error) {
	switch v := value.(type) {
	case bool:
		return dpt.DPT_1001(v).Pack(), nil
	case float32:
		if v < -floatMax || v > floatMax { // which the datapoint type would change
			return nil, &core.Error{Code: core.PluginWriteFailed, Op: core.Write, Err: fmt.Errorf("%v is out of range", v)}
		}
		return float(v).Pack(), nil
	}
	b, err := t.Encode(binary.BigEndian, value)
	return append([]byte{0}, b...), err
}

// unpackValue returns the value in octets from the bus.
func unpackValue(t southbound.Type, octets []byte) (any, error) {
	var err error
	switch t {
	case southbound.Bool:
		var v dpt.DPT_1001
		if err = v.Unpack(octets); err == nil {
			return bool(v), nil
		}
	case southbound.Float:
		var v float
		if err = v.Unpack(octets); err == nil {
			return float32(v), nil
		}
	default:
		if len(octets) == 1+t.Size() {
			return t.Decode(binary.BigEndian, octets[1:])
		}
		err = dpt.ErrInvalidLength
	}
	if errors.Is(err, dpt.ErrInvalidLength) {
		return nil, recognizer.Translate(core.Read, err)
	}
	return nil, knxstatus.ValueOutOfRange.Status().Wrap(core.Read, err)
}
