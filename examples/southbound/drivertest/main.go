package drivertest

import (
	"io"
	"log"
	"os"
	"testing"

	"github.com/fieldstatus/fieldstatus/internal/leaks"
)

// Main is the TestMain of a driver, and of what runs drivers. It ends the program, with a failure when the
// tests have left goroutines or file descriptors behind.
//
//	func TestMain(m *testing.M) { drivertest.Main(m) }
func Main(m *testing.M) {
	log.SetOutput(io.Discard) // where some client libraries tell what they do
	os.Exit(leaks.Run(m))
}
