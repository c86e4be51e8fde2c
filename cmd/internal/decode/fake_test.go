package decode

import (
	"bytes"
	"encoding/binary"
	"io"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/cmd/internal/capture"
	"github.com/fieldstatus/fieldstatus/cmd/internal/protocol"
	"github.com/fieldstatus/fieldstatus/cmd/internal/traffic"
	"github.com/fieldstatus/fieldstatus/core"
)

// The tests use a protocol of their own, so that they say what the pipeline
// does and not what a protocol package does. A frame is 'F', '!', its length in
// two bytes, its kind, an identifier, and then what the kind wants:
//
//	'r', 'w'  a request to read or write
//	'a'       the answer, one status for each byte; 0 is success
//	'n'       a notice that is no answer
//	'p'       a part of an answer
//	'e'       an answer that opens another endpoint: its port in two bytes
//	'c'       a message that ends the connection: a status with that scope
var fake = &protocol.Protocol{
	Name: "fake", Title: "the protocol of the tests",
	TCP: []uint16{777}, UDP: []uint16{777},
	Scan:    scanFake,
	New:     func() protocol.Conversation { return &fakeConversation{} },
	Request: func(b []byte) bool { return len(b) > 4 && (b[4] == 'r' || b[4] == 'w') },
	Endpoint: func(c protocol.Conversation) (netip.AddrPort, bool) {
		e := c.(*fakeConversation).endpoint
		return e, e.IsValid()
	},
	Translate: core.Translate,
}

var (
	fakeGood   = core.Row{Protocol: "fake", Layer: "status", Symbol: "Good", Scope: core.Item}
	fakeBad    = core.Row{Protocol: "fake", Layer: "status", Symbol: "Bad", Scope: core.Item, Codes: [4]core.Code{3000, 3000, 3000, 3001}, Remedy: core.Fix, Quality: core.Bad, Native: core.Native{Bits: 8}}
	fakeEnd    = core.Row{Protocol: "fake", Layer: "end", Symbol: "End", Scope: core.Connection, Codes: [4]core.Code{3002, 3002, 3002, 3002}, Remedy: core.Reconnect, Quality: core.Bad}
	fakeFormat = core.Row{Protocol: "fake", Layer: "frame", Symbol: "Wrong", Scope: core.Connection, Codes: [4]core.Code{3009, 3009, 3009, 3009}, Remedy: core.Reconnect, Quality: core.Bad}
)

func scanFake(data []byte, atEOF bool) (int, []byte, error) {
	bad := func(offset int, reason string) error {
		return core.BadFrame(core.NewStatus(&fakeFormat, 0), offset, reason)
	}
	switch {
	case len(data) > 0 && data[0] != 'F' || len(data) > 1 && data[1] != '!':
		return 0, nil, bad(0, "wrong magic")
	case len(data) >= 4 && binary.BigEndian.Uint16(data[2:]) < 6:
		return 0, nil, bad(2, "wrong length")
	case len(data) >= 4 && len(data) >= int(binary.BigEndian.Uint16(data[2:])):
		n := int(binary.BigEndian.Uint16(data[2:]))
		return n, data[:n], nil
	case atEOF && len(data) > 0:
		return 0, nil, io.ErrUnexpectedEOF
	}
	return 0, nil, nil
}

type fakeConversation struct {
	exchange core.Exchange
	ops      map[byte]core.Op
	endpoint netip.AddrPort
}

func (c *fakeConversation) Sent(b []byte) {
	if len(b) < 6 {
		return
	}
	c.exchange = core.Exchange{ID: uint64(b[5])}
	if op, ok := map[byte]core.Op{'r': core.Read, 'w': core.Write}[b[4]]; ok {
		c.exchange.Op, c.exchange.Open = op, true
		if c.ops == nil {
			c.ops = make(map[byte]core.Op)
		}
		c.ops[b[5]] = op
	}
}

func (c *fakeConversation) Received(dst []core.Status, b []byte) ([]core.Status, error) {
	if _, _, err := scanFake(b, true); err != nil {
		return dst, err
	}
	c.exchange = core.Exchange{ID: uint64(b[5]), Op: c.ops[b[5]]}
	switch b[4] {
	case 'a':
		for _, s := range b[6:] {
			row := &fakeGood
			if s != 0 {
				row = &fakeBad
			}
			dst = append(dst, core.NewStatus(row, int64(s)))
		}
		return dst, nil
	case 'e':
		c.endpoint = netip.AddrPortFrom(netip.IPv4Unspecified(), binary.BigEndian.Uint16(b[6:]))
		return append(dst, core.NewStatus(&fakeGood, 0)), nil
	case 'c':
		return append(dst, core.NewStatus(&fakeEnd, 0)), nil
	case 'p':
		c.exchange.Open = true
		return dst, core.ErrIncomplete
	case 'r', 'w', 'n':
		return dst, core.ErrNotResponse
	}
	return dst, core.BadFrame(core.NewStatus(&fakeFormat, 0), 4, "wrong kind")
}

func (c *fakeConversation) Exchange() core.Exchange { return c.exchange }

func frameOf(kind, id byte, body ...byte) []byte {
	b := []byte{'F', '!', 0, 0, kind, id}
	b = append(b, body...)
	binary.BigEndian.PutUint16(b[2:], uint16(len(b)))
	return b
}

// long returns a frame of n bytes whose only status is the last byte.
func long(n int, kind, id, status byte) []byte {
	b := frameOf(kind, id, make([]byte, n-6)...)
	b[n-1] = status
	return b
}

// A line is a finding in short: packet, symbol, op, item.
type line struct {
	packet int
	symbol string
	op     core.Op
	item   int
}

// run decodes a capture and returns what it found.
func run(t testing.TB, c *traffic.Capture) ([]Finding, *Engine) {
	t.Helper()
	return runFile(t, c.Pcap())
}

func runFile(t testing.TB, file []byte) ([]Finding, *Engine) {
	t.Helper()
	r, err := capture.NewReader(bytes.NewReader(file))
	require.NoError(t, err)
	var found []Finding
	e := NewEngine(NewPorts([]*protocol.Protocol{fake}), func(f Finding) { found = append(found, f) })
	require.NoError(t, e.Run(r))
	require.Zero(t, e.buffered)
	require.Empty(t, e.streams)
	return found, e
}

func lines(found []Finding) []line {
	var got []line
	for _, f := range found {
		symbol := f.Status.Symbol()
		if f.Unanswered {
			symbol = "unanswered"
		}
		got = append(got, line{f.Packet, symbol, f.Op, f.Item})
	}
	return got
}
