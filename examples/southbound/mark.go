package southbound

import (
	"time"

	"github.com/fieldstatus/fieldstatus/core"
)

// A mark says that a tag or a link has failed, and when to try it again. The zero
// mark is that of something which is fine.
type mark struct {
	err   error
	pause time.Duration // the next one
	until time.Time
}

// set notes how a try went: nil for well.
func (m *mark) set(err error, o Options) {
	switch {
	case err == nil:
		*m = mark{}
	case core.RemedyOf(err) == core.Fix:
		*m = mark{err: err, until: time.Now().Add(o.Probe)}
	default: // the first time in the next cycle, then later and later
		m.err, m.until = err, time.Now().Add(m.pause)
		m.pause = min(max(o.Retry, 2*m.pause), o.RetryMax)
	}
}

func (m mark) due() bool { return !time.Now().Before(m.until) }
