package focas

import (
	"testing"

	"github.com/fieldstatus/fieldstatus/core"
)

var bare [1 << 8]core.Code

// BenchmarkStatusCode is to be held against BenchmarkBareLookup: at most twice.
func BenchmarkStatusCode(b *testing.B) {
	for i := 0; i < b.N; i++ {
		sink.code = Return(i & 31).Status().Code(core.Read)
	}
}

func BenchmarkBareLookup(b *testing.B) {
	for i := 0; i < b.N; i++ {
		sink.code = bare[i&31]
	}
}

func BenchmarkWithDetail(b *testing.B) {
	for i := 0; i < b.N; i++ {
		sink.code = EWSocket.WithDetail(Detail{9, int16(i & 3)}).Code(core.Read)
	}
}

func BenchmarkErr(b *testing.B) {
	b.ReportAllocs()
	for i := 0; i < b.N; i++ {
		sink.err = EWNoopt.Status().Err(core.Read)
	}
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

// BenchmarkAppendStatuses is to be held against BenchmarkOnePass: four times.
func BenchmarkAppendStatuses(b *testing.B) {
	frame, dst := twenty(), make([]core.Status, 0, 20)
	b.ReportAllocs()
	for i := 0; i < b.N; i++ {
		sink.statuses, sink.err = AppendStatuses(dst[:0], frame)
	}
}

var sum byte

func BenchmarkOnePass(b *testing.B) {
	frame := twenty()
	for i := 0; i < b.N; i++ {
		for _, c := range frame {
			sum += c
		}
	}
}

func BenchmarkConversation(b *testing.B) {
	frame, dst := twenty(), make([]core.Status, 0, 20)
	request := append([]byte(nil), frame...)
	request[7] = byte(DirRequest)
	var c Conversation
	b.ReportAllocs()
	for i := 0; i < b.N; i++ {
		c.Sent(request)
		sink.statuses, sink.err = c.Received(dst[:0], frame)
	}
}
