package southbound

import (
	"context"

	"github.com/fieldstatus/fieldstatus/core"
)

// A line is the way to a device: a link that is open, has lost its session, or
// is closed until it may be tried again.
type line struct {
	driver Driver
	o      Options

	link        Link // nil when closed
	sessionLost bool
	down        mark // its err is nil while the link can be used
}

// open opens what is closed, unless it is too early for that.
func (l *line) open(ctx context.Context) error {
	if l.link != nil && l.down.err == nil {
		return nil
	}
	if !l.down.due() {
		return l.down.err
	}
	limited, cancel := context.WithTimeout(ctx, l.o.Timeout)
	defer cancel()
	var err error
	switch {
	case l.link == nil:
		var link Link // so that an interface which holds nil does not count as open
		if link, err = l.driver.Open(limited); err == nil {
			l.link = link
		}
	case l.sessionLost:
		err = l.link.(Reopener).Reopen(limited)
	}
	if err != nil {
		if ctx.Err() == nil { // else the caller stopped, the device did nothing wrong
			l.lost(err)
		}
		return err
	}
	l.sessionLost = false
	l.down.err = nil // the pause stays as long as nothing was answered
	return nil
}

// fine says that the device has answered.
func (l *line) fine() { l.down = mark{} }

// lost says that a failure concerns the whole link, and closes what has to be
// opened again.
func (l *line) lost(err error) {
	_, reopens := l.link.(Reopener)
	switch {
	case core.RemedyOf(err) == core.Retry: // it stands, the device wants a pause
	case core.RemedyOf(err) == core.Reconnect && core.ScopeOf(err) == core.Session && reopens && !l.sessionLost:
		l.sessionLost = true
	default:
		_ = l.close() // that it is broken is known
	}
	l.down.set(err, l.o)
}

func (l *line) close() error {
	if l.link == nil {
		return nil
	}
	err := l.link.Close()
	l.link, l.sessionLost = nil, false
	return err
}
