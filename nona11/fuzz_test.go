package nona11

import (
	"errors"
	"strconv"
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

// FuzzParseSiteAddress: the older form is the newer one without its site.
func FuzzParseSiteAddress(f *testing.F) {
	for _, s := range []string{"1!10.20", "12!1", "!", "2!3.0", "18446744073709551616!1", "1!2!3"} {
		f.Add(uint64(7), s)
	}
	f.Fuzz(func(t *testing.T, site uint64, s string) {
		older, err := ParseSiteAddress(site, s)
		newer, errNewer := ParseAddress(strconv.FormatUint(site, 10) + "!" + s)
		if older != newer || core.StatusOf(err) != core.StatusOf(errNewer) {
			t.Fatalf("%q: %+v, %v, with its site %+v, %v", s, older, err, newer, errNewer)
		}
	})
}

// FuzzParseType: a name is that of one type, and nothing else is.
func FuzzParseType(f *testing.F) {
	for typ := Int16; typ <= String; typ++ {
		f.Add(typ.String())
	}
	f.Fuzz(func(t *testing.T, name string) {
		typ, err := ParseType(name)
		if err == nil && typ.String() != name || err != nil && (typ != 0 || core.CodeOf(err) != core.TagTypeUnsupported) {
			t.Fatalf("%q: %v, %v", name, typ, err)
		}
	})
}

// FuzzTranslate: any text is 3000, or 3017 for a write, since none is recognised,
// except those of TLS, which core knows.
func FuzzTranslate(f *testing.F) {
	f.Add("timeout", uint8(2))
	f.Add("tls: bad certificate", uint8(3))
	f.Fuzz(func(t *testing.T, text string, op uint8) {
		o, cause := core.Op(op&3), errors.New(text)
		err := Translate(o, cause)
		want := core.PluginReadFailed
		switch {
		case core.EventOf(cause) != 0:
			want = core.EventOf(cause).Status().Code(o)
		case o == core.Write:
			want = core.PluginTagWriteUnsupported
		}
		if core.CodeOf(err) != want || !errors.Is(err, cause) || Translate(o, err) != err {
			t.Fatalf("%q: %v", text, err)
		}
	})
}
