package opcua

import (
	"errors"
	"fmt"
	"reflect"

	"github.com/gopcua/opcua/ua"

	"github.com/fieldstatus/fieldstatus/core"

	"github.com/fieldstatus/fieldstatus/examples/southbound"
)

// goTypes are the types that gopcua has for values.
var goTypes = map[southbound.Type]reflect.Type{
	southbound.Bool:   reflect.TypeFor[bool](),
	southbound.Int16:  reflect.TypeFor[int16](),
	southbound.Uint16: reflect.TypeFor[uint16](),
	southbound.Int32:  reflect.TypeFor[int32](),
	southbound.Uint32: reflect.TypeFor[uint32](),
	southbound.Float:  reflect.TypeFor[float32](),
	southbound.Double: reflect.TypeFor[float64](),
}

// parse returns the node of a tag: ns=2;s=Line1.Speed, i=2258. An address that is
// none is 2205.
func parse(tag southbound.Tag, op core.Op) (*ua.NodeID, error) {
	if goTypes[tag.Type] == nil {
		return nil, &core.Error{Code: core.TagTypeUnsupported, Op: op, Err: fmt.Errorf("type %q", string(tag.Type))}
	}
	node, err := ua.ParseNodeID(tag.Address)
	if err == nil && tag.Address == "" { // which gopcua takes for i=0
		err = errors.New("no address")
	}
	if err != nil {
		return nil, &core.Error{Code: core.TagAddressFormatInvalid, Op: op, Err: fmt.Errorf("address %q: write it as ns=2;s=Line1.Speed or i=2258: %w", tag.Address, err)}
	}
	return node, nil
}
