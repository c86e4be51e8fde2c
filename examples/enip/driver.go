// Package enip is a driver for tags of Logix controllers, on the client library
// gologix. It reads the replies that gologix hands out whole, since the errors of
// gologix lose most statuses of a read. It translates every failure; what is done
// about one is up to [southbound.Node], which looks at scope and remedy.
// Tags are named as in the controller: "Motor.Speed", "Line[3]", "Program:Main.Count".
//
// gologix compares neither the sequence count nor the context of an answer with those
// of its request: a write that the reply to another request answers counts as done,
// and a read takes such a reply where its form fits.
package enip

import (
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strconv"
	"time"

	"github.com/danomagnum/gologix"

	"github.com/fieldstatus/fieldstatus/core"
	enipstatus "github.com/fieldstatus/fieldstatus/enip"

	"github.com/fieldstatus/fieldstatus/examples/southbound"
)

// recognizer knows gologix's texts, which it takes from gologix.
var recognizer = enipstatus.Recognizer{
	StatusText: func(general uint8) string { return gologix.CIPStatus(general).String() },
}

// A Driver opens links to a controller.
type Driver struct {
	Addr    string        // "192.168.0.1", with ":44818" or another port
	Slot    int           // of the controller in its chassis
	Timeout time.Duration // of a request, and of each step of connecting; 3 s when 0
}

// Open implements [southbound.Driver]. gologix knows no context: it stops waiting
// at the deadline that ctx has now, or after Timeout. To a controller that is
// silent it then says goodbye, and waits as long again for an answer to that.
func (d Driver) Open(ctx context.Context) (southbound.Link, error) {
	addr, err := southbound.HostPort(d.Addr, 44818)
	if err != nil {
		return nil, err
	}
	host, port, _ := net.SplitHostPort(addr)
	client := gologix.NewClient(host)
	number, _ := strconv.ParseUint(port, 10, 16)
	client.Controller.Port = uint(number)
	if client.Controller.Path, err = gologix.ParsePath(fmt.Sprintf("1,%d", d.Slot)); err != nil {
		return nil, &core.Error{Code: core.PluginNotConnected, Op: core.Connect, Err: fmt.Errorf("slot %d: %w", d.Slot, err)}
	}
	client.Logger = slog.New(slog.NewTextHandler(io.Discard, nil))
	client.AutoConnect = false // the node decides when to connect again
	l := &link{client: client, timeout: cmp.Or(d.Timeout, 3*time.Second)}
	if err := l.limit(ctx, core.Connect); err != nil {
		return nil, err
	}
	if err := l.connect(); err != nil {
		return nil, err
	}
	return l, nil
}

type link struct {
	client  *gologix.Client
	timeout time.Duration
	closed  bool
}

// limit sets how long gologix waits.
func (l *link) limit(ctx context.Context, op core.Op) error {
	l.client.SocketTimeout = l.timeout
	if deadline, ok := ctx.Deadline(); ok {
		// Behind the deadline ctx.Err is not nil. To gologix, 0 is a second.
		l.client.SocketTimeout = max(min(l.timeout, time.Until(deadline)), 1)
	}
	return recognizer.Translate(op, ctx.Err())
}

// Read implements [southbound.Link].
func (l *link) Read(ctx context.Context, tags []southbound.Tag) ([]southbound.Result, error) {
	results := make([]southbound.Result, len(tags))
	var asked []int // the tags that requests are for
	var requests [][]byte
	for i, tag := range tags {
		request, err := readRequest(tag, core.Read)
		if err != nil {
			results[i].Err = err
			continue
		}
		asked, requests = append(asked, i), append(requests, request)
	}
	for len(requests) > 0 {
		n := fit(requests, int(l.client.ConnectionSize))
		if err := l.ready(ctx, core.Read); err != nil {
			return nil, err
		}
		replies, err := exchange(l.client, requests[:n])
		if err != nil {
			return nil, recognizer.Translate(core.Read, err)
		}
		for j, i := range asked[:n] {
			results[i].Value, results[i].Err = value(replies[j], tags[i].Type)
		}
		asked, requests = asked[n:], requests[n:]
	}
	return results, nil
}

// value returns what a reply to Read Tag holds.
func value(reply enipstatus.Reply, t southbound.Type) (any, error) {
	if err := reply.Status().Err(core.Read); err != nil {
		return nil, err
	}
	if err := reply.CheckType(cipTypes[t]); err != nil {
		return nil, err
	}
	_, _, data, _ := reply.Value() // CheckType has seen that there is one
	if len(data) != t.Size() {     // several, or the DWORD of an array of BOOL
		return nil, enipstatus.LogixDataTypeMismatch.Status().Err(core.Read)
	}
	return t.Decode(binary.LittleEndian, data)
}

// Write implements [southbound.Link]. Of the answer to a write of one tag, gologix
// keeps what counts.
func (l *link) Write(ctx context.Context, tag southbound.Tag, value any) (err error) {
	if _, err := readRequest(tag, core.Write); err != nil {
		return err
	}
	if err := l.ready(ctx, core.Write); err != nil {
		return err
	}
	defer recovered(core.Write, &err)
	return recognizer.Translate(core.Write, l.client.Write(tag.Address, value))
}
