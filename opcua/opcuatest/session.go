package opcuatest

import (
	"github.com/gopcua/opcua/id"
	"github.com/gopcua/opcua/ua"
	"github.com/gopcua/opcua/uacp"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/devicetest"
)

// A session is one connection of a client, with the connection to the server
// that stands behind it. It reads each frame once, in Read.
type session struct {
	device *Device
	q      request
	parts  map[uint32][]byte // payloads of requests of which some chunks have come
	up     *upstream         // nil until the channel is opened
	seq    uint32            // of the last frame to the client
	over   bool              // the device hangs up
	within bool              // Adopt is inside a message of several chunks
}

// A request is what a frame of a client asks.
type request struct {
	frame   []byte
	kind    string // message and chunk type
	id      uint32
	payload []byte // of the whole message
	body    any    // nil when it was not understood
	fault   ua.StatusCode
}

const (
	minMessage = 24 // size of the headers of a MSG
	minHello   = 28
)

func (s *session) Read(frame []byte) devicetest.Request {
	s.q = request{frame: append([]byte(nil), frame...), kind: string(frame[:4])}
	if s.q.kind[:3] != "MSG" {
		return devicetest.Request{Op: core.Connect, Understood: true}
	}
	s.q.id = u32(frame, 20)
	s.q.payload = append(s.parts[s.q.id], s.q.frame[minMessage:]...)
	delete(s.parts, s.q.id)
	switch s.q.kind[3] {
	case 'C':
		if s.parts == nil {
			s.parts = map[uint32][]byte{}
		}
		s.parts[s.q.id] = s.q.payload
		return devicetest.Request{Op: core.Connect, Understood: true} // a request when its last chunk has come
	case 'A':
		return devicetest.Request{Op: core.Connect, Understood: true}
	}
	return s.q.read()
}

// read decodes a whole request.
func (q *request) read() devicetest.Request {
	_, body, err := ua.DecodeService(q.payload)
	r := devicetest.Request{Op: core.Other}
	if err != nil {
		q.fault = ua.StatusBadDecodingError
		if body == nil {
			q.fault = ua.StatusBadServiceUnsupported
		}
		return r
	}
	if _, ok := body.(ua.Request); !ok {
		q.fault = ua.StatusBadServiceUnsupported
		return r
	}
	q.body, r.Understood = body, true
	for _, item := range itemsOf(body) {
		r.Items = append(r.Items, itemName(item.node, item.attribute))
	}
	r.Op = opOf(body)
	return r
}

func opOf(body any) core.Op {
	switch q := body.(type) {
	case *ua.GetEndpointsRequest, *ua.FindServersRequest, *ua.FindServersOnNetworkRequest,
		*ua.CreateSessionRequest, *ua.ActivateSessionRequest, *ua.CloseSessionRequest, *ua.PublishRequest:
		return core.Connect
	case *ua.ReadRequest:
		if ownAffairs(q) {
			return core.Connect
		}
		return core.Read
	case *ua.HistoryReadRequest, *ua.BrowseRequest, *ua.BrowseNextRequest, *ua.TranslateBrowsePathsToNodeIDsRequest,
		*ua.CreateMonitoredItemsRequest, *ua.RepublishRequest:
		return core.Read
	case *ua.WriteRequest, *ua.HistoryUpdateRequest, *ua.CallRequest, *ua.AddNodesRequest:
		return core.Write
	}
	return core.Other
}

// ownAffairs reports whether a read is one that clients send by themselves: to
// learn the namespaces and limits of the server, or to keep the session alive.
func ownAffairs(q *ua.ReadRequest) bool {
	for _, n := range q.NodesToRead {
		if n.NodeID.Namespace() != 0 || n.NodeID.IntID() == id.Server_ServerStatus_CurrentTime {
			return false
		}
	}
	return len(q.NodesToRead) > 0
}

func (s *session) Answer(_ []byte, p devicetest.Plan) []byte {
	mute, hello, channel, create, login := s.device.refusals()
	q := &s.q
	switch {
	case mute:
		return []byte{}
	case q.kind == "HELF" && hello != nil:
		return s.hangUp(hello)
	case q.kind == "HELF":
		return acknowledge(q.frame)
	case q.kind == "OPNF" && channel != nil:
		return s.hangUp(channel)
	case q.kind == "OPNF":
		return s.openChannel()
	case q.kind == "MSGC", q.kind == "MSGA":
		return []byte{} // nothing to answer yet, or ever
	case q.kind != "MSGF" || s.up == nil:
		return nil // CLO: the client hangs up
	}
	switch q.body.(type) {
	case *ua.CreateSessionRequest:
		q.fault = create
	case *ua.ActivateSessionRequest:
		q.fault = login
	}
	if q.fault != 0 {
		return s.fault(q.fault)
	}
	switch native := wholeNative(p).(type) {
	case nil:
	case ua.StatusCode:
		return s.fault(native)
	case *uacp.Error:
		return s.hangUp(native)
	case Abort:
		return s.abort(native)
	default:
		s.device.t.Errorf("opcuatest: a device cannot fail with a %T", native)
	}
	return s.execute(p)
}

// wholeNative is the native status of the whole request: given for it, or one
// given for an item that is none of an item.
func wholeNative(p devicetest.Plan) error {
	for _, native := range p.Items {
		if _, ok := native.(ua.StatusCode); native != nil && !ok {
			return native
		}
	}
	return p.Native
}

// openChannel passes an OPN on. The server has no security but None, and would
// say nothing to a client that wants another.
func (s *session) openChannel() []byte {
	requestID, ok := openingID(s.q.frame)
	if !ok {
		return s.hangUp(&uacp.Error{ErrorCode: uint32(ua.StatusBadSecurityPolicyRejected), Reason: "only None"})
	}
	if s.up == nil {
		up, err := dialUpstream(s.device.backend.addr, s.push)
		if err != nil {
			s.device.t.Errorf("opcuatest: %v", err)
			return nil
		}
		s.up = up
	}
	return s.number(s.up.ask(requestID, s.q.frame))
}

// execute lets the server answer, but for the items that fail.
func (s *session) execute(p devicetest.Plan) []byte {
	switch s.q.body.(type) {
	case *ua.PublishRequest:
		s.up.send(s.chunks(s.q.payload))
		return []byte{} // answered when there is something to publish: see push
	case *ua.CreateSubscriptionRequest:
		s.device.backend.mu.Lock()
		s.device.backend.monitored = true
		s.device.backend.mu.Unlock()
	}
	codes := codesOf(s.q.body, p.Items)
	request, some := withoutFailing(s.q.body, codes)
	request = s.towards(request)
	var response any
	if some {
		payload, err := encode(request)
		if err != nil {
			s.device.t.Errorf("opcuatest: %v", err)
			return nil
		}
		frame := s.up.ask(s.q.id, s.chunks(payload))
		if len(frame) < minMessage {
			return nil
		}
		if _, response, err = ua.DecodeService(frame[minMessage:]); err != nil {
			s.device.t.Errorf("opcuatest: %v", err)
			return nil
		}
	}
	return s.respond(s.back(withFailing(response, s.q.body, codes)))
}

// respond is the answer to the request.
func (s *session) respond(response any) []byte {
	payload, err := encode(response)
	if err != nil {
		s.device.t.Errorf("opcuatest: %v", err)
		return nil
	}
	return s.number(message('F', s.q.frame[8:16], s.q.id, payload))
}

func (s *session) fault(code ua.StatusCode) []byte {
	return s.respond(&ua.ServiceFault{ResponseHeader: responseHeader(s.q.body, code)})
}

func (s *session) abort(a Abort) []byte {
	return s.number(message('A', s.q.frame[8:16], s.q.id, errorBody(uint32(a.Code), a.Reason)))
}

// hangUp is an ERR message, behind which the connection ends.
func (s *session) hangUp(e *uacp.Error) []byte {
	s.over = true
	return frame("ERRF", errorBody(e.ErrorCode, e.Reason))
}

// Ended reports whether the device has hung up.
func (s *session) Ended() bool { return s.over }

// Close ends the connection to the server.
func (s *session) Close() {
	if s.up != nil {
		s.up.close()
	}
}

// push passes on what the server sent without having been asked: answers to
// Publish requests.
func (s *session) push(take func() []byte) {
	s.device.Push(func(other devicetest.Session) []byte {
		if other != devicetest.Session(s) {
			return nil
		}
		return s.number(take())
	})
}
