package bench

import (
	"fmt"
	"testing"

	"github.com/danomagnum/gologix"
	"github.com/gopcua/opcua/ua"
	"github.com/robinson/gos7"
	"github.com/vapourismo/knx-go/knx/knxnet"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/enip"
	"github.com/fieldstatus/fieldstatus/internal/bench"
	opcuastatus "github.com/fieldstatus/fieldstatus/opcua"
	"github.com/fieldstatus/fieldstatus/s7"
)

var textSink string

// BenchmarkText writes an error for people: the whole line of this module, with
// tag, number, documented text and native status, and what the clients have to say.
func BenchmarkText(b *testing.B) {
	read := core.Tagged("motor.speed", opcuastatus.Status(ua.StatusBadNodeIDUnknown).Err(core.Read))
	for _, text := range []struct {
		by   string
		make func() string
	}{
		{"Error", read.Error},
		{"Status", opcuastatus.Status(ua.StatusBadNodeIDUnknown).String},
		{"ReturnCode", s7.AddressOutOfRange.String},
		{"GeneralStatus", enip.PathSegmentError.String},
		{"fmt", func() string { return fmt.Sprintf("read %s: %v", "motor.speed", ua.StatusBadNodeIDUnknown) }},
		{"gopcua", ua.StatusBadNodeIDUnknown.Error},
		{"gos7", func() string { return gos7.ErrorText(0x02300000) }},
		{"gologix", func() string { return gologix.CIPStatus(4).String() }},
		{"knx-go", func() string { return knxnet.ErrCode(0x21).String() }},
	} {
		b.Run("by="+text.by, func(b *testing.B) {
			bench.Alone(b, func(n int) {
				for range n {
					textSink = text.make()
				}
			})
		})
	}
}
