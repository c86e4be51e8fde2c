package core

import (
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"strconv"
	"strings"
)

// A Code is a number of the gateway's documentation, as its HTTP and MQTT APIs
// carry it in "error". It has the width of the API's own type, a signed 32-bit
// integer. 0 is success.
//
// Numbers that the documentation does not list (of later or other editions of
// the catalogue) are kept as they are: they print, parse and travel through
// JSON, but are not [Code.Documented]. The packages of this module never
// produce one.
//
// A Code is an error value, so that errors.Is(err, core.S7AddressInvalid)
// works. Never return a bare Code as an error: OK would be a failure. Use
// [Code.Err], or better an [Error] that keeps what the device said.
type Code int32

// A Section is a part of the documented catalogue, for example "s7" or "plugin".
type Section string

// An entry is what the catalogue says about one code.
type entry struct {
	code    Code
	section Section
	name    string
	message string
	chinese string
	remedy  Remedy
	scope   Scope
}

// at returns the position of the code in entries plus one, or 0.
func (c Code) at() int {
	page := uint32(c) / codePageSize
	if page >= uint32(len(codePage)) {
		return 0
	}
	return int(codeIndex[codePage[page]][uint32(c)%codePageSize])
}

func (c Code) entry() *entry {
	if i := c.at(); i > 0 {
		return &entries[i-1]
	}
	return nil
}

// Documented reports whether the catalogue lists the code. OK is documented.
func (c Code) Documented() bool { return c == OK || c.at() > 0 }

// Name returns the name of the code's constant, for example "S7AddressInvalid".
// Inside the range of EtherNet/IP errors it is "ENIPError0x16", with the CIP
// general status. It is "" for undocumented numbers.
func (c Code) Name() string {
	if c == OK {
		return "OK"
	}
	if e := c.entry(); e != nil {
		return e.name
	}
	return ""
}

// Message returns the documented English text, byte for byte, or "" for
// undocumented numbers. Texts are not unique: print the number with the text.
func (c Code) Message() string {
	s, _ := c.MessageIn("en")
	return s
}

// MessageIn returns the documented text in the language "en" or "zh", and
// whether there is one.
func (c Code) MessageIn(lang string) (string, bool) {
	if lang != "en" && lang != "zh" {
		return "", false
	}
	if c == OK {
		if lang == "zh" {
			return "成功", true
		}
		return "Success", true
	}
	e := c.entry()
	if e == nil {
		return "", false
	}
	if lang == "zh" {
		return e.chinese, true
	}
	return e.message, true
}

// Section returns the part of the catalogue that lists the code, "" for OK and
// undocumented numbers.
func (c Code) Section() Section {
	if e := c.entry(); e != nil {
		return e.section
	}
	return ""
}

// Remedy returns what to do about the code when nothing else is known. A
// [Status] knows better: see [RemedyOf].
func (c Code) Remedy() Remedy {
	if c == OK {
		return None
	}
	if e := c.entry(); e != nil {
		return e.remedy
	}
	return Status{}.Remedy()
}

// Scope returns how much the code usually affects. A [Status] knows better:
// see [ScopeOf].
func (c Code) Scope() Scope {
	if c == OK {
		return Item
	}
	if e := c.entry(); e != nil {
		return e.scope
	}
	return Status{}.Scope()
}

// String returns number and name: "10105 S7AddressInvalid". (Package fmt prints a
// Code as the error that it is.) Undocumented
// numbers print as the number alone.
func (c Code) String() string {
	number := strconv.Itoa(int(c))
	if name := c.Name(); name != "" {
		return number + " " + name
	}
	return number
}

// Error returns number and documented text: "10105 Invalid address".
func (c Code) Error() string {
	number := strconv.Itoa(int(c))
	if text := c.Message(); text != "" {
		return number + " " + text
	}
	return number + " undocumented code"
}

// Err returns nil for OK and the code as an error otherwise. It allocates
// nothing for a documented code.
func (c Code) Err() error {
	if c == OK {
		return nil
	}
	if i := c.at(); i > 0 {
		return boxed[i-1]
	}
	return c
}

// Is reports whether a portable error of the standard library says the same as
// the code: [fs.ErrPermission], [fs.ErrNotExist], [os.ErrDeadlineExceeded] and
// [errors.ErrUnsupported]. It is called by [errors.Is].
func (c Code) Is(target error) bool {
	switch target {
	case fs.ErrPermission:
		switch c {
		case S7AccessDenied, OPCUABadUserAccessDenied, FINSAccessRightError, ENIPErrorFirst + 0x0F - 1, UserAccessDenied:
			return true
		}
	case fs.ErrNotExist:
		switch c {
		case NodeNotExist, GroupNotExist, TagNotExist, TemplateNotExist, PluginNotExist, OPCUATagNotExist, OPCUABadNodeIDUnknown, S7ObjectNotExist, KNXDeviceNotExist, FINSNoSuchUnit, ENIPErrorFirst + 0x16 - 1:
			return true
		}
	case os.ErrDeadlineExceeded:
		return c == PluginDeviceNotResponding || c == OPCUATimeout
	case errors.ErrUnsupported:
		switch c {
		case PluginTagWriteUnsupported, PluginSyncReadUnsupported, OPCUATagUnsupported, S7DataTypeUnsupported, FINSServiceUnsupported, ENIPErrorFirst + 0x08 - 1:
			return true
		}
	}
	return false
}

// Lookup returns the code with number n. ok reports whether it is documented;
// the number is kept when it is not, as far as it fits into 32 bits.
func Lookup(n int) (c Code, ok bool) {
	if int(int32(n)) != n {
		return 0, false
	}
	c = Code(n)
	return c, c.Documented()
}

// ParseCode reads a code from its number ("10105"), its name
// ("S7AddressInvalid", in any case), or both as [Code.String] writes them.
// Undocumented numbers are accepted. It is an error when the text is none of
// these, or a number that has no room in 32 bits.
func ParseCode(s string) (Code, error) {
	word, _, _ := strings.Cut(strings.TrimSpace(s), " ")
	if n, err := strconv.ParseInt(word, 10, 32); err == nil {
		return Code(n), nil
	}
	if strings.EqualFold(word, "OK") {
		return OK, nil
	}
	for i := range entries {
		if strings.EqualFold(entries[i].name, word) {
			return entries[i].code, nil
		}
	}
	return 0, fmt.Errorf("core: %q is neither the number nor the name of a code", s)
}

// Codes returns every documented code but OK, in ascending order. The range of
// EtherNet/IP errors is written out.
func Codes() iter.Seq[Code] {
	return func(yield func(Code) bool) {
		for i := range entries {
			if !yield(entries[i].code) {
				return
			}
		}
	}
}
