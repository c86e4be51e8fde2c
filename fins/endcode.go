package fins

import "github.com/fieldstatus/fieldstatus/core"

// An EndCode is the end code of a FINS response as it was on the wire: the main
// code (MRES) in the upper byte, the sub code (SRES) in the lower. Three of its
// bits are no part of the code:
//
//   - bit 15, MRES bit 7: the error arose at a relay node on the way;
//   - bit 7, SRES bit 7: the CPU unit of the device has a FATAL error;
//   - bit 6, SRES bit 6: the CPU unit of the device has a NON-FATAL error.
//
// The flags tell about the health of the device, not about the command: 0x0040,
// 0x0080 and 0x00C0 are successes with data, 0x1143 is [AddressRangeError] from a
// device that also has a non-fatal error. MRES bit 6 belongs to the code.
//
// Source: Omron W227-E1-2 (FINS Commands Reference), 8-1 to 8-3; W342, 5-1-3.
type EndCode uint16

const (
	relayBit    EndCode = 0x8000
	fatalBit    EndCode = 0x0080
	nonFatalBit EndCode = 0x0040
)

// Main returns the main code, the class of the error, without the relay bit.
func (c EndCode) Main() uint8 { return uint8((c &^ relayBit) >> 8) }

// Plain returns the end code without relay bit and flags, which is what the
// manuals list. [SocketServiceModeError] is the one listed value with a flag bit,
// which therefore is no flag.
func (c EndCode) Plain() EndCode {
	c &^= relayBit
	if c == SocketServiceModeError {
		return c
	}
	return c &^ (fatalBit | nonFatalBit)
}

// Relay reports whether the error arose at a relay node. Two bytes with the
// location follow such an end code; see [Location].
func (c EndCode) Relay() bool { return c&relayBit != 0 }

// Fatal reports whether the CPU unit has a fatal error, which stops its user
// program: values that came along are real, but may be stale.
func (c EndCode) Fatal() bool { return c&fatalBit&^c.Plain() != 0 }

// NonFatal reports whether the CPU unit has a non-fatal error, such as a flat
// battery.
func (c EndCode) NonFatal() bool { return c&nonFatalBit&^c.Plain() != 0 }

// Status returns the outcome that the table gives this value: what is listed as
// it is; else what the flags alone say; else what is listed without them; else
// the class. A set relay bit is never a success. It never allocates, and it is one
// look: steps.tsv holds this order, and the index is generated from it.
func (c EndCode) Status() core.Status {
	return core.NewStatus(rowOf(uint16(c)), int64(c))
}

// String returns the value and its symbol: "0x1143 AddressRangeError".
func (c EndCode) String() string { return c.Status().Native() }

// Error makes an EndCode an error, so that [errors.Is] can compare with it.
func (c EndCode) Error() string { return c.Status().Text() }

// asEndCode and isEndCode are the hooks of the layers whose rows answer for many
// end codes: two of these are the same error when they differ in flags only.
func asEndCode(s core.Status, target any) bool { return core.As[EndCode](s, target) }

func isEndCode(s core.Status, target error) bool {
	t, ok := target.(EndCode)
	c := EndCode(s.Value())
	if !ok || c.Plain() != t.Plain() {
		return false
	}
	if c.Plain() != NormalCompletion {
		return true
	}
	return c.Relay() == t.Relay() && (c.Relay() || c.Fatal() == t.Fatal()) // then the bits are all that there is
}
