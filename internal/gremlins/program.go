package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// program is the test program of a package with all changes in it.
type program struct {
	Path     string
	Original string   // the directory of the unchanged package
	Sites    []site   // the first is number 1
	Slow     []string // regular expressions of tests that take long
	Unfit    string   // regular expression of tests that fail in it, "" for none
}

// errNoSites is about a package without an operator that can be switched.
var errNoSites = errors.New("nothing to switch")

// slow is what tests take that run only when quicker ones did not notice a change.
var slow = [...]time.Duration{100 * time.Millisecond, time.Second}

// buildProgram builds the test program of a package of a module in dir, and makes sure that its
// tests pass while nothing is changed. Tests that do not, such as one that counts allocations, are left out.
func buildProgram(ctx context.Context, dir, inside, work string) (*program, error) {
	p := &program{
		Path:     filepath.Join(work, "package.test"),
		Original: filepath.Join(dir, inside),
	}
	overlay, err := p.rewrite(ctx, dir, inside, work)
	if err != nil {
		return nil, err
	}
	if len(p.Sites) == 0 {
		return nil, errNoSites
	}
	build := goCommand(ctx, dir, "test", "-c", "-vet=off", "-overlay", overlay, "-o", p.Path, "./"+inside)
	if out, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("go test -c: %w\n%s", err, out)
	}

	out, err := p.command(ctx, p.Original, change{}, "-test.v").CombinedOutput()
	p.Slow, p.Unfit = slowTests(out), pattern(testNames(failed, out))
	if err != nil && p.Unfit == "" {
		return nil, fmt.Errorf("it fails: %w\n%s", err, tail(out))
	}
	for _, args := range p.rounds() {
		if out, err := p.command(ctx, p.Original, change{}, args...).CombinedOutput(); err != nil {
			return nil, fmt.Errorf("it fails with %s: %w\n%s", args, err, tail(out))
		}
	}
	return p, nil
}

// rewrite writes the files of the package with their schemata to work, and gives the overlay that puts them in place.
func (p *program) rewrite(ctx context.Context, dir, inside, work string) (overlay string, err error) {
	files, exports, err := listFiles(ctx, dir, inside)
	if err != nil {
		return "", err
	}
	s := &schemata{
		info: &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}, Defs: map[*ast.Ident]types.Object{}},
		set:  token.NewFileSet(),
	}
	var parsed []*ast.File
	sources := map[*ast.File][]byte{}
	for _, name := range files {
		source, err := os.ReadFile(filepath.Join(p.Original, name))
		if err != nil {
			return "", err
		}
		file, err := parser.ParseFile(s.set, name, source, parser.SkipObjectResolution)
		if err != nil {
			return "", err
		}
		parsed = append(parsed, file)
		sources[file] = source
	}
	lookup := func(path string) (io.ReadCloser, error) {
		if exports[path] == "" {
			return nil, fmt.Errorf("no export data of %s", path)
		}
		return os.Open(exports[path])
	}
	checker := types.Config{Importer: importer.ForCompiler(s.set, "gc", lookup)}
	if s.pkg, err = checker.Check(inside, s.set, parsed, s.info); err != nil {
		return "", err
	}

	replaced := map[string]string{}
	write := func(name string, source []byte) error {
		to := filepath.Join(work, name)
		replaced[filepath.Join(p.Original, name)] = to
		return os.WriteFile(to, source, 0o666)
	}
	for i, file := range parsed {
		if strings.HasSuffix(files[i], "_gen.go") {
			continue // gremlins leaves them out
		}
		if err := write(files[i], s.rewrite(files[i], file, sources[file])); err != nil {
			return "", err
		}
	}
	if err := write("schemata_functions.go", functions(s.pkg.Name())); err != nil {
		return "", err
	}
	p.Sites = s.sites
	overlay = filepath.Join(work, "overlay.json")
	return overlay, writeJSON(overlay, map[string]any{"Replace": replaced})
}

// listFiles gives the Go files of a package, and for everything that it imports the file with its export data.
func listFiles(ctx context.Context, dir, inside string) (files []string, exports map[string]string, err error) {
	list := goCommand(ctx, dir, "list", "-export", "-deps", "-json=ImportPath,Export,GoFiles", "./"+inside)
	var complaints bytes.Buffer
	list.Stderr = &complaints
	out, err := list.Output()
	if err != nil {
		return nil, nil, fmt.Errorf("go list: %w\n%s", err, &complaints)
	}
	exports = map[string]string{}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct {
			ImportPath, Export string
			GoFiles            []string
		}
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return files, exports, nil
		} else if err != nil {
			return nil, nil, err
		}
		exports[p.ImportPath] = p.Export
		files = p.GoFiles // the package itself is the last one
	}
}

var (
	passed = regexp.MustCompile(`(?m)^--- PASS: (\S+) \(([0-9.]+s)\)$`)
	failed = regexp.MustCompile(`(?m)^--- FAIL: (\S+) `)
)

func testNames(result *regexp.Regexp, out []byte) []string {
	var names []string
	for _, m := range result.FindAllSubmatch(out, -1) {
		names = append(names, string(m[1]))
	}
	return names
}

// pattern gives a regular expression for tests, "" for none.
func pattern(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return "^(" + strings.Join(names, "|") + ")$"
}

// slowTests gives regular expressions of the tests that take long in the output of -test.v, the quicker ones first.
func slowTests(out []byte) []string {
	var names [len(slow)][]string
	for _, m := range passed.FindAllSubmatch(out, -1) {
		took, err := time.ParseDuration(string(m[2]))
		if err != nil {
			continue
		}
		for i := len(slow) - 1; i >= 0; i-- {
			if took >= slow[i] {
				names[i] = append(names[i], string(m[1]))
				break
			}
		}
	}
	var patterns []string
	for _, group := range names {
		if len(group) > 0 {
			patterns = append(patterns, pattern(group))
		}
	}
	return patterns
}

// rounds gives the arguments with which the program runs one after the other until a test fails.
func (p *program) rounds() [][]string {
	rounds := [][]string{{"-test.failfast"}}
	skip := p.Slow
	if p.Unfit != "" {
		skip = append(slices.Clip(skip), p.Unfit)
	}
	if len(skip) > 0 {
		rounds[0] = append(rounds[0], "-test.skip", strings.Join(skip, "|"))
	}
	for _, tests := range p.Slow {
		rounds = append(rounds, []string{"-test.failfast", "-test.run", tests})
	}
	return rounds
}

// number gives the number of a site, 0 for one that the program does not know.
func (p *program) number(at site) int { return slices.Index(p.Sites, at) + 1 }

// command runs the program in the directory of the package, or of a changed copy of it, and makes a change.
func (p *program) command(ctx context.Context, dir string, c change, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, p.Path, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "PWD="+dir)
	if n := p.number(c.site); n > 0 {
		cmd.Env = append(cmd.Env, fmt.Sprintf("%s=%d %s", envChange, n, c.operator))
	}
	return cmd
}

// notices tells whether a test fails in a changed copy of the package. If none does, or if the
// program does not know the change, that is for a build of its own to say.
func (p *program) notices(dir, timeout string) bool {
	c, err := findChange(p.Original, dir)
	if err != nil || p.number(c.site) == 0 {
		return false
	}
	for _, args := range p.rounds() {
		if p.command(context.Background(), dir, c, append(args, "-test.timeout", timeout)...).Run() != nil {
			return true
		}
	}
	return false
}

// tail gives the end of what a command printed.
func tail(out []byte) []byte { return out[max(0, len(out)-2000):] }

func goCommand(ctx context.Context, dir string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "PWD="+dir)
	return cmd
}

func readProgram(name string) (*program, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	p := new(program)
	return p, json.Unmarshal(data, p)
}

func writeJSON(name string, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return os.WriteFile(name, data, 0o666)
}
