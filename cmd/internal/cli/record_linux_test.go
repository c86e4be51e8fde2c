package cli

import (
	"io"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/cmd/internal/fake"
	"github.com/fieldstatus/fieldstatus/cmd/internal/protocol"
	"github.com/fieldstatus/fieldstatus/cmd/internal/record"
)

// Ctrl-C ends the command with success.
func TestRecordInterrupted(t *testing.T) {
	file := filepath.Join(t.TempDir(), "my.frames")
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		var printed stream
		a := &app{in: strings.NewReader(""), out: io.Discard, err: &printed, protocols: []*protocol.Protocol{fake.Protocol}}
		ended := make(chan int)
		go func() {
			ended <- a.run([]string{"record", "fake", "-l", "127.0.0.1:0", "-t", failing(t), "-o", file, "--append"})
		}()
		exchange(t, listening(t, &printed), fake.Frame('r', 1))
		require.NoError(t, syscall.Kill(syscall.Getpid(), signal))
		assert.Equal(t, exitOK, <-ended)
		assert.Contains(t, printed.String(), "1 exchange in 1 connection, 1 failure.")
	}
}

// The counts are one line, which notes do not break and which is gone at the end.
func TestRecordLiveCounts(t *testing.T) {
	term := openTerminal(t, 40)
	v := newRecordView(term.file)
	v.start(func() record.Counts { return record.Counts{Connections: 1, Exchanges: 12, Failures: 2, Written: 1} }, "recording")
	require.Eventually(t, func() bool {
		v.mu.Lock()
		defer v.mu.Unlock()
		return v.shown != ""
	}, 5*time.Second, time.Millisecond)
	v.note("the device is off")
	v.end()
	text := term.text()
	counts := "1 connection, 12 exchanges, 2 failures, 1 written"[:39]
	assert.Equal(t, "recording\n"+counts+"\r\x1b[Knote: the device is off\n"+counts+"\r\x1b[K", text)
}

// A line that fills the terminal would wrap, and could not be removed.
func TestRecordCountsFit(t *testing.T) {
	for columns, want := range map[uint16]string{
		0: "12 exchanges", // how wide it is is not known
		1: "", 11: "12 exchang", 12: "12 exchange", 13: "12 exchanges",
	} {
		term := openTerminal(t, columns)
		newRecordView(term.file).show("12 exchanges")
		assert.Equal(t, want, term.text(), "%d columns", columns)
	}
}
