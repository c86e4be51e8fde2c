package nona11

import (
	"errors"
	"strconv"
	"strings"

	"github.com/fieldstatus/fieldstatus/core"
)

// An Address says where the value of a tag is: at an offset in the reply of a
// site to a command. Its numbers are as large as they are written; which ones
// make sense is not documented.
type Address struct {
	Site    uint64 // which device answers
	Command uint64 // the reading instruction that it answers
	Offset  uint64 // in the reply, in bytes; that it counts bytes is how the documented examples read
	Length  uint64 // of a string, in bytes; 0 for numbers, which have none
}

// ParseAddress reads SITE!COMMAND!OFFSET[.LEN], all of them unsigned decimal
// numbers: "1!20!32" is a number at byte 32 of the reply of site 1 to command 20,
// "1!1!10.20" a string of 20 bytes.
//
// The error is an *[core.Error] with the code 10400. Its cause is an
// *[AddressError] that says what is wrong; its event is AddressSyntax, or
// NumberOutOfRange for a number that no driver can hold and for a LEN of 0.
func ParseAddress(s string) (Address, error) {
	site, rest, ok := strings.Cut(s, "!")
	if !ok {
		return Address{}, bad(AddressSyntax, s, "want SITE!COMMAND!OFFSET")
	}
	n, err := number(s, "SITE", site)
	if err != nil {
		return Address{}, err
	}
	return parse(s, n, rest)
}

// ParseSiteAddress reads the older form COMMAND!OFFSET[.LEN], for which the site
// is a setting of the driver. Its errors are those of [ParseAddress].
func ParseSiteAddress(site uint64, s string) (Address, error) {
	return parse(s, site, s)
}

// parse reads the part of s behind the site.
func parse(s string, site uint64, rest string) (Address, error) {
	command, rest, ok := strings.Cut(rest, "!")
	if !ok {
		return Address{}, bad(AddressSyntax, s, "no !OFFSET")
	}
	offset, length, hasLength := strings.Cut(rest, ".")
	a := Address{Site: site}
	var err error
	if a.Command, err = number(s, "COMMAND", command); err != nil {
		return Address{}, err
	}
	if a.Offset, err = number(s, "OFFSET", offset); err != nil {
		return Address{}, err
	}
	if hasLength {
		if a.Length, err = number(s, "LEN", length); err != nil {
			return Address{}, err
		}
		if a.Length == 0 {
			return Address{}, bad(NumberOutOfRange, s, "LEN is 0")
		}
	}
	return a, nil
}

// number reads one of the numbers of the address s. Signs, spaces and digits of
// other scripts are no part of one.
func number(s, name, text string) (uint64, error) {
	n, err := strconv.ParseUint(text, 10, 64)
	switch {
	case errors.Is(err, strconv.ErrRange):
		return 0, bad(NumberOutOfRange, s, name+" is too large")
	case text == "":
		return 0, bad(AddressSyntax, s, name+" is missing")
	case err != nil:
		return 0, bad(AddressSyntax, s, name+" is no unsigned decimal number")
	}
	return n, nil
}

// String returns the address in the form that ParseAddress reads.
func (a Address) String() string {
	b := strconv.AppendUint(make([]byte, 0, 32), a.Site, 10)
	b = strconv.AppendUint(append(b, '!'), a.Command, 10)
	b = strconv.AppendUint(append(b, '!'), a.Offset, 10)
	if a.Length > 0 {
		b = strconv.AppendUint(append(b, '.'), a.Length, 10)
	}
	return string(b)
}

// Check holds the address against the type of its tag: a string needs a LEN and
// a number has none (10400, StringWithoutLength and LengthOnNumber), and the type
// has to be one that the driver knows (2204, TypeMismatch).
func (a Address) Check(t Type) error {
	switch {
	case !t.known():
		return TypeMismatch.Status().Err(core.Other)
	case t == String && a.Length == 0:
		return bad(StringWithoutLength, a.String(), "a STRING needs .LEN")
	case t != String && a.Length != 0:
		return bad(LengthOnNumber, a.String(), "a "+t.String()+" has no .LEN")
	}
	return nil
}

// Slice returns the bytes of the tag in a reply. It fails as Check does, and
// with 10400 (OffsetBeyondReply) when the reply is too short for the address. In
// which order the bytes of a number stand is not documented.
func (a Address) Slice(reply []byte, t Type) ([]byte, error) {
	if err := a.Check(t); err != nil {
		return nil, err
	}
	size, n := uint64(t.Size()), uint64(len(reply))
	if t == String {
		size = a.Length
	}
	if size > n || a.Offset > n-size {
		return nil, bad(OffsetBeyondReply, a.String(), "the reply has "+strconv.FormatUint(n, 10)+" bytes")
	}
	return reply[a.Offset : a.Offset+size : a.Offset+size], nil
}

// Limits are the largest numbers that a driver allows in an address; 0 allows
// all. None are documented.
type Limits struct {
	Site, Command, Offset, Length uint64
}

// Check returns nil when the address keeps to the limits, and otherwise an error
// with the code 10400 (NumberOutOfRange).
func (l Limits) Check(a Address) error {
	for _, part := range [...]struct {
		name   string
		n, max uint64
	}{{"SITE", a.Site, l.Site}, {"COMMAND", a.Command, l.Command}, {"OFFSET", a.Offset, l.Offset}, {"LEN", a.Length, l.Length}} {
		if part.max > 0 && part.n > part.max {
			return bad(NumberOutOfRange, a.String(), part.name+" is above "+strconv.FormatUint(part.max, 10))
		}
	}
	return nil
}

// An AddressError says what is wrong with an address. It is the cause inside an
// error with the code 10400.
type AddressError struct {
	Address string // as it was given
	Reason  string // in words, for people
}

// Error gives the address and the reason.
func (e *AddressError) Error() string {
	if e == nil {
		return "<nil>"
	}
	return "address " + strconv.Quote(e.Address) + ": " + e.Reason
}

func bad(e Event, address, reason string) error {
	return e.Status().Wrap(core.Other, &AddressError{Address: address, Reason: reason})
}
