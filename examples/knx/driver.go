// Package knx is a small driver for group objects over a KNXnet/IP tunnel, on
// the client library knx-go. It shows where the documented codes come from:
// the errors of the library, the confirmations that it only passes on, and the
// silence that nobody but the driver notices.
package knx

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/vapourismo/knx-go/knx"
	"github.com/vapourismo/knx-go/knx/cemi"
	"github.com/vapourismo/knx-go/knx/knxnet"

	"github.com/fieldstatus/fieldstatus/core"
	knxstatus "github.com/fieldstatus/fieldstatus/knx"
)

// recognizer knows knx-go's texts, which it takes from knx-go.
var recognizer = knxstatus.Recognizer{
	StatusText: func(status uint8) string { return knxnet.ErrCode(status).Error() },
}

// Limits are how long the driver waits.
type Limits struct {
	Tunnel  knx.TunnelConfig
	Confirm time.Duration // until the telegram was on the bus; 3 s when it is 0
	Answer  time.Duration // until a group object answers; 3 s when it is 0
}

// A Driver reads and writes group objects. One request is on its way at a time.
type Driver struct {
	tunnel *knx.Tunnel
	limits Limits

	request sync.Mutex // held while one is on its way
	mu      sync.Mutex
	waiter  chan cemi.Message // of the request on its way
	closed  chan struct{}     // closed when knx-go has given the tunnel up
}

// Open connects to the gateway at address, "host:3671".
//
// A tunnel and not a group tunnel: the latter drops the confirmations.
func Open(address string, limits Limits) (*Driver, error) {
	tunnel, err := knx.NewTunnel(address, knxnet.TunnelLayerData, limits.Tunnel)
	if err != nil {
		return nil, recognizer.Translate(core.Connect, err)
	}
	if limits.Confirm == 0 {
		limits.Confirm = 3 * time.Second
	}
	if limits.Answer == 0 {
		limits.Answer = 3 * time.Second
	}
	d := &Driver{tunnel: tunnel, limits: limits, closed: make(chan struct{})}
	go d.receive()
	return d, nil
}

// Close closes the tunnel.
func (d *Driver) Close() { d.tunnel.Close() }

// Write writes a value to a group object: "1/2/3".
func (d *Driver) Write(ctx context.Context, tag string, value []byte) error {
	_, err := d.do(ctx, core.Write, tag, cemi.GroupValueWrite, value)
	return core.Tagged(tag, err)
}

// Read asks a group object for its value.
func (d *Driver) Read(ctx context.Context, tag string) ([]byte, error) {
	value, err := d.do(ctx, core.Read, tag, cemi.GroupValueRead, nil)
	return value, core.Tagged(tag, err)
}

func (d *Driver) do(ctx context.Context, op core.Op, tag string, command cemi.APCI, value []byte) ([]byte, error) {
	group, err := cemi.NewGroupAddrString(tag)
	if err != nil {
		return nil, recognizer.Translate(op, err)
	}
	d.request.Lock()
	defer d.request.Unlock()
	in := &inbox{messages: d.listen()}
	defer d.listen()

	request := &cemi.LDataReq{LData: cemi.LData{
		Control1:    cemi.Control1StdFrame | cemi.Control1NoRepeat | cemi.Control1NoSysBroadcast | cemi.Control1Prio(cemi.PrioLow),
		Control2:    cemi.Control2GroupAddr | cemi.Control2Hops(6),
		Destination: uint16(group),
		Data:        &cemi.AppData{Command: command, Data: value},
	}}
	if err := d.tunnel.Send(request); err != nil {
		return nil, recognizer.Translate(op, err)
	}
	con, err := d.await(ctx, op, in, d.limits.Confirm, knxstatus.ConfirmTimeout, func(m cemi.Message) *cemi.LData {
		if con, ok := m.(*cemi.LDataCon); ok && con.Destination == uint16(group) && con.Control2.IsGroupAddr() {
			return &con.LData
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if err := knxstatus.Confirm(con.Control1).Status().Err(op); err != nil || op != core.Read {
		return nil, err
	}
	answer, err := d.await(ctx, op, in, d.limits.Answer, knxstatus.GroupReadTimeout, func(m cemi.Message) *cemi.LData {
		ind, ok := m.(*cemi.LDataInd)
		if !ok || ind.Destination != uint16(group) || !ind.Control2.IsGroupAddr() {
			return nil
		}
		if app, ok := ind.Data.(*cemi.AppData); !ok || app.Command != cemi.GroupValueResponse {
			return nil
		}
		return &ind.LData
	})
	if err != nil {
		return nil, err
	}
	return answer.Data.(*cemi.AppData).Data, nil
}

// backlog is how many messages of the bus are kept for one request.
const backlog = 64

// An inbox is what came since a request was sent. knx-go may hand out the value
// before the confirmation, although the gateway sent it behind.
type inbox struct {
	messages <-chan cemi.Message
	early    []cemi.Message // not wanted when they came
}

// await returns the first message that wanted accepts. Silence is the event.
func (d *Driver) await(ctx context.Context, op core.Op, in *inbox, limit time.Duration, silence knxstatus.Event, wanted func(cemi.Message) *cemi.LData) (*cemi.LData, error) {
	for _, m := range in.early {
		if data := wanted(m); data != nil {
			return data, nil
		}
	}
	timeout := time.NewTimer(limit)
	defer timeout.Stop()
	for {
		select {
		case m := <-in.messages:
			if data := wanted(m); data != nil {
				return data, nil
			}
			if len(in.early) < backlog {
				in.early = append(in.early, m)
			}
		case <-timeout.C:
			return nil, silence.Status().Err(op)
		case <-d.closed:
			return nil, knxstatus.SocketClosed.Status().Err(op)
		case <-ctx.Done():
			return nil, recognizer.Translate(op, ctx.Err())
		}
	}
}

// listen ends the waiting of the last request and returns what comes from now on.
func (d *Driver) listen() <-chan cemi.Message {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.waiter = make(chan cemi.Message, backlog)
	return d.waiter
}

// receive passes on what comes. knx-go starts a goroutine for every message
// that nobody takes, so that somebody always has to.
func (d *Driver) receive() {
	for m := range d.tunnel.Inbound() {
		d.mu.Lock()
		select {
		case d.waiter <- m:
		default: // nobody waits, or the bus is faster than the request
		}
		d.mu.Unlock()
	}
	close(d.closed)
}

// Lost reports whether the tunnel has to be opened again after err: the driver
// looks at the scope first, then at the remedy.
func Lost(err error) bool {
	return core.RemedyOf(err) == core.Reconnect && core.ScopeOf(err) == core.Connection && !errors.Is(err, context.Canceled)
}
