package opcua

import "github.com/fieldstatus/fieldstatus/core"

// Bits of the attributes AccessLevel and UserAccessLevel (OPC 10000-3 8.57).
const (
	accessRead  = 1 << 0
	accessWrite = 1 << 1
)

// CheckAccess is a driver's own check before it asks: level is the value of the
// attribute AccessLevel, or better UserAccessLevel, of the variable. It returns
// an error with code 10004 when op is a read and the variable cannot be read,
// 10005 when op is a write and it cannot be written, and nil otherwise.
//
// A server that is asked all the same answers with BadNotReadable (10021),
// BadNotWritable (10022) or BadUserAccessDenied (10011).
func CheckAccess(level byte, op core.Op) error {
	switch {
	case op == core.Read && level&accessRead == 0:
		return core.NewStatus(&noReadAccess, int64(level)).Err(op)
	case op == core.Write && level&accessWrite == 0:
		return core.NewStatus(&noWriteAccess, int64(level)).Err(op)
	}
	return nil
}

var (
	noReadAccess = core.Row{
		Protocol: "opcua", Layer: "access-level", Value: "0x00..0xFE", Symbol: "NotReadable", Meaning: "the variable declares that it cannot be read",
		Codes:  [4]core.Code{core.OPCUATagNotReadable, core.OPCUATagNotReadable, core.OPCUATagNotReadable, core.OPCUATagNotReadable},
		Remedy: core.Fix, Scope: core.Item, Quality: core.Bad,
		Hint: "The server declares this node write-only: change its access level there, or do not poll it.",
		Why:  "bit CurrentRead of the access level is missing; found before a request was sent", Native: core.Native{Bits: 8},
	}
	noWriteAccess = core.Row{
		Protocol: "opcua", Layer: "access-level", Value: "0x00..0xFD", Symbol: "NotWritable", Meaning: "the variable declares that it cannot be written",
		Codes:  [4]core.Code{core.OPCUATagNotWritable, core.OPCUATagNotWritable, core.OPCUATagNotWritable, core.OPCUATagNotWritable},
		Remedy: core.Fix, Scope: core.Item, Quality: core.Bad,
		Hint: "The server declares this node read-only: change its access level there.",
		Why:  "bit CurrentWrite of the access level is missing; found before a request was sent", Native: core.Native{Bits: 8},
	}
)
