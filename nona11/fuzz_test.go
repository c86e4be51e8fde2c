package nona11

import (
	"errors"
	"testing"

	"github.com/fieldstatus/fieldstatus/core"
)

func FuzzParseAddress(f *testing.F) {
	for _, s := range []string{"1!1!10.20", "1!12!1", "1!!", "1!2!3.0", "18446744073709551616!1!1"} {
		f.Add(s, []byte("0123456789"))
	}
	f.Fuzz(func(t *testing.T, s string, reply []byte) {
		a, err := ParseAddress(s)
		if err != nil {
			var cause *AddressError
			if a != (Address{}) || core.CodeOf(err) != core.NONA11AddressInvalid || !errors.As(err, &cause) {
				t.Fatalf("%q: %+v, %v", s, a, err)
			}
			return
		}
		if again, err := ParseAddress(a.String()); again != a || err != nil {
			t.Fatalf("%q: printed as %q, which is %+v, %v", s, a, again, err)
		}
		for typ := range String + 2 {
			value, err := a.Slice(reply, typ)
			switch {
			case err != nil && value != nil:
				t.Fatalf("%q: %x and %v", s, value, err)
			case err == nil && len(value) != typ.Size() && uint64(len(value)) != a.Length:
				t.Fatalf("%q: %d bytes as %v", s, len(value), typ)
			}
		}
	})
}
