package knx

import (
	"encoding/hex"
	"fmt"
	"reflect"
	"strings"

	"github.com/fieldstatus/fieldstatus/core"
)

// Translate returns what an error of a KNX client means: nil for nil, otherwise
// an [*core.Error] that keeps err reachable. [context.Canceled],
// [core.ErrNotResponse] and [core.ErrIncomplete] pass through.
//
//   - The status of a connect response, which knx-go returns as a number, is an
//     [ErrorCode].
//   - "response timeout reached" is [ConnectTimeout] while connecting and
//     [TunnelAckTimeout] afterwards, both 3015; the end of knx-go's channel is
//     [SocketClosed], 3002; values and addresses that do not fit are
//     [ValueLengthMismatch] and [AddressSyntax].
//   - Errors of the network are 3002, a deadline is 3015: [core.Translate].
//   - What nobody recognises is 3000, and 3001 for a write.
//
// The refusal of a single telegram needs the texts of the client: see
// [Recognizer]. A telegram that nobody acknowledges on the bus (10200) is no error
// of knx-go at all: give its confirmation to [Confirm].
func Translate(op core.Op, err error) error { return Recognizer{}.Translate(op, err) }

// A Recognizer translates the errors of knx-go without importing it.
//
// knx-go prints a refused acknowledgement with %#x of a type that has a method
// Error: what comes out is not the number but the hexadecimal dump of an
// English text. StatusText gives the recognizer the texts to compare with:
//
//	var recognizer = knx.Recognizer{
//		StatusText: func(b uint8) string { return knxnet.ErrCode(b).Error() },
//	}
//
// The wordings are those of knx-go v0.0.0-20250707093940-740ae6da1af6.
type Recognizer struct {
	// StatusText is the text that the client has for a status.
	StatusText func(status uint8) string
}

// Translate is the function [Translate] with the texts of the client.
func (r Recognizer) Translate(op core.Op, err error) error {
	return core.TranslateFunc(op, err, r.recognize)
}

// recognize looks at every error in the tree of err.
func (r Recognizer) recognize(op core.Op, err error) (core.Status, bool) {
	for range maxDepth {
		if s, ok := r.recognizeOne(op, err); ok {
			return s, true
		}
		switch e := err.(type) {
		case interface{ Unwrap() error }:
			err = e.Unwrap()
		case interface{ Unwrap() []error }:
			for _, err := range e.Unwrap() {
				if s, ok := r.recognize(op, err); ok {
					return s, true
				}
			}
			return core.Status{}, false
		default:
			return core.Status{}, false
		}
		if err == nil {
			break
		}
	}
	return core.Status{}, false
}

// maxDepth bounds the walk through wrapped errors.
const maxDepth = 100

func (r Recognizer) recognizeOne(op core.Op, err error) (core.Status, bool) {
	if s, ok := r.refusal(err); ok {
		return s, true
	}
	text := err.Error()
	if s, ok := r.rejection(text); ok {
		return s, true
	}
	if text == "cannot tunnel to multicast address" {
		return core.NetDialFailed.Status(), true
	}
	if e := eventOf(op, text); e != 0 {
		return e.Status(), true
	}
	return core.Status{}, false
}

// refusal recognises knxnet.ErrCode, the status of a connect response: by its
// type, or as an octet whose text is the one that the client has for it.
func (r Recognizer) refusal(err error) (core.Status, bool) {
	v := reflect.ValueOf(err)
	if v.Kind() != reflect.Uint8 {
		return core.Status{}, false
	}
	status := uint8(v.Uint())
	t := v.Type()
	known := t.PkgPath()+"."+t.Name() == "github.com/vapourismo/knx-go/knx/knxnet.ErrCode"
	if !known && err.Error() != r.text(status) {
		return core.Status{}, false
	}
	return ErrorCode(status).Status(), true
}

// rejection recognises the refusal of one telegram by the acknowledgement of
// the gateway.
func (r Recognizer) rejection(text string) (core.Status, bool) {
	dump, ok := strings.CutPrefix(text, "tunnelConn request has been rejected with status 0x")
	if !ok {
		return core.Status{}, false
	}
	raw, err := hex.DecodeString(dump)
	if err != nil {
		return core.Status{}, false
	}
	for status := 1; status < 256; status++ { // not 0: what was rejected is no success
		if string(raw) == r.text(uint8(status)) {
			return AckCode(status).Status(), true
		}
	}
	return core.Status{}, false
}

// text is what the client has for a status. Without StatusText these are the
// texts that contain the number.
func (r Recognizer) text(status uint8) string {
	if r.StatusText != nil {
		return r.StatusText(status)
	}
	return fmt.Sprintf("Unknown error code %#x", status)
}

// eventOf recognises the texts of knx-go that stand for an event: of the
// tunnel, of its datapoint types and of its addresses.
func eventOf(op core.Op, text string) Event {
	switch text {
	case "response timeout reached":
		if op == core.Connect {
			return ConnectTimeout // silence, or a full gateway: knx-go goes on asking after 0x24 and 0x25
		}
		return TunnelAckTimeout
	case "socket's inbound channel has been closed":
		return SocketClosed // while connecting over UDP: nobody listens at the port
	case "connection server has terminated":
		return SocketClosed
	case "given application data has invalid length":
		return ValueLengthMismatch
	case "string cannot be parsed to a group address", "invalid group address 0/0/0", "invalid group address 0/0",
		"string cannot be parsed to an individual address", "invalid individual address 0.0.0", "invalid individual address 0.0":
		return AddressSyntax
	}
	for _, prefix := range [...]string{
		"invalid main, middle or sub group address in ", "invalid main or sub group address in ", "invalid raw group address in ",
		"invalid area, line or device address in ", "invalid subnetwork or device address in ", "invalid raw individual address in ",
	} {
		if strings.HasPrefix(text, prefix) {
			return AddressSyntax
		}
	}
	return 0
}
