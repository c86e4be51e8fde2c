package fins

import "github.com/fieldstatus/fieldstatus/core"

// Strict is for drivers that show no values of a device whose user program has
// stopped: a success with the fatal CPU flag (0x0080, 0x00C0) becomes 10504.
// Every other status comes back unchanged; failures have a more specific code.
//
// A write or command with such a status was carried out all the same.
func Strict(s core.Status) core.Status {
	if s.Protocol() != protocol || s.Layer() != "sres-flag" || !EndCode(s.Value()).Fatal() {
		return s
	}
	return core.NewStatus(&outcomes[outcomeStopped], s.Value())
}
