package nona11

import (
	"go/build"
	"strings"
	"testing"
)

// A user of this package compiles the standard library and this module's core.
func TestImports(t *testing.T) {
	pkg, err := build.ImportDir(".", 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range pkg.Imports {
		first, _, _ := strings.Cut(path, "/")
		switch {
		case !strings.Contains(first, "."):
		case strings.HasSuffix(path, "/fieldstatus/core"):
		default:
			t.Errorf("imports %s", path)
		}
	}
}
