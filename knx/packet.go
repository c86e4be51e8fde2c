package knx

import (
	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/internal/wire"
)

// Service types that this package reads. Those that carry no status field of
// their own stand in status.go.
const (
	searchRequest           Service = 0x0201
	searchResponse          Service = 0x0202
	descriptionRequest      Service = 0x0203
	descriptionResponse     Service = 0x0204
	connectRequest          Service = 0x0205
	connectResponse         Service = 0x0206
	connectionStateRequest  Service = 0x0207
	connectionStateResponse Service = 0x0208
	disconnectRequest               = DisconnectRequest
	disconnectResponse      Service = 0x020A
	searchRequestExt        Service = 0x020B
	searchResponseExt       Service = 0x020C
	configurationRequest    Service = 0x0310
	configurationAck        Service = 0x0311
	tunnellingRequest       Service = 0x0420
	tunnellingAck           Service = 0x0421
	featureGet              Service = 0x0422
	featureResponse         Service = 0x0423
	featureSet              Service = 0x0424
	featureInfo                     = TunnellingFeatureInfo
	routingIndication       Service = 0x0530
	routingLostMessage              = RoutingLostMessage
	routingBusy                     = RoutingBusy
	routingSystemBroadcast  Service = 0x0533
	secureWrapper                   = SecureWrapper
	sessionRequest          Service = 0x0951
	sessionResponse         Service = 0x0952
	sessionAuthenticate     Service = 0x0953
	sessionStatus           Service = 0x0954
	timerNotify                     = TimerNotify
)

const (
	headerLength  = 6
	headerVersion = 0x10
)

// A packet is a frame whose header, and where the service has one its
// connection header, has been read.
type packet struct {
	service  Service
	frame    []byte
	body     int // offset of what follows header, connection header and status
	status   uint8
	channel  uint8
	sequence uint8

	hasChannel  bool
	hasSequence bool
}

// parse reads the header and the octets that all services of a kind have
// in common.
func (p *packet) parse(frame []byte) error {
	switch {
	case len(frame) > 0 && frame[0] != headerLength:
		return fault(FrameBadHeaderLength, 0, "header length is not 6")
	case len(frame) > 1 && frame[1] != headerVersion:
		return fault(FrameBadVersion, 1, "protocol version is not 1.0")
	}
	return p.read(frame)
}

// parseRequest is parse for a frame of our own: the version may be any,
// so that the gateway's refusal of a wrong one finds its request.
func (p *packet) parseRequest(frame []byte) error {
	if len(frame) > 0 && frame[0] != headerLength {
		return fault(FrameBadHeaderLength, 0, "header length is not 6")
	}
	return p.read(frame)
}

func (p *packet) read(frame []byte) error {
	*p = packet{frame: frame}
	r := wire.NewReader(frame)
	r.Skip(2)
	p.service = Service(r.Uint16BE())
	total := int(r.Uint16BE())
	switch {
	case r.Failed():
		return fault(FrameShortHeader, len(p.frame), "less than six octets")
	case total < headerLength:
		return fault(FrameTotalLengthMismatch, 4, "total length is shorter than the header")
	case total != len(p.frame):
		return fault(FrameTotalLengthMismatch, 4, "total length is not that of the frame")
	}
	switch p.service {
	case connectResponse, connectionStateRequest, connectionStateResponse, disconnectRequest, disconnectResponse:
		p.hasChannel = true
		p.channel = r.Uint8()
		p.status = r.Uint8()
	case configurationRequest, configurationAck, tunnellingRequest, tunnellingAck, featureGet, featureResponse, featureSet, featureInfo:
		if length := r.Uint8(); length != 4 && !r.Failed() {
			return fault(FrameBadStructureLength, headerLength, "connection header length is not 4")
		}
		p.hasChannel, p.hasSequence = true, true
		p.channel = r.Uint8()
		p.sequence = r.Uint8()
		p.status = r.Uint8()
	}
	if r.Failed() {
		return truncated(len(p.frame))
	}
	p.body = r.Offset()
	return nil
}

// rest is a reader for what follows the common octets.
func (p *packet) rest() wire.Reader { return wire.NewReader(p.frame[p.body:]) }

// isRequest reports whether the service never answers anything, whoever sends it.
func (p *packet) isRequest() bool {
	switch p.service {
	case searchRequest, searchResponse, descriptionRequest, connectRequest, connectionStateRequest,
		searchRequestExt, featureGet, featureSet, sessionRequest, sessionAuthenticate, timerNotify:
		return true
	}
	return false
}

// fault is the error of a frame that breaks a rule.
func fault(e Event, offset int, reason string) error {
	return core.BadFrame(e.Status(), offset, reason)
}

func truncated(offset int) error {
	return fault(FrameTruncatedBody, offset, "frame ends before its service is complete")
}
