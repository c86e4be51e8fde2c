package nona11

import "github.com/fieldstatus/fieldstatus/core"

// Translate returns what an error of a driver means, as an *[core.Error] that
// keeps err reachable. It is nil for nil, and passes [context.Canceled],
// [core.ErrNotResponse] and [core.ErrIncomplete] through.
//
// An [Event] anywhere in the tree of err decides, then errors of the network: no
// connection is 3002, silence 3015. Anything else is 3000 ([Other]), or 3017
// ([WriteAttempt]) for a write, since the driver has none.
func Translate(op core.Op, err error) error {
	return core.TranslateFunc(op, err, recognize)
}

func recognize(op core.Op, err error) (core.Status, bool) {
	switch {
	case core.EventOf(err) != 0:
		return core.Status{}, false // core knows it
	case op == core.Write:
		return WriteAttempt.Status(), true
	}
	return Other.Status(), true
}
