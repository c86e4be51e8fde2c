package decode

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/fieldstatus/fieldstatus/cmd/internal/protocol"
	"github.com/fieldstatus/fieldstatus/core"
)

// Bytes decodes frames that somebody has at hand without a capture. Requests
// among them are taken for what the responses after them answer. Packet is the
// number of the frame, and there are neither times nor addresses.
//
// Pieces are the bytes as they were given. Of a protocol whose frames are
// datagrams each piece is one, unless it is too short for that. Otherwise it does
// not matter how the bytes are spread over the pieces.
//
// It returns the number of frames, and how many of them say nothing about an
// outcome: requests, and messages that a device sends on its own.
func Bytes(p *protocol.Protocol, pieces [][]byte, report func(Finding)) (frames, silent int, err error) {
	e := &Engine{report: report, endpoints: make(map[endpoint]*conversation)}
	c := e.converse(p, pair{})
	data := bytes.Join(pieces, nil)
	scan := p.Scan
	if p.Datagrams {
		if _, _, err := scan(data, true); err != nil {
			scan = datagrams(pieces)
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
			if !c.either(frame{data: token, packet: frames}) {
				silent++
			}
		}
		data = data[n:]
	}
	return frames, silent, nil
}

// minDatagram is the least length of a piece that is taken for a datagram.
const minDatagram = 8

// datagrams returns a split function that cuts where a piece ends, or not at
// all when a piece is too short to be a datagram.
func datagrams(pieces [][]byte) bufio.SplitFunc {
	short := slices.ContainsFunc(pieces, func(b []byte) bool { return len(b) < minDatagram })
	return func(data []byte, _ bool) (int, []byte, error) {
		if short || len(pieces) == 0 {
			return len(data), data, nil
		}
		n := min(len(pieces[0]), len(data))
		pieces = pieces[1:]
		return n, data[:n], nil
	}
}

// either takes a frame whose direction is not known, and reports whether it is a
// response. What is none is a request.
func (c *conversation) either(f frame) bool {
	probe := c.protocol.New()
	if _, err := probe.Received(nil, f.data); errors.Is(err, core.ErrNotResponse) {
		c.sent(f)
		return false
	}
	c.received(f)
	return true
}
