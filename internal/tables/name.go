package tables

import (
	"go/token"
	"strings"
	"unicode"
)

// initialisms are written in capitals in Go names.
var initialisms = map[string]string{
	"ID": "ID", "IP": "IP", "CPU": "CPU", "PDU": "PDU", "CNC": "CNC", "TCP": "TCP", "UDP": "UDP", "KNX": "KNX",
	"EW": "EW", "E": "E", "L": "L", "T": "T", "A": "A", "M": "M", "NAK": "NAK", "ACK": "ACK", "DLL": "DLL", "CRC": "CRC",
}

// goName turns the symbol of a row into a Go name: symbols in the standards'
// UPPER_SNAKE become camel case, everything else keeps its spelling.
// It returns "" when the row has no symbol, and ok false when no name can be made.
func goName(prefix, symbol string) (name string, ok bool) {
	if symbol == "" || symbol == "-" {
		return "", true
	}
	name = symbol
	if strings.Contains(symbol, "_") && strings.ToUpper(symbol) == symbol {
		var b strings.Builder
		for _, word := range strings.Split(symbol, "_") {
			if word == "" {
				continue
			}
			if known, ok := initialisms[word]; ok {
				b.WriteString(known)
				continue
			}
			b.WriteString(word[:1] + strings.ToLower(word[1:]))
		}
		name = b.String()
	}
	name = prefix + name
	return name, token.IsIdentifier(name) && token.IsExported(name)
}

// layerName turns the name of a layer into the Go name of its lookup:
// item-return becomes ItemReturn.
func layerName(layer string) string {
	var b strings.Builder
	for _, word := range strings.Split(layer, "-") {
		r := []rune(word)
		r[0] = unicode.ToUpper(r[0])
		b.WriteString(string(r))
	}
	return b.String()
}
