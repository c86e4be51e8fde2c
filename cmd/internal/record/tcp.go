package record

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// dialTimeout is how long the device may take to accept a connection.
	dialTimeout = 30 * time.Second
	// halfClosed is how long a connection of which one direction is over may be
	// silent in the other one. Without it a device that never closes would hold
	// the sockets of all clients that ever came.
	halfClosed = 2 * time.Minute
	// chunk is how much is read at a time.
	chunk = 32 << 10
)

// serveTCP passes connections on until ctx ends. It then closes l and all
// connections, and returns nil when nothing of them runs any more.
func (r *Recorder) serveTCP(ctx context.Context, l net.Listener) error {
	defer context.AfterFunc(ctx, func() { l.Close() })()
	var wait sync.WaitGroup
	defer wait.Wait()
	for pause := time.Duration(0); ; {
		client, err := l.Accept()
		switch {
		case err == nil:
			pause = 0
			wait.Add(1)
			go func() {
				defer wait.Done()
				r.connection(ctx, client.(*net.TCPConn))
			}()
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, net.ErrClosed):
			return err
		default: // out of file descriptors, mostly: that may pass
			pause = min(max(2*pause, 5*time.Millisecond), time.Second)
			r.note("a connection could not be accepted: " + err.Error())
			select {
			case <-time.After(pause):
			case <-ctx.Done():
				return nil
			}
		}
	}
}

// connection passes one connection on.
func (r *Recorder) connection(ctx context.Context, client *net.TCPConn) {
	defer client.Close()
	dialer := net.Dialer{Timeout: dialTimeout}
	c, err := dialer.DialContext(ctx, "tcp", r.To)
	if err != nil {
		if ctx.Err() == nil {
			r.counts.unreached.Add(1)
			r.note(r.To + " takes no connection: " + err.Error())
		}
		abort(client)
		return
	}
	device := c.(*net.TCPConn)
	defer device.Close()
	defer context.AfterFunc(ctx, func() {
		client.Close()
		device.Close()
	})()
	r.counts.opened.Add(1)
	r.counts.connections.Add(1)
	defer r.counts.connections.Add(-1)
	d := r.dialogue(false)
	var half atomic.Bool
	var wait sync.WaitGroup
	wait.Add(2)
	go func() {
		defer wait.Done()
		r.pump(ctx, d, client, device, false, &half)
	}()
	go func() {
		defer wait.Done()
		r.pump(ctx, d, device, client, true, &half)
	}()
	wait.Wait()
}

// pump passes one direction on, with its end: a FIN becomes a FIN, a RST a RST.
func (r *Recorder) pump(ctx context.Context, d *dialogue, from, to *net.TCPConn, fromDevice bool, half *atomic.Bool) {
	b := make([]byte, chunk)
	for {
		if half.Load() {
			_ = from.SetReadDeadline(time.Now().Add(halfClosed))
		}
		n, err := from.Read(b)
		if n > 0 {
			r.copy(d, b[:n], fromDevice)
			if _, err := to.Write(b[:n]); err != nil {
				abort(from) // it is told as it would be by the other end itself
				return
			}
		}
		if err == nil {
			continue
		}
		if ctx.Err() == nil {
			r.queue.push(event{dialogue: d, fromDevice: fromDevice, ended: true})
		}
		if errors.Is(err, io.EOF) {
			half.Store(true)
			_ = to.SetReadDeadline(time.Now().Add(halfClosed))
			_ = to.CloseWrite()
			return
		}
		abort(to)
		return
	}
}

// copy gives bytes to the decoder, if there is room.
func (r *Recorder) copy(d *dialogue, b []byte, fromDevice bool) {
	e := event{dialogue: d, data: append([]byte(nil), b...), time: r.Now(), fromDevice: fromDevice}
	if !r.queue.push(e) {
		r.counts.missed.Add(int64(len(b)))
		r.note("decoding is slower than the traffic: some of it is passed on and not recorded")
	}
}

// abort ends a connection with a RST.
func abort(c *net.TCPConn) {
	_ = c.SetLinger(0)
	_ = c.Close()
}
