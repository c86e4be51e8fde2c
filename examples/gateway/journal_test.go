package main

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/examples/southbound/drivertest"
)

// TestJournal: a line for what changes, none for what stays, and one for a node
// that loses its link.
func TestJournal(t *testing.T) {
	var log strings.Builder
	n := still(t, lab).node("plc")
	j := newJournal(n, slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey || a.Key == slog.LevelKey {
				return slog.Attr{}
			}
			return a
		},
	})))
	poll := func(lines ...string) {
		t.Helper()
		readings := n.Poll(t.Context())
		j.note(n.State().Link, readings)
		want := ""
		for _, line := range lines {
			want += line + "\n"
		}
		assert.Equal(t, want, log.String())
		log.Reset()
	}
	poll() // good from the beginning is no news

	require.True(t, n.afflict("address"))
	poll(`msg=tag node=plc group=g tag=torque code=10105 text="Invalid address" native="s7 item-return 0x05 AddressOutOfRange" remedy=fix`)
	poll()

	require.True(t, n.afflict("disorder"))
	poll(`msg=disconnected node=plc group=g code=3012 text="Plugin message disorder" native="s7 data-shape PDUReferenceMismatch" remedy=reconnect`)
	poll()
	poll()

	require.True(t, n.afflict(""))
	require.Eventually(t, func() bool {
		readings := n.Poll(t.Context())
		j.note(n.State().Link, readings)
		return readings[0].Err == nil
	}, drivertest.Patience, 10*time.Millisecond)
	assert.Equal(t, "msg=connected node=plc group=g\nmsg=tag node=plc group=g tag=torque code=0\n", log.String())
	log.Reset()
	poll()
}

// TestJournalOfADeviceThatIsAway: it has not been connected before.
func TestJournalOfADeviceThatIsAway(t *testing.T) {
	var log strings.Builder
	n := still(t, lab).node("plc")
	require.True(t, n.afflict("off"))
	j := newJournal(n, slog.New(slog.NewTextHandler(&log, nil)))
	for range 3 {
		readings := n.Poll(t.Context())
		j.note(n.State().Link, readings)
	}
	assert.Equal(t, 1, strings.Count(log.String(), "\n"), log.String())
	assert.Contains(t, log.String(), "msg=disconnected node=plc group=g code=3002")
}
