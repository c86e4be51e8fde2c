package leaks

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestMain(m *testing.M) { os.Exit(Run(m)) }

func TestWhatIsLeftIsTold(t *testing.T) {
	before := now()
	require.Equal(t, runtime.GOOS == "linux", before.files > 0, "only Linux is known to tell the files")
	stop := make(chan struct{})
	go func() { <-stop }()
	f, err := os.Create(filepath.Join(t.TempDir(), "left-open"))
	require.NoError(t, err)

	var b strings.Builder
	start := time.Now()
	assert.False(t, settles(before, 50*time.Millisecond, &b))
	assert.GreaterOrEqual(t, time.Since(start), 50*time.Millisecond)
	assert.Contains(t, b.String(), "left behind: ")
	assert.Contains(t, b.String(), "TestWhatIsLeftIsTold")
	if before.files > 0 {
		assert.Contains(t, b.String(), "left-open")
	}

	close(stop)
	assert.Equal(t, before.files > 0, !settles(before, 50*time.Millisecond, io.Discard), "a file alone")
	require.NoError(t, f.Close())
	assert.True(t, settles(before, patience, &b))
}

func TestLessThanBeforeIsFine(t *testing.T) {
	before := now()
	before.goroutines++
	before.files++
	assert.True(t, settles(before, 0, io.Discard))
}

// The tests of a test program that runs as a child, by what the environment
// says it does.
const childDoes = "LEAKS_CHILD_DOES"

func TestChild(t *testing.T) {
	switch os.Getenv(childDoes) {
	case "":
		t.Skip("runs as a child of TestRun")
	case "leak":
		go func() { select {} }()
	case "leak and fail":
		go func() { select {} }()
		t.Fail()
	case "end late":
		go time.Sleep(200 * time.Millisecond)
	}
}

func TestRun(t *testing.T) {
	for _, c := range []struct {
		name, does, fuzz string
		status           int
		told             bool
	}{
		{"clean", "nothing", "", 0, false},
		{"what ends a little later", "end late", "", 0, false},
		{"a goroutine that stays", "leak", "", 1, true},
		{"a failure says enough", "leak and fail", "", 1, false},
		{"fuzzing", "leak", "FuzzNothing", 0, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			child := exec.Command(os.Args[0], "-test.run=^TestChild$", "-test.v", "-test.fuzz="+c.fuzz, "-test.fuzzcachedir="+t.TempDir())
			child.Env = append(os.Environ(), childDoes+"="+c.does)
			out, err := child.CombinedOutput()
			var exit *exec.ExitError
			if !errors.As(err, &exit) {
				require.NoError(t, err)
			}
			assert.Equal(t, c.status, child.ProcessState.ExitCode(), "%s", out)
			assert.Equal(t, c.told, strings.Contains(string(out), "left behind"), "%s", out)
		})
	}
}
