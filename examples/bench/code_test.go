package bench

import (
	"iter"
	"strconv"
	"strings"
	"testing"

	"github.com/gopcua/opcua/ua"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/enip"
	"github.com/fieldstatus/fieldstatus/fins"
	"github.com/fieldstatus/fieldstatus/focas"
	"github.com/fieldstatus/fieldstatus/internal/bench"
	"github.com/fieldstatus/fieldstatus/knx"
	opcuastatus "github.com/fieldstatus/fieldstatus/opcua"
	"github.com/fieldstatus/fieldstatus/s7"
)

var sink core.Code

// An answer is what a map of a driver's own would hold of a row.
type answer struct {
	code   [4]core.Code
	remedy core.Remedy
	scope  core.Scope
}

// mapOf is a layer as the map that somebody would write by hand: the values that
// have a row of their own.
func mapOf(b *testing.B, rows iter.Seq[core.Row], layer string) map[uint32]answer {
	b.Helper()
	m := map[uint32]answer{}
	for row := range rows {
		n, err := strconv.ParseInt(strings.TrimSpace(row.Value), 0, 64)
		if row.Layer != layer || err != nil {
			continue
		}
		m[uint32(n)] = answer{row.Codes, row.Remedy, row.Scope}
	}
	if len(m) < 3 {
		b.Fatalf("layer %s: %d rows", layer, len(m))
	}
	return m
}

func BenchmarkCodeOPCUA(b *testing.B) {
	values := bench.Values32{0, uint32(ua.StatusBadNodeIDUnknown), 0x808C0500, 0x480, uint32(ua.StatusUncertainLastUsableValue), uint32(ua.StatusBadNotConnected), uint32(ua.StatusBadOutOfRange), uint32(ua.StatusBad)}
	b.Run("by=Status", func(b *testing.B) {
		bench.Bare32(b, values, func(n int) {
			var sum core.Code
			for i := range n {
				sum += opcuastatus.Status(ua.StatusCode(values[i&7])).Code(core.Read)
			}
			sink = sum
		})
	})
	b.Run("by=ServiceStatus", func(b *testing.B) {
		bench.Bare32(b, values, func(n int) {
			var sum core.Code
			for i := range n {
				sum += opcuastatus.ServiceStatus(ua.StatusCode(values[i&7])).Code(core.Read)
			}
			sink = sum
		})
	})
	b.Run("by=map", func(b *testing.B) {
		m := mapOf(b, opcuastatus.Rows(), "status")
		bench.Bare32(b, values, func(n int) {
			var sum core.Code
			for i := range n {
				sum += m[values[i&7]&0xFFFF0000].code[core.Read]
			}
			sink = sum
		})
	})
	b.Run("by=switch", func(b *testing.B) {
		bench.Bare32(b, values, func(n int) {
			var sum core.Code
			for i := range n {
				sum += codeBySwitch(ua.StatusCode(values[i&7] & 0xFFFF0000))
			}
			sink = sum
		})
	})
	b.Run("by=gopcua-text", func(b *testing.B) { // gopcua has no code to offer, but a text
		bench.Bare32(b, values, func(n int) {
			length := 0
			for i := range n {
				length += len(ua.StatusCode(values[i&7]).Error())
			}
			sink = core.Code(length)
		})
	})
}

// codeBySwitch is the mapping that a driver would start with: the codes that its
// author has met.
func codeBySwitch(code ua.StatusCode) core.Code {
	switch code {
	case ua.StatusOK:
		return core.OK
	case ua.StatusBadNodeIDUnknown, ua.StatusBadNodeIDInvalid:
		return core.OPCUABadNodeIDUnknown
	case ua.StatusBadTimeout, ua.StatusBadRequestTimeout:
		return core.OPCUATimeout
	case ua.StatusBadUserAccessDenied:
		return core.OPCUABadUserAccessDenied
	case ua.StatusBadNotConnected, ua.StatusBadConnectionClosed, ua.StatusBadServerNotConnected, ua.StatusBadSecureChannelClosed:
		return core.PluginNotConnected
	case ua.StatusBadSensorFailure, ua.StatusBadDeviceFailure, ua.StatusBadOutOfService:
		return core.PluginTagValueInvalid
	}
	return core.PluginReadFailed
}

func BenchmarkCodeS7(b *testing.B) {
	values := bench.Values8{0xFF, 0x05, 0x0A, 0x03, 0xFF, 0x06, 0x42, 0x01}
	b.Run("by=ReturnCode", func(b *testing.B) {
		bench.Bare8(b, values, func(n int) {
			var sum core.Code
			for i := range n {
				sum += s7.ReturnCode(values[i&7]).Status().Code(core.Read)
			}
			sink = sum
		})
	})
	b.Run("by=map", func(b *testing.B) {
		m := mapOf(b, s7.Rows(), "item-return")
		bench.Bare8(b, values, func(n int) {
			var sum core.Code
			for i := range n {
				sum += m[uint32(values[i&7])].code[core.Read]
			}
			sink = sum
		})
	})
}

func BenchmarkCodeFINS(b *testing.B) {
	values := bench.Values16{0, 0x1103, 0x9141, 0x0040, 0x1130, 0x2003, 0, 0x7777}
	b.Run("by=EndCode", func(b *testing.B) {
		bench.Bare16(b, values, func(n int) {
			var sum core.Code
			for i := range n {
				sum += fins.EndCode(values[i&7]).Status().Code(core.Read)
			}
			sink = sum
		})
	})
	b.Run("by=map", func(b *testing.B) { // the listed values, with relay bit and flags taken off
		m := mapOf(b, fins.Rows(), "end-code")
		bench.Bare16(b, values, func(n int) {
			var sum core.Code
			for i := range n {
				sum += m[uint32(values[i&7]&0x7F3F)].code[core.Read]
			}
			sink = sum
		})
	})
}

func BenchmarkCodeENIP(b *testing.B) {
	general := bench.Values8{0xFF, 0x01, 0x05, 0xFF, 0x1F, 0x08, 0xFF, 0x0C}
	words := bench.Values16{0x2105, 0x0204, 0x0000, 0x2107, 0x0001, 0x0000, 0x7777, 0x0001}
	b.Run("by=GeneralStatus", func(b *testing.B) {
		bench.Bare8(b, general, func(n int) {
			var sum core.Code
			for i := range n {
				sum += enip.GeneralStatus(general[i&7]).Status().Code(core.Read)
			}
			sink = sum
		})
	})
	b.Run("by=Extended", func(b *testing.B) {
		bench.BarePair(b, general, words, func(n int) {
			var sum core.Code
			for i := range n {
				sum += enip.GeneralStatus(general[i&7]).Extended(words[i&7]).Code(core.Read)
			}
			sink = sum
		})
	})
	b.Run("by=map", func(b *testing.B) {
		m := mapOf(b, enip.Rows(), "general-status")
		bench.Bare8(b, general, func(n int) {
			var sum core.Code
			for i := range n {
				sum += m[uint32(general[i&7])].code[core.Read]
			}
			sink = sum
		})
	})
}

func BenchmarkCodeKNX(b *testing.B) {
	values := bench.Values8{0, 0x21, 0x24, 0x26, 0, 0x29, 0x2A, 0x77}
	b.Run("by=ErrorCode", func(b *testing.B) {
		bench.Bare8(b, values, func(n int) {
			var sum core.Code
			for i := range n {
				sum += knx.ErrorCode(values[i&7]).Status().Code(core.Read)
			}
			sink = sum
		})
	})
	b.Run("by=map", func(b *testing.B) {
		m := mapOf(b, knx.Rows(), "knxnetip-status")
		bench.Bare8(b, values, func(n int) {
			var sum core.Code
			for i := range n {
				sum += m[uint32(values[i&7])].code[core.Read]
			}
			sink = sum
		})
	})
}

func BenchmarkCodeFOCAS(b *testing.B) {
	values := bench.Values16{0, 1, 6, 0xFFF0, 0, 7, 0xFFFF, 100}
	b.Run("by=Return", func(b *testing.B) {
		bench.Bare16(b, values, func(n int) {
			var sum core.Code
			for i := range n {
				sum += focas.Return(values[i&7]).Status().Code(core.Read)
			}
			sink = sum
		})
	})
	b.Run("by=map", func(b *testing.B) {
		m := mapOf(b, focas.Rows(), "return")
		bench.Bare16(b, values, func(n int) {
			var sum core.Code
			for i := range n {
				sum += m[uint32(int32(int16(values[i&7])))].code[core.Read]
			}
			sink = sum
		})
	})
}
