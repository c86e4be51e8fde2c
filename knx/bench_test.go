package knx

import (
	"testing"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/internal/bench"
)

var (
	codeSink core.Code
	errSink  error
)

// Bound: twice a bare lookup in a table of the same shape.
func BenchmarkCode(b *testing.B) {
	values := bench.Values8{0, 0x21, 0x24, 0x26, 0, 0x29, 0xF3, 0x77}
	b.Run("ErrorCode", func(b *testing.B) {
		bench.Bare8(b, values, func(n int) {
			var sum core.Code
			for i := range n {
				sum += ErrorCode(values[i&7]).Status().Code(core.Read)
			}
			codeSink = sum
		})
	})
	b.Run("ReturnCode", func(b *testing.B) {
		bench.Bare8(b, values, func(n int) {
			var sum core.Code
			for i := range n {
				sum += ReturnCode(values[i&7]).Status().Code(core.Read)
			}
			codeSink = sum
		})
	})
	b.Run("Confirm", func(b *testing.B) {
		bench.Bare8(b, values, func(n int) {
			var sum core.Code
			for i := range n {
				sum += Confirm(values[i&7]).Status().Code(core.Read)
			}
			codeSink = sum
		})
	})
}

// Bound: one allocation, 100 ns.
func BenchmarkErr(b *testing.B) {
	bench.Alone(b, func(n int) {
		for range n {
			errSink = ENoMoreConnections.Status().Err(core.Connect)
		}
	})
}

// indication is a telegram with a property of ten bytes in its application data.
func indication() []byte {
	return []byte{0x06, 0x10, 0x04, 0x20, 0x00, 0x1E, 0x04, 0x07, 0x04, 0x00, 0x29, 0x00, 0xBC, 0x60, 0x71, 0x0A, 0x71, 0x0B, 0x0A, 0x01, 0xCD, 0x00, 0x00, 0x00, 0x10, 0xFF, 0x00, 0x00, 0x01, 0xFD}
}

// A KNX frame is short and has one status. The bound of four passes is for
// responses of twenty items, which KNX does not have.
func BenchmarkAppendStatuses(b *testing.B) {
	frame, dst := indication(), make([]core.Status, 0, 1)
	bench.OnePass(b, frame, func(n int) {
		for range n {
			dst, errSink = AppendStatuses(dst[:0], frame)
		}
	})
	if errSink != nil || len(dst) != 1 {
		b.Fatal(dst, errSink)
	}
}

func BenchmarkConversation(b *testing.B) {
	request := []byte{0x06, 0x10, 0x04, 0x20, 0x00, 0x15, 0x04, 0x03, 0x00, 0x00, 0x11, 0x00, 0xBC, 0xE0, 0x00, 0x00, 0x0A, 0x03, 0x01, 0x00, 0x81}
	ack := []byte{0x06, 0x10, 0x04, 0x21, 0x00, 0x0A, 0x04, 0x03, 0x00, 0x00}
	var c Conversation
	dst := make([]core.Status, 0, 1)
	sequence := uint8(0)
	bench.OnePass(b, append(request[:len(request):len(request)], ack...), func(n int) {
		for range n {
			sequence++
			request[8], ack[8] = sequence, sequence
			c.Sent(request)
			dst, errSink = c.Received(dst[:0], ack)
		}
	})
	if errSink != nil || len(dst) != 1 {
		b.Fatal(dst, errSink)
	}
}

func BenchmarkScanFrames(b *testing.B) { bench.Scan(b, ScanFrames, indication()) }
