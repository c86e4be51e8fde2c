package opcuatest_test

import (
	"io"
	"log"
	"os"
	"testing"

	"github.com/fieldstatus/fieldstatus/internal/leaks"
)

func TestMain(m *testing.M) {
	log.SetOutput(io.Discard) // gopcua's server tells what it reads
	os.Exit(leaks.Run(m))
}

// TestExample runs what the example shows.
func TestExample(t *testing.T) {
	testNotReadable(t)
}
