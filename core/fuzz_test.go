package core_test

import (
	"errors"
	"testing"

	"github.com/fieldstatus/fieldstatus/core"
)

func FuzzParseCode(f *testing.F) {
	for _, s := range []string{"10105", "S7AddressInvalid", "10105 S7AddressInvalid", "-1", "", "ok"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c, err := core.ParseCode(s)
		if err != nil {
			return
		}
		again, err := core.ParseCode(c.String())
		if err != nil || again != c {
			t.Fatalf("%q is %v, which reads back as %v, %v", s, c, again, err)
		}
	})
}

// Any text of an unknown client error gets an answer, and never another one
// than 3000 or 3001 unless it has the prefix of a TLS error.
func FuzzTranslateText(f *testing.F) {
	f.Add("EOF")
	f.Add("tls: bad certificate")
	f.Add("10105 Invalid address")
	f.Fuzz(func(t *testing.T, text string) {
		switch code := core.CodeOf(core.Translate(core.Read, errors.New(text))); code {
		case core.PluginReadFailed:
		case core.PluginNotConnected:
			if len(text) < 5 || (text[:5] != "tls: " && text[:5] != "x509:") {
				t.Fatalf("%q was guessed to be %v", text, code)
			}
		default:
			t.Fatalf("%q was guessed to be %v", text, code)
		}
	})
}
