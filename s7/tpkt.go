package s7

import (
	"encoding/binary"
	"io"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/internal/wire"
)

const (
	tpktVersion = 3
	tpktHeader  = 4
	tpktMinimum = 7 // the shortest TPDU, a DT without payload, has three bytes
	dataHeader  = 7 // TPKT header and DT header in front of an S7 PDU
)

// ScanFrames is a [bufio.SplitFunc] that cuts a TCP stream into TPKTs. A wrong
// version fails at its first byte, an impossible length at its fourth, both with
// 3009; an end of the stream inside a TPKT is [io.ErrUnexpectedEOF].
func ScanFrames(data []byte, atEOF bool) (advance int, token []byte, err error) {
	if len(data) > 0 && data[0] != tpktVersion {
		return 0, nil, core.BadFrame(TPKTBadVersion.Status(), 0, "no TPKT: the first byte is not 3")
	}
	if len(data) >= tpktHeader {
		n := int(binary.BigEndian.Uint16(data[2:]))
		if n < tpktMinimum {
			return 0, nil, core.BadFrame(TPKTLengthTooSmall.Status(), 2, "the length of the TPKT is below 7")
		}
		if len(data) >= n {
			return n, data[:n:n], nil
		}
	}
	if atEOF && len(data) > 0 {
		return 0, nil, io.ErrUnexpectedEOF
	}
	return 0, nil, nil
}

// A segment is one TPKT taken apart as far as COTP goes.
type segment struct {
	tpdu    TPDU
	last    bool   // DT: no further fragment of the PDU follows
	reason  uint8  // DR: reason; ER: reject cause
	params  []byte // CC: parameters
	payload []byte // DT: a PDU, or a piece of one
	offset  int    // of the payload in the frame
}

// shortest is the length that the COTP header of each type has at least,
// without its length byte.
func (t TPDU) shortest() int {
	switch t.kind() {
	case ConnectConfirmTPDU, ConnectRequestTPDU, DisconnectRequestTPDU:
		return 6
	case DisconnectConfirmTPDU:
		return 5
	case ErrorTPDU:
		return 4
	}
	return 2
}

// parse reads a frame into s.
func (s *segment) parse(frame []byte) error {
	r := wire.NewReader(frame)
	version := r.Uint8()
	r.Skip(1) // reserved
	length := int(r.Uint16BE())
	switch {
	case len(frame) > 0 && version != tpktVersion:
		return core.BadFrame(TPKTBadVersion.Status(), 0, "no TPKT: the first byte is not 3")
	case !r.Failed() && length < tpktMinimum:
		return core.BadFrame(TPKTLengthTooSmall.Status(), 2, "the length of the TPKT is below 7")
	case r.Failed() || len(frame) < length:
		return core.BadFrame(TPKTTruncated.Status(), len(frame), "the TPKT is longer than the frame")
	case len(frame) > length:
		return core.BadFrame(SectionLengthMismatch.Status(), length, "bytes follow the end of the TPKT")
	}
	header := r.Sub(int(r.Uint8()))
	*s = segment{tpdu: TPDU(header.Uint8()), offset: r.Offset()}
	if r.Failed() || header.Failed() || header.Len()+1 < s.tpdu.shortest() {
		return core.BadFrame(core.FrameMalformed.Status(), tpktHeader, "the COTP header does not fit")
	}
	switch s.tpdu.kind() {
	case DataTPDU:
		s.last = header.Uint8()&0x80 != 0
		s.payload = r.Rest()
	case DisconnectRequestTPDU:
		header.Skip(4) // references
		s.reason = header.Uint8()
	case ErrorTPDU:
		header.Skip(2) // reference
		s.reason = header.Uint8()
	case ConnectConfirmTPDU:
		header.Skip(5) // references and class
		s.params = header.Rest()
	case ConnectRequestTPDU, DisconnectConfirmTPDU:
	default:
		return core.BadFrame(s.tpdu.Status(), tpktHeader+1, "this TPDU does not occur in transport class 0")
	}
	return nil
}
