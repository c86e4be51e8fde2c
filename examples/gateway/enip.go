package main

import (
	"encoding/json"
	"testing"
	"time"

	enipstatus "github.com/fieldstatus/fieldstatus/enip"
	"github.com/fieldstatus/fieldstatus/enip/eniptest"

	"github.com/fieldstatus/fieldstatus/examples/enip"
	"github.com/fieldstatus/fieldstatus/examples/southbound"
)

func enipProtocol() *protocol {
	return &protocol{
		name: "enip",
		driver: func(address string, timeout time.Duration, settings json.RawMessage) (southbound.Driver, error) {
			return configured(enip.Driver{Addr: address, Timeout: timeout}, settings)
		},
		start: func(t testing.TB) device { return eniptest.NewDevice(t) },
		set: func(d device, tag southbound.Tag, value any) error {
			d.(*eniptest.Device).Set(tag.Address, value)
			return nil
		},
		troubles: without("disorder", troubles( // which gologix does not notice
			item("path", "Second tag: does not exist", "第二个点位：标签不存在", eniptest.Extended(enipstatus.PathSegmentError, 0)),
			item("privilege", "Second tag: external access none", "第二个点位：禁止外部访问", enipstatus.PrivilegeViolation),
			request("session", "Session not registered", "会话未注册", enipstatus.EncapsulationInvalidSessionHandle),
		)),
	}
}
