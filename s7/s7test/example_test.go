package s7test_test

import (
	"testing"

	"github.com/robinson/gos7"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
	"github.com/fieldstatus/fieldstatus/s7"
	"github.com/fieldstatus/fieldstatus/s7/s7test"
)

// readWord stands for the driver under test.
func readWord(addr string, db, start int) error {
	h := gos7.NewTCPClientHandler(addr, 0, 2)
	if err := h.Connect(); err != nil {
		return s7.Translate(core.Connect, err)
	}
	defer h.Close()
	var x s7.Exchange
	return s7.Translate(core.Read, gos7.NewClient2(&x, h).AGReadDB(db, start, 2, make([]byte, 2)))
}

// testAddressOutOfRange is a test as a driver has it, where it is called TestAddressOutOfRange.
func testAddressOutOfRange(t *testing.T) {
	plc := s7test.NewDevice(t)
	plc.FailItem("DB1.DBW4", s7.AddressOutOfRange)
	err := readWord(plc.Addr(), 1, 4)
	coretest.RequireCode(t, err, core.S7AddressInvalid)
	coretest.RequireStatus(t, err, s7.AddressOutOfRange)
}

func ExampleDevice() {
	_ = testAddressOutOfRange // go test calls it, and brings the t
}
