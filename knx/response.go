package knx

import (
	"net/netip"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/internal/wire"
)

// A Response is a view of one frame from the gateway. It aliases the frame and
// allocates nothing.
type Response struct {
	packet   packet
	status   core.Status
	telegram Telegram
	cemi     []byte // the cEMI message inside, nil without one
	feature  uint8
	value    []byte // of the feature
	endpoint netip.AddrPort
	tcp      bool   // the channel runs over TCP
	address  uint16 // individual address of the tunnel, 0 without one
}

// ParseResponse reads one KNXnet/IP frame as it came from the gateway: a
// datagram, or a token of [ScanFrames].
//
// Requests, searches and telegrams that answer nothing give
// [core.ErrNotResponse]. A frame that breaks the rules gives an error with 3009
// and an Event of the layer frame. Whether a telegram answers one of ours, and
// whether a channel is ours, only [Conversation] knows.
func ParseResponse(frame []byte) (Response, error) {
	var r Response
	if err := r.parse(frame); err != nil {
		return Response{}, err
	}
	return r, nil
}

// ParseCEMI is ParseResponse for a bare cEMI message, as drivers get it over
// USB or a serial line.
func ParseCEMI(cemi []byte) (Response, error) {
	r := Response{packet: packet{frame: cemi}}
	if err := r.readMessage(cemi); err != nil {
		return Response{}, err
	}
	return r, nil
}

// Service returns the service type of the frame, 0 for a bare cEMI message.
func (r Response) Service() Service { return r.packet.service }

// Channel returns the communication channel that the frame belongs to.
func (r Response) Channel() (channel uint8, ok bool) { return r.packet.channel, r.packet.hasChannel }

// Sequence returns the sequence counter of the frame. Over TCP it means nothing.
func (r Response) Sequence() (sequence uint8, ok bool) {
	return r.packet.sequence, r.packet.hasSequence
}

// Status returns what the frame says. Where several fields could fail, it is
// the outermost failure: the acknowledgement before the confirm bit before the
// transport control before the application. Answers of services that know no
// code of success are [ReturnESuccess].
func (r Response) Status() core.Status { return r.status }

// Err returns the failure that the response reports for what was attempted, or nil.
func (r Response) Err(op core.Op) error { return r.status.Err(op) }

// DataEndpoint returns where the gateway wants the frames of a new channel: the
// address in a positive CONNECT_RESPONSE over UDP. It is not ok when the
// gateway leaves the address open, as behind NAT and over TCP; then it is the
// address that the response came from.
func (r Response) DataEndpoint() (endpoint netip.AddrPort, ok bool) {
	return r.endpoint, r.endpoint.IsValid()
}

// TunnelAddress returns the individual address that a CONNECT_RESPONSE assigns
// to a tunnel.
func (r Response) TunnelAddress() (address uint16, ok bool) { return r.address, r.address != 0 }

// Telegram returns the bus telegram in the frame: a confirmation or an indication.
func (r Response) Telegram() (t Telegram, ok bool) { return r.telegram, r.telegram.TPDU != nil }

// Feature returns number and value of the interface feature in a
// TUNNELLING_FEATURE_RESPONSE or _INFO. The value aliases the frame; it may be
// missing or have another length when the gateway refused.
func (r Response) Feature() (feature uint8, value []byte, ok bool) {
	return r.feature, r.value, r.packet.service == featureResponse || r.packet.service == featureInfo
}

// AppendStatuses appends the status of one frame from the gateway, without any
// context: what it says is taken for an answer to us. It allocates nothing
// unless the frame is faulty. The errors are those of [ParseResponse].
func AppendStatuses(dst []core.Status, frame []byte) ([]core.Status, error) {
	var r Response
	if err := r.parse(frame); err != nil {
		return dst, err
	}
	return append(dst, r.status), nil
}

func (res *Response) parse(frame []byte) error {
	if err := res.packet.parse(frame); err != nil {
		return err
	}
	return res.read()
}

// read reads what is special to the service, behind what the packet knows. The
// response is worth nothing when it returns an error.
func (res *Response) read() error {
	p := &res.packet
	if p.isRequest() {
		return core.ErrNotResponse
	}
	r := p.rest()
	switch p.service {
	case connectResponse:
		return res.readConnect(r)
	case connectionStateResponse, disconnectResponse:
		res.status = ErrorCode(p.status).Status()
	case disconnectRequest:
		if _, _, ok := readEndpoint(&r); !ok {
			return p.badStructure(r)
		}
		res.status = p.service.Status()
	case searchResponseExt, descriptionResponse:
		return res.readDescription(r)
	case configurationAck, tunnellingAck:
		res.status = AckCode(p.status).Status()
	case configurationRequest, tunnellingRequest, routingIndication, routingSystemBroadcast:
		return res.readMessage(p.frame[p.body:])
	case featureResponse, featureInfo:
		return res.readFeature(r)
	case routingLostMessage, routingBusy:
		return res.readRouting(r)
	case sessionResponse:
		return res.readSession(r)
	case sessionStatus:
		res.status = SessionStatus(r.Uint8()).Status()
		r.Skip(1)
	case secureWrapper:
		r.Skip(32) // session id, sequence, serial number, tag, authentication code
		res.status = p.service.Status()
	default:
		res.status = p.service.Status()
	}
	if r.Failed() {
		return truncated(len(p.frame))
	}
	return nil
}

const (
	tunnelConnection = 0x04 // connection type
	protocolTCP      = 0x02 // host protocol
	featureBusStatus = 0x03 // interface feature
	dibExtendedInfo  = 0x08 // description block: extended device information
)

// readConnect reads a CONNECT_RESPONSE. A refusal ends behind its status; what
// some gateways append is of no use.
func (res *Response) readConnect(r wire.Reader) error {
	p := &res.packet
	res.status = ErrorCode(p.status).Status()
	if p.status != uint8(ENoError) {
		return nil
	}
	endpoint, protocol, ok := readEndpoint(&r)
	if !ok {
		return p.badStructure(r)
	}
	at := p.body + r.Offset()
	length := int(r.Uint8())
	kind := r.Uint8()
	if r.Failed() {
		return truncated(len(p.frame))
	}
	if length < 2 || kind == tunnelConnection && length != 4 {
		return fault(FrameBadStructureLength, at, "connection response data length does not fit")
	}
	data := r.Sub(length - 2)
	if r.Failed() {
		return truncated(len(p.frame))
	}
	if kind == tunnelConnection {
		res.address = data.Uint16BE()
	}
	res.tcp = protocol == protocolTCP
	if !res.tcp && !endpoint.Addr().IsUnspecified() && endpoint.Port() != 0 {
		res.endpoint = endpoint
	}
	return nil
}

// readEndpoint reads a host protocol address information.
func readEndpoint(r *wire.Reader) (endpoint netip.AddrPort, protocol uint8, ok bool) {
	look := *r
	if length := look.Uint8(); length != 8 {
		return endpoint, 0, false
	}
	protocol = look.Uint8()
	ip := look.Bytes(4)
	port := look.Uint16BE()
	if look.Failed() {
		return endpoint, 0, false
	}
	*r = look
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte(ip)), port), protocol, true
}

// badStructure is the fault of a host address that r could not read.
func (p *packet) badStructure(r wire.Reader) error {
	if r.Len() > 0 && p.frame[p.body] != 8 {
		return fault(FrameBadStructureLength, p.body, "host address length is not 8")
	}
	return truncated(len(p.frame))
}

// readDescription looks for the extended device information, which tells
// whether the gateway reaches its bus. Without one there is no status.
func (res *Response) readDescription(r wire.Reader) error {
	p := &res.packet
	if p.service == searchResponseExt {
		if _, _, ok := readEndpoint(&r); !ok {
			return p.badStructure(r)
		}
	}
	for r.Len() > 0 {
		at := p.body + r.Offset()
		length := int(r.Uint8())
		block := r.Sub(length - 1)
		if r.Failed() || length < 2 {
			return fault(FrameBadStructureLength, at, "description block length does not fit")
		}
		if kind := block.Uint8(); kind != dibExtendedInfo {
			continue
		}
		res.status = MediumStatus(block.Uint8()).Status()
		if block.Failed() {
			return fault(FrameBadStructureLength, at, "extended device information is too short")
		}
		return nil
	}
	return core.ErrNotResponse
}

// readFeature reads an interface feature. Feature 3 tells whether there is a
// bus: its value can be bad news although the return code is a success.
func (res *Response) readFeature(r wire.Reader) error {
	p := &res.packet
	res.feature = r.Uint8()
	code := r.Uint8() // reserved in a TUNNELLING_FEATURE_INFO
	if r.Failed() {
		return truncated(len(p.frame))
	}
	res.value = r.Rest()
	if p.service == featureInfo {
		res.status = p.service.Status()
	} else {
		res.status = ReturnCode(code).Status()
	}
	if res.feature == featureBusStatus && res.status.Code(core.Other) == core.OK {
		if len(res.value) == 0 {
			return truncated(len(p.frame))
		}
		res.status = BusStatus(res.value[0]).Status()
	}
	return nil
}

// readRouting reads a ROUTING_LOST_MESSAGE or ROUTING_BUSY. The second value of
// the status is the number of lost telegrams or the pause in milliseconds.
func (res *Response) readRouting(r wire.Reader) error {
	p := &res.packet
	want := uint8(4)
	if p.service == routingBusy {
		want = 6
	}
	length := r.Uint8()
	state := RouterState(r.Uint8())
	number := r.Uint16BE()
	r.Skip(int(want) - 4)
	switch {
	case length != want && len(p.frame) > p.body:
		return fault(FrameBadStructureLength, p.body, "router status length does not fit")
	case r.Failed():
		return truncated(len(p.frame))
	}
	res.status = p.service.Status()
	if state.Status().Code(core.Other) != core.OK || p.service == routingLostMessage && number == 0 {
		res.status = state.Status()
	}
	res.status = res.status.WithExtended(uint32(number))
	return nil
}

// readSession reads a SESSION_RESPONSE. One with a session id is a step of the
// handshake and says nothing yet: a SESSION_STATUS follows.
func (res *Response) readSession(r wire.Reader) error {
	id := r.Uint16BE()
	switch {
	case r.Failed():
		return truncated(len(res.packet.frame))
	case id == 0:
		res.status = SessionResponseRefused.Status()
		return nil
	}
	r.Skip(32 + 16) // public key, authentication code
	if r.Failed() {
		return truncated(len(res.packet.frame))
	}
	return core.ErrNotResponse
}
