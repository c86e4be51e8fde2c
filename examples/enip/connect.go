package enip

import (
	"context"
	"net"

	"github.com/fieldstatus/fieldstatus/core"
)

// connect connects, and leaves nothing open when that fails.
func (l *link) connect() (err error) {
	defer func() {
		if err != nil {
			l.hangUp()
		}
	}()
	defer recovered(core.Connect, &err)
	err = recognizer.Translate(core.Connect, l.client.Connect())
	if err == nil && l.client.SessionHandle == 0 { // gologix does not look at a refusal
		err = &core.Error{Code: core.ENIPSessionNotRegistered, Op: core.Connect}
	}
	return err
}

// ready limits how long the next request may take. It connects again where gologix
// has hung up by itself, as it does with a controller that is silent: else the next
// request would fail with a connection that is closed, and hide the silence. The
// request then has what connecting leaves of the time.
func (l *link) ready(ctx context.Context, op core.Op) error {
	if err := l.limit(ctx, op); err != nil {
		return err
	}
	switch {
	case l.closed:
		return recognizer.Translate(op, net.ErrClosed)
	case l.client.Connected():
		return nil
	}
	l.hangUp()
	if err := l.connect(); err != nil {
		return err
	}
	return l.limit(ctx, op)
}
