package knx

import (
	"context"
	"net"
	"sync"
	"time"

	"github.com/vapourismo/knx-go/knx"
	"github.com/vapourismo/knx-go/knx/cemi"
	"github.com/vapourismo/knx-go/knx/knxnet"

	"github.com/fieldstatus/fieldstatus/core"
	knxstatus "github.com/fieldstatus/fieldstatus/knx"

	"github.com/fieldstatus/fieldstatus/examples/southbound"
)

// A tunnel is that of knx-go, with a guard.
type tunnel struct {
	*knx.Tunnel
	guard    *guard
	messages chan cemi.Message // of the bus
	closing  sync.Once
	settle   time.Duration // how long knx-go may hand something out
	stop     chan struct{} // closed when nobody takes messages any more
	stopped  chan struct{} // closed when that is so
}

// backlog is how many messages of the bus are kept for a request.
const backlog = 256

// openTunnel opens a tunnel. It does not wait for knx-go when that cannot succeed
// any more.
//
// It is not a group tunnel, since that drops the confirmations.
func openTunnel(ctx context.Context, addr string, timeout time.Duration) (*tunnel, error) {
	gateway, err := southbound.HostPort(addr, 3671)
	if err != nil {
		return nil, err
	}
	g, err := newGuard(ctx, gateway)
	if err != nil {
		return nil, err
	}
	type result struct {
		tunnel *knx.Tunnel
		err    error
	}
	resend := min(timeout/3, time.Second)
	opened, abandoned := make(chan result), make(chan struct{})
	defer close(abandoned)
	go func() {
		t, err := knx.NewTunnel(g.addr(), knxnet.TunnelLayerData, knx.TunnelConfig{
			ResendInterval: resend, ResponseTimeout: timeout, HeartbeatInterval: time.Minute,
		})
		select {
		case opened <- result{t, err}:
		case <-abandoned:
			if err == nil {
				t.Close()
			}
		}
	}()
	var r result
	select {
	case r = <-opened:
	case <-g.dead:
		r.err = g.cause()
	case <-ctx.Done():
		r.err = ctx.Err()
	}
	if r.err != nil {
		g.close()
		return nil, r.err
	}
	t := &tunnel{
		Tunnel: r.tunnel, guard: g, messages: make(chan cemi.Message, backlog),
		settle: resend, stop: make(chan struct{}), stopped: make(chan struct{}),
	}
	go t.receive()
	return t, nil
}

// receive takes what comes, all the time: knx-go starts a goroutine for every
// message that nobody takes.
func (t *tunnel) receive() {
	defer close(t.stopped)
	for {
		select {
		case m, ok := <-t.Inbound():
			if !ok {
				t.guard.fail(knxstatus.SocketClosed.Status().Err(core.Other))
				return
			}
			select {
			case t.messages <- m:
			default: // nobody asks for anything, or the bus is faster
			}
		case <-t.stop:
			return
		}
	}
}

// drain drops what came while nobody asked for anything.
func (t *tunnel) drain() {
	for len(t.messages) > 0 {
		<-t.messages
	}
}

// send sends a message and waits for the acknowledgement of the gateway.
func (t *tunnel) send(op core.Op, m cemi.Message) error {
	if cause := t.guard.cause(); cause != nil {
		return recognizer.Translate(op, cause)
	}
	err := t.Send(m)
	if cause := t.guard.heard(); cause != nil {
		err = cause // says more
	}
	return recognizer.Translate(op, err)
}

// close ends the tunnel without waiting. knx-go is closed when nothing is on its
// way inside of it any more: what it hands out then would meet the closing of its
// channels, or never be taken.
func (t *tunnel) close() {
	t.closing.Do(func() {
		t.guard.fail(net.ErrClosed)
		time.AfterFunc(t.settle, func() {
			close(t.stop)
			<-t.stopped
			t.Close()
			t.guard.close()
		})
	})
}
