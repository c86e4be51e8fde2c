package knx

import (
	"bytes"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/internal/wire"
)

// cEMI message codes.
const (
	rawRequest              = 0x10
	dataRequest             = 0x11
	pollRequest             = 0x13
	pollConfirm             = 0x25
	dataIndication          = 0x29
	busmonIndication        = 0x2B
	rawIndication           = 0x2D
	dataConfirm             = 0x2E
	rawConfirm              = 0x2F
	connectedRequest        = 0x41
	individualRequest       = 0x4A
	connectedIndication     = 0x89
	individualIndication    = 0x94
	resetIndication         = 0xF0
	resetRequest            = 0xF1
	propertyWriteConfirm    = 0xF5
	propertyWriteRequest    = 0xF6
	propertyInfo            = 0xF7
	functionCommandRequest  = 0xF8
	functionStateRequest    = 0xF9
	functionPropertyConfirm = 0xFA
	propertyReadConfirm     = 0xFB
	propertyReadRequest     = 0xFC
)

// A Telegram is a link layer message of the bus: an L_Data.req, .con or .ind.
type Telegram struct {
	Message     uint8  // cEMI message code: 0x11 request, 0x2E confirmation, 0x29 indication
	Control     uint8  // control field 1; see [Confirm]
	Group       bool   // Destination is a group address
	Source      uint16 // individual address
	Destination uint16 // group address, or individual address
	TPDU        []byte // from the transport control octet on; aliases the message
}

// ParseTelegram reads a cEMI message with a link layer telegram. Additional
// information in front of it is passed over.
func ParseTelegram(cemi []byte) (Telegram, error) { return parseTelegram(cemi, 0) }

// parseTelegram is ParseTelegram for a message that stands at an offset of a frame.
func parseTelegram(cemi []byte, base int) (Telegram, error) {
	var t Telegram
	r := wire.NewReader(cemi)
	t.Message = r.Uint8()
	length := r.Uint8()
	if r.Failed() {
		return Telegram{}, truncated(base + len(cemi))
	}
	info := r.Sub(int(length))
	for info.Len() > 0 {
		info.Skip(1) // type
		info.Skip(int(info.Uint8()))
	}
	if r.Failed() || info.Failed() {
		return Telegram{}, fault(FrameAdditionalInfoOverrun, base+1, "additional information reaches past its end")
	}
	t.Control = r.Uint8()
	t.Group = r.Uint8()&0x80 != 0
	t.Source = r.Uint16BE()
	t.Destination = r.Uint16BE()
	at := base + r.Offset()
	octets := r.Uint8() // behind the transport control octet
	if r.Failed() {
		return Telegram{}, truncated(base + len(cemi))
	}
	if octets == 0xFF || r.Len() != 1+int(octets) {
		return Telegram{}, fault(FrameNpduLengthMismatch, at, "telegram length is not that of the octets that follow")
	}
	t.TPDU = r.Rest()
	return t, nil
}

// Confirms reports whether t is what comes back of the request u: destination,
// kind of address and content are equal. Gateways change the rest: some fill in
// the source address, set the repeat bit or count the hops.
func (t Telegram) Confirms(u Telegram) bool {
	return t.Destination == u.Destination && t.Group == u.Group && bytes.Equal(t.TPDU, u.TPDU)
}

// Control PDUs of the transport layer have the upper bit set, data with a
// sequence number the bit below.

func (t Telegram) isControl() bool  { return len(t.TPDU) > 0 && t.TPDU[0]&0x80 != 0 }
func (t Telegram) isNumbered() bool { return len(t.TPDU) > 0 && t.TPDU[0]&0xC0 == 0x40 }

// Application returns service and data of a telegram that carries some: the
// ten bits of the APCI, and the octets behind them. Services with six bits of
// data in the APCI have these bits still set.
func (t Telegram) Application() (apci uint16, data []byte, ok bool) {
	if len(t.TPDU) < 2 || t.isControl() {
		return 0, nil, false
	}
	return uint16(t.TPDU[0]&0x03)<<8 | uint16(t.TPDU[1]), t.TPDU[2:], true
}

// readMessage reads the cEMI message in a frame, or a bare one.
func (res *Response) readMessage(cemi []byte) error {
	p := &res.packet
	res.cemi = cemi
	base := len(p.frame) - len(cemi)
	if len(cemi) == 0 {
		return truncated(base)
	}
	isManagement := p.service == configurationRequest || p.service == 0
	isTelegram := p.service != configurationRequest
	isRouted := p.service == routingIndication || p.service == routingSystemBroadcast
	switch code := cemi[0]; code {
	case rawRequest, dataRequest, pollRequest, connectedRequest, individualRequest,
		propertyReadRequest, propertyWriteRequest, functionCommandRequest, functionStateRequest, resetRequest,
		pollConfirm, rawConfirm, rawIndication, busmonIndication, connectedIndication, individualIndication, propertyInfo, resetIndication:
		return core.ErrNotResponse
	case dataConfirm, dataIndication:
		if !isTelegram || isRouted && code == dataConfirm {
			break
		}
		t, err := parseTelegram(cemi, base)
		if err != nil {
			return err
		}
		res.telegram = t
		if code == dataConfirm {
			res.status = Confirm(t.Control & 1).Status()
			return nil
		}
		return res.readIndication(base)
	case propertyReadConfirm, propertyWriteConfirm, functionPropertyConfirm:
		if !isManagement {
			break
		}
		return res.readManagement(base)
	}
	return fault(FrameUnknownMessageCode, base, "cEMI message code is unknown or not expected here")
}

// readIndication reads a telegram from the bus: transport control, or the
// answer of an application.
func (res *Response) readIndication(base int) error {
	t := res.telegram
	if t.isControl() {
		control := TPCI(t.TPDU[0])
		if control&0xC3 == TConnect {
			return core.ErrNotResponse // a request of the peer
		}
		res.status = control.Status()
		return nil
	}
	apci, data, ok := t.Application()
	if !ok {
		return truncated(base + len(res.cemi))
	}
	status, complete, ok := answerStatus(apci, data)
	switch {
	case !ok:
		return core.ErrNotResponse
	case !complete:
		return truncated(base + len(res.cemi))
	}
	res.status = status
	return nil
}

// readManagement reads a confirmation of local device management.
func (res *Response) readManagement(base int) error {
	r := wire.NewReader(res.cemi)
	code := r.Uint8()
	r.Skip(2 + 1 + 1) // object type, instance, property
	if code == functionPropertyConfirm {
		switch {
		case r.Failed():
		case r.Len() == 0:
			res.status = EmptyFunctionPropertyCon.Status()
			return nil
		default:
			res.status = ReturnCode(r.Uint8()).Status()
			return nil
		}
		return truncated(base + len(res.cemi))
	}
	elements := r.Uint8() >> 4
	r.Skip(1) // rest of the start index
	switch {
	case elements == 0:
		res.status = PropertyError(r.Uint8()).Status()
	case code == propertyReadConfirm:
		r.Skip(1) // elements have a value
		fallthrough
	default:
		res.status = ReturnESuccess.Status()
	}
	if r.Failed() {
		return truncated(base + len(res.cemi))
	}
	return nil
}
