package fins

import (
	"reflect"
	"strings"

	"github.com/fieldstatus/fieldstatus/core"
)

// recognizeType reads the error types of the clients that have some, by name,
// so that none has to be imported. It runs on the path of failures only, and on
// trees that end: see [core.TranslateFunc].
func recognizeType(op core.Op, err error) (core.Status, bool) {
	for err != nil {
		if s, ok := statusOfType(op, err); ok {
			return s, true
		}
		switch e := err.(type) {
		case interface{ Unwrap() error }:
			err = e.Unwrap()
		case interface{ Unwrap() []error }:
			for _, err := range e.Unwrap() {
				if s, ok := recognizeType(op, err); ok {
					return s, true
				}
			}
			return core.Status{}, false
		default:
			return core.Status{}, false
		}
	}
	return core.Status{}, false
}

func statusOfType(op core.Op, err error) (core.Status, bool) {
	v := reflect.ValueOf(err)
	if v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	if !v.IsValid() || !isGofins(v.Type().PkgPath()) {
		return core.Status{}, false
	}
	switch v.Type().Name() {
	case "EndCodeError": // bronystylecrazy: EndCode; chia0hwan9: Code, Command
		for _, field := range [...]string{"EndCode", "Code"} {
			if c, ok := number(v, field); ok {
				return refused(op, c), true
			}
		}
		return EndCodeLost.Status(), true
	case "TCPError": // chia0hwan9: Code, Stage
		if c, ok := number(v, "Code"); ok {
			return closed(c), true
		}
	case "ProtocolError": // chia0hwan9
		if op == core.Connect {
			return HandshakeFailed.Status(), true
		}
		return core.FrameMalformed.Status(), true
	case "NotConnectedError": // chia0hwan9
		return core.NetClosed.Status(), true
	case "ConnectionClosedError": // chia0hwan9
		return lost(op), true
	case "ResponseTimeoutError": // l1va, folke99, siyka-au, chia0hwan9
		return silence(op), true
	case "IncompatibleMemoryAreaError": // l1va, folke99, siyka-au, bronystylecrazy
		return AreaMismatch.Status(), true
	}
	return core.Status{}, false
}

// isGofins reports whether a package belongs to a module named gofins, as all
// of these clients do.
func isGofins(path string) bool {
	for _, element := range strings.Split(path, "/") {
		if element == "gofins" {
			return true
		}
	}
	return false
}

// number returns an unsigned field of a struct.
func number(v reflect.Value, field string) (uint64, bool) {
	if v.Kind() != reflect.Struct {
		return 0, false
	}
	f := v.FieldByName(field)
	if !f.IsValid() || !f.CanUint() {
		return 0, false
	}
	return f.Uint(), true
}
