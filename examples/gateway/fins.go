package main

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	finsstatus "github.com/fieldstatus/fieldstatus/fins"
	"github.com/fieldstatus/fieldstatus/fins/finstest"

	"github.com/fieldstatus/fieldstatus/examples/fins"
	"github.com/fieldstatus/fieldstatus/examples/southbound"
)

func finsProtocol() *protocol {
	return &protocol{
		name: "fins",
		driver: func(address string, timeout time.Duration, settings json.RawMessage) (southbound.Driver, error) {
			return configured(fins.Driver{Addr: address, Network: "tcp", Timeout: timeout}, settings)
		},
		start: func(t testing.TB) device { return finstest.NewTCPDevice(t) },
		set:   setFINS,
		troubles: troubles(
			item("range", "Second tag: address range error", "第二个点位：地址范围错误", finsstatus.AddressRangeError),
			request("alarm", "CPU alarm beside good values", "CPU 报警（数值仍有效）", finsstatus.EndCode(0x0040)),
			request("protected", "Read protected", "读保护", finsstatus.ReadProtected),
		),
	}
}

func setFINS(d device, tag southbound.Tag, value any) error {
	b, err := fins.Encode(tag.Type, value)
	if err != nil {
		return err
	}
	address := tag.Address
	if tag.Type != southbound.Bool {
		address = fmt.Sprintf("%s[%d]", address, len(b)/2)
	}
	d.(*finstest.Device).Set(address, b)
	return nil
}
