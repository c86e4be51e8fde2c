// Package s7 is a driver for S7 controllers, on the client library gos7 with
// [s7status.Exchange], which keeps what the errors of gos7 lose. It translates
// every failure; what is done about one is up to [southbound.Node], which looks
// at scope and remedy. Tags are named as "DB1.DBX0.1", "DB1.DBW4", "M0.1", "QD2".
package s7

import (
	"cmp"
	"context"
	"encoding/binary"
	"time"

	"github.com/robinson/gos7"

	"github.com/fieldstatus/fieldstatus/core"
	s7status "github.com/fieldstatus/fieldstatus/s7"

	"github.com/fieldstatus/fieldstatus/examples/southbound"
)

// A Driver opens links to a controller.
type Driver struct {
	Addr       string        // "192.168.0.1", with ":102" or another port
	Rack, Slot int           // of the CPU: 0 and 2 for S7-300, 0 and 1 for S7-1200 and S7-1500
	Timeout    time.Duration // of a request, and of each of the three steps of connecting; 3 s when 0
}

// Open implements [southbound.Driver]. gos7 knows no context: it stops waiting
// at the deadline that ctx has now, or after Timeout.
func (d Driver) Open(ctx context.Context) (southbound.Link, error) {
	addr, err := southbound.HostPort(d.Addr, 102)
	if err != nil {
		return nil, err
	}
	l := &link{gos7.NewTCPClientHandler(addr, d.Rack, d.Slot), cmp.Or(d.Timeout, 3*time.Second)}
	l.handler.IdleTimeout = 0 // the node decides when the link is closed
	if err := l.limit(ctx, core.Connect); err != nil {
		return nil, err
	}
	if err := l.handler.Connect(); err != nil {
		_ = l.handler.Close() // gos7 leaves the socket open when the handshake is refused
		return nil, s7status.Translate(core.Connect, err)
	}
	return l, nil
}

type link struct {
	handler *gos7.TCPClientHandler
	timeout time.Duration
}

// limit sets how long gos7 waits.
func (l *link) limit(ctx context.Context, op core.Op) error {
	l.handler.Timeout = l.timeout
	if deadline, ok := ctx.Deadline(); ok {
		// Behind the deadline ctx.Err is not nil. To gos7, 0 is for ever.
		l.handler.Timeout = max(min(l.timeout, time.Until(deadline)), 1)
	}
	return s7status.Translate(op, ctx.Err())
}

// Read implements [southbound.Link].
func (l *link) Read(ctx context.Context, tags []southbound.Tag) ([]southbound.Result, error) {
	results := make([]southbound.Result, len(tags))
	var asked []int // the tags that items are of
	var items []gos7.S7DataItem
	for i, tag := range tags {
		item, err := parse(tag, core.Read)
		if err != nil {
			results[i].Err = err
			continue
		}
		asked, items = append(asked, i), append(items, item)
	}
	for len(items) > 0 {
		n := min(len(items), l.most())
		errs, err := l.readItems(ctx, items[:n])
		if err != nil {
			return nil, err
		}
		for j, i := range asked[:n] {
			if results[i].Err = errs[j]; errs[j] == nil {
				results[i].Value, results[i].Err = tags[i].Type.Decode(binary.BigEndian, items[j].Data)
			}
		}
		asked, items = asked[n:], items[n:]
	}
	return results, nil
}

// most is how many items a request of gos7 can have. An answer of values with 8
// bytes at most is no longer than its request.
func (l *link) most() int {
	const head, item, limit = 19, 12, 20
	return max(1, min(limit, (l.handler.PDULength-head)/item))
}

// readItems reads items with one request, and returns the failure of each.
func (l *link) readItems(ctx context.Context, items []gos7.S7DataItem) ([]error, error) {
	if err := l.limit(ctx, core.Read); err != nil {
		return nil, err
	}
	var x s7status.Exchange
	err := s7status.Translate(core.Read, gos7.NewClient2(&x, l.handler).AGReadMulti(items, len(items)))
	if err != nil && core.ScopeOf(err) > core.Item { // the only item of a request fails with it
		return nil, err
	}
	errs := make([]error, len(items))
	for i := range items {
		errs[i] = x.ItemErr(i)
	}
	return errs, nil
}

// Write implements [southbound.Link].
func (l *link) Write(ctx context.Context, tag southbound.Tag, value any) error {
	item, err := parse(tag, core.Write)
	if err != nil {
		return err
	}
	data, err := tag.Type.Encode(binary.BigEndian, value)
	if err != nil {
		return err
	}
	if err := l.limit(ctx, core.Write); err != nil {
		return err
	}
	var x s7status.Exchange
	client := gos7.NewClient2(&x, l.handler)
	switch {
	case item.WordLen == wordLenBit:
		err = writeBit(l.handler, &x, item, data[0])
	case item.Area == areaInputs:
		err = client.AGWriteEB(item.Start, len(data), data)
	case item.Area == areaOutputs:
		err = client.AGWriteAB(item.Start, len(data), data)
	case item.Area == areaFlags:
		err = client.AGWriteMB(item.Start, len(data), data)
	default:
		err = client.AGWriteDB(item.DBNumber, item.Start, len(data), data)
	}
	return s7status.Translate(core.Write, err)
}

// Close implements [southbound.Link].
func (l *link) Close() error { return l.handler.Close() }
