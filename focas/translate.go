package focas

import (
	"strconv"
	"strings"

	"github.com/fieldstatus/fieldstatus/core"
)

// Translate returns what an error of a FOCAS client means, as an *[core.Error]
// that keeps err reachable. It is nil for nil, and passes [context.Canceled],
// [core.ErrNotResponse] and [core.ErrIncomplete] through. A [Return], a
// [WireCode] or a [DNCResult] anywhere in the tree of err decides; then errors
// of the network do (3002, and 3015 for silence); then the texts of the Go
// clients that are named at [Recognizer].
//
// After a deadline the remedy is [core.Reconnect], where [core.Translate] has
// [core.Retry]: FOCAS has no transaction number, so that on the same connection a
// late answer would be taken for that to the next request.
//
// What nobody recognises is 10600: an error that a FOCAS client returns is a
// failure, whatever its text says.
func Translate(op core.Op, err error) error { return Recognizer{}.Translate(op, err) }

// A Recognizer is Translate for clients with error types of their own. The zero
// Recognizer knows these texts, of which the last one in an error counts:
//
//	cnc_rdparam failed (6)            strangesast/fwlib-go, and many private drivers
//	cnc_actf failed: rc=6             iwtcode/fanucAdapter
//	go_cnc_sysinfo rc=6               the same
//	focas: cnc_actf: EW_NOOPT         kochemajaka/gofocas; header names, wherever they stand
//
// A value of 0 inside an error is no success and is passed over.
type Recognizer struct {
	// Return takes the return value from an error of the driver's client; ok is
	// false when err has none.
	//
	//	func(err error) (int16, bool) {
	//		var e *gofocas.Error
	//		if !errors.As(err, &e) {
	//			return 0, false
	//		}
	//		return int16(e.Code), true
	//	}
	Return func(err error) (value int16, ok bool)
}

// Translate is the function [Translate] with what the recognizer knows in
// addition.
func (r Recognizer) Translate(op core.Op, err error) error {
	return core.TranslateFunc(op, err, r.recognize)
}

func (r Recognizer) recognize(_ core.Op, err error) (core.Status, bool) {
	if r.Return != nil {
		if v, ok := r.Return(err); ok && v != 0 {
			return ownValue(v).Status(), true
		}
	}
	switch e := core.EventOf(err); e {
	case 0:
	case core.NetDeadline:
		return core.NewStatus(&outcomes[outcomeSilence], int64(e)), true
	default:
		return core.Status{}, false // core knows it
	}
	if v, ok := returnIn(err.Error()); ok {
		return v.Status(), true
	}
	return core.NewStatus(&outcomes[outcomeUnrecognised], 0), true
}

// The native value of the silence on a connection is [core.NetDeadline]: what
// happened is the same, and what is to be done is not.

func asEvent(s core.Status, target any) bool { return core.As[core.Event](s, target) }

func isEvent(_ core.Status, target error) bool { return target == error(core.NetDeadline) }

// ownValue gives the values that kochemajaka/gofocas invented, to tell apart
// what the header has under one number, their number in the header.
func ownValue(v int16) Return {
	switch v {
	case -101:
		return EWNopmc
	case -103:
		return EWRange
	case -104:
		return EWType
	}
	return Return(v)
}

// returnIn finds the last return value that a text names.
func returnIn(text string) (Return, bool) {
	for i := len(text) - 1; i >= 0; i-- {
		if v, ok := returnAt(text, i); ok && v != 0 {
			return v, true
		}
	}
	return 0, false
}

// returnAt reads the return value that is written at text[i:] in one of the
// ways that [Recognizer] lists.
func returnAt(text string, i int) (Return, bool) {
	before, rest := text[:i], text[i:]
	switch {
	case strings.HasPrefix(rest, "rc="):
		before = strings.TrimSuffix(before, " failed: ")
		if endsWithCall(strings.TrimSuffix(before, " ")) {
			return number(rest[len("rc="):], "")
		}
	case strings.HasPrefix(rest, " failed ("):
		if endsWithCall(before) {
			return number(rest[len(" failed ("):], ")")
		}
	case strings.HasPrefix(rest, "EW_") && !endsWithWord(before):
		return symbol(rest)
	}
	return 0, false
}

// endsWithCall reports whether text ends with the name of a function of the
// library.
func endsWithCall(text string) bool {
	word := text[strings.LastIndexByte(text, ' ')+1:]
	word = strings.TrimPrefix(word, "go_")
	return strings.HasPrefix(word, "cnc_") || strings.HasPrefix(word, "pmc_")
}

func endsWithWord(text string) bool {
	return text != "" && isWordByte(text[len(text)-1])
}

func isWordByte(b byte) bool {
	return 'A' <= b && b <= 'Z' || 'a' <= b && b <= 'z' || '0' <= b && b <= '9' || b == '_'
}

// number reads a signed 16-bit number at the start of text that ends before
// end, or before anything that does not belong to a word when end is empty.
func number(text, end string) (Return, bool) {
	n := 0
	for n < len(text) && (n == 0 && text[n] == '-' || '0' <= text[n] && text[n] <= '9') {
		n++
	}
	rest := text[n:]
	if end == "" && rest != "" && isWordByte(rest[0]) || !strings.HasPrefix(rest, end) {
		return 0, false
	}
	v, err := strconv.ParseInt(text[:n], 10, 16)
	return Return(v), err == nil
}

// symbol reads the header name at the start of text: one of the table, or one
// of those that kochemajaka/gofocas spells in its own way.
func symbol(text string) (Return, bool) {
	n := 0
	for n < len(text) && isWordByte(text[n]) {
		n++
	}
	name := text[:n]
	switch name {
	case "EW_PROTECT":
		return EWProt, true
	case "EW_OVERFLOW":
		return EWOvrflow, true
	case "EW_DATASRV":
		return EWDtsrvr, true
	case "EW_UNEXPECTED":
		return EWUnexp, true
	case "EW_UNKNOWN":
		if rest, ok := strings.CutPrefix(text[n:], "("); ok {
			return number(rest, ")")
		}
		return 0, false
	}
	for v := EWProtocol; v <= EWRdRstfin; v++ {
		first, second, _ := strings.Cut(v.Status().Symbol(), "/")
		if name == first || name == second {
			return v, true
		}
	}
	return 0, false
}
