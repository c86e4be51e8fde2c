package opcua

import (
	"github.com/gopcua/opcua/ua"

	"github.com/fieldstatus/fieldstatus/internal/wire"
)

// The functions of this file pass over the binary encoding of OPC 10000-6
// 5.2.2, since the statuses of a response stand behind and between values of
// any length. They follow the fields of the standard in their order.

// maxDepth bounds the nesting of Variants, DataValues and DiagnosticInfos; the
// standard asks decoders to accept 100 levels.
const maxDepth = 100

// count reads the length of an array whose elements take at least min bytes
// each. Null arrays are empty. A count that cannot be true makes r fail.
func count(r *wire.Reader, min int) int {
	n := length(r)
	if n > r.Len()/min {
		r.Fail()
		return 0
	}
	return n
}

// length reads a length, which is -1 for null.
func length(r *wire.Reader) int { return max(int(int32(r.Uint32LE())), 0) }

// skipString passes over a String, ByteString or XmlElement.
func skipString(r *wire.Reader) { readString(r) }

// readString reads a String, ByteString or XmlElement; null ones are empty.
func readString(r *wire.Reader) []byte { return r.Bytes(length(r)) }

func skipStrings(r *wire.Reader) {
	for n := count(r, 4); n > 0 && !r.Failed(); n-- {
		skipString(r)
	}
}

func skipUint32s(r *wire.Reader) { r.Skip(4 * count(r, 4)) }

// skipNodeID passes over a NodeId or ExpandedNodeId.
func skipNodeID(r *wire.Reader) { readNodeID(r) }

// readNodeID reads a NodeId or ExpandedNodeId. It returns the number of a
// numeric id in the namespace of the standard, and 0 for all others.
func readNodeID(r *wire.Reader) uint32 {
	var id uint32
	var namespace uint16
	form := r.Uint8()
	switch form & 0x3F {
	case 0:
		id = uint32(r.Uint8())
	case 1:
		namespace = uint16(r.Uint8())
		id = uint32(r.Uint16LE())
	case 2:
		namespace = r.Uint16LE()
		id = r.Uint32LE()
	case 3, 5:
		r.Skip(2)
		skipString(r)
	case 4:
		r.Skip(2 + 16)
	default:
		r.Fail()
	}
	if form&0x80 != 0 {
		skipString(r)
		id = 0
	}
	if form&0x40 != 0 {
		r.Skip(4)
		id = 0
	}
	if namespace != 0 {
		return 0
	}
	return id
}

func skipQualifiedName(r *wire.Reader) {
	r.Skip(2)
	skipString(r)
}

func skipLocalizedText(r *wire.Reader) {
	mask := r.Uint8()
	if mask&0x01 != 0 {
		skipString(r)
	}
	if mask&0x02 != 0 {
		skipString(r)
	}
}

// readExtensionObject reads the type of an ExtensionObject and its body, which
// is empty when there is none.
func readExtensionObject(r *wire.Reader) (id uint32, body wire.Reader) {
	id = readNodeID(r)
	switch r.Uint8() {
	case 0:
	case 1, 2:
		return id, r.Sub(length(r))
	default:
		r.Fail()
	}
	return id, wire.Reader{}
}

func skipExtensionObject(r *wire.Reader) { readExtensionObject(r) }

// skipDiagnosticInfo passes over a DiagnosticInfo. The status in it explains
// another status and is not a result.
func skipDiagnosticInfo(r *wire.Reader) {
	for range maxDepth {
		mask := r.Uint8()
		for bit := uint8(1); bit <= 0x08; bit <<= 1 {
			if mask&bit != 0 {
				r.Skip(4)
			}
		}
		if mask&0x10 != 0 {
			skipString(r)
		}
		if mask&0x20 != 0 {
			r.Skip(4)
		}
		if mask&0x40 == 0 || r.Failed() {
			return
		}
	}
	r.Fail()
}

func skipDiagnosticInfos(r *wire.Reader) {
	for n := count(r, 1); n > 0 && !r.Failed(); n-- {
		skipDiagnosticInfo(r)
	}
}

// skipVariant passes over a Variant and reports whether it is null.
func skipVariant(r *wire.Reader, depth int) (null bool) {
	if depth >= maxDepth {
		r.Fail()
	}
	mask := r.Uint8()
	typ := mask & 0x3F
	switch {
	case typ == 0:
		return true
	case mask&0x80 == 0: // without elements there are no dimensions either, whatever the mask says
		skipBuiltin(r, typ, depth)
		return false
	case typ > lastType:
		r.Fail()
		return false
	}
	if size := int(builtinSizes[typ]); size > 0 {
		r.Skip(size * count(r, size))
	} else {
		for n := count(r, 1); n > 0 && !r.Failed(); n-- {
			skipBuiltin(r, typ, depth)
		}
	}
	if mask&0x40 != 0 {
		skipUint32s(r)
	}
	return false
}

// lastType is the highest number of a built-in type, reserved ones included.
const lastType = 31

// builtinSizes are the sizes of the built-in types that have one.
var builtinSizes = [64]uint8{
	1: 1, 2: 1, 3: 1, // Boolean, SByte, Byte
	4: 2, 5: 2, // Int16, UInt16
	6: 4, 7: 4, 10: 4, 19: 4, // Int32, UInt32, Float, StatusCode
	8: 8, 9: 8, 11: 8, 13: 8, // Int64, UInt64, Double, DateTime
	14: 16, // Guid
}

func skipBuiltin(r *wire.Reader, typ uint8, depth int) {
	if size := builtinSizes[typ&0x3F]; size > 0 {
		r.Skip(int(size))
		return
	}
	switch typ {
	case 12, 15, 16, 26, 27, 28, 29, 30, 31: // String, ByteString, XmlElement; reserved types are read as ByteString
		skipString(r)
	case 17, 18:
		skipNodeID(r)
	case 20:
		skipQualifiedName(r)
	case 21:
		skipLocalizedText(r)
	case 22:
		skipExtensionObject(r)
	case 23:
		readDataValue(r, depth+1)
	case 24:
		skipVariant(r, depth+1)
	case 25:
		skipDiagnosticInfo(r)
	default:
		r.Fail()
	}
}

// readDataValue reads a DataValue: its status, Good when it has none, and
// whether it is without a value. The value stands in front of the status.
func readDataValue(r *wire.Reader, depth int) (code ua.StatusCode, empty bool) {
	mask := r.Uint8()
	empty = true
	if mask&0x01 != 0 {
		empty = skipVariant(r, depth)
	}
	if mask&0x02 != 0 {
		code = ua.StatusCode(r.Uint32LE())
	}
	if stamps := mask >> 2 & 0x0F; stamps != 0 {
		r.Skip(int(stampSizes[stamps]))
	}
	return code, empty
}

// stampSizes are the sizes of the timestamps of a DataValue, by the four bits
// of its mask that say which of them are there: two times of 8 bytes, and two
// fractions of 2 bytes.
var stampSizes = [16]uint8{0, 8, 8, 16, 2, 10, 10, 18, 2, 10, 10, 18, 4, 12, 12, 20}
