package opcuatest

import (
	"bufio"
	"net"
	"sync"
	"time"

	opcuastatus "github.com/fieldstatus/fieldstatus/opcua"
)

// patience is how long the server may take for an answer. It takes no time.
const patience = 10 * time.Second

// An upstream is the connection of a session to the server.
type upstream struct {
	conn net.Conn
	push func(take func() []byte)
	wake chan struct{} // something was added to unasked
	wait sync.WaitGroup

	mu      sync.Mutex
	waiting map[uint32]chan []byte // by request id
	unasked []byte                 // frames that nobody waits for
	ended   bool
}

// dialUpstream connects to the server, with the greeting done. push is called
// when there are frames that were not asked for.
func dialUpstream(addr string, push func(take func() []byte)) (*upstream, error) {
	conn, err := net.DialTimeout("tcp", addr, patience)
	if err != nil {
		return nil, err
	}
	u := &upstream{conn: conn, push: push, wake: make(chan struct{}, 1), waiting: map[uint32]chan []byte{}}
	frames := bufio.NewScanner(conn)
	frames.Buffer(nil, 1<<24)
	frames.Split(opcuastatus.ScanFrames)
	_ = conn.SetDeadline(time.Now().Add(patience))
	u.send(hello("opc.tcp://" + addr))
	if !frames.Scan() {
		_ = conn.Close()
		return nil, net.ErrClosed
	}
	_ = conn.SetDeadline(time.Time{})
	u.wait.Add(2)
	go u.receive(frames)
	go u.pass()
	return u, nil
}

func (u *upstream) send(frame []byte) { _, _ = u.conn.Write(frame) }

// ask sends a request and returns the frame that answers it. It is nil when none
// comes. gopcua's server sends every answer in one chunk.
func (u *upstream) ask(id uint32, request []byte) []byte {
	answer := make(chan []byte, 1)
	u.mu.Lock()
	if u.ended {
		u.mu.Unlock()
		return nil
	}
	u.waiting[id] = answer
	u.mu.Unlock()
	u.send(request)
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case frame := <-answer:
		return frame
	case <-timer.C:
		return nil
	}
}

// receive hands the server's frames to those who wait for them.
func (u *upstream) receive(frames *bufio.Scanner) {
	defer u.wait.Done()
	for frames.Scan() {
		u.deliver(append([]byte(nil), frames.Bytes()...))
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.ended = true
	for _, answer := range u.waiting {
		close(answer)
	}
	close(u.wake)
}

func (u *upstream) deliver(frame []byte) {
	u.mu.Lock()
	defer u.mu.Unlock()
	id, ok := requestID(frame)
	if !ok {
		return // ERR or CLO: the end follows
	}
	if answer := u.waiting[id]; answer != nil {
		delete(u.waiting, id)
		answer <- frame
		return
	}
	u.unasked = append(u.unasked, frame...)
	select {
	case u.wake <- struct{}{}:
	default:
	}
}

// pass hands on what was not asked for. It stands beside receive because the
// way to the client is taken while a request of it is being answered.
func (u *upstream) pass() {
	defer u.wait.Done()
	for range u.wake {
		u.push(u.take)
	}
}

func (u *upstream) take() []byte {
	u.mu.Lock()
	defer u.mu.Unlock()
	frames := u.unasked
	u.unasked = nil
	return frames
}

func (u *upstream) close() {
	_ = u.conn.Close()
	u.wait.Wait()
}
