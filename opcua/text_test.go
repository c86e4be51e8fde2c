package opcua

import (
	"io/fs"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestWordings looks for every wording in the source of the gopcua that is
// required: an update of gopcua that changes one fails here.
func TestWordings(t *testing.T) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/gopcua/opcua").Output()
	if err != nil {
		t.Skipf("the go command is needed to find gopcua's source: %v", err)
	}
	var source strings.Builder
	dir := os.DirFS(strings.TrimSpace(string(out)))
	require.NoError(t, fs.WalkDir(dir, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.HasPrefix(path, "server/") || strings.HasPrefix(path, "examples/") {
			return err
		}
		data, err := fs.ReadFile(dir, path)
		source.Write(data)
		return err
	}))
	text := source.String()
	require.Contains(t, text, `const Prefix = "`+gopcuaPrefix+`"`)
	for _, w := range wordings {
		assert.Contains(t, text, `"`+strings.TrimSuffix(strings.TrimPrefix(w.prefix, gopcuaPrefix), "*ua.StatusChangeNotification"))
		assert.Contains(t, text, w.infix)
	}
	for _, prefix := range malformedTexts {
		assert.Contains(t, text, `"`+strings.TrimPrefix(prefix, gopcuaPrefix))
	}
}

// TestWordingsOrder: no wording hides another behind it.
func TestWordingsOrder(t *testing.T) {
	for i, w := range wordings {
		for _, earlier := range wordings[:i] {
			if earlier.infix == "" && earlier.code != w.code {
				assert.False(t, strings.HasPrefix(w.prefix, earlier.prefix), "%q is never reached behind %q", w.prefix, earlier.prefix)
			}
		}
		s, ok := statusOfText(w.prefix + "x" + w.infix + "y")
		assert.True(t, ok)
		assert.EqualValues(t, w.code, s.Value(), w.prefix)
	}
}
