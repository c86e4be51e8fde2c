package cli

import (
	"encoding/hex"
	"fmt"
	"strings"
	"unicode"
)

// parseHex reads bytes as people paste them: with or without spaces, colons,
// commas, 0x and braces.
func parseHex(text string) ([]byte, error) {
	var digits strings.Builder
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune(":,;-{}[]()\"'", r)
	}) {
		word = strings.TrimPrefix(strings.TrimPrefix(strings.ReplaceAll(word, `\x`, ""), "0x"), "0X")
		for i, r := range word {
			if !strings.ContainsRune("0123456789abcdefABCDEF", r) {
				return nil, fmt.Errorf("%q is no hexadecimal number (at %q)", word, word[i:])
			}
		}
		if len(word)%2 != 0 {
			return nil, fmt.Errorf("%q has an odd number of hexadecimal digits", word)
		}
		digits.WriteString(word)
	}
	if digits.Len() == 0 {
		return nil, fmt.Errorf("there are no bytes to decode")
	}
	return hex.DecodeString(digits.String())
}
