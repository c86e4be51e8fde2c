package fins

import (
	"testing"

	"github.com/fieldstatus/fieldstatus/core"
)

var (
	sinkCode     core.Code
	sinkStatuses []core.Status
	sinkErr      error
)

// BenchmarkBareLookup is what the others are compared with: the index alone,
// without the status in between.
func BenchmarkBareLookup(b *testing.B) {
	for i := 0; i < b.N; i++ {
		sinkCode = rowOf(0x1101 + uint16(i)&3).Codes[core.Read]
	}
}

func BenchmarkListedEndCode(b *testing.B) {
	for i := 0; i < b.N; i++ {
		sinkCode = EndCode(0x1101 + i&3).Status().Code(core.Read)
	}
}

func BenchmarkFlaggedEndCode(b *testing.B) {
	for i := 0; i < b.N; i++ {
		sinkCode = EndCode(0x9141 + i&3).Status().Code(core.Read)
	}
}

func BenchmarkClassOfEndCode(b *testing.B) {
	for i := 0; i < b.N; i++ {
		sinkCode = EndCode(0x1130 + i&3).Status().Code(core.Read)
	}
}

func BenchmarkAppendStatuses(b *testing.B) {
	for _, c := range []struct {
		name  string
		frame []byte
	}{
		{"UDP", answerTo(1, 0x0101, 0, make([]byte, 40)...)},
		{"TCP", overTCPFrame(answerTo(1, 0x0101, 0, make([]byte, 40)...))},
		{"HostLink", []byte(serialAnswer)},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; i < b.N; i++ {
				sinkStatuses, sinkErr = AppendStatuses(sinkStatuses[:0], c.frame)
			}
		})
	}
}

func BenchmarkConversation(b *testing.B) {
	var c Conversation
	request, response := readOf(1), answerTo(1, 0x0101, 0, 1, 2, 3, 4)
	b.ReportAllocs()
	for i := 0; i < b.N; i++ {
		c.Sent(request)
		sinkStatuses, sinkErr = c.Received(sinkStatuses[:0], response)
	}
}

func BenchmarkErr(b *testing.B) {
	b.ReportAllocs()
	s := AddressRangeError.Status()
	for i := 0; i < b.N; i++ {
		sinkErr = s.Err(core.Read)
	}
}
