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

// testAddressRange is a test as a driver has it, where it is called TestAddressRange.
func testAddressRange(t *testing.T) {
	plc := finstest.NewDevice(t)
	plc.FailItem("D200", fins.AddressRangeError)
	err := readD200(t, plc, "udp")
	coretest.RequireCode(t, err, core.FINSParameterError)
	coretest.RequireStatus(t, err, fins.AddressRangeError)
}

func ExampleNewDevice() {
	_ = testAddressRange // go test calls it, and brings the t
}

// testFlatBattery is a test as a driver has it, where it is called TestFlatBattery.
func testFlatBattery(t *testing.T) {
	plc := finstest.NewTCPDevice(t)
	plc.Fail(fins.EndCode(0x0040)) // a flat battery: every command succeeds all the same
	coretest.RequireCode(t, readD200(t, plc, "tcp"), core.OK)
}

func ExampleNewTCPDevice() {
	_ = testFlatBattery // go test calls it, and brings the t
}
