package cli

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"unicode"
)

// parseHex reads bytes as people paste them: with or without spaces, colons,
// commas, 0x and braces. Every text with bytes in it is one piece.
func parseHex(texts []string) (pieces [][]byte, err error) {
	for _, text := range texts {
		var digits strings.Builder
		for word := range strings.FieldsFuncSeq(text, separatesBytes) {
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
		piece, err := hex.DecodeString(digits.String())
		if err != nil {
			return nil, err
		}
		if len(piece) > 0 {
			pieces = append(pieces, piece)
		}
	}
	if len(pieces) == 0 {
		return nil, errors.New("there are no bytes to decode")
	}
	return pieces, nil
}

func separatesBytes(r rune) bool {
	return unicode.IsSpace(r) || strings.ContainsRune(":,;-{}[]()\"'", r)
}
