package enip

import (
	"os"
	"testing"

	"github.com/fieldstatus/fieldstatus/examples/southbound/drivertest"
)

// TestMain also runs in the namespace of TestServer, whose server never ends.
func TestMain(m *testing.M) {
	if os.Getenv(inside) != "" {
		os.Exit(m.Run())
	}
	drivertest.Main(m)
}
