package cli

import (
	"regexp"
	"slices"
	"strings"
)

// inBrackets is where the error of a driver has the status: "read speed: 10105
// Invalid address (s7 item-return 0x05 AddressOutOfRange)".
var inBrackets = regexp.MustCompile(`\(([^()]*)\)`)

// printed returns what a status means that this library has printed: protocol,
// layer, value and symbol, alone or inside the text of an error.
func (a *app) printed(text string) []answer {
	if found := a.ofLayer(text); len(found) > 0 {
		return found
	}
	for _, m := range inBrackets.FindAllStringSubmatch(text, -1) {
		if found := a.ofLayer(m[1]); len(found) > 0 {
			return found
		}
	}
	return nil
}

// ofLayer reads "s7 item-return 0x05 AddressOutOfRange"; what follows does not count.
func (a *app) ofLayer(text string) []answer {
	words := strings.Fields(text)
	if len(words) < 3 {
		return nil
	}
	p := a.protocol(words[0])
	if p == nil {
		return nil
	}
	found := bySymbol(p, words[2])
	if values, ok := parseValues(words[2]); ok {
		found = byValue(p, values)
	}
	return slices.DeleteFunc(found, func(f answer) bool { return f.row.Layer != words[1] })
}
