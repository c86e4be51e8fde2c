// Package focas is a driver for FANUC CNCs over FOCAS, on a client of its own that
// speaks the frames, since the client libraries are made of FANUC's, which runs on
// few systems. It translates every failure; what is done about one is up to
// [southbound.Node], which looks at scope and remedy.
//
// It knows macro variables ("#500": DOUBLE, FLOAT), the memory of the PMC ("R100",
// "D20": numbers; "R100.3": BOOL, which cannot be written), and what the CNC does:
// "feed" and "spindle" (DOUBLE, FLOAT), "program" and "sequence" (INT32, UINT32).
package focas

import (
	"context"
	"time"

	"github.com/fieldstatus/fieldstatus/core"

	"github.com/fieldstatus/fieldstatus/examples/southbound"
)

// A Driver opens links to a CNC.
type Driver struct {
	Addr    string        // "192.168.0.1", with ":8193" or another port
	Path    uint16        // of a CNC with several; 1 when 0
	Timeout time.Duration // of a request, and of connecting; 3 s when 0
}

// Open implements [southbound.Driver].
func (d Driver) Open(ctx context.Context) (southbound.Link, error) {
	client, err := dial(ctx, d)
	if err != nil {
		return nil, err
	}
	return link{client}, nil
}

type link struct{ client *client }

// Close implements [southbound.Link].
func (l link) Close() error { return l.client.close() }

// most is how many blocks fit into a request: older CNCs answer 1450 bytes.
const most = 50

// Read implements [southbound.Link].
func (l link) Read(ctx context.Context, tags []southbound.Tag) ([]southbound.Result, error) {
	results := make([]southbound.Result, len(tags))
	addresses := make([]address, len(tags))
	var asked []int // the tags that blocks are of
	var blocks []block
	for i, tag := range tags {
		if addresses[i], results[i].Err = parse(tag, core.Read); results[i].Err == nil {
			asked, blocks = append(asked, i), append(blocks, addresses[i].read)
		}
	}
	for len(blocks) > 0 {
		n := min(len(blocks), most)
		answers, err := l.client.do(ctx, core.Read, blocks[:n])
		if err != nil {
			return nil, err
		}
		for j, i := range asked[:n] {
			if results[i].Err = answers[j].status.Err(core.Read); results[i].Err == nil {
				results[i].Value, results[i].Err = addresses[i].decode(tags[i].Type, answers[j].payload)
			}
		}
		asked, blocks = asked[n:], blocks[n:]
	}
	return results, nil
}

// Write implements [southbound.Link].
func (l link) Write(ctx context.Context, tag southbound.Tag, value any) error {
	a, err := parse(tag, core.Write)
	if err != nil {
		return err
	}
	if a.write.data, err = a.encode(tag.Type, value); err != nil {
		return err
	}
	answers, err := l.client.do(ctx, core.Write, []block{a.write})
	if err != nil {
		return err
	}
	return answers[0].status.Err(core.Write)
}
