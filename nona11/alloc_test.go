package nona11

import (
	"testing"

	"github.com/fieldstatus/fieldstatus/core"
)

var sink struct {
	code    core.Code
	err     error
	address Address
	bytes   []byte
}

func TestAllocations(t *testing.T) {
	a, reply := Address{1, 1, 10, 20}, make([]byte, 64)
	for _, tt := range []struct {
		name string
		want float64
		do   func()
	}{
		{"Status", 0, func() { sink.code = Timeout.Status().Code(core.Read) }},
		{"ParseAddress", 0, func() { sink.address, sink.err = ParseAddress("1!1!10.20") }},
		{"Slice", 0, func() { sink.bytes, sink.err = a.Slice(reply, String) }},
		{"Limits", 0, func() { sink.err = Limits{Site: 255}.Check(a) }},
		{"Err", 1, func() { sink.err = Timeout.Status().Err(core.Read) }},
	} {
		if got := testing.AllocsPerRun(100, tt.do); got != tt.want {
			t.Errorf("%s: %v allocations, want %v", tt.name, got, tt.want)
		}
	}
}

func BenchmarkParseAddress(b *testing.B) {
	b.ReportAllocs()
	for i := 0; i < b.N; i++ {
		sink.address, sink.err = ParseAddress("1!1!10.20")
	}
}
