package main

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"regexp"
	"testing"
	"time"

	s7status "github.com/fieldstatus/fieldstatus/s7"
	"github.com/fieldstatus/fieldstatus/s7/s7test"

	"github.com/fieldstatus/fieldstatus/examples/s7"
	"github.com/fieldstatus/fieldstatus/examples/southbound"
)

func s7Protocol() *protocol {
	return &protocol{
		name: "s7",
		driver: func(address string, timeout time.Duration, settings json.RawMessage) (southbound.Driver, error) {
			return configured(s7.Driver{Addr: address, Slot: 1, Timeout: timeout}, settings)
		},
		start: func(t testing.TB) device { return s7test.NewDevice(t) },
		set:   setS7,
		troubles: troubles(
			item("address", "Second tag: address does not exist", "第二个点位：地址不存在", s7status.AddressOutOfRange),
			request("access", "PUT/GET not permitted", "未允许 PUT/GET 访问", s7status.HeaderCode7FunNotAvailable),
			item("hardware", "Second tag: hardware fault", "第二个点位：硬件故障", s7status.HardwareFault),
		),
	}
}

// atByte is the end of an address behind whose B any number can begin. The device
// wants to be told how many bytes it has.
var atByte = regexp.MustCompile(`B\d+$`)

func setS7(d device, tag southbound.Tag, value any) error {
	b, err := tag.Type.Encode(binary.BigEndian, value)
	if err != nil {
		return err
	}
	address := tag.Address
	if atByte.MatchString(address) {
		address = fmt.Sprintf("%s[%d]", address, len(b))
	}
	d.(*s7test.Device).Set(address, b)
	return nil
}
