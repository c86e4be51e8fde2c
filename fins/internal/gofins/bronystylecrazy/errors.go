// Package bronystylecrazy has an error type of the name, fields and text of
// the one in bronystylecrazy/gofins, for the tests of package fins.
package bronystylecrazy

import "fmt"

// EndCodeError is returned by value.
type EndCodeError struct{ EndCode uint16 }

func (e EndCodeError) Error() string {
	return fmt.Sprintf("destination returned end code 0x%X", e.EndCode)
}
