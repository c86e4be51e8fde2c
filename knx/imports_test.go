package knx

import (
	"go/build"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestImports: a user of this package compiles the standard library and this
// module, nothing else.
func TestImports(t *testing.T) {
	pkg, err := build.Default.ImportDir(".", 0)
	require.NoError(t, err)
	for _, path := range pkg.Imports {
		switch path {
		case "github.com/fieldstatus/fieldstatus/core", "github.com/fieldstatus/fieldstatus/internal/wire":
		default:
			first, _, _ := strings.Cut(path, "/")
			require.NotContains(t, first, ".", "import of %s", path)
		}
	}
}
