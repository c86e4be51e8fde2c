package focastest_test

import (
	"testing"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
	"github.com/fieldstatus/fieldstatus/focas"
	"github.com/fieldstatus/fieldstatus/focas/focastest"
)

// readMacro stands for the driver under test.
func readMacro(addr string, number int32) error {
	c, err := tryDial(addr, focas.CommandConnection)
	if err != nil {
		return err
	}
	defer c.conn.Close()
	_, err = c.one(core.Read, macro(number, number))
	return err
}

// testMissingOption is a test as a driver has it, where it is called TestMissingOption.
func testMissingOption(t *testing.T) {
	cnc := focastest.NewDevice(t)
	cnc.FailItem("0x0015 501", focas.EWNoopt)
	err := readMacro(cnc.Addr(), 501)
	coretest.RequireCode(t, err, core.FOCASError)
	coretest.RequireStatus(t, err, focas.EWNoopt)
}

func ExampleDevice() {
	_ = testMissingOption // go test calls it, and brings the t
}
