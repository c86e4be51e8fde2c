package record

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"net"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// maxClients is how many UDP clients are served at a time. The one that was
	// silent for longest makes room.
	maxClients = 256
	// clientIdle is how long a UDP client and the device may be silent before the
	// client is forgotten.
	clientIdle = 10 * time.Minute
	// maxWaiting is how many datagrams wait while the device's name is looked up.
	maxWaiting = 64
	// maxDatagram is the longest datagram.
	maxDatagram = 1 << 16
)

// A client is a UDP socket that has spoken to us, with the socket that speaks
// for it to the device.
type client struct {
	addr    netip.AddrPort
	waiting chan []byte
	heard   atomic.Int64 // when, in nanoseconds of the Unix epoch
	stop    context.CancelFunc
}

// A relay passes datagrams on.
type relay struct {
	*Recorder
	listener *net.UDPConn
	wait     sync.WaitGroup

	mu      sync.Mutex
	clients map[netip.AddrPort]*client
}

// serveUDP passes datagrams on until ctx ends. It then closes l and returns nil
// when nothing runs any more.
func (r *Recorder) serveUDP(ctx context.Context, l *net.UDPConn) error {
	ctx, cancel := context.WithCancel(ctx)
	x := &relay{Recorder: r, listener: l, clients: make(map[netip.AddrPort]*client)}
	defer x.wait.Wait()
	defer cancel()
	defer context.AfterFunc(ctx, func() { l.Close() })()
	b := make([]byte, maxDatagram)
	for {
		n, from, err := l.ReadFromUDPAddrPort(b)
		switch {
		case err == nil:
			x.pass(ctx, from, append([]byte(nil), b[:n]...))
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, net.ErrClosed):
			return err
		default: // the port of an earlier client is gone, on some systems
			select {
			case <-time.After(time.Millisecond):
			case <-ctx.Done():
				return nil
			}
		}
	}
}

// pass gives a datagram to the one who speaks for its client. As anywhere on
// the way of a datagram, it is dropped when too many wait.
func (x *relay) pass(ctx context.Context, from netip.AddrPort, data []byte) {
	x.mu.Lock()
	defer x.mu.Unlock()
	c := x.clients[from]
	if c == nil {
		if len(x.clients) >= maxClients {
			x.dropOldest()
		}
		ctx, stop := context.WithCancel(ctx)
		c = &client{addr: from, waiting: make(chan []byte, maxWaiting), stop: stop}
		x.clients[from] = c
		x.counts.opened.Add(1)
		x.counts.connections.Add(1)
		x.wait.Add(1)
		go x.serve(ctx, c)
	}
	c.heard.Store(time.Now().UnixNano())
	select {
	case c.waiting <- data:
	default:
	}
}

func (x *relay) dropOldest() {
	oldest := slices.MinFunc(slices.Collect(maps.Values(x.clients)), func(a, b *client) int {
		return cmp.Compare(a.heard.Load(), b.heard.Load())
	})
	oldest.stop()
	delete(x.clients, oldest.addr)
}

// serve speaks for one client until it was silent for long, or ctx ends.
func (x *relay) serve(ctx context.Context, c *client) {
	defer x.wait.Done()
	defer x.counts.connections.Add(-1)
	defer func() {
		c.stop()
		x.mu.Lock()
		if x.clients[c.addr] == c {
			delete(x.clients, c.addr)
		}
		x.mu.Unlock()
	}()
	dialer := net.Dialer{Timeout: dialTimeout}
	conn, err := dialer.DialContext(ctx, "udp", x.To)
	if err != nil {
		if ctx.Err() == nil {
			x.counts.unreached.Add(1)
			x.note(x.To + " cannot be reached: " + err.Error())
		}
		return
	}
	device := conn.(*net.UDPConn)
	defer device.Close()
	defer context.AfterFunc(ctx, func() { device.Close() })()
	d := x.dialogue(true)
	x.wait.Add(1)
	go x.answers(c, d, device)
	for {
		select {
		case data := <-c.waiting:
			x.copy(d, data, false)
			if _, err := device.Write(data); err != nil {
				x.refused(err)
			}
		case <-ctx.Done():
			return
		}
	}
}

// answers passes on what the device sends to a client.
func (x *relay) answers(c *client, d *dialogue, device *net.UDPConn) {
	defer x.wait.Done()
	defer c.stop()
	b := make([]byte, maxDatagram)
	for {
		_ = device.SetReadDeadline(time.Now().Add(x.idle))
		n, err := device.Read(b)
		var timeout net.Error
		switch {
		case err == nil:
			c.heard.Store(time.Now().UnixNano())
			x.copy(d, b[:n], true)
			_, _ = x.listener.WriteToUDPAddrPort(b[:n], c.addr) // a client that is gone misses nothing
		case errors.Is(err, net.ErrClosed):
			return
		case errors.As(err, &timeout) && timeout.Timeout():
			if time.Since(time.Unix(0, c.heard.Load())) >= x.idle {
				return
			}
		default:
			x.refused(err)
		}
	}
}

// refused takes note that the device's port is closed. The client cannot be told.
func (x *relay) refused(err error) {
	if errors.Is(err, net.ErrClosed) {
		return
	}
	x.counts.unreached.Add(1)
	x.note(x.To + " takes no datagrams: " + err.Error())
}
