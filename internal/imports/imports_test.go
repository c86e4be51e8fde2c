package imports

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const module = "github.com/fieldstatus/fieldstatus"

// A pkg is what the go command knows about a package without its tests.
type pkg struct {
	ImportPath    string
	Standard      bool
	Imports, Deps []string
	Module        struct{ Path string }
}

// list returns the packages of a module below the root, and everything that they
// depend on, by import path.
func list(t *testing.T, dir string) (own []string, all map[string]pkg) {
	t.Helper()
	cmd := exec.Command("go", "list", "-deps", "-json=ImportPath,Standard,Imports,Deps,Module", "./...")
	cmd.Dir = filepath.Join("..", "..", dir)
	var text bytes.Buffer
	cmd.Stderr = &text
	out, err := cmd.Output()
	require.NoError(t, err, text.String())
	all = map[string]pkg{}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		if err := d.Decode(&p); err == io.EOF {
			break
		} else {
			require.NoError(t, err)
		}
		all[p.ImportPath] = p
		if p.Module.Path == strings.TrimSuffix(module+"/"+dir, "/.") {
			own = append(own, p.ImportPath)
		}
	}
	slices.Sort(own)
	return own, all
}

// allowed reads allowed.txt: the lines without comments, by what stands before
// the colon.
func allowed(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile("allowed.txt")
	require.NoError(t, err)
	lines := map[string]string{}
	for i, line := range strings.Split(string(text), "\n") {
		if line == "" || line[0] == '#' {
			continue
		}
		of, what, ok := strings.Cut(line, ":")
		require.True(t, ok, "allowed.txt:%d: want \"package: imports\"", i+1)
		require.NotContains(t, lines, of, "allowed.txt:%d", i+1)
		lines[of] = strings.TrimSpace(what)
	}
	return lines
}

// TestImports: the lines of allowed.txt are what is imported, no more and no less.
func TestImports(t *testing.T) {
	want := allowed(t)
	have := map[string]string{}
	own, all := list(t, ".")
	for _, path := range own {
		p := all[path]
		of := short(path)
		line := imports(p, all, false)
		if strings.HasSuffix(want[of], "...") {
			line = strings.TrimSpace(line + " ...")
		} else {
			line = imports(p, all, true)
		}
		have[of] = line
	}
	for _, dir := range []string{"cmd", "examples"} {
		own, all := list(t, dir)
		have[dir+"/..."] = others(own, all, module)
	}
	for of := range have {
		if _, ok := want[of]; !ok {
			t.Errorf("allowed.txt has no line for this package:\n%s: %s", of, have[of])
		}
	}
	for of := range want {
		switch line, ok := have[of]; {
		case strings.HasPrefix(of, "with "):
		case !ok:
			t.Errorf("allowed.txt: there is no package %s", of)
		case line != want[of]:
			t.Errorf("the imports of %s are not those of allowed.txt:\nhave %s: %s\nwant %s: %s", of, of, line, of, want[of])
		}
	}
}

// TestWhatDriversCompile: a driver that imports a package compiles of other
// modules what the line "with package" says, and none of the heavy parts of the
// standard library.
func TestWhatDriversCompile(t *testing.T) {
	want := allowed(t)
	own, all := list(t, ".")
	n := 0
	for _, path := range own {
		of := "with " + short(path)
		line, ok := want[of]
		if !ok {
			continue
		}
		n++
		deps := append(all[path].Deps, path)
		assert.Equal(t, line, others(deps, all, module), of)
		for _, dep := range deps {
			assert.NotContains(t, []string{"net/http", "expvar", "crypto/tls", "testing", "os/exec"}, dep, of)
		}
	}
	for of := range want {
		if strings.HasPrefix(of, "with ") {
			n--
		}
	}
	assert.Zero(t, n, "a line of allowed.txt is for no package")
}

// short is the path of a package below the root of the module.
func short(path string) string { return strings.TrimPrefix(path, module+"/") }

// imports are the imports of a package, those of this module first, and last
// those of the standard library if they are wanted.
func imports(p pkg, all map[string]pkg, standard bool) string {
	var ours, theirs, std []string
	for _, path := range p.Imports {
		switch {
		case strings.HasPrefix(path, module+"/"):
			ours = append(ours, "./"+short(path))
		case !all[path].Standard:
			theirs = append(theirs, path)
		case standard:
			std = append(std, path)
		}
	}
	return strings.Join(slices.Concat(ours, theirs, std), " ")
}

// others are the packages of other modules among paths and their imports.
func others(paths []string, all map[string]pkg, ours string) string {
	var list []string
	for _, path := range paths {
		for _, dep := range append(all[path].Imports, path) {
			if p := all[dep]; !p.Standard && dep != "C" && p.ImportPath != "" && p.Module.Path != ours && !strings.HasPrefix(p.Module.Path, ours+"/") {
				list = append(list, dep)
			}
		}
	}
	slices.Sort(list)
	return strings.Join(slices.Compact(list), " ")
}

// TestListIsRead: what the test reads is what it is about.
func TestListIsRead(t *testing.T) {
	own, all := list(t, ".")
	assert.Contains(t, own, module+"/core")
	assert.Contains(t, all[module+"/s7"].Imports, "github.com/robinson/gos7", fmt.Sprint(all[module+"/s7"]))
	assert.Contains(t, all[module+"/opcua"].Deps, "github.com/gopcua/opcua/ua")
}
