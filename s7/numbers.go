package s7

import "github.com/fieldstatus/fieldstatus/core"

// Snap7Status returns the outcome of an error number of the Snap7 family: snap7
// and its bindings, Sharp7, and the numbers that gos7 hides behind its texts.
// Bits 20 to 31 are an error of the client, bits 16 to 19 one of ISO on TCP,
// bits 0 to 15 one of TCP or of the operating system. The client's part decides,
// then that of ISO; a timeout of the operating system makes either of them 3015.
// The numbers of snap7's server and partner reuse the same bits with other
// meanings.
//
// The value of the status is code as it came. Code 0 is snap7's success.
func Snap7Status(code int32) core.Status {
	const client, iso, system = 0xFFF00000, 0x000F0000, 0x0000FFFF
	n := uint32(code)
	switch {
	case code == 0:
		return HeaderNoError.Status()
	case code == -1 || code == -2:
		return core.NewStatus(rowClientSnap7Lib(int16(code)), int64(code))
	case n&(client|iso) != 0 && isTimeout(n&system):
		const errTCPReceiveTimeout = 4
		return core.NewStatus(rowClientTcp(errTCPReceiveTimeout), int64(n))
	case n&client != 0:
		return core.NewStatus(rowClientCli(n&client), int64(n))
	case n&iso != 0:
		return core.NewStatus(rowClientIso(n&iso), int64(n))
	}
	return core.NewStatus(rowClientTcp(n), int64(n))
}

// isTimeout reports whether an error number of an operating system says that
// time ran out: ETIMEDOUT of Linux, of BSD and macOS, and of Windows. The number
// may come from another machine than this one.
func isTimeout(errno uint32) bool { return errno == 110 || errno == 60 || errno == 10060 }

// LibnodaveStatus returns the outcome of a result of libnodave. Positive results
// above 10 are the error words of the device.
func LibnodaveStatus(result int) core.Status {
	if result > 10 && result <= 0xFFFF {
		return HeaderError(result).Status()
	}
	n := int16(-32768) // a number that libnodave does not have
	if int(int16(result)) == result {
		n = int16(result)
	}
	return core.NewStatus(rowClientLibnodave(n), int64(result))
}

// ProdaveStatus returns the outcome of an error number of PRODAVE and of the
// tools that took over its numbers. Those of 0x8000 and more are error words of
// the device.
func ProdaveStatus(code uint16) core.Status {
	row := rowProdaveLocal(code)
	if row.Fallback && code >= 0x8000 {
		return HeaderError(code).Status()
	}
	return core.NewStatus(row, int64(code))
}
