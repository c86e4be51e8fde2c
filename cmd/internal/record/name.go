package record

import (
	"fmt"
	"strings"
)

// nameOf returns what a stanza is called: what was tried, and what came of it.
func nameOf(o *outcome) string {
	what := o.Op.String()
	if n := len(o.expect); n > 1 {
		what = fmt.Sprintf("%s of %d items", what, n)
	}
	shown := o.expect[0]
	if len(o.failed) == 0 {
		return what + ": " + answer(shown.Layer, shown.Value, shown.Symbol)
	}
	for _, e := range o.expect {
		if e.Code != 0 {
			shown = e
			break
		}
	}
	name := what + ": " + answer(shown.Layer, shown.Value, shown.Symbol)
	if n := len(o.failed); n > 1 {
		name += fmt.Sprintf(" and %d more", n-1)
	}
	return name
}

func answer(layer, value, symbol string) string {
	words := []string{layer}
	for _, word := range []string{value, symbol} {
		if word != "-" && word != "" {
			words = append(words, word)
		}
	}
	return strings.Join(words, " ")
}
