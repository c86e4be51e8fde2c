package main

import (
	"encoding/binary"
	"encoding/json"
	"testing"
	"time"

	"github.com/vapourismo/knx-go/knx/dpt"

	knxstatus "github.com/fieldstatus/fieldstatus/knx"
	"github.com/fieldstatus/fieldstatus/knx/knxtest"

	"github.com/fieldstatus/fieldstatus/examples/knx"
	"github.com/fieldstatus/fieldstatus/examples/southbound"
)

func knxProtocol() *protocol {
	return &protocol{
		name: "knx",
		driver: func(address string, timeout time.Duration, settings json.RawMessage) (southbound.Driver, error) {
			return configured(knx.Driver{Addr: address, Timeout: timeout}, settings)
		},
		start: func(t testing.TB) device { return knxtest.NewDevice(t) },
		set:   setKNX,
		troubles: troubles(
			item("confirm", "Second tag: device does not exist", "第二个点位：设备不存在", knxstatus.ConfirmError),
			item("answer", "Second tag: nobody answers", "第二个点位：无人应答", knxstatus.GroupReadTimeout),
		),
	}
}

// setKNX packs a value as the bus does: a bit in six bits, FLOAT in two octets.
func setKNX(d device, tag southbound.Tag, value any) error {
	var octets []byte
	switch v := value.(type) {
	case bool:
		octets = dpt.DPT_1001(v).Pack()
	case float32:
		octets = dpt.DPT_9001(v).Pack()
	default:
		b, err := tag.Type.Encode(binary.BigEndian, value)
		if err != nil {
			return err
		}
		octets = append([]byte{0}, b...)
	}
	d.(*knxtest.Device).Set(tag.Address, octets)
	return nil
}
