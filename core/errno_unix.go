//go:build !windows && !plan9

package core

import (
	"errors"
	"syscall"
)

// errnoEvent tells what an error number of the operating system says about an
// open connection, 0 when there is none.
func errnoEvent(err error) Event {
	var no syscall.Errno
	if !errors.As(err, &no) {
		return 0
	}
	switch no {
	case syscall.ECONNRESET:
		return NetReset
	case syscall.ECONNABORTED:
		return NetAborted
	case syscall.EPIPE, syscall.ENOTCONN:
		return NetBrokenPipe
	case syscall.ETIMEDOUT:
		return NetTimedOut
	case syscall.ECONNREFUSED:
		return NetPortUnreachable
	case syscall.EHOSTUNREACH, syscall.ENETUNREACH, syscall.ENETDOWN:
		return NetUnreachable
	}
	return 0
}
