package opcua_test

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestImports: of gopcua only ua and uacp, and what they bring along; the
// client package would bring net/http and expvar into every driver.
func TestImports(t *testing.T) {
	list := func(args ...string) []string {
		out, err := exec.Command("go", append([]string{"list"}, args...)...).Output()
		if err != nil {
			t.Skipf("the go command is needed to list imports: %v", err)
		}
		return strings.Fields(string(out))
	}
	ours := map[string]bool{
		"github.com/gopcua/opcua/ua": true, "github.com/gopcua/opcua/uacp": true,
		"github.com/fieldstatus/fieldstatus/core": true, "github.com/fieldstatus/fieldstatus/internal/wire": true,
	}
	for _, path := range list("-f", `{{join .Imports "\n"}}`, ".") {
		assert.True(t, ours[path] || standard(path), "%s is imported", path)
	}
	theirs := map[string]bool{ // what ua and uacp import
		"github.com/gopcua/opcua/debug": true, "github.com/gopcua/opcua/errors": true, "github.com/gopcua/opcua/id": true, "github.com/google/uuid": true,
	}
	for _, path := range list("-deps", ".") {
		assert.True(t, ours[path] || theirs[path] || standard(path) || path == "github.com/fieldstatus/fieldstatus/opcua", "%s is imported", path)
		assert.NotContains(t, []string{"net/http", "expvar", "crypto/tls"}, path)
	}
}

// standard reports whether a package belongs to the standard library.
func standard(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".")
}
