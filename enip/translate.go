package enip

import (
	"strconv"
	"strings"

	"github.com/fieldstatus/fieldstatus/core"
)

// Translate returns what err means: nil for nil, otherwise an [*core.Error] that
// keeps err reachable. [context.Canceled], [core.ErrNotResponse] and
// [core.ErrIncomplete] pass through.
//
//   - Texts of client libraries that carry a number or name a cause by themselves
//     become the native status they speak of. Those of gologix that print a CIP
//     status as a text need a [Recognizer].
//   - gologix wraps io.EOF around whole frames that it could not take apart. These
//     are told from a lost connection, which is 3002 with session and CIP
//     connection gone as well.
//   - Other errors of the network are 3002, a deadline is 3015: [core.Translate].
//   - What nobody recognises is 3000, and 3001 for a write.
//
// A refused session (10799) or Forward Open (10797) that the driver has seen by
// itself is reported with [EncapsulationStatus] or [ConnectionStatus].
func Translate(op core.Op, err error) error {
	return Recognizer{}.Translate(op, err)
}

// A Recognizer translates the errors of gologix, which names statuses by texts.
// It takes the texts from gologix itself:
//
//	var recognizer = enip.Recognizer{StatusText: func(b uint8) string { return gologix.CIPStatus(b).String() }}
//
// Its wordings are those of gologix v0.41.0-beta. What gologix loses it cannot
// bring back; see the comment of the package.
type Recognizer struct {
	// StatusText returns gologix's text for a general status. It may be nil.
	StatusText func(general uint8) string
}

// Translate returns what err means as an error of the driver; see
// [core.Translate].
func (r Recognizer) Translate(op core.Op, err error) error {
	as := op // decides about the code
	out := core.TranslateFunc(op, err, func(op core.Op, err error) (core.Status, bool) {
		f, ok := r.recognize(err.Error(), err)
		if f.asOther {
			as = core.Other
		}
		if f.asConnect {
			as = core.Connect
		}
		return f.status, ok
	})
	if e, ok := out.(*core.Error); ok && as != op {
		e.Code = e.Status.Code(as) // e is fresh: it has just been recognised
	}
	return out
}

// A finding is what a text says.
type finding struct {
	status    core.Status
	asConnect bool // it is the answer to a Forward Open, whatever the caller attempts
	asOther   bool // it is a header that refused something else than RegisterSession
}

// recognize reads the texts of clients. The order matters: gologix wraps io.EOF
// around parsing faults of complete frames, so that only errors of the transport
// may be left to core.
func (r Recognizer) recognize(text string, err error) (finding, bool) {
	if isTransport(text) {
		return finding{status: core.NetClosed.Status()}, core.EventOf(err) == 0
	}
	if f, ok := recognizeNumber(text); ok {
		return f, true
	}
	if s, ok := recognizeCause(text); ok {
		return finding{status: s}, true
	}
	if f, ok := r.recognizeText(text); ok {
		return f, true
	}
	lost := strings.Contains(text, "not connected and connect attempt failed: ") && core.EventOf(err) == 0
	return finding{status: core.NetClosed.Status()}, lost
}

// isTransport reports whether gologix says that the connection is gone or was
// never made.
func isTransport(text string) bool {
	for _, mark := range [...]string{
		"resulting in forced disconnect: ",
		"error disconnecting after send error ",
		"error disconnecting after recvError ",
		"cannot connect to controller: ",
		"cannot get connect response: ",
		"not connected and AutoConnect not enabled",
	} {
		if strings.Contains(text, mark) {
			return true
		}
	}
	return false
}

// recognizeNumber reads texts with the number of a status in them.
func recognizeNumber(text string) (finding, bool) {
	// gologix Write: general status, words in the extended status, first word.
	if rest, ok := after(text, "got status "); ok && strings.Contains(rest, " instead of 0 in write response") {
		if general, rest, ok := number(rest, 10, 8); ok && strings.HasPrefix(rest, ":") {
			if size, rest, ok := number(rest[1:], 10, 8); ok && strings.HasPrefix(rest, ":") {
				if word, _, ok := number(rest[1:], 10, 16); ok {
					if size == 1 { // of more words it prints none
						return finding{status: GeneralStatus(general).Extended(uint16(word))}, true
					}
					return finding{status: GeneralStatus(general).Status()}, true
				}
			}
		}
	}
	// gologix GetAttrList: general status in the low byte, words in the high one.
	if rest, ok := after(text, "response header has status 0x"); ok {
		if n, rest, ok := number(rest, 16, 16); ok && strings.HasPrefix(rest, " (") {
			return finding{status: GeneralStatus(n & 0xFF).Status()}, true
		}
	}
	// gologix GenericCIPMessage: the type CIPStatusError.
	if rest, ok := after(text, "CIP status error: expected 0x"); ok {
		if rest, ok := after(rest, "), got 0x"); ok {
			if general, rest, ok := number(rest, 16, 8); ok && strings.HasPrefix(rest, " (") {
				return finding{status: GeneralStatus(general).Status()}, true
			}
		}
	}
	// gologix ReadMulti: general status in the low byte, words in the high one.
	if _, ok := after(text, "problem reading {"); ok {
		if rest, ok := after(text, "}. Status "); ok {
			if n, rest, ok := number(rest, 10, 16); ok && rest == "" {
				return finding{status: GeneralStatus(n & 0xFF).Status()}, true
			}
		}
	}
	// gologix, refusals in the header.
	for _, mark := range [...]string{"got non-success status ", "forward open failed. status: "} {
		if rest, ok := after(text, mark); ok {
			if n, rest, ok := number(rest, 10, 32); ok && (rest == "" || rest == " when writing") {
				return finding{status: EncapsulationStatus(n).Status(), asOther: true}, true
			}
		}
	}
	return finding{}, false
}

// recognizeCause reads texts of gologix that name a cause without a number.
func recognizeCause(text string) (core.Status, bool) {
	for _, end := range [...]string{"couldn't convert to correct type", "couldn't convert to byte slice", "couldn't convert to bytes", "couldn't convert to string"} {
		if strings.HasSuffix(text, end) {
			return typeMismatch(Success), true
		}
	}
	// The device refused, and gologix wants a longer reply than a refusal has.
	for _, end := range [...]string{"problem reading item 2's header. unexpected EOF", "problem reading item 2's header. EOF", "problem reading multi result header. unexpected EOF",
		"FragRead inner header: unexpected EOF", "FragRead inner header: EOF"} {
		if strings.HasSuffix(text, end) {
			return core.NewStatus(&outcomes[outcomeRefused], 0), true
		}
	}
	// The header refused, and gologix looks into the body that is not there. The
	// number is lost; what a correct client meets is that its session is unknown.
	if strings.HasSuffix(text, "couldn't read item count. EOF") || strings.HasSuffix(text, "problpm reading read result header: EOF") {
		return noSession(EncapsulationSuccess), true
	}
	// The frame is whole, but its reply ends before the status.
	for _, end := range [...]string{"problem reading sequence counter: item out of data", "problem reading service response: item out of data", "problem getting resposne status: item out of data",
		"problem deserializing write response header, unexpected EOF", "problem deserializing write response header, EOF"} {
		if strings.HasSuffix(text, end) {
			return core.FrameMalformed.Status(), true
		}
	}
	if rest, ok := after(text, "expected service response 0x"); ok && strings.Contains(rest, " but got 0x") {
		return core.FrameForeign.Status(), true
	}
	// The frame is whole, but its items end before their own lengths say.
	if rest, ok := after(text, "couldn't read item "); ok && (strings.Contains(rest, " header. ") || strings.Contains(rest, ") data. ")) && strings.HasSuffix(rest, "EOF") {
		return core.FrameMalformed.Status(), true
	}
	if strings.Contains(text, "partial transfer read of ") && strings.HasSuffix(text, ": structured tag types are not yet supported in fragmented reads") {
		return PartialTransfer.Status(), true
	}
	return core.Status{}, false
}

// recognizeText reads texts of gologix that end in its text for a status.
func (r Recognizer) recognizeText(text string) (finding, bool) {
	if r.StatusText == nil {
		return finding{}, false
	}
	const connect, header = "bad status on response status: ", "problem reading tags. Status "
	for _, mark := range [...]string{connect, header, "service returned status ", " returned status "} {
		rest, ok := after(text, mark)
		if !ok {
			continue
		}
		for n := range 256 {
			general := uint8(n)
			if r.StatusText(general) != rest {
				continue
			}
			if mark == header { // a header status, printed with the names of CIP and cut to 8 bits
				return finding{status: EncapsulationStatus(general).Status(), asOther: true}, true
			}
			return finding{status: GeneralStatus(general).Status(), asConnect: mark == connect}, true
		}
	}
	return finding{}, false
}

// after returns what stands behind the last mark in text.
func after(text, mark string) (rest string, ok bool) {
	i := strings.LastIndex(text, mark)
	if i < 0 {
		return "", false
	}
	return text[i+len(mark):], true
}

// number reads the digits that text begins with.
func number(text string, base, bits int) (n uint64, rest string, ok bool) {
	end := 0
	for end < len(text) {
		if _, err := strconv.ParseUint(text[end:end+1], base, 8); err != nil {
			break
		}
		end++
	}
	n, err := strconv.ParseUint(text[:end], base, bits)
	return n, text[end:], err == nil
}
