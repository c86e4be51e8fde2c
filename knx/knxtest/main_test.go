package knxtest_test

import (
	"os"
	"testing"

	"github.com/fieldstatus/fieldstatus/internal/leaks"
)

func TestMain(m *testing.M) { os.Exit(leaks.Run(m)) }

// TestExample runs what the example shows.
func TestExample(t *testing.T) {
	testNobodyAcknowledges(t)
}
