package clients

import (
	"bufio"
	"errors"
	"net"
	"os"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/fieldstatus/fieldstatus/core"
)

// A conversation is what the Conversation of every protocol package can do.
type conversation interface {
	Sent(frame []byte)
	Received(dst []core.Status, frame []byte) ([]core.Status, error)
	Exchange() core.Exchange
}

// A relay stands between a client and a device on TCP, passes their bytes
// through unchanged, and shows whole frames to a conversation: this is the raw
// path for clients that hand over less than the device said.
type relay struct {
	addr     string
	listener net.Listener
	to       string
	split    bufio.SplitFunc
	open     func() conversation
	wait     sync.WaitGroup

	mu     sync.Mutex
	conns  []net.Conn
	active int // directions that are being passed
	heard  []heard
}

// heard is what a conversation made of one frame of the device, or of the end of
// its stream while a request waited.
type heard struct {
	op       core.Op // of the request that was answered, or that still waited
	statuses []core.Status
	err      error // of Received, of the splitter or of the network
}

// newRelay starts a relay to a device. Each connection has a conversation of its
// own. It ends with the test.
func newRelay(t *testing.T, to string, split bufio.SplitFunc, open func() conversation) *relay {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &relay{addr: l.Addr().String(), listener: l, to: to, split: split, open: open}
	r.wait.Add(1)
	go r.accept()
	t.Cleanup(r.close)
	return r
}

func (r *relay) close() {
	_ = r.listener.Close()
	r.mu.Lock()
	for _, c := range r.conns {
		_ = c.Close()
	}
	r.mu.Unlock()
	r.wait.Wait()
}

func (r *relay) accept() {
	defer r.wait.Done()
	for {
		client, err := r.listener.Accept()
		if err != nil {
			return
		}
		device, err := net.Dial("tcp", r.to)
		if err != nil {
			_ = client.Close()
			continue
		}
		r.mu.Lock()
		r.conns = append(r.conns, client, device)
		r.active += 2
		r.mu.Unlock()
		l := &link{relay: r, conv: r.open()}
		r.wait.Add(2)
		go r.pass(client, device, l.sent)
		go r.pass(device, client, l.received)
	}
}

// pass copies one direction until its end, and tells each whole frame before it
// goes on.
func (r *relay) pass(from, to net.Conn, tell func(frame []byte, err error)) {
	defer r.wait.Done()
	defer func() {
		_ = from.Close()
		_ = to.Close()
		r.mu.Lock()
		r.active--
		r.mu.Unlock()
	}()
	var pending []byte
	lost := false // no frame can be told apart any more
	buf := make([]byte, 1<<16)
	for {
		n, err := from.Read(buf)
		r.mu.Lock()
		if !lost {
			pending = append(pending, buf[:n]...)
			pending, lost = r.frames(pending, tell)
		}
		if err != nil && !lost {
			tell(nil, err)
		}
		r.mu.Unlock()
		if err != nil {
			if tcp, ok := to.(*net.TCPConn); ok && errors.Is(err, syscall.ECONNRESET) {
				_ = tcp.SetLinger(0) // a RST goes through as well
			}
			return
		}
		if _, err := to.Write(buf[:n]); err != nil {
			return
		}
	}
}

// frames tells the whole frames of data and returns the rest.
func (r *relay) frames(data []byte, tell func([]byte, error)) (rest []byte, lost bool) {
	for {
		n, frame, err := r.split(data, false)
		switch {
		case err != nil:
			tell(nil, err)
			return nil, true
		case frame == nil && n == 0:
			return data, false
		case frame != nil:
			tell(frame, nil)
		}
		data = data[n:]
	}
}

// A link is one connection of a relay. The relay's mutex is held in its methods.
type link struct {
	relay   *relay
	conv    conversation
	waiting core.Exchange // the last request, until it is answered
}

func (l *link) sent(frame []byte, err error) {
	if err != nil {
		return // seen from the other side, too
	}
	l.conv.Sent(frame)
	if e := l.conv.Exchange(); e.Open {
		l.waiting = e
	}
}

// received notes what the conversation makes of a frame, or of the end.
func (l *link) received(frame []byte, err error) {
	h := heard{op: l.waiting.Op}
	switch {
	case err == nil:
		h.statuses, h.err = l.conv.Received(nil, frame)
		if errors.Is(h.err, core.ErrIncomplete) || errors.Is(h.err, core.ErrNotResponse) {
			return
		}
		e := l.conv.Exchange()
		if e.ID != 0 {
			h.op = e.Op
		}
		if e.ID == l.waiting.ID && e.Open {
			break // more will come
		}
		if e.ID == l.waiting.ID || h.err != nil {
			l.waiting = core.Exchange{}
		}
	case !l.waiting.Open:
		return // an end that no request waited behind
	case errors.Is(err, net.ErrClosed):
		h.err = os.ErrDeadlineExceeded // the client gave up waiting and closed
	default:
		h.err = err
	}
	l.relay.heard = append(l.relay.heard, h)
}

// last waits until the clients have closed, and returns what was heard last about
// a request with this op.
func (r *relay) last(t *testing.T, op core.Op) heard {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		r.mu.Lock()
		ended, all := r.active == 0, r.heard
		r.mu.Unlock()
		if !ended && time.Now().Before(deadline) {
			continue
		}
		if !ended {
			t.Fatal("the client does not close its connections")
		}
		for i := range all {
			if h := all[len(all)-1-i]; h.op == op {
				return h
			}
		}
		t.Fatalf("nothing was heard about a %v", op)
	}
}
