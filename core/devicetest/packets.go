package devicetest

import (
	"errors"
	"net"
	"testing"
)

// ListenPacket starts a device on a free UDP port of 127.0.0.1.
func ListenPacket(t testing.TB, open func() Session) *Server {
	t.Helper()
	s := newServer(t, nil, open)
	p, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.packet, s.addr = p, p.LocalAddr().String()
	s.wait.Add(1)
	go s.servePackets(p)
	return s
}

func (s *Server) servePackets(p net.PacketConn) {
	defer s.wait.Done()
	clients := map[string]*line{}
	defer func() {
		for _, l := range clients {
			s.forget(l)
		}
	}()
	buf := make([]byte, 1<<16)
	for {
		n, peer, err := p.ReadFrom(buf)
		if err != nil {
			if errors.Is(err, net.ErrClosed) {
				return
			}
			continue // a port unreachable that an earlier answer brought
		}
		l, ok := clients[peer.String()]
		if !ok {
			session := s.open()
			l = s.line(session, func(answer []byte, f Fault) bool { return sendPackets(p, peer, session, answer, f) })
			clients[peer.String()] = l
		}
		s.handle(l, append([]byte(nil), buf[:n]...))
	}
}

// sendPackets writes an answer as one datagram, or as those that the session
// divides it into.
func sendPackets(p net.PacketConn, peer net.Addr, session Session, answer []byte, f Fault) bool {
	switch f {
	case Silence, Close, Reset:
		return true
	case Cut:
		answer = answer[:len(answer)/2]
	}
	datagrams := [][]byte{answer}
	if d, ok := session.(Divider); ok {
		datagrams = d.Divide(answer)
	}
	for _, datagram := range datagrams {
		if len(datagram) > 0 {
			_, _ = p.WriteTo(datagram, peer)
		}
	}
	return true
}
