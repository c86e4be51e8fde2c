package devicetest

import (
	"bufio"
	"errors"
	"maps"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
)

// A Request is one request that a device has seen.
type Request struct {
	Op    core.Op
	Items []string // addresses, as the protocol's package writes them
	Raw   []byte   // the frame
	// Understood is false for requests that the device answered with the
	// protocol's own refusal because it does not know them.
	Understood bool
}

// A Session answers the requests of one connection, or of one UDP peer.
type Session interface {
	// Read tells what a frame asks. Handshakes have no items and op Connect.
	Read(frame []byte) Request
	// Answer returns the frames to send, nil to close the connection. An empty
	// answer is none that the protocol demands.
	Answer(frame []byte, p Plan) []byte
	// Spoil returns the answer damaged by a fault of the frame: Garbage,
	// Truncated, WrongLength or WrongID.
	Spoil(answer []byte, f Fault) []byte
	// Adopt gives a recorded answer the transaction number of a request.
	Adopt(recorded, request []byte) []byte
}

// A Divider is a session over UDP whose answers are several datagrams.
type Divider interface {
	// Divide returns the datagrams of an answer, damaged or not.
	Divide(answer []byte) [][]byte
}

// An Ender is a session that hangs up by itself, behind an answer that says so.
type Ender interface {
	// Ended reports whether the connection is to be closed behind the last answer.
	Ended() bool
}

// A Closer is a session that holds something open, such as a connection of its
// own. Close is called when the client's connection has ended.
type Closer interface {
	Close()
}

// A line is the way to one client. What goes there is asked of the session and
// sent while mu is held, so that it arrives in the order of its numbers.
type line struct {
	mu      sync.Mutex
	session Session
	send    func(answer []byte, f Fault) bool // reports whether the connection goes on
}

// A Server is the common part of a device.
type Server struct {
	t     testing.TB
	split bufio.SplitFunc // nil for UDP
	open  func() Session
	match func(rule, item string) bool

	listener net.Listener
	packet   net.PacketConn
	addr     string
	wait     sync.WaitGroup
	done     chan struct{}

	mu       sync.Mutex
	rules    []*rule
	requests []Request
	replay   []coretest.Stanza
	conns    map[net.Conn]bool
	lines    map[*line]bool
	refusing bool
	closed   bool
}

// Listen starts a device on a free TCP port of 127.0.0.1. It is closed at the
// end of the test.
func Listen(t testing.TB, split bufio.SplitFunc, open func() Session) *Server {
	t.Helper()
	s := newServer(t, split, open)
	if err := s.listen("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	return s
}

func newServer(t testing.TB, split bufio.SplitFunc, open func() Session) *Server {
	s := &Server{t: t, split: split, open: open, match: func(rule, item string) bool { return rule == item }, conns: map[net.Conn]bool{}, lines: map[*line]bool{}, done: make(chan struct{})}
	t.Cleanup(s.Close)
	return s
}

func (s *Server) listen(addr string) error {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	s.mu.Lock()
	s.listener, s.addr = l, l.Addr().String()
	s.mu.Unlock()
	s.wait.Add(1)
	go s.accept(l)
	return nil
}

// Match sets how the address of a rule is compared with that of an item. Without
// it both have to be the same text. It is called before the device is used.
func (s *Server) Match(match func(rule, item string) bool) { s.match = match }

// Addr returns host and port.
func (s *Server) Addr() string { return s.addr }

// Requests returns what the device was asked so far, handshakes left out.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Request(nil), s.requests...)
}

// Refuse closes the port and all connections: dialing fails, as when the device
// is switched off, until [Server.Recover].
func (s *Server) Refuse() {
	s.mu.Lock()
	s.refusing = true
	l, p := s.listener, s.packet
	s.mu.Unlock()
	if l != nil {
		_ = l.Close()
	}
	if p != nil {
		_ = p.Close()
	}
	s.Drop()
}

// Drop closes all connections, as when a cable breaks and is mended. New
// connections are accepted.
func (s *Server) Drop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		_ = c.Close()
	}
}

// Recover drops all rules and recordings, and opens the port again.
func (s *Server) Recover() {
	s.t.Helper()
	s.mu.Lock()
	s.rules, s.replay = nil, nil
	refusing := s.refusing
	s.refusing = false
	s.mu.Unlock()
	if !refusing {
		return
	}
	if s.packet == nil {
		if err := s.listen(s.addr); err != nil {
			s.t.Fatalf("cannot open the port again: %v", err)
		}
		return
	}
	p, err := net.ListenPacket("udp", s.addr)
	if err != nil {
		s.t.Fatalf("cannot open the port again: %v", err)
	}
	s.mu.Lock()
	s.packet = p
	s.mu.Unlock()
	s.wait.Add(1)
	go s.servePackets(p)
}

// Close ends the device and waits until nothing of it runs any more. It is
// called at the end of the test.
func (s *Server) Close() {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return
	}
	s.closed = true
	close(s.done)
	s.mu.Unlock()
	s.Refuse()
	s.wait.Wait()
}

func (s *Server) accept(l net.Listener) {
	defer s.wait.Done()
	for {
		c, err := l.Accept()
		if err != nil {
			return // closed
		}
		if s.track(c) {
			go s.serve(c)
		}
	}
}

// track remembers a connection, so that Close can end it. It reports whether
// the connection may be served.
func (s *Server) track(c net.Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refusing {
		_ = c.Close()
		return false
	}
	s.conns[c] = true
	s.wait.Add(1)
	return true
}

func (s *Server) untrack(c net.Conn) {
	_ = c.Close()
	s.mu.Lock()
	delete(s.conns, c)
	s.mu.Unlock()
	s.wait.Done()
}

func (s *Server) serve(c net.Conn) {
	defer s.untrack(c)
	l := s.line(s.open(), func(answer []byte, f Fault) bool { return send(c, answer, f) })
	defer s.forget(l)
	frames := bufio.NewScanner(c)
	frames.Buffer(nil, 1<<20)
	frames.Split(s.split)
	for frames.Scan() {
		if !s.handle(l, frames.Bytes()) {
			return
		}
	}
	if err := frames.Err(); err != nil && !errors.Is(err, net.ErrClosed) && core.EventOf(err) == 0 {
		s.t.Logf("devicetest: %v", err)
	}
}

// line is a new client, with its session and the way to it.
func (s *Server) line(session Session, send func(answer []byte, f Fault) bool) *line {
	l := &line{session: session, send: send}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lines[l] = true
	return l
}

func (s *Server) forget(l *line) {
	if c, ok := l.session.(Closer); ok {
		c.Close()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.lines, l)
}

// Push sends what nobody asked for. What goes to the client of a session is
// returned by frames, nothing when that is empty.
func (s *Server) Push(frames func(Session) []byte) {
	s.mu.Lock()
	lines := slices.Collect(maps.Keys(s.lines))
	s.mu.Unlock()
	for _, l := range lines {
		l.mu.Lock()
		l.send(frames(l.session), 0)
		l.mu.Unlock()
	}
}

// handle answers a frame with the rules applied, and reports whether the
// connection goes on.
func (s *Server) handle(l *line, frame []byte) bool {
	q, p := s.take(l.session, frame)
	if !s.pause(p.delay) {
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	answer, replayed := s.replayed(l.session, q, frame)
	if !replayed {
		answer = l.session.Answer(frame, p)
	}
	if answer == nil {
		return false
	}
	switch p.fault {
	case Garbage, Truncated, WrongLength, WrongID:
		answer = l.session.Spoil(answer, p.fault)
	}
	if !l.send(answer, p.fault) {
		return false
	}
	e, ok := l.session.(Ender)
	return !ok || !e.Ended()
}

// take notes a request and says how it has to fail.
func (s *Server) take(session Session, frame []byte) (q Request, p Plan) {
	q = session.Read(frame)
	if q.Op == core.Connect {
		return q, Plan{}
	}
	q.Raw = append([]byte(nil), frame...)
	s.mu.Lock()
	s.requests = append(s.requests, q)
	s.mu.Unlock()
	if !q.Understood {
		s.t.Logf("devicetest: request not understood: %x", frame)
	}
	return q, s.plan(q)
}

// pause waits, but not longer than the device lives.
func (s *Server) pause(d time.Duration) bool {
	if d == 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-s.done:
		return false
	}
}

// send writes an answer and reports whether the connection goes on.
func send(c net.Conn, answer []byte, f Fault) bool {
	switch f {
	case Silence:
		return true
	case Close:
		return false
	case Reset:
		if tcp, ok := c.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0)
		}
		return false
	case Cut:
		_, _ = c.Write(answer[:len(answer)/2])
		return false
	}
	_, err := c.Write(answer)
	return err == nil
}
