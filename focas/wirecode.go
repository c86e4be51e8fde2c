package focas

import "github.com/fieldstatus/fieldstatus/core"

// WireCode is the status word that a CNC sends: in each block of an answer, in
// a status receipt, in an abort notice. It is a signed 16-bit number of the
// same value space as [Return], and the constants of Return serve for both:
//
//	errors.Is(err, focas.EWNoopt) // from the library or from the wire
//
// Four values differ. EW_PROTOCOL, EW_SOCKET, EW_HSSB and EW_HANDLE inside a
// well-formed answer say nothing about the driver's own link, which has just
// proved to work; they are 10600 here, and they are not the Return of the same
// number. EW_PROTOCOL is how a CNC refuses a request whose numbers it does not
// like.
//
// Source: FANUC libfwlib32 1.0.5 for Linux x64, observed on loopback, and
// fwlib32.h.
type WireCode int16

// Status returns the outcome that the table gives this value. It never allocates.
func (w WireCode) Status() core.Status {
	return core.NewStatus(rowWireCode(int16(w)), int64(w))
}

// WithDetail returns the outcome with the detail pair that stands beside the
// status word. After a success the pair means nothing and is left out.
func (w WireCode) WithDetail(d Detail) core.Status {
	s := w.Status()
	if w == 0 || d == (Detail{}) {
		return s
	}
	return s.WithExtended(d.pair())
}

// String returns the value and its symbol.
func (w WireCode) String() string { return w.Status().Native() }

// Error makes a WireCode an error, so that [errors.Is] can compare with it.
func (w WireCode) Error() string { return w.Status().Text() }

// aboutLink reports whether the value speaks of the link, which makes it
// another statement when the library says it than when the CNC does.
func (w WireCode) aboutLink() bool {
	switch Return(w) {
	case EWProtocol, EWSocket, EWHssb, EWHandle:
		return true
	}
	return false
}

// isWireCode and asWireCode are the hooks of the layers whose native value is a
// status word. A Return of the same number is the same native value, unless it
// speaks of the link.
func isWireCode(s core.Status, target error) bool {
	w := WireCode(s.Value())
	switch t := target.(type) {
	case WireCode:
		return t == w
	case Return:
		return int16(t) == int16(w) && !w.aboutLink()
	}
	return false
}

func asWireCode(s core.Status, target any) bool {
	w := WireCode(s.Value())
	switch t := target.(type) {
	case *WireCode:
		*t = w
		return true
	case *Return:
		if !w.aboutLink() {
			*t = Return(w)
			return true
		}
	}
	return false
}
