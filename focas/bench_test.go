package focas

import (
	"testing"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/internal/bench"
)

// Bound: twice a bare lookup in a table of the same shape.
func BenchmarkCode(b *testing.B) {
	values := bench.Values16{0, 1, 6, 0xFFF0, 0, 7, 0xFFFF, 100}
	b.Run("Return", func(b *testing.B) {
		bench.Bare16(b, values, func(n int) {
			var sum core.Code
			for i := range n {
				sum += Return(values[i&7]).Status().Code(core.Read)
			}
			sink.code = sum
		})
	})
	b.Run("WireCode", func(b *testing.B) {
		bench.Bare16(b, values, func(n int) {
			var sum core.Code
			for i := range n {
				sum += WireCode(values[i&7]).Status().Code(core.Read)
			}
			sink.code = sum
		})
	})
	b.Run("WithDetail", func(b *testing.B) {
		// Of -16, -17 and what needs no detail. Three numbers select the row, so that the
		// bare table is the generated switch.
		returns := [8]Return{EWSocket, EWSocket, EWProtocol, EWSocket, EWNoopt, EWDtsrvr, EWSocket, EWProtocol}
		details := [8]Detail{{9, 1}, {9, 2}, {3, 0}, {8, 1}, {}, {487, 0}, {11, 1}, {7, 7}}
		bench.Against(b, "bare", func(n int) {
			var sum core.Code
			for i := range n {
				r, d := returns[i&7], details[i&7]
				sum += rowLibDetail(int64(r), int64(d.ErrNo), int64(d.ErrDtno)).Codes[core.Read]
			}
			sink.code = sum
		}, func(n int) {
			var sum core.Code
			for i := range n {
				sum += returns[i&7].WithDetail(details[i&7]).Code(core.Read)
			}
			sink.code = sum
		})
	})
}

// Bound: one allocation, 100 ns.
func BenchmarkErr(b *testing.B) {
	bench.Alone(b, func(n int) {
		for range n {
			sink.err = EWNoopt.Status().Err(core.Read)
		}
	})
}

// twenty is an answer with 20 blocks of 8 bytes.
func twenty() []byte {
	const n, size = 20, 24
	body := []byte{0, n}
	for range n {
		block := make([]byte, size)
		block[1], block[3], block[7], block[15] = size, 1, 0x15, 8
		body = append(body, block...)
	}
	return append([]byte{0xA0, 0xA0, 0xA0, 0xA0, 0, 3, 0x21, 2, byte(len(body) >> 8), byte(len(body))}, body...)
}

// Bound: no allocation, four times one pass over the bytes.
func BenchmarkAppendStatuses20(b *testing.B) {
	frame, dst := twenty(), make([]core.Status, 0, 20)
	bench.OnePass(b, frame, func(n int) {
		for range n {
			sink.statuses, sink.err = AppendStatuses(dst[:0], frame)
		}
	})
	if sink.err != nil || len(sink.statuses) != 20 {
		b.Fatal(sink.statuses, sink.err)
	}
}

func BenchmarkConversation20(b *testing.B) {
	frame, dst := twenty(), make([]core.Status, 0, 20)
	request := append([]byte(nil), frame...)
	request[7] = byte(DirRequest)
	var c Conversation
	bench.OnePass(b, append(request[:len(request):len(request)], frame...), func(n int) {
		for range n {
			c.Sent(request)
			sink.statuses, sink.err = c.Received(dst[:0], frame)
		}
	})
	if sink.err != nil || len(sink.statuses) != 20 {
		b.Fatal(sink.statuses, sink.err)
	}
}

func BenchmarkScanFrames(b *testing.B) { bench.Scan(b, ScanFrames, twenty()) }
