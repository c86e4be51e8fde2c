package mutate

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/fieldstatus/fieldstatus/internal/hostile"
	"github.com/fieldstatus/fieldstatus/internal/laws"
)

var (
	executions = flag.Uint64("executions", 0, "how many mutants the loop makes; 200,000 without it, 1,000,000,000 with FIELDSTATUS_LONG=1")
	seed       = flag.Uint64("seed", 1, "of the loop")
	only       = flag.Uint64("round", 0, "run this round of the loop alone, with every frame printed")
)

// perRound is how many mutants a round makes. One round has one protocol and two
// conversations, and depends on the seed and its number alone.
const perRound = 64

// TestLoop gives mutants of recorded frames to every decoder of every protocol:
// ParseResponse, AppendStatuses, ScanFrames and a Conversation. It is the fuzz
// targets without coverage: blind, but a hundred times faster.
func TestLoop(t *testing.T) {
	total := uint64(200_000)
	if laws.Long() {
		total = 1_000_000_000
	}
	if *executions > 0 {
		total = *executions
	}
	all := protocols(t)
	if *only > 0 {
		w := newWorker(all)
		w.trace = os.Stdout
		if err := w.round(*only); err != nil {
			t.Fatal(err)
		}
		return
	}
	defer debug.SetGCPercent(debug.SetGCPercent(800)) // errors are the only garbage, and live for a moment
	var next, done atomic.Uint64
	var failed atomic.Bool
	rounds := (total + perRound - 1) / perRound
	start := time.Now()
	workers := make([]*worker, runtime.GOMAXPROCS(0))
	var wait sync.WaitGroup
	for i := range workers {
		w := newWorker(all)
		workers[i] = w
		wait.Add(1)
		go func() {
			defer wait.Done()
			for n := next.Add(1); n <= rounds && !failed.Load(); n = next.Add(1) {
				if err := w.round(n); err != nil {
					failed.Store(true)
					t.Errorf("%v\nrun it alone with -args -seed %d -round %d", err, *seed, n)
				}
				done.Add(perRound)
			}
		}()
	}
	stop := progress(&done, rounds*perRound)
	wait.Wait()
	stop()
	took := time.Since(start)
	t.Logf("seed %d: %d mutants in %v, %.0f a second on %d cores", *seed, done.Load(), took.Round(time.Millisecond), float64(done.Load())/took.Seconds(), len(workers))
	for i, p := range all {
		var n [hostile.Outcomes]uint64
		var sum uint64
		for _, w := range workers {
			for o, count := range w.outcomes[i] {
				n[o] += count
				sum += count
			}
		}
		t.Logf("%-5s  %d alone: %d succeeded, %d failed, %d no response, %d incomplete, %d malformed", p.name, sum,
			n[hostile.Succeeded], n[hostile.Failed], n[hostile.NotResponse], n[hostile.Incomplete], n[hostile.Malformed])
		if deep := n[hostile.Succeeded] + n[hostile.Failed]; deep*20 < sum && !failed.Load() {
			t.Errorf("%s: only %d of %d mutants got as far as a status", p.name, deep, sum)
		}
	}
}

// progress tells on the terminal how far the loop is. Without one it says nothing.
func progress(done *atomic.Uint64, total uint64) (stop func()) {
	terminal, err := os.OpenFile("/dev/tty", os.O_WRONLY, 0)
	if err != nil {
		return func() {}
	}
	end := make(chan struct{})
	var wait sync.WaitGroup
	wait.Add(1)
	go func() {
		defer wait.Done()
		defer terminal.Close()
		for {
			select {
			case <-end:
				fmt.Fprint(terminal, "\r\x1b[K")
				return
			case <-time.After(time.Second):
				fmt.Fprintf(terminal, "\r\x1b[K%d of %d mutants", done.Load(), total)
			}
		}
	}()
	return func() { close(end); wait.Wait() }
}

// A worker runs rounds, one after another, and reuses all that it needs for them.
type worker struct {
	*mutator
	all      []*protocol
	checkers []*hostile.Checker
	hearings []hostile.Hearing
	outcomes [][hostile.Outcomes]uint64 // of frames alone, by protocol
	mutant   []byte
	pristine []byte
	trace    io.Writer
}

func newWorker(all []*protocol) *worker {
	w := &worker{mutator: newMutator(), all: all, outcomes: make([][hostile.Outcomes]uint64, len(all)), mutant: make([]byte, 0, 1<<16), pristine: make([]byte, 0, 1<<16)}
	for _, p := range all {
		c := hostile.NewChecker(p.Face)
		w.checkers = append(w.checkers, c)
		w.hearings = append(w.hearings, c.Hear(p.Open()))
	}
	return w
}

// round plays recorded conversations with most of their frames changed.
func (w *worker) round(n uint64) (err error) {
	w.begin(*seed, n)
	i := int(n % uint64(len(w.all)))
	p := w.all[i]
	made := 0
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
		}
		if err != nil {
			err = fmt.Errorf("%s, mutant %d of round %d, %x: %w", p.name, made, n, w.pristine, err)
		}
	}()
	h := &w.hearings[i]
	for made < perRound {
		if made == 0 || made >= perRound/2 && w.one(perRound) == 0 {
			p.fresh(h.Conversation)
			h.Again(h.Conversation)
		}
		stanza := p.stanzas[w.one(len(p.stanzas))]
		other := p.stanzas[w.one(len(p.stanzas))]
		for _, f := range stanza.Frames {
			if f.Sent && w.one(4) > 0 { // what is understood can be answered
				w.pristine = append(w.pristine[:0], f.Data...)
				if err := h.Send(w.pristine); err != nil {
					return err
				}
				continue
			}
			w.mutant = w.mutate(w.mutant[:0], f.Data, other.Frames[w.one(len(other.Frames))].Data)
			if w.one(4) > 0 {
				p.Mend(w.mutant)
			}
			made++
			if w.trace != nil {
				fmt.Fprintf(w.trace, "%s sent=%v %x\n", p.name, f.Sent, w.mutant)
			}
			if err := w.try(i, f.Sent); err != nil {
				return err
			}
		}
	}
	return nil
}

// try gives the mutant to every decoder of a protocol.
func (w *worker) try(i int, sent bool) error {
	p, c, h := w.all[i], w.checkers[i], &w.hearings[i]
	frame := w.mutant[:len(w.mutant):len(w.mutant)]
	w.pristine = append(w.pristine[:0], frame...)
	outcome, err := c.Glance(frame)
	if err != nil {
		return err
	}
	w.outcomes[i][outcome]++
	parsed := p.parse(frame)
	if gave := outcome == hostile.Succeeded || outcome == hostile.Failed; gave != (parsed == nil) && !(parsed == nil && outcome == hostile.Malformed) {
		return fmt.Errorf("ParseResponse: %v, but AppendStatuses has outcome %d", parsed, outcome)
	} else if gave && (p.Enough == nil || p.Enough(frame) == 0) {
		if err := c.Piece(frame[:w.one(len(frame))], frame); err != nil {
			return err
		}
	}
	if err := w.split(p, frame); err != nil {
		return err
	}
	if sent {
		err = h.Send(frame)
	} else {
		_, _, err = h.Receive(frame)
	}
	if err == nil && !bytes.Equal(frame, w.pristine) {
		err = errors.New("the frame was written to")
	}
	return err
}

// split cuts one frame off the mutant, and asks for it with fewer bytes.
func (w *worker) split(p *protocol, frame []byte) error {
	advance, token, err := p.Scan(frame, false)
	if advance < 0 || advance > len(frame) || advance != len(token) || err != nil && advance != 0 {
		return fmt.Errorf("a token of %d bytes, advance %d of %d, %v", len(token), advance, len(frame), err)
	}
	if advance == 0 {
		return nil
	}
	if n, token, err := p.Scan(frame[:w.one(advance)], false); n != 0 || token != nil || err != nil {
		return fmt.Errorf("a piece of a frame of %d bytes gives %d, %v", advance, n, err)
	}
	return nil
}
