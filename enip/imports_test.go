package enip

import (
	"os/exec"
	"strings"
	"testing"
)

// TestImports: a user of this package compiles the standard library and this
// module, nothing else.
func TestImports(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}}{{end}}", ".").Output()
	if err != nil {
		t.Skip("go list: ", err)
	}
	allowed := map[string]bool{}
	for _, name := range []string{"core", "internal/wire", "enip"} {
		allowed["github.com/fieldstatus/fieldstatus/"+name] = true
	}
	for _, path := range strings.Fields(string(out)) {
		if !allowed[path] {
			t.Errorf("imports %s", path)
		}
	}
}
