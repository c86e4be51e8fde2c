package devicetest_test

import "testing"

// TestExample runs what the example shows.
func TestExample(t *testing.T) { testMeter(t) }
