package eniptest_test

import (
	"testing"

	"github.com/fieldstatus/fieldstatus/core/coretest"
	"github.com/fieldstatus/fieldstatus/enip"
	"github.com/fieldstatus/fieldstatus/enip/eniptest"
)

// readDINT stands for the driver under test.
func readDINT(t *testing.T, plc *eniptest.Device, tag string) error {
	_, err := connect(t, plc).read(tag, 1)
	return err
}

// testPrivilegeViolation is a test as a driver has it, where it is called TestPrivilegeViolation.
func testPrivilegeViolation(t *testing.T) {
	plc := eniptest.NewDevice(t)
	plc.Set("Speed", int32(42))
	plc.FailItem("Speed", enip.PrivilegeViolation)
	err := readDINT(t, plc, "Speed")
	coretest.RequireCode(t, err, 10715)
	coretest.RequireStatus(t, err, enip.PrivilegeViolation)
}

func ExampleDevice() {
	_ = testPrivilegeViolation // go test calls it, and brings the t
}
