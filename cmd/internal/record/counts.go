package record

import "sync/atomic"

// Counts is what a Recorder has seen so far.
type Counts struct {
	Connections int64 // open now; over UDP: clients heard of lately
	Opened      int64 // since the start
	Exchanges   int64 // requests with an answer
	Failures    int64 // exchanges that failed
	Written     int64 // stanzas in the file
	Repeats     int64 // exchanges that the file already has
	LeftOut     int64 // exchanges that do not give the same result on their own
	Unwritten   int64 // stanzas that could not be written
	Unanswered  int64 // requests that the end of a connection left without an answer
	Unreached   int64 // connections that the device did not take
	Unread      int64 // bytes that were passed on and are no frame
	Missed      int64 // bytes that were passed on and not decoded for want of time
}

type counters struct {
	connections, opened, exchanges, failures, written, repeats, leftOut,
	unwritten, unanswered, unreached, unread, missed atomic.Int64
}

// Counts returns the current numbers.
func (r *Recorder) Counts() Counts {
	c := &r.counts
	return Counts{
		Connections: c.connections.Load(), Opened: c.opened.Load(),
		Exchanges: c.exchanges.Load(), Failures: c.failures.Load(),
		Written: c.written.Load(), Repeats: c.repeats.Load(), LeftOut: c.leftOut.Load(),
		Unwritten: c.unwritten.Load(), Unanswered: c.unanswered.Load(), Unreached: c.unreached.Load(),
		Unread: c.unread.Load(), Missed: c.missed.Load(),
	}
}
