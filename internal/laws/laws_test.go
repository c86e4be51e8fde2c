package laws_test

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/internal/laws"
)

const stanza = "name: %s\nfrom: constructed, of nothing\nop: read\nrecv: %s\nexpect: fault 0x05 Address 10105\n\n"

// TestLawsHold: the toy passes all checks.
func TestLawsHold(t *testing.T) {
	laws.Table(t, "toy", rows)
	laws.Translate(t, core.Translate, fault(5), word(7))
	c := cover(t)
	laws.Every(c, faultField())
	laws.Sampled(c, wordField(), 0x001FFFFF)
	laws.Events(c, event.Status, "event")
	assert.True(t, c.Listed("fault", 5))
	for layer, v := range map[string]int64{"fault": 6, "word": 0x00100000, "event": 0} {
		assert.False(t, c.Listed(layer, v), "%s %d", layer, v)
	}
	c.Complete()
	in(t, map[string]string{"testdata/a.frames": fmt.Sprintf(stanza, "one", "01") + fmt.Sprintf(stanza, "two", "02")})
	laws.Stanzas(t)
}

func TestLong(t *testing.T) {
	for value, want := range map[string]bool{"": false, "1": true} {
		t.Setenv("FIELDSTATUS_LONG", value)
		assert.Equal(t, want, laws.Long(), value)
	}
}

const violates = "LAWS_VIOLATION"

// TestViolationsAreNoticed breaks one law after the other. The checks fail the
// test that they are given, so that each runs in a process of its own.
func TestViolationsAreNoticed(t *testing.T) {
	program, err := os.Executable()
	require.NoError(t, err)
	names := make([]string, 0, len(violations))
	for name := range violations {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			cmd := exec.Command(program, "-test.run=^TestViolation$")
			cmd.Env = append(os.Environ(), violates+"="+name)
			out, err := cmd.CombinedOutput()
			var exit *exec.ExitError
			require.ErrorAs(t, err, &exit, "%s", out)
			assert.Equal(t, 1, exit.ExitCode(), "%s", out)
			assert.Contains(t, string(out), violations[name].want)
		})
	}
}

func TestViolation(t *testing.T) {
	v, ok := violations[os.Getenv(violates)]
	if !ok {
		t.Skip("only in a process of its own")
	}
	v.check(t)
}
