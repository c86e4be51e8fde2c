// Package fake is a protocol for tests, so that they say what the command does
// and not what a protocol package does.
package fake

import (
	"encoding/binary"
	"io"
	"iter"
	"net/netip"
	"slices"

	"github.com/fieldstatus/fieldstatus/cmd/internal/protocol"
	"github.com/fieldstatus/fieldstatus/core"
)

// Protocol is the entry of the protocol. A frame is 'F', '!', its length in two
// bytes, its kind, an identifier, and then what the kind wants:
//
//	'r', 'w'  a request to read or write
//	'a'       the answer, one status for each byte; 0 is success
//	'n'       a notice that is no answer
//	'p'       a part of an answer
//	'x'       the answer to a request that nobody has made
//	'e'       an answer that opens another endpoint: its port in two bytes
//	'c'       a message that ends the connection: a status with that scope
var Protocol = &protocol.Protocol{
	Name: "fake", Title: "the protocol of the tests",
	TCP: []uint16{777}, UDP: []uint16{777},
	Scan:    Scan,
	New:     func() protocol.Conversation { return &conversation{} },
	Request: func(b []byte) bool { return len(b) > 4 && (b[4] == 'r' || b[4] == 'w') },
	Endpoint: func(c protocol.Conversation) (netip.AddrPort, bool) {
		e := c.(*conversation).endpoint
		return e, e.IsValid()
	},
	Rows: func() iter.Seq[core.Row] {
		return slices.Values([]core.Row{*good, *bad, *odd, *high, *rest, *end, *format})
	},
	Translate: translate,
	Natives: func(values []int64) []core.Status {
		if len(values) == 2 {
			return []core.Status{core.NewStatus(bad, values[0]).WithExtended(uint32(values[1]))}
		}
		return nil
	},
}

func codes(read, write core.Code) [4]core.Code { return [4]core.Code{read, read, read, write} }

var (
	good   = &core.Row{Protocol: "fake", Layer: "status", Value: "0x00", Symbol: "Good", Meaning: "it worked", Why: "success", Native: core.Native{Bits: 8}}
	bad    = &core.Row{Protocol: "fake", Layer: "status", Value: "0x05", Symbol: "Bad", Meaning: "it failed | badly", Codes: codes(3000, 3001), Remedy: core.Fix, Quality: core.Bad, Hint: "Check the <fake> thing.", Why: "because", Native: core.Native{Bits: 8}}
	odd    = &core.Row{Protocol: "fake", Layer: "status", Value: "0x1F", Meaning: "has no name", Quality: core.Uncertain, Why: "information", Native: core.Native{Bits: 8}}
	high   = &core.Row{Protocol: "fake", Layer: "status", Value: "0x80..0xFF", Symbol: "High", Meaning: "any high value", Codes: codes(10508, 10508), Remedy: core.Retry, Scope: core.Request, Quality: core.Bad, Unsure: true, Fallback: true, Why: "a range", Native: core.Native{Bits: 8}}
	rest   = &core.Row{Protocol: "fake", Layer: "other", Value: "*", Symbol: "Unlisted", Meaning: "any value", Codes: codes(3000, 3001), Remedy: core.Fix, Quality: core.Bad, Fallback: true, Why: "the rest", Native: core.Native{Bits: 8}}
	end    = &core.Row{Protocol: "fake", Layer: "end", Value: "-", Symbol: "End", Meaning: "the end", Codes: codes(3002, 3002), Remedy: core.Reconnect, Scope: core.Connection, Quality: core.Bad, Why: "over"}
	format = &core.Row{Protocol: "fake", Layer: "frame", Value: "-", Symbol: "Wrong", Meaning: "no frame", Codes: codes(3009, 3009), Remedy: core.Reconnect, Scope: core.Connection, Quality: core.Bad, Hint: "Check who sends this.", Why: "malformed"}
)

func translate(op core.Op, err error) error {
	return core.TranslateFunc(op, err, func(_ core.Op, err error) (core.Status, bool) {
		if err.Error() == "fake: it failed" {
			return core.NewStatus(bad, 5), true
		}
		return core.Status{}, false
	})
}

// Scan splits a stream of frames.
func Scan(data []byte, atEOF bool) (int, []byte, error) {
	bad := func(offset int, reason string) error {
		return core.BadFrame(core.NewStatus(format, 0), offset, reason)
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

type conversation struct {
	exchange core.Exchange
	ops      map[byte]core.Op
	endpoint netip.AddrPort
}

func (c *conversation) Sent(b []byte) {
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

func (c *conversation) Received(dst []core.Status, b []byte) ([]core.Status, error) {
	if _, _, err := Scan(b, true); err != nil {
		return dst, err
	}
	c.exchange = core.Exchange{ID: uint64(b[5]), Op: c.ops[b[5]]}
	switch b[4] {
	case 'a':
		for _, s := range b[6:] {
			row := good
			if s != 0 {
				row = bad
			}
			dst = append(dst, core.NewStatus(row, int64(s)))
		}
		return dst, nil
	case 'e':
		if len(b) < 8 {
			return dst, core.BadFrame(core.NewStatus(format, 0), len(b), "no port")
		}
		c.endpoint = netip.AddrPortFrom(netip.IPv4Unspecified(), binary.BigEndian.Uint16(b[6:]))
		return append(dst, core.NewStatus(good, 0)), nil
	case 'c':
		return append(dst, core.NewStatus(end, 0)), nil
	case 'p':
		c.exchange.Open = true
		return dst, core.ErrIncomplete
	case 'x':
		return dst, core.FrameForeign
	case 'r', 'w', 'n':
		return dst, core.ErrNotResponse
	}
	return dst, core.BadFrame(core.NewStatus(format, 0), 4, "wrong kind")
}

func (c *conversation) Exchange() core.Exchange { return c.exchange }

// Frame returns a frame.
func Frame(kind, id byte, body ...byte) []byte {
	b := []byte{'F', '!', 0, 0, kind, id}
	b = append(b, body...)
	binary.BigEndian.PutUint16(b[2:], uint16(len(b)))
	return b
}

// Long returns a frame of n bytes whose only status is the last byte.
func Long(n int, kind, id, status byte) []byte {
	b := Frame(kind, id, make([]byte, n-6)...)
	b[n-1] = status
	return b
}
