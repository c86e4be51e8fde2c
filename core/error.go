package core

import (
	"os"
	"strconv"
)

// An Error is what a driver returns: the documented code, what the device said
// in its own terms, what was attempted, for which tag, and the cause.
//
// Its methods accept a nil receiver. The text of an error is for people and
// may change; the fields and [errors.Is] and [errors.As] are for programs:
//
//	errors.Is(err, core.S7AddressInvalid)      // the documented code
//	errors.Is(err, fs.ErrPermission)           // a portable error
//	errors.Is(err, s7.AddressOutOfRange)       // the native value, flag and information bits aside
//	var e fins.EndCode; errors.As(err, &e)     // the native value as it came
type Error struct {
	Code   Code   // the documented code
	Status Status // what the device said; the zero Status when it said nothing
	Op     Op     // what was attempted
	Tag    string // the tag concerned, "" when it is not one tag's error
	Err    error  // the cause, nil when the status says it all
}

// Error returns one line:
// "read motor.speed: 10105 Invalid address (s7 item-return 0x05 AddressOutOfRange)".
func (e *Error) Error() string {
	if e == nil {
		return "<nil>"
	}
	var buf [192]byte
	b := buf[:0]
	if e.Op != Other {
		b = append(b, e.Op.String()...)
	}
	if e.Tag != "" {
		if len(b) > 0 {
			b = append(b, ' ')
		}
		b = append(b, e.Tag...)
	}
	if len(b) > 0 {
		b = append(b, ": "...)
	}
	code := e.code()
	b = strconv.AppendInt(b, int64(code), 10)
	if text := code.Message(); text != "" {
		b = append(b, ' ')
		b = append(b, text...)
	}
	if e.Status.row != nil {
		b = append(b, " ("...)
		b = e.Status.append(b)
		b = append(b, ')')
	}
	if e.Err != nil && !e.says(e.Err) {
		b = append(b, ": "...)
		b = append(b, e.Err.Error()...)
	}
	return string(b)
}

// says reports whether the text of the error has said already what the cause is:
// the native value itself.
func (e *Error) says(cause error) bool {
	native, ok := cause.(interface{ Status() Status })
	return ok && e.Status.row != nil && native.Status() == e.Status
}

// code is the field Code, or what the rest of the error says when a driver
// left it out: an error never passes for a success by omission.
func (e *Error) code() Code {
	if code, ok := e.own(); ok {
		return code
	}
	return inspect(e).code
}

// own is the code that the error itself names. ok is false when only the cause
// can tell.
func (e *Error) own() (code Code, ok bool) {
	switch {
	case e.Code != OK:
		return e.Code, true
	case e.Status.row == nil && e.Err != nil:
		return OK, false
	}
	return e.Status.Code(e.Op), true
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error {
	if e == nil {
		return nil
	}
	return e.Err
}

// Is reports whether target is the error's code, a portable error that says
// the same, or the native value with its context bits stripped.
func (e *Error) Is(target error) bool {
	if e == nil {
		return false
	}
	code, ok := e.own()
	if c, isCode := target.(Code); isCode {
		return ok && c == code
	}
	return code.Is(target) || e.Status.is(target)
}

// As sets target when it points to a [Code] or to the type of the native
// value, which it gets as it came, flags and information bits included.
func (e *Error) As(target any) bool {
	if e == nil {
		return false
	}
	if c, isCode := target.(*Code); isCode {
		code, ok := e.own()
		if ok {
			*c = code
		}
		return ok
	}
	return e.Status.as(target)
}

// Timeout reports whether the failure is silence: a deadline that passed
// without an answer. It makes an Error usable as a [net.Error] would be.
func (e *Error) Timeout() bool {
	if e == nil {
		return false
	}
	if e.Is(os.ErrDeadlineExceeded) {
		return true
	}
	switch EventOf(e.Err) {
	case NetDeadline, NetDialTimeout, NetTimedOut:
		return true
	}
	return false
}

// Tagged returns the error of one tag: err with the tag's name, or nil when err
// is nil or a success. [ErrNotResponse] and [ErrIncomplete], which are no
// failures, pass through.
func Tagged(tag string, err error) error {
	if isSentinel(err) {
		return err
	}
	e := asError(err)
	if e == nil {
		return nil
	}
	e.Tag = tag
	return e
}

// asError returns a fresh *Error that says what err says. It returns nil when
// err is no failure.
func asError(err error) *Error {
	if CodeOf(err) == OK {
		return nil
	}
	if e, ok := err.(*Error); ok {
		fresh := *e
		fresh.Code = e.code()
		return &fresh
	}
	f := inspect(err)
	fresh := Error{Code: f.code, Status: f.status, Op: f.op, Err: err}
	if _, bare := err.(Code); bare {
		fresh.Err = nil
	}
	return &fresh
}
