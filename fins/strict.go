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
	return core.NewStatus(&stopped, s.Value())
}

// stopped is the outcome of Strict. It is no row of the table, since a device
// that answers like this has done what it was asked to do.
var stopped = core.Row{
	Protocol: protocol, Layer: "sres-flag", Value: "0x80", Symbol: "FatalCpuUnitError",
	Meaning: "PLC has a fatal error; program stopped, and the driver asked to treat that as a failure",
	Codes:   [4]core.Code{core.FINSControllerError, core.FINSControllerError, core.FINSControllerError, core.FINSControllerError},
	Remedy:  core.Fix, Scope: core.Request, Quality: core.Bad, Unsure: true,
	Hint:   "The user program is stopped: read the PLC's error log before trusting its values.",
	Why:    "CPU unit fault, class 03; only by the driver's own strictness",
	Native: core.Native{Bits: 16, As: asEndCode, Is: isEndCode},
}
