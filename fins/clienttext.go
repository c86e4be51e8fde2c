package fins

import (
	"strconv"
	"strings"

	"github.com/fieldstatus/fieldstatus/core"
)

// recognizeText reads the texts of the clients that Translate names. Their
// wordings are those of l1va/gofins 37730db, bronystylecrazy/gofins 41d4912,
// siyka-au/gofins 4e77c74, and folke99, chia0hwan9 and hiroeorz as of 2025, copied
// by hand: none of these modules could be run in the tests, so that no test notices
// when one of them changes a wording. What is no longer recognised is 3000 or 3001.
func recognizeText(op core.Op, text string) (core.Status, bool) {
	// "error reported by destination, end code 0x1104", no zeros in front;
	// "destination returned end code 0x1104".
	if v, _, ok := numberAfter(text, "end code 0x", 16); ok {
		return refused(op, v), true
	}
	// "FINS error: ... (code 0x1104) for command 0x0101".
	if _, rest, ok := strings.Cut(text, "FINS error: "); ok {
		if v, rest, ok := numberAfter(rest, "(code 0x", 16); ok && strings.HasPrefix(rest, ")") {
			return refused(op, v), true
		}
	}
	// "failure code: 17 : 4", decimal.
	if high, rest, ok := numberAfter(text, "failure code: ", 10); ok {
		rest, pair := strings.CutPrefix(rest, " : ")
		if low, _, ok := leadingNumber(rest, 10); ok && pair {
			if high > 0xFF || low > 0xFF {
				return EndCodeLost.Status(), true
			}
			return refused(op, high<<8|low), true
		}
	}
	// "FINS/TCP error: 32" and "handshake failed with error code: 32" are decimal.
	if v, _, ok := numberAfter(text, "FINS/TCP error: ", 10); ok {
		return closed(v), true
	}
	if v, _, ok := numberAfter(text, "FINS/TCP error 0x", 16); ok {
		return closed(v), true
	}
	if v, _, ok := numberAfter(text, "handshake failed with error code: ", 10); ok {
		return closed(v), true
	}
	// The answer of every conforming server, refusals too: the code is lost.
	if strings.Contains(text, "unexpected handshake command: ") {
		return HandshakeFailed.Status(), true
	}
	if strings.Contains(text, "Response timeout of ") || strings.Contains(text, "response timeout after ") {
		return silence(op), true
	}
	return core.Status{}, false
}

// numberAfter reads the number behind the last mark in a text, and returns what
// stands behind it.
func numberAfter(text, mark string, base int) (v uint64, rest string, ok bool) {
	i := strings.LastIndex(text, mark)
	if i < 0 {
		return 0, "", false
	}
	return leadingNumber(text[i+len(mark):], base)
}

// leadingNumber reads the number that a text begins with. A number that goes on
// with a letter is none. One that does not fit into 64 bits is the largest that
// does.
func leadingNumber(text string, base int) (v uint64, rest string, ok bool) {
	n := 0
	for n < len(text) && isAlphanumeric(text[n]) {
		n++
	}
	v, err := strconv.ParseUint(text[:n], base, 64)
	if e, isNum := err.(*strconv.NumError); isNum && e.Err == strconv.ErrRange {
		err = nil
	}
	return v, text[n:], err == nil
}

func isAlphanumeric(c byte) bool {
	return '0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z'
}
