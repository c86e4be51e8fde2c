package opcuatest

import "github.com/gopcua/opcua/ua"

// towards returns a request with the server's own URL in it: the server compares
// it with that of its endpoints.
func (s *session) towards(request any) any {
	own := "opc.tcp://" + s.device.backend.addr
	switch q := request.(type) {
	case *ua.GetEndpointsRequest:
		c := *q
		c.EndpointURL = own
		return &c
	case *ua.CreateSessionRequest:
		c := *q
		c.EndpointURL = own
		return &c
	case *ua.FindServersRequest:
		c := *q
		c.EndpointURL = own
		return &c
	}
	return request
}

// back returns the server's answer with the URL in it that the client used, so
// that a client which follows it comes to the device again, or to what stands in
// front of the device.
func (s *session) back(response any) any {
	switch r := response.(type) {
	case *ua.GetEndpointsResponse:
		s.relocate(r.Endpoints)
	case *ua.CreateSessionResponse:
		s.relocate(r.ServerEndpoints)
	case *ua.FindServersResponse:
		for _, server := range r.Servers {
			server.DiscoveryURLs = []string{s.url()}
		}
	}
	return response
}

func (s *session) relocate(endpoints []*ua.EndpointDescription) {
	for _, e := range endpoints {
		e.EndpointURL = s.url()
		if e.Server != nil {
			e.Server.DiscoveryURLs = []string{s.url()}
		}
	}
}

// url is the one that the client has used.
func (s *session) url() string {
	switch q := s.q.body.(type) {
	case *ua.GetEndpointsRequest:
		return q.EndpointURL
	case *ua.CreateSessionRequest:
		return q.EndpointURL
	case *ua.FindServersRequest:
		return q.EndpointURL
	}
	return s.device.Endpoint()
}
