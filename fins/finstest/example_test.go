package finstest_test

import (
	"testing"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
	"github.com/fieldstatus/fieldstatus/fins"
	"github.com/fieldstatus/fieldstatus/fins/finstest"
)

// readD200 stands for the driver under test.
func readD200(t *testing.T, plc *finstest.Device, network string) error {
	_, err := open(t, plc, network).readWords(200, 1)
	return err
}

func ExampleNewDevice() {
	test := func(t *testing.T) {
		plc := finstest.NewDevice(t)
		plc.FailItem("D200", fins.AddressRangeError)
		err := readD200(t, plc, "udp")
		coretest.RequireCode(t, err, core.FINSParameterError)
		coretest.RequireStatus(t, err, fins.AddressRangeError)
	}
	_ = test
}

func ExampleNewTCPDevice() {
	test := func(t *testing.T) {
		plc := finstest.NewTCPDevice(t)
		plc.Fail(fins.EndCode(0x0040)) // a flat battery: every command succeeds all the same
		coretest.RequireCode(t, readD200(t, plc, "tcp"), core.OK)
	}
	_ = test
}
