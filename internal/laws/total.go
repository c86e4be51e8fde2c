package laws

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/fieldstatus/fieldstatus/core"
)

// Total8 checks every bit pattern of an 8-bit field.
func Total8(t *testing.T, status func(uint8) core.Status) {
	t.Helper()
	for v := range 1 << 8 {
		check(t, fmt.Sprintf("0x%02X", v), status(uint8(v)), int64(v))
	}
}

// Total16 checks every bit pattern of a 16-bit field.
func Total16(t *testing.T, status func(uint16) core.Status) {
	t.Helper()
	for v := range 1 << 16 {
		check(t, fmt.Sprintf("0x%04X", v), status(uint16(v)), int64(v))
	}
}

// TotalInt16 checks every bit pattern of a signed 16-bit field.
func TotalInt16(t *testing.T, status func(int16) core.Status) {
	t.Helper()
	for v := -1 << 15; v < 1<<15; v++ {
		check(t, fmt.Sprint(v), status(int16(v)), int64(v))
	}
}

// Total32 checks a 32-bit field at the given values, one below and one above
// each, and at a million values from a fixed seed.
func Total32(t *testing.T, status func(uint32) core.Status, values ...uint32) {
	t.Helper()
	one := func(v uint32) { check(t, fmt.Sprintf("0x%08X", v), status(v), int64(v)) }
	for _, v := range values {
		one(v - 1)
		one(v)
		one(v + 1)
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 1_000_000 {
		one(random.Uint32())
		if t.Failed() {
			return
		}
	}
}

// check checks one status: documented codes only, the raw value kept, nil
// exactly for code 0, and the same answers from the error.
func check(t *testing.T, at string, s core.Status, v int64) {
	t.Helper()
	if s == (core.Status{}) {
		t.Fatalf("%s: no row", at)
	}
	if s.Value() != v {
		t.Fatalf("%s: the value became %d", at, s.Value())
	}
	for _, op := range ops {
		code := s.Code(op)
		if !code.Documented() {
			t.Fatalf("%s: %v gives %v, which is not documented", at, op, code)
		}
		err := s.Err(op)
		if (err == nil) != (code == core.OK) {
			t.Fatalf("%s: %v: code %v but error %v", at, op, code, err)
		}
		if err == nil {
			if s.Quality() == core.Bad {
				t.Fatalf("%s: %v: success with quality bad", at, op)
			}
			continue
		}
		if core.CodeOf(err) != code || core.StatusOf(err) != s || core.RemedyOf(err) != s.Remedy() || core.ScopeOf(err) != s.Scope() {
			t.Fatalf("%s: %v: the error answers otherwise than the status: %v", at, op, err)
		}
		if !errors.Is(err, code) {
			t.Fatalf("%s: %v: the error is not its own code", at, op)
		}
	}
	if s.Remedy() == core.Reconnect && s.Scope() < core.Session {
		t.Fatalf("%s: remedy reconnect with scope %v", at, s.Scope())
	}
}
