package enip

import "github.com/fieldstatus/fieldstatus/internal/wire"

// connectionTriad is the size of what names a connection for its originator:
// serial number, vendor and originator serial number.
const connectionTriad = 8

// A ConnectionReply is the answer to Forward Open, Large Forward Open and
// Forward Close. After a failure, and for Forward Close, only the first three
// fields are set.
//
// Source: CIP Volume 1, Chapter 3-5.5.
type ConnectionReply struct {
	Serial           uint16 // connection serial number
	Vendor           uint16 // vendor of the originator
	OriginatorSerial uint32 // serial number of the originator

	OTConnectionID uint32 // network connection ID from originator to target: send with it
	TOConnectionID uint32 // network connection ID from target to originator: replies have it
	OTInterval     uint32 // actual packet interval from originator to target, in microseconds
	TOInterval     uint32 // actual packet interval from target to originator, in microseconds
}

// Connection reads the answer to a Forward Open or Forward Close. It is ok false
// for other replies, and where a device leaves the fields out, as some do after
// a failure or a close.
func (r Reply) Connection() (c ConnectionReply, ok bool) {
	d := wire.NewReader(r.data)
	switch r.service {
	case serviceForwardOpen, serviceLargeForwardOpen:
		if r.general == Success {
			c.OTConnectionID, c.TOConnectionID = d.Uint32LE(), d.Uint32LE()
		}
	case serviceForwardClose:
	default:
		return ConnectionReply{}, false
	}
	c.Serial, c.Vendor, c.OriginatorSerial = d.Uint16LE(), d.Uint16LE(), d.Uint32LE()
	if r.general == Success && r.service != serviceForwardClose {
		c.OTInterval, c.TOInterval = d.Uint32LE(), d.Uint32LE()
	}
	if d.Failed() {
		return ConnectionReply{}, false
	}
	return c, true
}
