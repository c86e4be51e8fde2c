// Package fins is a driver for Omron PLCs over FINS/UDP and FINS/TCP, on a plain
// client of its own, since there is no client library that keeps every end code.
// It translates every failure; what is done about one is up to
// [southbound.Node], which looks at scope and remedy.
//
// Tags are named as "D100", "W20", "H5", "CIO10.05" (a bit), "E2_100" (bank 2), and
// "T7" or "C7" (present value) with "T7.00" (completion flag).
package fins

import (
	"context"
	"encoding/binary"
	"time"

	"github.com/fieldstatus/fieldstatus/core"

	"github.com/fieldstatus/fieldstatus/examples/southbound"
)

// A Driver opens links to a PLC.
type Driver struct {
	Addr        string        // "192.168.250.1", with ":9600" or another port
	Network     string        // "tcp" for FINS/TCP, "udp" or nothing for FINS/UDP
	Node, Local uint8         // FINS nodes of the PLC and of this end; when 0, TCP agrees on them and UDP takes the last octets of the IP addresses
	Timeout     time.Duration // of a command, and of connecting; 3 s when 0
}

// Open implements [southbound.Driver]. Over UDP there is nothing to open: whether
// the PLC is there shows with the first command.
func (d Driver) Open(ctx context.Context) (southbound.Link, error) {
	client, err := dial(ctx, d)
	if err != nil {
		return nil, err
	}
	return link{client}, nil
}

type link struct{ client *client }

// Close implements [southbound.Link].
func (l link) Close() error { return l.client.conn.Close() }

// most is how many elements a multiple read can have (W342, 5-3-5).
const most = 167

// Read implements [southbound.Link].
func (l link) Read(ctx context.Context, tags []southbound.Tag) ([]southbound.Result, error) {
	results := make([]southbound.Result, len(tags))
	var asked []int // the tags that places are of
	var places []place
	elements := 0
	for i, tag := range tags {
		p, err := parse(tag, core.Read)
		if err != nil {
			results[i].Err = err
			continue
		}
		if elements += p.count; elements > most {
			if err := l.readPlaces(ctx, tags, results, asked, places); err != nil {
				return nil, err
			}
			asked, places, elements = nil, nil, p.count
		}
		asked, places = append(asked, i), append(places, p)
	}
	if len(places) == 0 {
		return results, nil
	}
	return results, l.readPlaces(ctx, tags, results, asked, places)
}

// readPlaces reads with one command. FINS has one end code for all of it.
func (l link) readPlaces(ctx context.Context, tags []southbound.Tag, results []southbound.Result, asked []int, places []place) error {
	values := make([][]byte, 1)
	var status core.Status
	var err error
	if len(places) == 1 {
		values[0], status, err = l.client.read(ctx, places[0])
	} else {
		values, status, err = l.client.readMultiple(ctx, places)
	}
	if err != nil {
		return err
	}
	for j, i := range asked {
		r := &results[i]
		r.Status = status // with the flags of a CPU unit in an alarm state
		r.Value, r.Err = tags[i].Type.Decode(binary.BigEndian, swapWords(values[j]))
	}
	return nil
}

// Write implements [southbound.Link].
func (l link) Write(ctx context.Context, tag southbound.Tag, value any) error {
	p, err := parse(tag, core.Write)
	if err != nil {
		return err
	}
	data, err := Encode(tag.Type, value)
	if err != nil {
		return err
	}
	return l.client.write(ctx, p, data)
}
