package enip

import (
	"encoding/binary"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/fieldstatus/fieldstatus/core"
	enipstatus "github.com/fieldstatus/fieldstatus/enip"

	"github.com/fieldstatus/fieldstatus/examples/southbound"
)

// cipTypes are the types that tags of the controller have.
var cipTypes = map[southbound.Type]enipstatus.DataType{
	southbound.Bool:   enipstatus.TypeBOOL,
	southbound.Int16:  enipstatus.TypeINT,
	southbound.Uint16: enipstatus.TypeUINT,
	southbound.Int32:  enipstatus.TypeDINT,
	southbound.Uint32: enipstatus.TypeUDINT,
	southbound.Float:  enipstatus.TypeREAL,
	southbound.Double: enipstatus.TypeLREAL,
}

// member is a part of an address between dots: Speed, Program:Main, Line[3] or
// Table[1,2].
var member = regexp.MustCompile(`^((?:Program:)?[A-Za-z_][A-Za-z0-9_]{0,39})(?:\[(\d{1,9}(?:,\d{1,9}){0,2})\])?$`)

// readRequest returns a request of the service Read Tag. An address that is none
// is 2205, as before a write too.
func readRequest(tag southbound.Tag, op core.Op) ([]byte, error) {
	if _, ok := cipTypes[tag.Type]; !ok {
		return nil, &core.Error{Code: core.TagTypeUnsupported, Op: op, Err: fmt.Errorf("type %q", string(tag.Type))}
	}
	var path []byte
	for _, part := range strings.Split(tag.Address, ".") {
		m := member.FindStringSubmatch(part)
		if m == nil {
			return nil, &core.Error{Code: core.TagAddressFormatInvalid, Op: op, Err: fmt.Errorf("address %q: write it as Speed, Motor.Speed, Line[3], Table[1,2] or Program:Main.Count", tag.Address)}
		}
		path = append(path, 0x91, byte(len(m[1]))) // ANSI extended symbol segment
		path = append(path, m[1]...)
		if len(path)%2 != 0 {
			path = append(path, 0)
		}
		for _, index := range strings.Split(m[2], ",") {
			if n, err := strconv.ParseUint(index, 10, 32); err == nil { // else there is none
				path = binary.LittleEndian.AppendUint32(append(path, 0x2A, 0), uint32(n)) // element segment
			}
		}
	}
	const readTag = 0x4C
	if len(path) > 2*0xFF {
		return nil, &core.Error{Code: core.TagAddressTooLong, Op: op, Err: fmt.Errorf("address %q has %d bytes as a path, more than 510", tag.Address, len(path))}
	}
	request := append([]byte{readTag, byte(len(path) / 2)}, path...)
	return append(request, 1, 0), nil // one element
}
