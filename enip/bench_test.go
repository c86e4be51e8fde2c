package enip

import (
	"strings"
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
	b.Run("GeneralStatus", func(b *testing.B) {
		values := bench.Values8{0, 0x04, 0x05, 0x08, 0, 0x16, 0x77, 0x1F}
		bench.Bare8(b, values, func(n int) {
			var sum core.Code
			for i := range n {
				sum += GeneralStatus(values[i&7]).Status().Code(core.Read)
			}
			codeSink = sum
		})
	})
	b.Run("ConnectionStatus", func(b *testing.B) {
		values := bench.Values16{0x0100, 0x0204, 0x0103, 0x0315, 0x0111, 0x0204, 0x0107, 0x7777}
		bench.Bare16(b, values, func(n int) {
			var sum core.Code
			for i := range n {
				sum += ConnectionStatus(values[i&7]).Status().Code(core.Read)
			}
			codeSink = sum
		})
	})
	b.Run("LogixStatus", func(b *testing.B) {
		values := bench.Values16{0x2105, 0x2107, 0x2104, 0x2105, 0x2002, 0x2107, 0x2101, 0x7777}
		bench.Bare16(b, values, func(n int) {
			var sum core.Code
			for i := range n {
				sum += LogixStatus(values[i&7]).Status().Code(core.Read)
			}
			codeSink = sum
		})
	})
	b.Run("Extended", func(b *testing.B) { // any pair, as it comes
		general := bench.Values8{0xFF, 0x01, 0x05, 0xFF, 0x1F, 0x08, 0xFF, 0x0C}
		words := bench.Values16{0x2105, 0x0204, 0x0000, 0x2107, 0x0001, 0x0000, 0x7777, 0x0001}
		bench.BarePair(b, general, words, func(n int) {
			var sum core.Code
			for i := range n {
				sum += GeneralStatus(general[i&7]).Extended(words[i&7]).Code(core.Read)
			}
			codeSink = sum
		})
	})
}

// Bound: one allocation, 100 ns.
func BenchmarkErr(b *testing.B) {
	bench.Alone(b, func(n int) {
		for range n {
			errSink = LogixDataTypeMismatch.Status().Err(core.Write)
		}
	})
}

// packet20 is a Multiple Service Packet of 20 items, one of which failed.
func packet20() []byte {
	m := "8a 00 1e 00 1400"
	at := 2 + 2*20
	var offsets, items string
	for i := range 20 {
		offsets += string("0123456789abcdef"[at>>4&15]) + string("0123456789abcdef"[at&15]) + "0" + string("0123456789abcdef"[at>>8&15])
		item := "cc000000c4002a000000"
		if i == 19 {
			item = "cc000400"
		}
		items += item
		at += len(item) / 2
	}
	return onConnection(1, m+offsets+items)
}

// Bound: no allocation, four times one pass over the bytes.
func BenchmarkAppendStatuses20(b *testing.B) {
	frame := packet20()
	dst := make([]core.Status, 0, 20)
	bench.OnePass(b, frame, func(n int) {
		for range n {
			dst, errSink = AppendStatuses(dst[:0], frame)
		}
	})
	if len(dst) != 20 || dst[19] != PathSegmentError.Status() {
		b.Fatal(dst, errSink)
	}
}

func BenchmarkConversation20(b *testing.B) {
	request := onConnection(1, "0a 02 2002 2401 1400 "+strings.Repeat("0000", 20)+readTag)
	frame := packet20()
	dst := make([]core.Status, 0, 20)
	var c Conversation
	bench.OnePass(b, append(request[:len(request):len(request)], frame...), func(n int) {
		for range n {
			c.Sent(request)
			dst, errSink = c.Received(dst[:0], frame)
		}
	})
	if errSink != nil || len(dst) != 20 {
		b.Fatal(dst, errSink)
	}
}

func BenchmarkScanFrames(b *testing.B) { bench.Scan(b, ScanFrames, packet20()) }
