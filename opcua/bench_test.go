package opcua_test

import (
	"fmt"
	"testing"

	"github.com/gopcua/opcua/ua"

	"github.com/fieldstatus/fieldstatus/core"
	opcuastatus "github.com/fieldstatus/fieldstatus/opcua"
)

// bare is a lookup in a table of the same shape as this package's, which
// returns nothing but a number: the measure for BenchmarkStatusCode.
var bare struct {
	page  [256]uint8
	index [8][256]uint16
	codes [288]core.Code
}

var mixed = []ua.StatusCode{0, ua.StatusBadNodeIDUnknown, 0x808C0500, 0x480, ua.StatusUncertainLastUsableValue, ua.StatusBadTimeout, ua.StatusBadOutOfRange, ua.StatusBad}

var sink core.Code

func BenchmarkStatusCode(b *testing.B) {
	b.Run("bare", func(b *testing.B) {
		for i := range b.N {
			v := uint32(mixed[i&7]) & 0xFFFF0000
			sink += bare.codes[bare.index[bare.page[v>>24]][uint8(v>>16)]]
		}
	})
	b.Run("status", func(b *testing.B) {
		b.ReportAllocs()
		for i := range b.N {
			sink += opcuastatus.Status(mixed[i&7]).Code(core.Read)
		}
	})
	b.Run("service", func(b *testing.B) {
		for i := range b.N {
			sink += opcuastatus.ServiceStatus(mixed[i&7]).Code(core.Read)
		}
	})
}

func BenchmarkErr(b *testing.B) {
	b.ReportAllocs()
	s := opcuastatus.Status(ua.StatusBadNodeIDUnknown)
	for range b.N {
		sinkErr = s.Err(core.Read)
	}
}

var sinkErr error

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

// BenchmarkAppendStatuses compares a response of 20 items with one pass over
// its bytes.
func BenchmarkAppendStatuses(b *testing.B) {
	frame := readResponse(b, 1, times(20, ua.StatusBadNodeIDUnknown)...)
	b.Run("pass", func(b *testing.B) {
		sum := 0
		for range b.N {
			for _, c := range frame {
				sum += int(c)
			}
		}
		sink += core.Code(sum)
	})
	b.Run("statuses", func(b *testing.B) {
		b.ReportAllocs()
		buffer := make([]core.Status, 0, 32)
		for range b.N {
			var err error
			if buffer, err = opcuastatus.AppendStatuses(buffer[:0], frame); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("conversation", func(b *testing.B) {
		b.ReportAllocs()
		request := readRequest(b, 1, ua.AttributeIDValue, 20)
		buffer := make([]core.Status, 0, 32)
		var x opcuastatus.Conversation
		for range b.N {
			x.Sent(request)
			var err error
			if buffer, err = x.Received(buffer[:0], frame); err != nil {
				b.Fatal(err)
			}
		}
	})
}
