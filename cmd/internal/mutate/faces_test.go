package mutate

import (
	"encoding/binary"
	"os"
	"testing"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
	"github.com/fieldstatus/fieldstatus/enip"
	"github.com/fieldstatus/fieldstatus/fins"
	"github.com/fieldstatus/fieldstatus/focas"
	"github.com/fieldstatus/fieldstatus/internal/hostile"
	"github.com/fieldstatus/fieldstatus/knx"
	"github.com/fieldstatus/fieldstatus/opcua"
	"github.com/fieldstatus/fieldstatus/s7"
)

// A protocol is one whose decoders the loop runs.
type protocol struct {
	name string
	hostile.Face
	parse   func(frame []byte) error
	fresh   func(hostile.Conversation) // makes a conversation as good as new
	stanzas []coretest.Stanza
}

// protocols returns all protocols with frames.
func protocols(tb testing.TB) []*protocol {
	tb.Helper()
	all := []*protocol{
		{
			name: "s7",
			Face: hostile.Face{
				Append: s7.AppendStatuses, Scan: s7.ScanFrames, Open: func() hostile.Conversation { return new(s7.Conversation) },
				Faults: []core.Code{core.PluginMessageDisorder, core.S7COTPDisconnected, core.S7Disconnected},
				Mend:   hostile.Length16(binary.BigEndian, 2, 0),
			},
			parse: func(frame []byte) error { _, err := s7.ParseResponse(frame); return err },
			fresh: func(c hostile.Conversation) { *c.(*s7.Conversation) = s7.Conversation{} },
		},
		{
			name: "opcua",
			Face: hostile.Face{
				Append: opcua.AppendStatuses, Scan: opcua.ScanFrames, Open: func() hostile.Conversation { return new(opcua.Conversation) },
				Faults: []core.Code{core.PluginMessageDisorder},
				Mend:   hostile.Length32(binary.LittleEndian, 4, 0), Unasked: hostile.Earlier(1<<32, 3<<32),
			},
			parse: func(frame []byte) error { _, err := opcua.ParseResponse(frame); return err },
			fresh: func(c hostile.Conversation) { *c.(*opcua.Conversation) = opcua.Conversation{} },
		},
		{
			name: "fins",
			Face: hostile.Face{
				Append: fins.AppendStatuses, Scan: fins.ScanFrames, Open: func() hostile.Conversation { return new(fins.Conversation) },
				Faults: []core.Code{core.PluginMessageDisorder, core.FINSDisconnected},
				Mend:   hostile.FINS,
				Enough: func(frame []byte) int {
					if len(frame) > 1 && frame[1] == 0 {
						return 14 // a datagram, up to its end code
					}
					return 0
				},
			},
			parse: func(frame []byte) error { _, err := fins.ParseResponse(frame); return err },
			fresh: func(c hostile.Conversation) { *c.(*fins.Conversation) = fins.Conversation{} },
		},
		{
			name: "enip",
			Face: hostile.Face{
				Append: enip.AppendStatuses, Scan: enip.ScanFrames, Open: func() hostile.Conversation { return new(enip.Conversation) },
				Faults: []core.Code{core.PluginMessageDisorder},
				Mend:   hostile.Length16(binary.LittleEndian, 2, 24),
			},
			parse: func(frame []byte) error { _, err := enip.ParseResponse(frame); return err },
			fresh: func(c hostile.Conversation) { *c.(*enip.Conversation) = enip.Conversation{} },
		},
		{
			name: "knx",
			Face: hostile.Face{
				Append: knx.AppendStatuses, Scan: knx.ScanFrames, Open: func() hostile.Conversation { return new(knx.Conversation) },
				Faults: []core.Code{core.PluginMessageDisorder},
				Mend:   hostile.Length16(binary.BigEndian, 4, 0), Unasked: hostile.News("knxnetip-service", "tunnel-bus-status", "router-device-state"),
			},
			parse: func(frame []byte) error { _, err := knx.ParseResponse(frame); return err },
			fresh: func(c hostile.Conversation) { *c.(*knx.Conversation) = knx.Conversation{} },
		},
		{
			name: "focas",
			Face: hostile.Face{
				Append: focas.AppendStatuses, Scan: focas.ScanFrames, Open: func() hostile.Conversation { return new(focas.Conversation) },
				Mend: hostile.Length16(binary.BigEndian, 8, 10),
			},
			parse: func(frame []byte) error { _, err := focas.ParseResponse(frame); return err },
			fresh: func(c hostile.Conversation) { *c.(*focas.Conversation) = focas.Conversation{} },
		},
	}
	for _, p := range all {
		stanzas, err := coretest.ReadFrames(os.DirFS("../../../"+p.name+"/testdata"), "*.frames")
		if err != nil {
			tb.Fatal(err)
		}
		p.stanzas = stanzas
	}
	return all
}
