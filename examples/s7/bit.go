package s7

import (
	"github.com/robinson/gos7"

	s7status "github.com/fieldstatus/fieldstatus/s7"
)

// writeBit writes one bit. gos7 can do that with AGWriteMulti alone, which prints
// each request to the standard output. A whole byte would write the bits beside it
// too, as they were a moment ago.
func writeBit(handler *gos7.TCPClientHandler, x *s7status.Exchange, item gos7.S7DataItem, value byte) error {
	at := 8*item.Start + item.Bit
	request := []byte{
		3, 0, 0, 36, 2, 0xF0, 0x80, // TPKT and COTP
		0x32, 1, 0, 0, 5, 0, 0, 14, 0, 5, // a job with 14 bytes of parameters and 5 of data
		5, 1, 0x12, 10, 0x10, wordLenBit, 0, 1, // Write Var with one item
		byte(item.DBNumber >> 8), byte(item.DBNumber), byte(item.Area), byte(at >> 16), byte(at >> 8), byte(at),
		0, 3, 0, 1, value, // of one bit
	}
	response, err := handler.Send(request)
	if err != nil {
		return err
	}
	return x.Verify(request, response)
}
