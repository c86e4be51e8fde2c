package s7

import (
	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/internal/wire"
)

// Message types (ROSCTR).
const (
	job      = 1
	ack      = 2
	ackData  = 3
	userdata = 7
)

// Function codes of Job and Ack_Data.
const (
	cpuServices   = 0x00
	readVar       = 0x04
	writeVar      = 0x05
	startUpload   = 0x1D
	upload        = 0x1E
	endUpload     = 0x1F
	piService     = 0x28
	plcStop       = 0x29
	setup         = 0xF0
	noFunction    = -1 // an Ack, or an error without parameters
	setupLength   = 8  // of the parameters of Setup Communication
	userRequest   = 4  // upper half of the type byte in userdata
	userResponse  = 8
	userParams    = 8  // length of the parameters of a userdata request
	userResponses = 12 // and of a response
)

// A pdu is one S7 PDU taken apart into its sections.
type pdu struct {
	rosctr  uint8
	ref     uint16
	err     HeaderError
	params  []byte
	data    []byte
	paramAt int // offsets in the frame
	dataAt  int
}

// parse reads the PDU b, which stands at offset at of its frame, into p.
func (p *pdu) parse(b []byte, at int) error {
	r := wire.NewReader(b)
	switch id := ProtocolID(r.Uint8()); id {
	case ProtocolS7Comm:
	case ProtocolS7CommPlus:
		return core.BadFrame(id.Status(), at, "S7comm-plus, not S7comm")
	default:
		return core.BadFrame(id.Status(), at, "no S7 PDU: it does not begin with 0x32")
	}
	p.rosctr = r.Uint8()
	r.Skip(2) // redundancy identification
	p.ref = r.Uint16BE()
	paramLen, dataLen := int(r.Uint16BE()), int(r.Uint16BE())
	p.err = HeaderNoError
	switch p.rosctr {
	case job, userdata:
	case ack, ackData:
		p.err = HeaderError(r.Uint16BE())
	default:
		return core.BadFrame(BadROSCTR.Status(), at+1, "the message type is none of 1, 2, 3 and 7")
	}
	p.paramAt = at + r.Offset()
	p.params = r.Bytes(paramLen)
	p.dataAt = at + r.Offset()
	p.data = r.Bytes(dataLen)
	if r.Failed() || r.Len() != 0 {
		return core.BadFrame(SectionLengthMismatch.Status(), at+min(6, len(b)), "the lengths of parameters and data do not add up to the PDU")
	}
	return nil
}

// function is the function code of a Job or Ack_Data, or noFunction.
func (p *pdu) function() int {
	if p.rosctr != job && p.rosctr != ackData || len(p.params) == 0 {
		return noFunction
	}
	return int(p.params[0])
}

// user returns type, group and subfunction of userdata; ok is false when the
// parameters are too short for them.
func (p *pdu) user() (kind, group, sub uint8, ok bool) {
	r := wire.NewReader(p.params)
	r.Skip(5)
	both := r.Uint8()
	sub = r.Uint8()
	return both >> 4, both & 0x0F, sub, !r.Failed()
}

// dataLength turns the length field of a data section into bytes. The unit
// depends on the transport size. fits tells that many bytes are there, which
// decides for the one size whose unit the sources dispute.
func dataLength(size uint8, length int, there int) (n int, ok bool) {
	switch size {
	case 0x03, 0x04, 0x05: // bit, byte/word/dword, integer: counted in bits
		return (length + 7) / 8, true
	case 0x06: // double integer: Wireshark and PLC4X count bytes, snap7 bits
		if length > there {
			return (length + 7) / 8, true
		}
		return length, true
	case 0x00, 0x07, 0x09: // null, real, octet string: counted in bytes
		return length, true
	}
	return 0, false
}
