// Package chia0hwan9 has error types of the names and fields of those in
// chia0hwan9/gofins, for the tests of package fins. Their texts are not the
// client's: they must not matter.
package chia0hwan9

import "time"

type (
	EndCodeError          struct{ Code, Command uint16 }
	ProtocolError         struct{}
	NotConnectedError     struct{}
	ConnectionClosedError struct{}
	ResponseTimeoutError  struct{ Duration time.Duration }
	TCPError              struct {
		Code  uint32
		Stage string
	}
)

func (*EndCodeError) Error() string          { return "end code" }
func (*TCPError) Error() string              { return "tcp" }
func (*ProtocolError) Error() string         { return "protocol" }
func (*NotConnectedError) Error() string     { return "not connected" }
func (*ConnectionClosedError) Error() string { return "closed" }
func (*ResponseTimeoutError) Error() string  { return "timeout" }
