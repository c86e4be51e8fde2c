package leaks

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestMain(m *testing.M) { os.Exit(Run(m)) }

func TestWhatIsLeftIsTold(t *testing.T) {
	before := now()
	stop := make(chan struct{})
	go func() { <-stop }()
	f, err := os.Open("leaks.go")
	require.NoError(t, err)

	var b strings.Builder
	assert.False(t, settles(before, 20*time.Millisecond, &b))
	assert.Contains(t, b.String(), "left behind: ")
	assert.Contains(t, b.String(), "TestWhatIsLeftIsTold")
	if openFiles() > 0 {
		assert.Contains(t, b.String(), "leaks.go")
	}

	close(stop)
	require.NoError(t, f.Close())
	assert.True(t, settles(before, patience, &b))
}
