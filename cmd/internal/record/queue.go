package record

import (
	"sync"
	"time"
)

// An event is a piece of traffic that waits for the decoder.
type event struct {
	dialogue   *dialogue
	data       []byte // nil at an end
	time       time.Time
	fromDevice bool
	ended      bool // this direction is over
	gap        bool // something of the dialogue before this event was missed
}

const (
	// maxQueued is how many bytes wait for the decoder at most.
	maxQueued = 32 << 20
	// eventCost is what an event takes besides its bytes.
	eventCost = 128
)

// A queue hands events from those who pass traffic on to the one who decodes
// it. To push never waits.
type queue struct {
	wake chan struct{}

	mu     sync.Mutex
	events []event
	bytes  int
	closed bool
}

// push reports false when there is no room. An end always finds some.
func (q *queue) push(e event) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	cost := len(e.data) + eventCost
	if !e.ended && q.bytes+cost > maxQueued {
		e.dialogue.missed = true
		return false
	}
	e.gap, e.dialogue.missed = e.dialogue.missed, false
	q.bytes += cost
	q.events = append(q.events, e)
	q.signal()
	return true
}

func (q *queue) signal() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// pop waits for the next event. It is not ok when the queue is closed and empty.
func (q *queue) pop() (e event, ok bool) {
	for {
		q.mu.Lock()
		if len(q.events) > 0 {
			e = q.events[0]
			q.events[0] = event{}
			if q.events = q.events[1:]; len(q.events) == 0 {
				q.events = nil
			}
			q.bytes -= len(e.data) + eventCost
			q.mu.Unlock()
			return e, true
		}
		closed := q.closed
		q.mu.Unlock()
		if closed {
			return event{}, false
		}
		<-q.wake
	}
}

func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.signal()
}
