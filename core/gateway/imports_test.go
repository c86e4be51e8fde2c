package gateway_test

import (
	"go/build"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestImports holds the promise of the design: a driver that answers the
// gateway's API compiles nothing but the standard library and core, and of the
// standard library no net/http.
func TestImports(t *testing.T) {
	pkg, err := build.ImportDir(".", 0)
	require.NoError(t, err)
	for _, path := range pkg.Imports {
		assert.Contains(t, []string{
			"bytes", "encoding/json", "errors", "maps", "reflect", "strconv",
			"github.com/fieldstatus/fieldstatus/core",
		}, path)
	}
}
