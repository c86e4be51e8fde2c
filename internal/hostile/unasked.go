package hostile

import (
	"slices"

	"github.com/fieldstatus/fieldstatus/core"
)

// News is a [Face.Unasked] for devices that tell some of their state when it
// changes: the statuses of these layers.
func News(layers ...string) func(issued []uint64, x core.Exchange, s core.Status) bool {
	return func(_ []uint64, _ core.Exchange, s core.Status) bool { return slices.Contains(layers, s.Layer()) }
}

// Earlier is a [Face.Unasked] for protocols with ascending request numbers: what
// was sent before the first request that was seen may still be answered, unless the
// greeting was seen, which has this ID. zero stands for the request number 0.
func Earlier(greeting, zero uint64) func(issued []uint64, x core.Exchange, s core.Status) bool {
	return func(issued []uint64, x core.Exchange, _ core.Status) bool {
		return !slices.Contains(issued, greeting) && (x.ID < slices.Min(issued) || x.ID == zero)
	}
}
