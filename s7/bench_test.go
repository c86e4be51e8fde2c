package s7

import (
	"errors"
	"testing"

	"github.com/robinson/gos7"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/internal/bench"
)

// Bound: twice a bare lookup in a table of the same shape.
func BenchmarkCode(b *testing.B) {
	b.Run("ReturnCode", func(b *testing.B) {
		values := bench.Values8{0xFF, 0x05, 0x0A, 0x03, 0xFF, 0x06, 0x42, 0x01}
		bench.Bare8(b, values, func(n int) {
			var sum core.Code
			for i := range n {
				sum += ReturnCode(values[i&7]).Status().Code(core.Read)
			}
			sinkCode = sum
		})
	})
	b.Run("HeaderError", func(b *testing.B) {
		values := bench.Values16{0, 0x8104, 0x8500, 0x8399, 0, 0xD401, 0x8702, 0x1234}
		bench.Bare16(b, values, func(n int) {
			var sum core.Code
			for i := range n {
				sum += HeaderError(values[i&7]).Status().Code(core.Read)
			}
			sinkCode = sum
		})
	})
	b.Run("ParamError", func(b *testing.B) {
		values := bench.Values16{0, 0xD401, 0xD602, 0x8104, 0, 0x8500, 0xD241, 0x1234}
		bench.Bare16(b, values, func(n int) {
			var sum core.Code
			for i := range n {
				sum += ParamError(values[i&7]).Status().Code(core.Read)
			}
			sinkCode = sum
		})
	})
}

// Bound: one allocation, 100 ns.
func BenchmarkErr(b *testing.B) {
	bench.Alone(b, func(n int) {
		for range n {
			sinkErr = AddressOutOfRange.Status().Err(core.Read)
		}
	})
}

// Bound: no allocation, four times one pass over the bytes.
func BenchmarkAppendStatuses20(b *testing.B) {
	_, answer := twentyItems()
	dst := make([]core.Status, 0, 32)
	bench.OnePass(b, answer, func(n int) {
		for range n {
			dst, sinkErr = AppendStatuses(dst[:0], answer)
		}
	})
	if sinkErr != nil || len(dst) != 20 {
		b.Fatal(dst, sinkErr)
	}
}

func BenchmarkConversation20(b *testing.B) {
	request, answer := twentyItems()
	dst := make([]core.Status, 0, 32)
	var c Conversation
	bench.OnePass(b, append(request, answer...), func(n int) {
		for range n {
			c.Sent(request)
			dst, sinkErr = c.Received(dst[:0], answer)
		}
	})
	if sinkErr != nil || len(dst) != 20 {
		b.Fatal(dst, sinkErr)
	}
}

func BenchmarkScanFrames(b *testing.B) {
	_, answer := twentyItems()
	bench.Scan(b, ScanFrames, answer)
}

// The error path of a driver: which of gos7's texts is it?
func BenchmarkTranslateGos7(b *testing.B) {
	text := errors.New(gos7.ErrorText(0x02300000))
	b.ReportAllocs()
	for range b.N {
		sinkErr = Translate(core.Read, text)
	}
}
