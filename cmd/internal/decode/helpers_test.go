package decode

import (
	"bytes"
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/cmd/internal/capture"
	"github.com/fieldstatus/fieldstatus/cmd/internal/traffic"
)

// feed gives one packet to an engine that is not run over a whole capture.
func feed(t testing.TB, e *Engine, p traffic.Packet, number int) {
	t.Helper()
	c := traffic.New()
	c.Packets = []traffic.Packet{p}
	r, err := capture.NewReader(bytes.NewReader(c.Pcap()))
	require.NoError(t, err)
	q, err := r.Next()
	if err == io.EOF {
		return
	}
	require.NoError(t, err)
	q.Number = number
	if p.Time.IsZero() {
		q.Time = time.Time{} // which no file of this kind can tell
	}
	e.Packet(q)
}

// feedAll gives a capture to an engine without ending it. It calls after, unless
// that is nil, after each packet.
func feedAll(t testing.TB, e *Engine, c *traffic.Capture, after func()) {
	t.Helper()
	r, err := capture.NewReader(bytes.NewReader(c.Pcap()))
	require.NoError(t, err)
	for {
		p, err := r.Next()
		if err == io.EOF {
			return
		}
		require.NoError(t, err)
		e.Packet(p)
		if after != nil {
			after()
		}
	}
}
