package nona11

import (
	"bytes"
	"errors"
	"testing"

	"github.com/fieldstatus/fieldstatus/core"
)

func TestParseAddress(t *testing.T) {
	const most = "18446744073709551615"
	for _, tt := range []struct {
		text string
		want Address
		fail Event // 0: none
	}{
		{"1!1!10.20", Address{1, 1, 10, 20}, 0}, // the three examples of the documentation
		{"1!12!1", Address{1, 12, 1, 0}, 0},
		{"1!20!32", Address{1, 20, 32, 0}, 0},
		{"0!0!0", Address{}, 0},
		{"01!007!00", Address{1, 7, 0, 0}, 0},
		{most + "!" + most + "!" + most + "." + most, Address{1<<64 - 1, 1<<64 - 1, 1<<64 - 1, 1<<64 - 1}, 0},
		{"", Address{}, AddressSyntax},
		{"1", Address{}, AddressSyntax},
		{"1!2", Address{}, AddressSyntax},
		{"1!2!", Address{}, AddressSyntax},
		{"1!!3", Address{}, AddressSyntax},
		{"!2!3", Address{}, AddressSyntax},
		{"!!", Address{}, AddressSyntax},
		{"1!2!3!4", Address{}, AddressSyntax},
		{"1!2!3.", Address{}, AddressSyntax},
		{"1!2!.4", Address{}, AddressSyntax},
		{"1!2!3.4.5", Address{}, AddressSyntax},
		{"1.5!2!3", Address{}, AddressSyntax},
		{"a!2!3", Address{}, AddressSyntax},
		{"0x1!2!3", Address{}, AddressSyntax},
		{"1_0!2!3", Address{}, AddressSyntax},
		{"-1!2!3", Address{}, AddressSyntax},
		{"+1!2!3", Address{}, AddressSyntax},
		{" 1!2!3", Address{}, AddressSyntax},
		{"1!2!3 ", Address{}, AddressSyntax},
		{"１!2!3", Address{}, AddressSyntax}, // a digit of another script
		{"1!2!3\x00", Address{}, AddressSyntax},
		{"18446744073709551616!2!3", Address{}, NumberOutOfRange},
		{"1!99999999999999999999!3", Address{}, NumberOutOfRange},
		{"1!2!99999999999999999999", Address{}, NumberOutOfRange},
		{"1!2!3.99999999999999999999", Address{}, NumberOutOfRange},
		{"1!2!3.0", Address{}, NumberOutOfRange},
	} {
		got, err := ParseAddress(tt.text)
		if got != tt.want {
			t.Errorf("%q: %+v", tt.text, got)
		}
		requireEvent(t, tt.text, err, tt.fail)
		var cause *AddressError
		if tt.fail != 0 && (!errors.As(err, &cause) || cause.Address != tt.text || cause.Reason == "") {
			t.Errorf("%q: cause %v", tt.text, cause)
		}
		if err == nil {
			if again, err := ParseAddress(got.String()); again != got || err != nil {
				t.Errorf("%q: printed as %q, which is %+v, %v", tt.text, got, again, err)
			}
		}
	}
}

func requireEvent(t *testing.T, at string, err error, want Event) {
	t.Helper()
	switch {
	case want == 0:
		if err != nil {
			t.Errorf("%q: %v", at, err)
		}
	case !errors.Is(err, want), core.CodeOf(err) != want.Status().Code(core.Other):
		t.Errorf("%q: %v, want %v", at, err, want)
	}
}

func TestParseSiteAddress(t *testing.T) {
	for _, tt := range []struct {
		text string
		want Address
		fail Event
	}{
		{"1!10.20", Address{7, 1, 10, 20}, 0},
		{"12!1", Address{7, 12, 1, 0}, 0},
		{"12", Address{}, AddressSyntax},
		{"1!12!1", Address{}, AddressSyntax}, // the newer form
		{"12!1.0", Address{}, NumberOutOfRange},
	} {
		got, err := ParseSiteAddress(7, tt.text)
		if got != tt.want {
			t.Errorf("%q: %+v", tt.text, got)
		}
		requireEvent(t, tt.text, err, tt.fail)
	}
}

func TestCheck(t *testing.T) {
	number, text := Address{1, 2, 3, 0}, Address{1, 2, 3, 4}
	for typ := range Type(20) {
		wantNumber, wantText := Event(0), LengthOnNumber
		switch {
		case typ == 0 || typ > String:
			wantNumber, wantText = TypeMismatch, TypeMismatch
		case typ == String:
			wantNumber, wantText = StringWithoutLength, 0
		}
		requireEvent(t, typ.String(), number.Check(typ), wantNumber)
		requireEvent(t, typ.String()+" with LEN", text.Check(typ), wantText)
	}
}

func TestTypes(t *testing.T) {
	sizes := map[string]int{"INT16": 2, "UINT16": 2, "INT32": 4, "UINT32": 4, "FLOAT": 4, "STRING": 0}
	for name, size := range sizes {
		typ, err := ParseType(name)
		if err != nil || typ.String() != name || typ.Size() != size {
			t.Errorf("%s: %v, %d bytes, %v", name, typ, typ.Size(), err)
		}
	}
	for _, name := range []string{"", "int16", "DOUBLE", "INT16 ", "unknown"} {
		_, err := ParseType(name)
		requireEvent(t, name, err, TypeMismatch)
	}
	if core.CodeOf(TypeMismatch.Status().Err(core.Read)) != core.TagTypeUnsupported {
		t.Error("a type that the driver lacks is not 2204")
	}
}

func TestSlice(t *testing.T) {
	reply := []byte{0, 1, 2, 3, 4, 5, 6, 7}
	for _, tt := range []struct {
		address Address
		typ     Type
		want    []byte
		fail    Event
	}{
		{Address{Offset: 0}, Int16, reply[0:2], 0},
		{Address{Offset: 6}, Uint16, reply[6:8], 0},
		{Address{Offset: 4}, Float, reply[4:8], 0},
		{Address{Offset: 0, Length: 8}, String, reply, 0},
		{Address{Offset: 7}, Int16, nil, OffsetBeyondReply},
		{Address{Offset: 8}, Int16, nil, OffsetBeyondReply},
		{Address{Offset: 5}, Int32, nil, OffsetBeyondReply},
		{Address{Offset: 1, Length: 8}, String, nil, OffsetBeyondReply},
		{Address{Offset: 1<<64 - 1}, Int16, nil, OffsetBeyondReply},
		{Address{Offset: 2, Length: 1<<64 - 1}, String, nil, OffsetBeyondReply},
		{Address{Offset: 2, Length: 1}, Int16, nil, LengthOnNumber},
		{Address{Offset: 2}, String, nil, StringWithoutLength},
		{Address{Offset: 2}, 0, nil, TypeMismatch},
	} {
		got, err := tt.address.Slice(reply, tt.typ)
		if !bytes.Equal(got, tt.want) {
			t.Errorf("%v as %v: %x", tt.address, tt.typ, got)
		}
		requireEvent(t, tt.address.String(), err, tt.fail)
	}
	if got, _ := (Address{}).Slice(reply, Int16); cap(got) != 2 {
		t.Error("an append to the value would write into the reply")
	}
}

func TestLimits(t *testing.T) {
	l := Limits{Site: 255, Command: 99, Offset: 1000, Length: 64}
	for a, want := range map[Address]Event{
		{255, 99, 1000, 64}: 0,
		{256, 99, 1000, 64}: NumberOutOfRange,
		{255, 100, 1000, 0}: NumberOutOfRange,
		{255, 99, 1001, 0}:  NumberOutOfRange,
		{255, 99, 1000, 65}: NumberOutOfRange,
	} {
		requireEvent(t, a.String(), l.Check(a), want)
		requireEvent(t, a.String()+" without limits", Limits{}.Check(a), 0)
	}
}
