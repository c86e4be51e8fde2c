package laws

import (
	"errors"
	"testing"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/gateway"
)

// Obeys checks what is true of any status: documented codes only, which the
// gateway's write replies can carry; an error exactly where the code is not 0,
// which answers as the status does; a usable value with every success; and
// something to reopen with every reconnect.
func Obeys(t *testing.T, at func() string, s core.Status, ops ...core.Op) {
	t.Helper()
	for _, op := range ops {
		code := s.Code(op)
		if !code.Documented() {
			t.Fatalf("%s: %v gives %v, which is not documented", at(), op, code)
		}
		if _, ok := gateway.HTTPStatus(gateway.ForWrite(code)); !ok {
			t.Fatalf("%s: %v gives %v, for which a write reply has no HTTP status", at(), op, code)
		}
		err := s.Err(op)
		if (err == nil) != (code == core.OK) {
			t.Fatalf("%s: %v: code %v but error %v", at(), op, code, err)
		}
		if err == nil {
			if s.Quality() == core.Bad {
				t.Fatalf("%s: %v: success with quality bad", at(), op)
			}
			continue
		}
		if core.CodeOf(err) != code || core.StatusOf(err) != s || core.RemedyOf(err) != s.Remedy() || core.ScopeOf(err) != s.Scope() {
			t.Fatalf("%s: %v: the error answers otherwise than the status: %v", at(), op, err)
		}
		if !errors.Is(err, code) {
			t.Fatalf("%s: %v: the error is not its own code", at(), op)
		}
	}
	if s.Remedy() == core.Reconnect && s.Scope() < core.Session {
		t.Fatalf("%s: remedy reconnect with scope %v", at(), s.Scope())
	}
}
