package record

import (
	"fmt"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
)

// nameOf returns what a stanza is called: what was tried, and what came of it.
func nameOf(s coretest.Stanza) string {
	name := s.Op.String()
	if n := len(s.Expect); n > 1 {
		name = fmt.Sprintf("%s of %d items", name, n)
	}
	shown, failures := s.Expect[0], 0
	for _, e := range s.Expect {
		if e.Code != core.OK {
			if failures == 0 {
				shown = e
			}
			failures++
		}
	}
	name += ": " + shown.Layer
	for _, word := range []string{shown.Value, shown.Symbol} {
		if word != "-" {
			name += " " + word
		}
	}
	if failures > 1 {
		name += fmt.Sprintf(" and %d more", failures-1)
	}
	return name
}
