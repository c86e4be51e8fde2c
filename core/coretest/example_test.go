package coretest_test

import (
	"testing"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
)

// readTag stands for the driver under test.
func readTag(string) error { return core.Translate(core.Read, core.NetReset) }

func ExampleRequireCode() {
	test := func(t *testing.T) {
		err := readTag("motor.speed")
		coretest.RequireCode(t, err, core.PluginNotConnected)
		coretest.RequireStatus(t, err, core.NetReset)
		coretest.RequireRemedy(t, err, core.Reconnect)
	}
	_ = test
}
