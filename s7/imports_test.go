package s7

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A user of this package compiles the standard library, gos7 and us.
func TestImports(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	require.NoError(t, err)
	allowed := map[string]bool{
		"github.com/robinson/gos7":                         true,
		"github.com/fieldstatus/fieldstatus/core":          true,
		"github.com/fieldstatus/fieldstatus/internal/wire": true,
		"github.com/fieldstatus/fieldstatus/s7":            true,
	}
	for _, pkg := range strings.Fields(string(out)) {
		if first, _, _ := strings.Cut(pkg, "/"); strings.Contains(first, ".") {
			assert.True(t, allowed[pkg], "imports %s", pkg)
		}
	}
}
