// Package knx is a driver for group objects behind a KNXnet/IP gateway, on the
// client library knx-go. It translates every failure; what is done about one is up
// to [southbound.Node], which looks at scope and remedy. Tags are group addresses: "1/2/3".
package knx

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/vapourismo/knx-go/knx/cemi"
	"github.com/vapourismo/knx-go/knx/knxnet"

	"github.com/fieldstatus/fieldstatus/core"
	knxstatus "github.com/fieldstatus/fieldstatus/knx"

	"github.com/fieldstatus/fieldstatus/examples/southbound"
)

// recognizer knows knx-go's texts, which it takes from knx-go.
var recognizer = knxstatus.Recognizer{
	StatusText: func(status uint8) string { return knxnet.ErrCode(status).Error() },
}

// A Driver opens tunnels to a gateway.
type Driver struct {
	Addr    string        // "192.168.0.1", with ":3671" or another port
	Timeout time.Duration // of connecting, and of the gateway and the bus each in a request; 3 s when 0
}

// Open implements [southbound.Driver].
func (d Driver) Open(ctx context.Context) (southbound.Link, error) {
	timeout := cmp.Or(d.Timeout, 3*time.Second)
	t, err := openTunnel(ctx, d.Addr, timeout)
	if err != nil {
		return nil, recognizer.Translate(core.Connect, err)
	}
	return &link{t, timeout}, nil
}

type link struct {
	tunnel  *tunnel
	timeout time.Duration
}

// Close implements [southbound.Link].
func (l *link) Close() error {
	l.tunnel.close()
	return nil
}

// Read implements [southbound.Link]. Group objects are asked one by one, and waited
// for together, so that one which is silent costs the others no more than that.
func (l *link) Read(ctx context.Context, tags []southbound.Tag) ([]southbound.Result, error) {
	results := make([]southbound.Result, len(tags))
	requests := make([]*request, len(tags))
	var open exchanges
	for i, tag := range tags {
		group, err := parse(tag, core.Read)
		if err != nil {
			results[i].Err = err
			continue
		}
		if requests[i] = open.find(group); requests[i] == nil {
			requests[i] = &request{group: group, op: core.Read}
			open = append(open, requests[i])
		}
	}
	if err := l.do(ctx, core.Read, open, cemi.GroupValueRead, nil); err != nil {
		return nil, err
	}
	for i, r := range requests {
		if r == nil {
			continue
		}
		if results[i].Err = r.err; r.err == nil {
			results[i].Value, results[i].Err = unpackValue(tags[i].Type, r.value)
		}
	}
	return results, nil
}

// Write implements [southbound.Link].
func (l *link) Write(ctx context.Context, tag southbound.Tag, value any) error {
	group, err := parse(tag, core.Write)
	if err != nil {
		return err
	}
	octets, err := packValue(tag.Type, value)
	if err != nil {
		return err
	}
	r := &request{group: group, op: core.Write}
	if err := l.do(ctx, core.Write, exchanges{r}, cemi.GroupValueWrite, octets); err != nil {
		return err
	}
	return r.err
}

// do sends a telegram to each group object, and waits for what comes back. Its
// error is that of the tunnel.
func (l *link) do(ctx context.Context, op core.Op, open exchanges, command cemi.APCI, octets []byte) error {
	if err := ctx.Err(); err != nil {
		return recognizer.Translate(op, err)
	}
	l.tunnel.drain()
	// Many gateways take one telegram at a time. What is not confirmed may take
	// half of the time, and no more: the others are asked all the same.
	patience, cancel := context.WithTimeout(ctx, l.timeout/2)
	defer cancel()
	for _, r := range open {
		if r.err = l.tunnel.send(op, telegram(r.group, command, octets)); core.ScopeOf(r.err) == core.Connection {
			return r.err
		}
		if err := l.await(patience, op, open, func() bool { return r.confirmed || r.done() }); err != nil {
			return err
		}
	}
	patience, cancel = context.WithTimeout(ctx, l.timeout)
	defer cancel()
	if err := l.await(patience, op, open, open.done); err != nil {
		return err
	}
	for _, r := range open {
		r.silence()
	}
	return nil
}

// await takes messages until something is the case, or the time is up.
func (l *link) await(patience context.Context, op core.Op, open exchanges, until func() bool) error {
	for !until() {
		select {
		case m := <-l.tunnel.messages:
			open.received(m)
		case <-l.tunnel.guard.dead:
			return recognizer.Translate(op, l.tunnel.guard.cause())
		case <-patience.Done():
			if errors.Is(patience.Err(), context.Canceled) {
				return recognizer.Translate(op, patience.Err())
			}
			return nil
		}
	}
	return nil
}
