package fins

import "github.com/fieldstatus/fieldstatus/core"

// Location returns where a relay error arose: the FINS network address and the
// node address of the relay, from the two bytes behind the end code (W227-E1-2,
// 8-2). ok is false when the status is no relay error, or when the device left
// the bytes out.
func Location(s core.Status) (network, node uint8, ok bool) {
	v, ok := s.Extended()
	if !ok || s.Protocol() != protocol || !EndCode(s.Value()).Relay() {
		return 0, 0, false
	}
	return uint8(v >> 8), uint8(v), true
}

const protocol = "fins"
