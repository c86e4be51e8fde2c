package opcua

import (
	"github.com/gopcua/opcua/ua"

	"github.com/fieldstatus/fieldstatus/core"
)

// asStatusCode hands the code out as it came, information bits included.
func asStatusCode(s core.Status, target any) bool {
	p, ok := target.(*ua.StatusCode)
	if ok {
		*p = ua.StatusCode(s.Value())
	}
	return ok
}

// isStatusCode compares without the information bits, so that a sensor failure
// at the low limit is a sensor failure. gopcua's codes alone compare exactly.
// Good is never what an error is, although a missing value may come with it.
func isStatusCode(s core.Status, target error) bool {
	code, ok := target.(ua.StatusCode)
	return ok && code>>30 != 0 && uint32(code)&codeMask == uint32(s.Value())&codeMask
}
