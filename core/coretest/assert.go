package coretest

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/fieldstatus/fieldstatus/core"
)

// RequireCode ends the test when the documented code of err is not want.
// [core.OK] asks for no error.
func RequireCode(t testing.TB, err error, want core.Code) {
	t.Helper()
	if !AssertCode(t, err, want) {
		t.FailNow()
	}
}

// AssertCode reports, and marks the test as failed, when the documented code
// of err is not want. [core.OK] asks for no error: err has to be nil, since
// any other error would be taken for a failure by the caller of the driver.
func AssertCode(t testing.TB, err error, want core.Code) bool {
	t.Helper()
	got := core.CodeOf(err)
	switch {
	case got != want:
		t.Errorf("wrong documented code\n%s", report("code "+describe(want), err))
	case want == core.OK && err != nil:
		t.Errorf("a success that is not nil: callers test err != nil\n%s", report("nil", err))
	default:
		return true
	}
	return false
}

// RequireStatus ends the test when err does not carry the native status want:
// a value of a protocol package's type, or of its client's
// (s7.AddressOutOfRange, ua.StatusBadNodeIDUnknown). Flag and information bits
// are no difference.
func RequireStatus(t testing.TB, err error, want error) {
	t.Helper()
	if !AssertStatus(t, err, want) {
		t.FailNow()
	}
}

// AssertStatus is RequireStatus for tests that go on.
func AssertStatus(t testing.TB, err error, want error) bool {
	t.Helper()
	if want == nil {
		t.Errorf("no native status to compare with: use AssertCode(t, err, core.OK) to ask for a success")
		return false
	}
	if errors.Is(err, want) {
		return true
	}
	text := want.Error()
	if s, ok := want.(interface{ Status() core.Status }); ok {
		text = s.Status().String()
	}
	t.Errorf("wrong native status\n%s", report("status "+text, err))
	return false
}

// RequireRemedy ends the test when err does not ask for the remedy want.
func RequireRemedy(t testing.TB, err error, want core.Remedy) {
	t.Helper()
	if !AssertRemedy(t, err, want) {
		t.FailNow()
	}
}

// AssertRemedy is RequireRemedy for tests that go on.
func AssertRemedy(t testing.TB, err error, want core.Remedy) bool {
	t.Helper()
	if core.RemedyOf(err) == want {
		return true
	}
	t.Errorf("wrong remedy\n%s", report("remedy "+want.String(), err))
	return false
}

// RequireScope ends the test when err does not affect exactly the scope want.
func RequireScope(t testing.TB, err error, want core.Scope) {
	t.Helper()
	if core.ScopeOf(err) != want {
		t.Errorf("wrong scope\n%s", report("scope "+want.String(), err))
		t.FailNow()
	}
}

// report says what was wanted and everything that is known about err.
func report(want string, err error) string {
	var b strings.Builder
	line := func(name, text string) {
		if text != "" {
			fmt.Fprintf(&b, "  %-8s %s\n", name, text)
		}
	}
	line("want", want)
	if err == nil {
		line("got", "nil")
		return b.String()
	}
	line("got", "code "+describe(core.CodeOf(err)))
	if s := core.StatusOf(err); s != (core.Status{}) {
		row := s.Row()
		line("status", s.String())
		line("meaning", row.Meaning)
		line("why", row.Why)
		line("hint", row.Hint)
	} else {
		line("status", "none: the error carries no native status")
	}
	line("remedy", fmt.Sprintf("%v, scope %v", core.RemedyOf(err), core.ScopeOf(err)))
	line("error", fmt.Sprintf("%T: %v", err, err))
	left := maxCauses
	causes(err, &left, func(cause error) { line("cause", fmt.Sprintf("%T: %v", cause, cause)) })
	return b.String()
}

// maxCauses bounds a report: an error may unwrap to itself.
const maxCauses = 20

// causes calls do for everything that err wraps, joined errors one by one.
func causes(err error, left *int, do func(error)) {
	var inner []error
	switch e := err.(type) {
	case interface{ Unwrap() error }:
		inner = []error{e.Unwrap()}
	case interface{ Unwrap() []error }:
		inner = e.Unwrap()
	}
	for _, cause := range inner {
		if cause != nil && *left > 0 {
			*left--
			do(cause)
			causes(cause, left, do)
		}
	}
}

// describe gives number, name and text of a code.
func describe(c core.Code) string {
	if text := c.Message(); text != "" {
		return fmt.Sprintf("%s %q", c.String(), text)
	}
	return c.String() + " (not documented)"
}
