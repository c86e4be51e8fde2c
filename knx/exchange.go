package knx

import (
	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/internal/wire"
)

// awaited says what an exchange still waits for.
type awaited uint8

const (
	awaitAck       awaited = 1 << iota // acknowledgement of the gateway, UDP only
	awaitConfirm                       // L_Data.con
	awaitTransport                     // T_ACK of the device
	awaitAnswer                        // response of gateway or device
)

// An exchange is a request of ours and what it waits for.
type exchange struct {
	id    uint64
	op    core.Op
	await awaited

	refused bool // a failure ended it

	service   Service
	onChannel bool
	channel   uint8
	sequence  uint8
	sum       uint64 // of the whole frame, to recognise its repetition

	feature uint8
	message uint8 // cEMI message code, 0 without a message

	// Of a telegram:
	telegram    uint64 // sum of what its confirmation repeats
	group       bool
	destination uint16
	connected   bool   // on a transport connection
	heard       bool   // the device itself said something
	application uint16 // application service
	hasAPCI     bool
	subject     uint64
}

// newExchange reads a request of ours. It is not ok for frames that ask for
// nothing. What it cannot read is left out: the gateway will say.
func newExchange(p *packet, tcp bool) (e exchange, ok bool) {
	e = exchange{service: p.service, onChannel: p.hasChannel, channel: p.channel, sequence: p.sequence, sum: sum(p.frame)}
	body := p.frame[p.body:]
	switch p.service {
	case connectRequest, sessionRequest, sessionAuthenticate:
		e.op, e.await = core.Connect, awaitAnswer
	case searchRequest, searchRequestExt, descriptionRequest, connectionStateRequest, disconnectRequest:
		e.await = awaitAnswer
	case featureGet, featureSet:
		e.op, e.await = core.Read, awaitAnswer
		if p.service == featureSet {
			e.op = core.Write
		}
		if len(body) > 0 {
			e.feature = body[0]
		}
	case tunnellingRequest, configurationRequest, routingIndication:
		e.readMessage(body, p.service != routingIndication)
	default:
		return exchange{}, false
	}
	if p.hasSequence && !tcp {
		e.await |= awaitAck
	}
	return e, true
}

// readMessage reads what a cEMI message of ours attempts. Routed telegrams are
// neither acknowledged nor confirmed.
func (e *exchange) readMessage(cemi []byte, confirmed bool) {
	if len(cemi) == 0 {
		return
	}
	e.message = cemi[0]
	switch e.message {
	case propertyReadRequest, functionStateRequest:
		e.op, e.await = core.Read, awaitAnswer
		e.subject = managementSubject(cemi)
	case propertyWriteRequest, functionCommandRequest:
		e.op, e.await = core.Write, awaitAnswer
		e.subject = managementSubject(cemi)
	case resetRequest:
		e.op = core.Write
	case dataRequest, dataIndication:
		t, err := ParseTelegram(cemi)
		if err != nil {
			return
		}
		e.readTelegram(t)
		if confirmed {
			e.await |= awaitConfirm
		}
	}
}

func (e *exchange) readTelegram(t Telegram) {
	e.telegram = telegramSum(t)
	e.group, e.destination = t.Group, t.Destination
	e.connected = t.isControl() || t.isNumbered()
	if t.isNumbered() {
		e.await |= awaitTransport
	}
	if t.isControl() && TPCI(t.TPDU[0])&0xC3 == TConnect {
		e.op = core.Connect
	}
	apci, data, ok := t.Application()
	if !ok {
		return
	}
	service := applicationService(apci)
	op, _, always, ok := requestService(service)
	if !ok {
		return
	}
	e.op, e.hasAPCI, e.application = op, true, service
	e.subject = subject(service, data)
	if always {
		e.await |= awaitAnswer
	}
}

// ack is the service that acknowledges this request.
func (e *exchange) ack() Service {
	switch e.service {
	case configurationRequest:
		return configurationAck
	case tunnellingRequest, featureGet, featureSet:
		return tunnellingAck
	}
	return 0
}

// isAnsweredBy reports whether a telegram from the bus is the answer of an
// application to this exchange.
func (e *exchange) isAnsweredBy(t Telegram) bool {
	apci, data, ok := t.Application()
	if !ok || !e.hasAPCI {
		return false
	}
	service := applicationService(apci)
	_, answer, _, _ := requestService(e.application)
	switch {
	case answer != service:
		return false
	case service == groupValueResponse:
		return t.Group && e.group && t.Destination == e.destination
	case isBroadcast(service):
		return true
	}
	return !e.group && t.Source == e.destination && e.subject == subject(service, data)
}

// isConfirmedBy reports whether a management confirmation belongs to this exchange.
func (e *exchange) isConfirmedBy(cemi []byte) bool {
	var want bool
	switch cemi[0] {
	case propertyReadConfirm:
		want = e.message == propertyReadRequest
	case propertyWriteConfirm:
		want = e.message == propertyWriteRequest
	case functionPropertyConfirm:
		want = e.message == functionCommandRequest || e.message == functionStateRequest
	}
	return want && e.subject == managementSubject(cemi)
}

// managementSubject is object type, instance and property of a local device
// management message.
func managementSubject(cemi []byte) uint64 {
	r := wire.NewReader(cemi)
	r.Skip(1)
	return uint64(r.Uint32BE())
}

// telegramSum is a sum of what [Telegram.Confirms] compares.
func telegramSum(t Telegram) uint64 {
	s := sum(t.TPDU)
	s = mix(s, uint8(t.Destination>>8))
	s = mix(s, uint8(t.Destination))
	if t.Group {
		s = mix(s, 1)
	}
	return s
}

// sum is the FNV-1a sum of 64 bits: requests are compared by it, so that a
// conversation keeps no frames.
func sum(data []byte) uint64 {
	s := uint64(14695981039346656037)
	for _, b := range data {
		s = mix(s, b)
	}
	return s
}

func mix(s uint64, b uint8) uint64 { return (s ^ uint64(b)) * 1099511628211 }

// isOver reports whether a service that carries no status answers this request.
func (e *exchange) isOver(s Service) bool {
	switch e.service {
	case searchRequest, searchRequestExt:
		return s == searchResponse || s == searchResponseExt
	case descriptionRequest:
		return s == descriptionResponse
	case sessionRequest:
		return s == sessionResponse
	}
	return false
}
