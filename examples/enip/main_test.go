package enip

import (
	"os"
	"testing"

	"github.com/fieldstatus/fieldstatus/internal/leaks"
)

// TestMain also runs in the namespace of TestServer, whose server never ends.
func TestMain(m *testing.M) {
	if os.Getenv(inside) != "" {
		os.Exit(m.Run())
	}
	os.Exit(leaks.Run(m))
}
