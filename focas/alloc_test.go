package focas

import (
	"testing"

	"github.com/fieldstatus/fieldstatus/core"
)

var sink struct {
	code     core.Code
	err      error
	statuses []core.Status
	exchange core.Exchange
}

func TestAllocations(t *testing.T) {
	frame := stanza(t, "the second of three blocks fails, which the library hides")
	request := sentIn(t, "the second of three blocks fails, which the library hides")[0]
	dst := make([]core.Status, 0, 8)
	c := new(Conversation)
	for _, tt := range []struct {
		name string
		want float64
		do   func()
	}{
		{"Return", 0, func() { sink.code = EWNoopt.Status().Code(core.Read) }},
		{"WithDetail", 0, func() { sink.code = EWSocket.WithDetail(Detail{9, 1}).Code(core.Read) }},
		{"WireCode", 0, func() { sink.code = WireCode(6).WithDetail(Detail{9, 0}).Code(core.Read) }},
		{"DNCResult", 0, func() { sink.code = DNCCancel.Status().Code(core.Write) }},
		{"AppendStatuses", 0, func() { sink.statuses, sink.err = AppendStatuses(dst[:0], frame) }},
		{"Items", 0, func() {
			r, _ := ParseResponse(frame)
			for _, item := range r.Items() {
				sink.code = item.Status().Code(core.Read)
			}
		}},
		{"Conversation", 0, func() {
			c.Sent(request)
			sink.statuses, sink.err = c.Received(dst[:0], frame)
			sink.exchange = c.Exchange()
		}},
		{"ScanFrames", 0, func() { _, _, sink.err = ScanFrames(frame, false) }},
		{"Err", 1, func() { sink.err = EWNoopt.Status().Err(core.Read) }},
		{"Err of a success", 0, func() { sink.err = EWOK.Status().Err(core.Read) }},
	} {
		if got := testing.AllocsPerRun(100, tt.do); got != tt.want {
			t.Errorf("%s: %v allocations, want %v", tt.name, got, tt.want)
		}
	}
}
