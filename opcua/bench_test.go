package opcua_test

import (
	"fmt"
	"testing"

	"github.com/gopcua/opcua/ua"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/internal/bench"
	opcuastatus "github.com/fieldstatus/fieldstatus/opcua"
)

var (
	sink    core.Code
	sinkErr error
)

var mixed = bench.Values32{0, uint32(ua.StatusBadNodeIDUnknown), 0x808C0500, 0x480, uint32(ua.StatusUncertainLastUsableValue), uint32(ua.StatusBadNotConnected), uint32(ua.StatusBadOutOfRange), uint32(ua.StatusBad)}

// Bound: twice a bare lookup in a table of the same shape.
func BenchmarkCode(b *testing.B) {
	b.Run("Status", func(b *testing.B) {
		bench.Bare32(b, mixed, func(n int) {
			var sum core.Code
			for i := range n {
				sum += opcuastatus.Status(ua.StatusCode(mixed[i&7])).Code(core.Read)
			}
			sink = sum
		})
	})
	b.Run("ServiceStatus", func(b *testing.B) {
		bench.Bare32(b, mixed, func(n int) {
			var sum core.Code
			for i := range n {
				sum += opcuastatus.ServiceStatus(ua.StatusCode(mixed[i&7])).Code(core.Read)
			}
			sink = sum
		})
	})
}

// Bound: one allocation, 100 ns.
func BenchmarkErr(b *testing.B) {
	s := opcuastatus.Status(ua.StatusBadNodeIDUnknown)
	bench.Alone(b, func(n int) {
		for range n {
			sinkErr = s.Err(core.Read)
		}
	})
}

func BenchmarkTranslate(b *testing.B) {
	for name, err := range map[string]error{"status": fmt.Errorf("read: %w", ua.StatusBadNodeIDUnknown), "text": fmt.Errorf("read: %w", opcuaError("item not found: 1"))} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for range b.N {
				if opcuastatus.Translate(core.Read, err) == nil {
					b.Fatal()
				}
			}
		})
	}
}

type opcuaError string

func (e opcuaError) Error() string { return "opcua: " + string(e) }

// Bound: no allocation, four times one pass over the bytes.
func BenchmarkAppendStatuses20(b *testing.B) {
	frame := readResponse(b, 1, times(20, ua.StatusBadNodeIDUnknown)...)
	dst := make([]core.Status, 0, 32)
	bench.OnePass(b, frame, func(n int) {
		for range n {
			dst, sinkErr = opcuastatus.AppendStatuses(dst[:0], frame)
		}
	})
	if sinkErr != nil || len(dst) != 20 {
		b.Fatal(dst, sinkErr)
	}
}

func BenchmarkConversation20(b *testing.B) {
	request := readRequest(b, 1, ua.AttributeIDValue, 20)
	frame := readResponse(b, 1, times(20, ua.StatusBadNodeIDUnknown)...)
	dst := make([]core.Status, 0, 32)
	var x opcuastatus.Conversation
	bench.OnePass(b, append(request[:len(request):len(request)], frame...), func(n int) {
		for range n {
			x.Sent(request)
			dst, sinkErr = x.Received(dst[:0], frame)
		}
	})
	if sinkErr != nil || len(dst) != 20 {
		b.Fatal(dst, sinkErr)
	}
}

func BenchmarkScanFrames(b *testing.B) {
	bench.Scan(b, opcuastatus.ScanFrames, readResponse(b, 1, times(20, ua.StatusBadNodeIDUnknown)...))
}
