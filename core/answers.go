package core

import "fmt"

// An Op is what was attempted. Some native statuses have one documented code
// for a read and another for a write.
type Op uint8

const (
	Other   Op = iota // none of the others, or not known yet
	Connect           // opening a connection or session
	Read              // fetching values
	Write             // whatever changes the device: values, commands, programs
)

// A Remedy is what the driver should do next.
type Remedy uint8

const (
	None      Remedy = iota // nothing: it worked, or nothing helps and nothing is broken
	Retry                   // the same request again, after a pause
	Reconnect               // reopen what the scope names, then ask again
	Fix                     // asking again is useless until somebody changes configuration, tag or device
)

// A Scope is what is affected, and what [Reconnect] reopens. Scopes are
// ordered: from Session up the link is in question, with all of its tags.
type Scope uint8

const (
	Item       Scope = iota // one tag
	Request                 // all items of the request
	Session                 // the association, session or subscription on a connection
	Connection              // the transport connection, with everything on it
)

// A Quality tells whether the value that came with a reply can be used.
type Quality uint8

const (
	Good      Quality = iota // the value is what was asked for
	Uncertain                // there is a value, but the device doubts it
	Bad                      // there is no value to use
)

var (
	opNames      = [...]string{"other", "connect", "read", "write"}
	remedyNames  = [...]string{"none", "retry", "reconnect", "fix"}
	scopeNames   = [...]string{"item", "request", "session", "connection"}
	qualityNames = [...]string{"good", "uncertain", "bad"}
)

// String returns "other", "connect", "read" or "write".
func (o Op) String() string { return nameOf(opNames[:], uint8(o), "Op") }

// String returns "none", "retry", "reconnect" or "fix".
func (r Remedy) String() string { return nameOf(remedyNames[:], uint8(r), "Remedy") }

// String returns "item", "request", "session" or "connection".
func (s Scope) String() string { return nameOf(scopeNames[:], uint8(s), "Scope") }

// String returns "good", "uncertain" or "bad".
func (q Quality) String() string { return nameOf(qualityNames[:], uint8(q), "Quality") }

// MarshalText returns the name, as [Op.String] does.
func (o Op) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// MarshalText returns the name, as [Remedy.String] does.
func (r Remedy) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// MarshalText returns the name, as [Scope.String] does.
func (s Scope) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// MarshalText returns the name, as [Quality.String] does.
func (q Quality) MarshalText() ([]byte, error) { return []byte(q.String()), nil }

// UnmarshalText reads the name of an op. Any other text is an error.
func (o *Op) UnmarshalText(text []byte) error { return parseName(opNames[:], text, "op", (*uint8)(o)) }

// UnmarshalText reads the name of a remedy. Any other text is an error.
func (r *Remedy) UnmarshalText(text []byte) error {
	return parseName(remedyNames[:], text, "remedy", (*uint8)(r))
}

// UnmarshalText reads the name of a scope. Any other text is an error.
func (s *Scope) UnmarshalText(text []byte) error {
	return parseName(scopeNames[:], text, "scope", (*uint8)(s))
}

// UnmarshalText reads the name of a quality. Any other text is an error.
func (q *Quality) UnmarshalText(text []byte) error {
	return parseName(qualityNames[:], text, "quality", (*uint8)(q))
}

func nameOf(names []string, i uint8, typ string) string {
	if int(i) < len(names) {
		return names[i]
	}
	return fmt.Sprintf("%s(%d)", typ, i)
}

func parseName(names []string, text []byte, what string, to *uint8) error {
	for i, name := range names {
		if string(text) == name {
			*to = uint8(i)
			return nil
		}
	}
	return fmt.Errorf("core: %q is no %s, which is one of %v", text, what, names)
}
