package coretest_test

import (
	"testing"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
)

// readTag stands for the driver under test.
func readTag(string) error { return core.Translate(core.Read, core.NetReset) }

// testLostConnection is a test as a driver has it, where it is called TestLostConnection.
func testLostConnection(t *testing.T) {
	err := readTag("motor.speed")
	coretest.RequireCode(t, err, core.PluginNotConnected)
	coretest.RequireStatus(t, err, core.NetReset)
	coretest.RequireRemedy(t, err, core.Reconnect)
}

func ExampleRequireCode() {
	_ = testLostConnection // go test calls it, and brings the t
}
