package knx

import (
	"testing"

	"github.com/fieldstatus/fieldstatus/core"
)

var (
	codeSink core.Code
	errSink  error
)

// BenchmarkBareLookup is what BenchmarkCode is compared with: one table of the
// same shape.
func BenchmarkBareLookup(b *testing.B) {
	var table [256]core.Code
	for i := range table {
		table[i] = core.Code(i)
	}
	for i := range b.N {
		codeSink += table[uint8(i)]
	}
}

func BenchmarkCode(b *testing.B) {
	for i := range b.N {
		codeSink += ReturnCode(i).Status().Code(core.Read)
	}
}

func BenchmarkErr(b *testing.B) {
	b.ReportAllocs()
	for range b.N {
		errSink = ENoMoreConnections.Status().Err(core.Connect)
	}
}

func BenchmarkAppendStatuses(b *testing.B) {
	frame := []byte{0x06, 0x10, 0x04, 0x20, 0x00, 0x1E, 0x04, 0x07, 0x04, 0x00, 0x29, 0x00, 0xBC, 0x60, 0x71, 0x0A, 0x71, 0x0B, 0x0A, 0x01, 0xCD, 0x00, 0x00, 0x00, 0x10, 0xFF, 0x00, 0x00, 0x01, 0xFD}
	dst := make([]core.Status, 0, 1)
	b.ReportAllocs()
	for range b.N {
		dst, _ = AppendStatuses(dst[:0], frame)
	}
}

func BenchmarkConversation(b *testing.B) {
	request := []byte{0x06, 0x10, 0x04, 0x20, 0x00, 0x15, 0x04, 0x03, 0x00, 0x00, 0x11, 0x00, 0xBC, 0xE0, 0x00, 0x00, 0x0A, 0x03, 0x01, 0x00, 0x81}
	ack := []byte{0x06, 0x10, 0x04, 0x21, 0x00, 0x0A, 0x04, 0x03, 0x00, 0x00}
	var c Conversation
	dst := make([]core.Status, 0, 1)
	b.ReportAllocs()
	for i := range b.N {
		request[8], ack[8] = uint8(i), uint8(i)
		c.Sent(request)
		dst, _ = c.Received(dst[:0], ack)
	}
}
