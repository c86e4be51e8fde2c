// Package l1va has error types of the names of those in l1va/gofins, for the
// tests of package fins. Their texts are not the client's: they must not matter.
package l1va

type (
	ResponseTimeoutError        struct{}
	IncompatibleMemoryAreaError struct{}
	// EndCodeError is in no client: a field of another type must not be read.
	EndCodeError struct{ Code string }
	// TCPError is in no client of this form: it has no fields at all.
	TCPError string
)

func (ResponseTimeoutError) Error() string        { return "timeout" }
func (IncompatibleMemoryAreaError) Error() string { return "area" }
func (EndCodeError) Error() string                { return "end code" }
func (e TCPError) Error() string                  { return string(e) }
