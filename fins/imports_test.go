package fins

import (
	"go/build"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestImports: a user of this package compiles the standard library and this
// module, nothing else.
func TestImports(t *testing.T) {
	for _, dir := range []string{".", "../core"} {
		pkg, err := build.Default.ImportDir(dir, 0)
		require.NoError(t, err)
		for _, path := range pkg.Imports {
			first, _, _ := strings.Cut(path, "/")
			if strings.Contains(first, ".") {
				require.Equal(t, "github.com/fieldstatus/fieldstatus/core", path, "import of %s", dir)
			}
		}
	}
}
