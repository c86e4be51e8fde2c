package opcua

import (
	"github.com/gopcua/opcua/ua"

	"github.com/fieldstatus/fieldstatus/core"
)

// ValueStatus returns the outcome of one value, from the results of a read or
// from a data change notification. It never allocates.
//
// Beyond [Status] it looks at the value itself: a Good or Uncertain status
// without one is 3008, since a server that has no value should say Bad, and a
// structure that gopcua could not decode is BadDataTypeIDUnknown (gopcua marks
// those of a read itself, those of a notification it does not). It is meant for
// tags, whose type is known: some attributes may be null. The status of a nil
// DataValue is the zero Status: nothing was heard.
func ValueStatus(dv *ua.DataValue) core.Status {
	if dv == nil {
		return core.Status{}
	}
	s := Status(dv.Status)
	if isBad(dv.Status) {
		return s // a value beside a bad status is not to be used
	}
	if dv.Value == nil || dv.Value.Type() == ua.TypeIDNull {
		return core.NewStatus(&outcomes[outcomeEmptyValue], int64(dv.Status))
	}
	if object, ok := dv.Value.Value().(*ua.ExtensionObject); ok && (object == nil || object.Value == nil) {
		return Status(badDataTypeIDUnknown)
	}
	return s
}
