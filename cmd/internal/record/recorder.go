package record

import (
	"sync"
	"time"

	"github.com/fieldstatus/fieldstatus/cmd/internal/protocol"
)

// Options say what a Recorder does.
type Options struct {
	Protocol *protocol.Protocol
	To       string // host and port of the device
	All      bool   // successes too
	Version  string // of the command, for the provenance
	Output   *File
	Now      func() time.Time // nil: time.Now
	// Note is told in one line what the user should know, each line once. It may
	// be called by several goroutines at once. nil: nobody wants to know.
	Note func(text string)
}

// A Recorder passes traffic on and records it. Run it with Serve and end it with
// Close.
type Recorder struct {
	Options

	idle   time.Duration // of UDP clients
	counts counters
	queue  queue
	done   chan struct{} // closed when the queue is worked off

	mu    sync.Mutex
	noted map[string]bool
}

// New returns a Recorder that writes to o.Output. Its Close is needed in any case.
func New(o Options) *Recorder {
	if o.Now == nil {
		o.Now = time.Now
	}
	r := &Recorder{Options: o, idle: clientIdle, done: make(chan struct{}), noted: make(map[string]bool)}
	r.queue.wake = make(chan struct{}, 1)
	go r.work()
	return r
}

// Close waits until everything that was passed on is decoded and written. It is
// called when nothing is served any more.
func (r *Recorder) Close() {
	r.queue.close()
	<-r.done
}

// work decodes what is in the queue.
func (r *Recorder) work() {
	defer close(r.done)
	for {
		e, ok := r.queue.pop()
		if !ok {
			return
		}
		r.decode(e)
	}
}

// decode takes one event. Whatever a decoder does with bytes that nobody has
// foreseen, it ends neither the command nor the traffic.
func (r *Recorder) decode(e event) {
	defer func() {
		if fault := recover(); fault != nil {
			r.counts.leftOut.Add(1)
			r.note("internal error: the decoder failed on a frame, which is left out; please report it")
			e.dialogue.restart()
		}
	}()
	e.dialogue.take(e)
}

// maxNotes bounds how many different notes are remembered.
const maxNotes = 100

func (r *Recorder) note(text string) {
	r.mu.Lock()
	known := r.noted[text] || len(r.noted) == maxNotes
	if !known {
		r.noted[text] = true
	}
	r.mu.Unlock()
	if !known && r.Note != nil {
		r.Note(text)
	}
}
