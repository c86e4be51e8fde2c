package core

import (
	"errors"
	"syscall"
)

// errnoEvent tells what an error number of Winsock says about an open
// connection, 0 when there is none. Package syscall names only some of them.
func errnoEvent(err error) Event {
	var no syscall.Errno
	if !errors.As(err, &no) {
		return 0
	}
	switch no {
	case 10054, 10052: // WSAECONNRESET, WSAENETRESET
		return NetReset
	case 10053: // WSAECONNABORTED
		return NetAborted
	case 10058, 10057: // WSAESHUTDOWN, WSAENOTCONN
		return NetBrokenPipe
	case 10060: // WSAETIMEDOUT
		return NetTimedOut
	case 10061: // WSAECONNREFUSED
		return NetPortUnreachable
	case 10065, 10051, 10050: // WSAEHOSTUNREACH, WSAENETUNREACH, WSAENETDOWN
		return NetUnreachable
	}
	return 0
}
