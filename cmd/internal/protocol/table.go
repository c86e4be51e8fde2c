package protocol

import (
	"net/netip"
	"slices"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/enip"
	"github.com/fieldstatus/fieldstatus/fins"
	"github.com/fieldstatus/fieldstatus/focas"
	"github.com/fieldstatus/fieldstatus/knx"
	"github.com/fieldstatus/fieldstatus/nona11"
	"github.com/fieldstatus/fieldstatus/opcua"
	"github.com/fieldstatus/fieldstatus/s7"
)

// All returns the protocols, in the order of the help texts.
func All() []*Protocol { return slices.Clone(table) }

// table is never changed.
var table = []*Protocol{
	{
		Name: "s7", Title: "Siemens S7 over ISO-on-TCP",
		TCP: []uint16{102}, Scan: s7.ScanFrames,
		New:  func() Conversation { return &s7.Conversation{} },
		Rows: s7.Rows, Translate: s7.Translate, Natives: s7Natives,
	},
	{
		Name: "opcua", Title: "OPC UA over TCP",
		TCP: []uint16{4840}, Scan: opcua.ScanFrames,
		New:  func() Conversation { return &opcua.Conversation{} },
		Rows: opcua.Rows, Outcomes: opcua.Outcomes, Translate: opcua.Translate, Natives: opcuaNatives, Pasted: opcuaPasted,
	},
	{
		Name: "fins", Title: "Omron FINS",
		TCP: []uint16{9600}, UDP: []uint16{9600}, Scan: fins.ScanFrames, Datagrams: true,
		New: func() Conversation { return &fins.Conversation{} },
		// Bit 6 of the first byte (ICF) tells responses from commands.
		Request: func(frame []byte) bool { return len(frame) > 0 && frame[0]&0x40 == 0 },
		Rows:    fins.Rows, Outcomes: fins.Outcomes, Translate: fins.Translate, Natives: finsNatives,
	},
	{
		Name: "enip", Title: "EtherNet/IP with CIP and PCCC",
		TCP: []uint16{44818}, Scan: enip.ScanFrames,
		New:  func() Conversation { return &enip.Conversation{} },
		Rows: enip.Rows, Outcomes: enip.Outcomes, Translate: enip.Translate, Natives: enipNatives,
	},
	{
		Name: "knx", Title: "KNXnet/IP with cEMI",
		TCP: []uint16{3671}, UDP: []uint16{3671}, Scan: knx.ScanFrames,
		New: func() Conversation { return &knx.Conversation{} },
		Endpoint: func(c Conversation) (netip.AddrPort, bool) {
			return c.(*knx.Conversation).DataEndpoint()
		},
		Rows: knx.Rows, Translate: knx.Translate,
	},
	{
		Name: "focas", Title: "FANUC FOCAS",
		TCP: []uint16{8193}, Scan: focas.ScanFrames,
		New:  func() Conversation { return &focas.Conversation{} },
		Rows: focas.Rows, Outcomes: focas.Outcomes, Translate: focas.Translate,
	},
	{
		Name: "nona11", Title: "NON A11, units in oil fields", Rows: nona11.Rows, Translate: nona11.Translate,
	},
	{
		Name: "net", Title: "the network below all protocols", Rows: core.Rows, Translate: core.Translate,
	},
}
