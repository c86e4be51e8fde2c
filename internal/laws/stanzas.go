package laws

import (
	"fmt"
	"os"
	"testing"

	"github.com/fieldstatus/fieldstatus/core/coretest"
)

// Stanzas checks the recorded frames in testdata of the package under test:
// every name once, and no two cases that play the same frames for the same op,
// stage and want.
func Stanzas(t *testing.T) {
	t.Helper()
	stanzas, err := coretest.ReadFrames(os.DirFS("testdata"), "*.frames")
	if err != nil {
		t.Fatal(err)
	}
	names, cases := map[string]string{}, map[string]string{}
	for _, s := range stanzas {
		at := fmt.Sprintf("%s:%d", s.File, s.Line)
		if other, ok := names[s.Name]; ok {
			t.Errorf("%s: the name %q stands at %s already", at, s.Name, other)
		}
		names[s.Name] = at
		key := fmt.Sprint(s.Frames, s.Op, s.Stage, s.Want)
		if other, ok := cases[key]; ok {
			t.Errorf("%s: %q tests the same as %s", at, s.Name, other)
		}
		cases[key] = at
	}
}
