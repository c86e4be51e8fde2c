package enip

import (
	"encoding/binary"

	"github.com/fieldstatus/fieldstatus/core"
)

// A PCCCReply is a reply of the older PCCC protocol inside the Execute PCCC
// service (0x4B), as SLC 500, PLC-5 and MicroLogix controllers speak it. The CIP
// general status around it is a success also when it fails.
//
// Source: Rockwell 1770-6.5.16, Chapter 7; 1756-PM020, PCCC commands.
type PCCCReply struct {
	Command     uint8 // of the request, with bit 0x40 set
	STS         PCCCStatus
	Transaction uint16 // TNS, echoed from the request
	data        []byte
}

// pcccReplyBit marks the command of a reply.
const pcccReplyBit = 0x40

// parsePCCC reads what follows the CIP status: requester ID, whose first byte
// is its own length, and the PCCC reply.
func parsePCCC(data []byte) (p PCCCReply, fault string) {
	if len(data) == 0 || data[0] == 0 {
		return PCCCReply{}, "PCCC requester ID without its length"
	}
	if len(data) < int(data[0])+4 {
		return PCCCReply{}, "PCCC reply shorter than 4 bytes"
	}
	d := data[data[0]:]
	if d[0]&pcccReplyBit == 0 {
		return PCCCReply{}, "PCCC command without the bit of a reply"
	}
	return PCCCReply{Command: d[0], STS: PCCCStatus(d[1]), Transaction: binary.LittleEndian.Uint16(d[2:]), data: d[4:]}, ""
}

// PCCC returns the PCCC reply inside, and whether there is one: the service
// code 0x4B also belongs to other objects, so the layout has to fit.
func (r Reply) PCCC() (PCCCReply, bool) {
	if r.service != serviceExecutePCCC || r.general != Success {
		return PCCCReply{}, false
	}
	p, fault := parsePCCC(r.data)
	return p, fault == ""
}

// EXT returns the EXT STS byte, and whether there is one.
func (p PCCCReply) EXT() (ext PCCCExtStatus, ok bool) {
	if p.STS&0xF0 != PCCCExtStsPresent || len(p.data) == 0 {
		return 0, false
	}
	return PCCCExtStatus(p.data[0]), true
}

// Data returns what follows the status.
func (p PCCCReply) Data() []byte {
	if _, ok := p.EXT(); ok {
		return p.data[1:]
	}
	return p.data
}

// Status returns the outcome: that of the EXT STS where there is one, otherwise
// that of the STS.
func (p PCCCReply) Status() core.Status {
	if ext, ok := p.EXT(); ok {
		return p.STS.Extended(ext)
	}
	return p.STS.Status()
}
