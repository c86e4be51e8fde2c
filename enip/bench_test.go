package enip

import (
	"strings"
	"testing"

	"github.com/fieldstatus/fieldstatus/core"
)

var codeSink core.Code
var byteSink byte
var errSink error

// BenchmarkBareLookup is what BenchmarkCode is compared with: one table of the
// same shape.
func BenchmarkBareLookup(b *testing.B) {
	var table [256]core.Code
	for i := range table {
		table[i] = core.Code(i)
	}
	for i := range b.N {
		codeSink += table[uint8(i)]
	}
}

func BenchmarkCode(b *testing.B) {
	for i := range b.N {
		codeSink += GeneralStatus(i).Status().Code(core.Read)
	}
}

func BenchmarkCodeExtended(b *testing.B) {
	for i := range b.N {
		codeSink += GeneralError.Extended(uint16(i)).Code(core.Read)
	}
}

func BenchmarkErr(b *testing.B) {
	b.ReportAllocs()
	for range b.N {
		errSink = LogixDataTypeMismatch.Status().Err(core.Write)
	}
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

func BenchmarkAppendStatuses(b *testing.B) {
	frame := packet20()
	dst := make([]core.Status, 0, 20)
	b.ReportAllocs()
	for range b.N {
		dst, _ = AppendStatuses(dst[:0], frame)
	}
	if len(dst) != 20 || dst[19] != PathSegmentError.Status() {
		b.Fatal(dst)
	}
}

// BenchmarkOnePass is what BenchmarkAppendStatuses is compared with.
func BenchmarkOnePass(b *testing.B) {
	frame := packet20()
	for range b.N {
		for _, v := range frame {
			byteSink += v
		}
	}
}

func BenchmarkConversation(b *testing.B) {
	request := onConnection(1, "0a 02 2002 2401 1400 "+strings.Repeat("0000", 20)+readTag)
	frame := packet20()
	dst := make([]core.Status, 0, 20)
	var c Conversation
	b.ReportAllocs()
	for range b.N {
		c.Sent(request)
		var err error
		if dst, err = c.Received(dst[:0], frame); err != nil {
			b.Fatal(err)
		}
	}
}
