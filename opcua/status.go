package opcua

import (
	"github.com/gopcua/opcua/ua"

	"github.com/fieldstatus/fieldstatus/core"
)

// codeMask keeps the half of a StatusCode that carries its meaning. The other
// half is information about the value, see [InfoBits].
const codeMask = 0xFFFF0000

// Status returns the outcome of one operation: an element of the results of a
// response, or the status of a value. Good and Uncertain are successes, with
// code 0; [core.Status.Quality] tells them apart. It never allocates.
//
// The information bits do not change the answer, but Value, errors.As and the
// text keep them. Codes that the table does not name are answered by their
// severity: code 0 for Good and Uncertain, 10007 for Bad.
//
// Use [ServiceStatus] for what gopcua returns as the error of a call, and
// [ValueStatus] for a value that was read.
func Status(code ua.StatusCode) core.Status {
	row := rowStatus(uint32(code) & codeMask)
	if row.Fallback {
		row = unlisted[code>>30]
	}
	return core.NewStatus(row, int64(code))
}

// ServiceStatus returns the outcome of a whole request: the service result of
// a response header, the error of an ERR message or of an abort chunk. It
// never allocates.
//
// BadCommunicationError, BadNotConnected and BadInvalidState speak of the own
// connection here (3002), and of the device behind the server in [Status]. All
// other codes mean the same in both places, but note that a service result
// concerns every item of the request, whatever its Scope says about one item.
func ServiceStatus(code ua.StatusCode) core.Status {
	row := rowServiceResult(uint32(code) & codeMask) // that of Status for all other codes
	if row.Fallback {
		row = unlisted[code>>30]
	}
	return core.NewStatus(row, int64(code))
}

// errorStatus is the outcome of the error code in an ERR message, after which
// the peer closes the connection. An ERR without an error in it is no success.
func errorStatus(code ua.StatusCode) core.Status {
	if isBad(code) {
		return ServiceStatus(code)
	}
	return Status(badConnectionClosed).WithExtended(uint32(code))
}

// abortStatus is the outcome of the error code in an abort chunk, which voids
// one message and leaves the connection open.
func abortStatus(code ua.StatusCode) core.Status {
	if isBad(code) {
		return ServiceStatus(code)
	}
	return Status(badUnknownResponse).WithExtended(uint32(code))
}

// isBad reports whether the severity is Bad. The reserved fourth severity
// counts as Bad (OPC 10000-4 7.39.1).
func isBad(code ua.StatusCode) bool { return code>>31 != 0 }

// unlisted is the row of a code that the table does not name, by severity. New
// codes appear with every release of the standard, so that an unknown one is
// nothing unusual. Its severity says what matters. Behind the listed rows stands
// the answer for all that is bad or no StatusCode.
var unlisted = [4]*core.Row{&outcomes[outcomeUnlistedGood], &outcomes[outcomeUnlistedUncertain], &rows[listed], &rows[listed]}
