package knx

import (
	"context"
	"time"

	"github.com/vapourismo/knx-go/knx"
	"github.com/vapourismo/knx-go/knx/cemi"
	"github.com/vapourismo/knx-go/knx/knxnet"

	"github.com/fieldstatus/fieldstatus/core"
)

// A tunnel is that of knx-go, with a guard.
type tunnel struct {
	*knx.Tunnel
	guard    *guard
	messages chan cemi.Message // of the bus
}

// backlog is how many messages of the bus are kept for a request.
const backlog = 256

// openTunnel opens a tunnel. It does not wait for knx-go when that cannot succeed
// any more.
//
// It is not a group tunnel, since that drops the confirmations.
func openTunnel(ctx context.Context, gateway string, timeout time.Duration) (*tunnel, error) {
	g, err := newGuard(ctx, gateway)
	if err != nil {
		return nil, err
	}
	type result struct {
		tunnel *knx.Tunnel
		err    error
	}
	opened, abandoned := make(chan result), make(chan struct{})
	defer close(abandoned)
	go func() {
		t, err := knx.NewTunnel(g.addr(), knxnet.TunnelLayerData, knx.TunnelConfig{
			ResendInterval: min(timeout/3, time.Second), ResponseTimeout: timeout, HeartbeatInterval: time.Minute,
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
	t := &tunnel{r.tunnel, g, make(chan cemi.Message, backlog)}
	go t.receive()
	return t, nil
}

// receive takes what comes, all the time: knx-go starts a goroutine for every
// message that nobody takes.
func (t *tunnel) receive() {
	for m := range t.Inbound() {
		select {
		case t.messages <- m:
		default: // nobody asks for anything, or the bus is faster
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
	err := t.Send(m)
	if cause := t.guard.cause(); cause != nil {
		err = cause // says more
	}
	return recognizer.Translate(op, err)
}

// close ends the tunnel without waiting. knx-go is made to stop by itself, with
// everything taken that was on its way, before it is closed.
func (t *tunnel) close() {
	t.guard.close()
	go func() {
		_ = t.Send(&cemi.UnsupportedMessage{}) // to a closed port
		t.Close()
	}()
}
