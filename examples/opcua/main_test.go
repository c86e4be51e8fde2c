package opcua

import (
	"testing"

	"github.com/fieldstatus/fieldstatus/examples/southbound/drivertest"
)

func TestMain(m *testing.M) { drivertest.Main(m) }
