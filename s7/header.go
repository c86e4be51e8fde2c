package s7

import "github.com/fieldstatus/fieldstatus/core"

// HeaderError is the error word in the header of an Ack or Ack_Data: the error
// class in the upper byte, the error code in the lower. A number that the table
// does not list is answered by its class, and then is not Known.
//
// The word has another meaning while the connection is being opened: then
// everything but 0 says that there is no S7 association, which is 10151.
//
// Source: Wireshark packet-s7comm.c; libnodave; PRODAVE; snap7.
type HeaderError uint16

// Class returns the upper byte.
func (h HeaderError) Class() uint8 { return uint8(h >> 8) }

// Status returns the outcome that the table gives this error, or its class. It
// never allocates.
func (h HeaderError) Status() core.Status {
	row := rowHeaderError(uint16(h))
	if row.Fallback && h.Class() != 0 { // class 0 means no error, which an unlisted number is not
		row = rowHeaderClass(h.Class())
	}
	return core.NewStatus(row, int64(h))
}

// String returns the value as the protocol's documents write it, and its symbol.
func (h HeaderError) String() string { return h.Status().Native() }

// Error makes a HeaderError an error, so that [errors.Is] can compare with it.
func (h HeaderError) Error() string { return h.Status().Text() }
