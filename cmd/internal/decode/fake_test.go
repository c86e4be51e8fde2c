package decode

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/cmd/internal/capture"
	"github.com/fieldstatus/fieldstatus/cmd/internal/fake"
	"github.com/fieldstatus/fieldstatus/cmd/internal/protocol"
	"github.com/fieldstatus/fieldstatus/cmd/internal/traffic"
	"github.com/fieldstatus/fieldstatus/core"
)

var protocols = []*protocol.Protocol{fake.Protocol}

func frameOf(kind, id byte, body ...byte) []byte { return fake.Frame(kind, id, body...) }
func long(n int, kind, id, status byte) []byte   { return fake.Long(n, kind, id, status) }

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
	return runWith(t, protocols, file)
}

func runWith(t testing.TB, protocols []*protocol.Protocol, file []byte) ([]Finding, *Engine) {
	t.Helper()
	r, err := capture.NewReader(bytes.NewReader(file))
	require.NoError(t, err)
	var found []Finding
	e := NewEngine(NewPorts(protocols), func(f Finding) { found = append(found, f) })
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
