package knxtest_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
	"github.com/fieldstatus/fieldstatus/knx"
	"github.com/fieldstatus/fieldstatus/knx/knxtest"
)

// readLight stands for the driver under test.
func readLight(t *testing.T, addr string) error {
	c := dial(t, "udp", addr)
	require.NoError(t, c.connect(4, 4, 2, 0))
	_, err := c.readGroup(1<<11 | 2<<8 | 3)
	return err
}

// testNobodyAcknowledges is a test as a driver has it, where it is called TestNobodyAcknowledges.
func testNobodyAcknowledges(t *testing.T) {
	gateway := knxtest.NewDevice(t)
	gateway.FailItem("1/2/3", knx.ConfirmError)
	err := readLight(t, gateway.Addr())
	coretest.RequireCode(t, err, core.KNXDeviceNotExist)
	coretest.RequireStatus(t, err, knx.ConfirmError)
}

func ExampleDevice() {
	_ = testNobodyAcknowledges // go test calls it, and brings the t
}
