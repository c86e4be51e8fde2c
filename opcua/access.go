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
		return core.NewStatus(&outcomes[outcomeNotReadable], int64(level)).Err(op)
	case op == core.Write && level&accessWrite == 0:
		return core.NewStatus(&outcomes[outcomeNotWritable], int64(level)).Err(op)
	}
	return nil
}
