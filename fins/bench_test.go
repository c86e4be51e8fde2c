package fins

import (
	"testing"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/internal/bench"
)

var (
	sinkCode     core.Code
	sinkStatuses []core.Status
	sinkErr      error
)

// Bound: twice a bare lookup in a table of the same shape.
func BenchmarkCode(b *testing.B) {
	b.Run("EndCode", func(b *testing.B) {
		values := bench.Values16{0, 0x1103, 0x9141, 0x0040, 0x1130, 0x2003, 0, 0x7777} // listed, with flags, by class, unknown
		bench.Bare16(b, values, func(n int) {
			var sum core.Code
			for i := range n {
				sum += EndCode(values[i&7]).Status().Code(core.Read)
			}
			sinkCode = sum
		})
	})
	b.Run("HostLinkEndCode", func(b *testing.B) {
		values := bench.Values8{0, 0x01, 0x13, 0x15, 0, 0xA3, 0x18, 0x77}
		bench.Bare8(b, values, func(n int) {
			var sum core.Code
			for i := range n {
				sum += HostLinkEndCode(values[i&7]).Status().Code(core.Read)
			}
			sinkCode = sum
		})
	})
}

// FINS answers a command that reads twenty words with one status. The bound of
// four passes is for the reading of twenty statuses, which takes longer.
func BenchmarkAppendStatuses20Words(b *testing.B) {
	message := answerTo(1, 0x0101, 0, make([]byte, 40)...)
	for _, c := range []struct {
		name  string
		frame []byte
	}{
		{"UDP", message},
		{"TCP", overTCPFrame(message)},
		{"HostLink", []byte(serialAnswer)},
	} {
		b.Run(c.name, func(b *testing.B) {
			bench.OnePass(b, c.frame, func(n int) {
				for range n {
					sinkStatuses, sinkErr = AppendStatuses(sinkStatuses[:0], c.frame)
				}
			})
			if sinkErr != nil {
				b.Fatal(sinkErr)
			}
		})
	}
}

func BenchmarkConversation(b *testing.B) {
	var c Conversation
	request, response := readOf(1), answerTo(1, 0x0101, 0, 1, 2, 3, 4)
	bench.OnePass(b, append(request[:len(request):len(request)], response...), func(n int) {
		for range n {
			c.Sent(request)
			sinkStatuses, sinkErr = c.Received(sinkStatuses[:0], response)
		}
	})
}

func BenchmarkScanFrames(b *testing.B) {
	bench.Scan(b, ScanFrames, overTCPFrame(answerTo(1, 0x0101, 0, make([]byte, 40)...)))
}

// Bound: one allocation, 100 ns.
func BenchmarkErr(b *testing.B) {
	s := AddressRangeError.Status()
	bench.Alone(b, func(n int) {
		for range n {
			sinkErr = s.Err(core.Read)
		}
	})
}
