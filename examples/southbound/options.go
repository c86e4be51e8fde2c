package southbound

import (
	"cmp"
	"time"
)

// Options are the patience of a node. A field that is 0 has the default.
type Options struct {
	Timeout  time.Duration // of one request and of connecting; 3 s
	Retry    time.Duration // first pause before asking again, doubled from then on; 100 ms
	RetryMax time.Duration // longest such pause; 30 s
	Probe    time.Duration // pause behind a failure that a person has to fix; 1 min
	Attempts int           // for a write that may be repeated; 3
}

func (o Options) withDefaults() Options {
	return Options{
		Timeout:  cmp.Or(o.Timeout, 3*time.Second),
		Retry:    cmp.Or(o.Retry, 100*time.Millisecond),
		RetryMax: cmp.Or(o.RetryMax, 30*time.Second),
		Probe:    cmp.Or(o.Probe, time.Minute),
		Attempts: cmp.Or(o.Attempts, 3),
	}
}
