package decode

import (
	"errors"
	"fmt"
	"io"

	"github.com/fieldstatus/fieldstatus/cmd/internal/protocol"
	"github.com/fieldstatus/fieldstatus/core"
)

// Bytes decodes frames that somebody has at hand without a capture. Requests
// among them are taken for what the responses after them answer. Packet is the
// number of the frame, and there are neither times nor addresses.
//
// It returns the number of frames, and how many of them say nothing about an
// outcome: requests, and messages that a device sends on its own.
func Bytes(p *protocol.Protocol, data []byte, report func(Finding)) (frames, silent int, err error) {
	e := &Engine{report: report, endpoints: make(map[endpoint]*conversation)}
	c := e.converse(p, pair{})
	scan := p.Scan
	if p.Datagrams {
		if _, _, err := scan(data, true); err != nil {
			scan = wholeDatagram
		}
	}
	for len(data) > 0 {
		n, token, err := scan(data, true)
		frames++
		switch {
		case errors.Is(err, io.ErrUnexpectedEOF):
			return frames, silent, fmt.Errorf("frame %d is not complete: %d bytes are not enough", frames, len(data))
		case err != nil:
			c.garbage(frame{data: data, packet: frames}, err)
			return frames, silent, nil
		case n <= 0 || n > len(data):
			return frames, silent, fmt.Errorf("frame %d is not complete: %d bytes are not enough", frames, len(data))
		}
		if token != nil {
			before := e.Notes.Frames
			c.either(frame{data: token, packet: frames})
			if e.Notes.Frames == before {
				silent++
			}
		}
		data = data[n:]
	}
	return frames, silent, nil
}

func wholeDatagram(data []byte, _ bool) (int, []byte, error) { return len(data), data, nil }

// either takes a frame whose direction is not known: what is no response is a
// request.
func (c *conversation) either(f frame) {
	probe := c.protocol.New()
	if _, err := probe.Received(nil, f.data); errors.Is(err, core.ErrNotResponse) {
		c.sent(f)
		return
	}
	c.received(f)
	c.engine.Notes.Frames++
}
