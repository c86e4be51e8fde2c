package bench

import (
	"bufio"
	"testing"
)

// streamed is how many frames a stream holds.
const streamed = 64

// Scan benchmarks cutting a stream of equal frames, as a [bufio.Scanner] over a
// large buffer would. A round is one frame; the floor is one pass over it, which
// a splitter that looks at headers alone need not make. It also reports MB/s.
func Scan(b *testing.B, split bufio.SplitFunc, frame []byte) {
	b.Helper()
	stream := make([]byte, 0, streamed*len(frame))
	for range streamed {
		stream = append(stream, frame...)
	}
	time := OnePass(b, frame, func(n int) {
		rest := stream
		for range n {
			if len(rest) == 0 {
				rest = stream
			}
			advance, token, err := split(rest, false)
			if err != nil || len(token) != len(frame) {
				b.Fatal(advance, token, err)
			}
			rest = rest[advance:]
		}
	})
	if time > 0 {
		b.ReportMetric(float64(len(frame))/time*1e3, "MB/s")
	}
}
