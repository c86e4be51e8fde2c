package s7

import (
	"errors"
	"testing"
	"time"

	"github.com/robinson/gos7"

	"github.com/fieldstatus/fieldstatus/core"
)

// bareCodes is what a lookup costs that answers nothing but the code: a table
// of the same shape as the generated ones.
var (
	bareIndex [256]uint16
	bareCodes [700][4]core.Code
)

func init() {
	for i := range bareIndex {
		bareIndex[i] = uint16(i)
	}
}

//go:noinline
func bareCode(v uint8, op core.Op) core.Code { return bareCodes[bareIndex[v]][op&3] }

//go:noinline
func statusCode(v ReturnCode, op core.Op) core.Code { return v.Status().Code(op) }

// perOp measures f, which runs its body n times.
func perOp(f func(n int)) float64 {
	const n = 1 << 22
	f(n / 4)
	start := time.Now()
	f(n)
	return float64(time.Since(start)) / n
}

// Bound: twice a bare lookup in a table of the same shape.
func BenchmarkCode(b *testing.B) {
	bare := perOp(func(n int) {
		for i := range n {
			sinkCode = bareCode(uint8(i), core.Read)
		}
	})
	full := perOp(func(n int) {
		for i := range n {
			sinkCode = statusCode(ReturnCode(i), core.Read)
		}
	})
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		sinkCode = statusCode(ReturnCode(i), core.Read)
	}
	b.ReportMetric(full/bare, "times-bare")
	b.ReportMetric(bare, "ns-bare")
}

func BenchmarkHeaderErrorCode(b *testing.B) {
	b.ReportAllocs()
	for i := range b.N {
		sinkCode = HeaderError(i).Status().Code(core.Read)
	}
}

// Bound: one allocation, 100 ns.
func BenchmarkErr(b *testing.B) {
	b.ReportAllocs()
	for range b.N {
		sinkErr = AddressOutOfRange.Status().Err(core.Read)
	}
}

var sinkByte byte

// Bound: no allocation, four times one pass over the bytes.
func BenchmarkAppendStatuses20(b *testing.B) {
	_, answer := twentyItems()
	dst := make([]core.Status, 0, 32)
	const n = 1 << 17
	onePass := func(n int) float64 {
		start := time.Now()
		for range n {
			var sum byte
			for _, c := range answer {
				sum ^= c
			}
			sinkByte = sum
		}
		return float64(time.Since(start)) / float64(n)
	}
	onePass(n)
	bare := onePass(n)
	b.ReportAllocs()
	b.ResetTimer()
	start := time.Now()
	for range b.N {
		dst, sinkErr = AppendStatuses(dst[:0], answer)
	}
	b.ReportMetric(float64(time.Since(start))/float64(b.N)/bare, "times-one-pass")
	b.ReportMetric(bare, "ns-one-pass")
}

func BenchmarkConversation20(b *testing.B) {
	request, answer := twentyItems()
	dst := make([]core.Status, 0, 32)
	var c Conversation
	b.ReportAllocs()
	for range b.N {
		c.Sent(request)
		dst, sinkErr = c.Received(dst[:0], answer)
	}
}

// The error path of a driver: which of gos7's texts is it?
func BenchmarkTranslateGos7(b *testing.B) {
	text := errors.New(gos7.ErrorText(0x02300000))
	b.ReportAllocs()
	for range b.N {
		sinkErr = Translate(core.Read, text)
	}
}
