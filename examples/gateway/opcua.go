package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/gopcua/opcua/ua"

	"github.com/fieldstatus/fieldstatus/opcua/opcuatest"

	"github.com/fieldstatus/fieldstatus/examples/opcua"
	"github.com/fieldstatus/fieldstatus/examples/southbound"
)

func opcuaProtocol() *protocol {
	return &protocol{
		name: "opcua",
		driver: func(address string, timeout time.Duration, settings json.RawMessage) (southbound.Driver, error) {
			return configured(opcua.Driver{Endpoint: "opc.tcp://" + strings.TrimPrefix(address, "opc.tcp://"), Timeout: timeout}, settings)
		},
		start: func(t testing.TB) device { return opcuatest.NewDevice(t) },
		set: func(d device, tag southbound.Tag, value any) error {
			d.(*opcuatest.Device).Set(tag.Address, value)
			return nil
		},
		troubles: troubles(
			item("node", "Second tag: node id unknown", "第二个点位：节点 ID 未知", ua.StatusBadNodeIDUnknown),
			item("sensor", "Second tag: sensor failure", "第二个点位：传感器故障", ua.StatusBadSensorFailure),
			request("session", "Session lost", "会话丢失", ua.StatusBadSessionIDInvalid),
		),
	}
}
