package main

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	focasstatus "github.com/fieldstatus/fieldstatus/focas"
	"github.com/fieldstatus/fieldstatus/focas/focastest"

	"github.com/fieldstatus/fieldstatus/examples/focas"
	"github.com/fieldstatus/fieldstatus/examples/southbound"
)

func focasProtocol() *protocol {
	return &protocol{
		name: "focas",
		driver: func(address string, timeout time.Duration, settings json.RawMessage) (southbound.Driver, error) {
			return configured(focas.Driver{Addr: address, Timeout: timeout}, settings)
		},
		start: func(t testing.TB) device { return focastest.NewDevice(t) },
		set:   setMacro,
		troubles: troubles(
			trouble{"number", "Second tag: number out of range", "第二个点位：编号超出范围", func(n *node) {
				read := readMacro(n.second())
				n.device.FailItem(read, focasstatus.EWNumber)
				n.device.FailItem(strings.Replace(read, "0x0015", "0x0016", 1), focasstatus.EWNumber) // and that writes it
			}},
			request("option", "Option missing on the CNC", "CNC 缺少选件", focasstatus.EWNoopt),
			request("busy", "CNC busy", "CNC 忙", focasstatus.EWBusy),
		),
	}
}

// readMacro returns the block that reads a macro variable, as the device names it.
func readMacro(address string) string { return "0x0015 " + strings.TrimPrefix(address, "#") }

// setMacro gives a macro variable a value: mantissa, base and decimals.
func setMacro(d device, tag southbound.Tag, value any) error {
	const decimals = 3
	number, ok := value.(float64)
	if !ok || !strings.HasPrefix(tag.Address, "#") {
		return fmt.Errorf("%s of type %s: the CNC in this process has macro variables of type DOUBLE", tag.Address, tag.Type)
	}
	b := binary.BigEndian.AppendUint32(nil, uint32(int32(math.Round(number*1000))))
	d.(*focastest.Device).Set(readMacro(tag.Address), append(b, 0, 10, 0, decimals))
	return nil
}
