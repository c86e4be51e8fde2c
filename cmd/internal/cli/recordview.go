package cli

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/fieldstatus/fieldstatus/cmd/internal/record"
)

// recordEvery is how often the counts on a terminal are brought up to date.
const recordEvery = 250 * time.Millisecond

// A recordView tells on standard error how a recording goes: notes in any case,
// and a line of counts that is kept up to date on a terminal.
type recordView struct {
	stop chan struct{}
	done chan struct{}

	mu    sync.Mutex
	w     io.Writer
	shown string
}

func newRecordView(w io.Writer) *recordView { return &recordView{w: w} }

// start prints the first line, and the counts from now on.
func (v *recordView) start(counts func() record.Counts, text string) {
	fmt.Fprintln(v.w, text)
	if !isTerminal(v.w) {
		return
	}
	v.stop, v.done = make(chan struct{}), make(chan struct{})
	go func() {
		defer close(v.done)
		ticker := time.NewTicker(recordEvery)
		defer ticker.Stop()
		for {
			v.show(recordCounts(counts()))
			select {
			case <-ticker.C:
			case <-v.stop:
				return
			}
		}
	}()
}

// end removes the line of counts.
func (v *recordView) end() {
	if v.stop != nil {
		close(v.stop)
		<-v.done
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.clear()
}

func (v *recordView) show(text string) {
	if columns := width(v.w); columns > 0 && len(text) >= columns {
		text = text[:columns-1] // a line that wraps could not be removed
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if text != v.shown {
		v.clear()
		fmt.Fprint(v.w, text)
		v.shown = text
	}
}

func (v *recordView) clear() {
	if v.shown != "" {
		fmt.Fprint(v.w, "\r\x1b[K")
		v.shown = ""
	}
}

// note prints a line above the counts.
func (v *recordView) note(text string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	again := v.shown
	v.clear()
	fmt.Fprintf(v.w, "note: %s\n", oneLine(text))
	if again != "" {
		fmt.Fprint(v.w, again)
		v.shown = again
	}
}

// recordCounts is the line of counts.
func recordCounts(c record.Counts) string {
	return fmt.Sprintf("%s, %s, %s, %d written",
		plural(int(c.Connections), "connection", "connections"), plural(int(c.Exchanges), "exchange", "exchanges"),
		plural(int(c.Failures), "failure", "failures"), c.Written)
}

// recordSummary is the last line.
func recordSummary(c record.Counts, file string) string {
	text := fmt.Sprintf("%s written to %s; %s in %s, %s.",
		plural(int(c.Written), "stanza", "stanzas"), file,
		plural(int(c.Exchanges), "exchange", "exchanges"), plural(int(c.Opened), "connection", "connections"),
		plural(int(c.Failures), "failure", "failures"))
	var rest []string
	add := func(n int64, one, many string) {
		if n > 0 {
			rest = append(rest, plural(int(n), one, many))
		}
	}
	add(c.Repeats, "repeat", "repeats")
	add(c.LeftOut, "that says something else without what came before", "that say something else without what came before")
	add(c.Unwritten, "that could not be written", "that could not be written")
	add(c.Unanswered, "request without an answer", "requests without an answer")
	add(c.Unreached, "time that the device was not reached", "times that the device was not reached")
	add(c.Unread, "byte that is no frame", "bytes that are no frames")
	add(c.Missed, "byte for want of time", "bytes for want of time")
	if len(rest) > 0 {
		text += " Left out: " + strings.Join(rest, ", ") + "."
	}
	return text
}
