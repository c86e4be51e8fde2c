package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

const version = "github.com/go-gremlins/gremlins/cmd/gremlins@v0.6.0"

// gremlins is an installed go-gremlins and a copy of the repository to run it on.
type gremlins struct {
	program string // the installed program
	bin     string // the directory of the stand-in for go
	copy    string // the copy of the repository
	temp    string // where gremlins makes its own copies
	report  string // what it writes
	work    string // for the test programs of packages
	workers int
	each    bool // builds every change by itself
}

func newGremlins(ctx context.Context, work string, workers int, each bool) (*gremlins, error) {
	g := &gremlins{
		program: filepath.Join(work, "tool", "gremlins"),
		bin:     filepath.Join(work, "bin"),
		copy:    filepath.Join(work, "copy"),
		temp:    filepath.Join(work, "temp"),
		report:  filepath.Join(work, "report.json"),
		work:    filepath.Join(work, "program"),
		workers: workers,
		each:    each,
	}
	for _, dir := range []string{g.bin, g.temp} {
		if err := os.Mkdir(dir, 0o777); err != nil {
			return nil, err
		}
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	if err := os.Symlink(self, filepath.Join(g.bin, standInName)); err != nil {
		return nil, err
	}
	install := exec.CommandContext(ctx, "go", "install", version)
	install.Env = append(os.Environ(), "GOBIN="+filepath.Dir(g.program))
	install.Stderr = os.Stderr
	if err := install.Run(); err != nil {
		return nil, fmt.Errorf("go install %s: %w", version, err)
	}
	return g, copyTree(ctx, g.copy)
}

// copyTree copies the files that git knows or would add, as they are now.
func copyTree(ctx context.Context, to string) error {
	out, err := exec.CommandContext(ctx, "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard").Output()
	if err != nil {
		return fmt.Errorf("git ls-files: %w", err)
	}
	for _, name := range strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		data, err := os.ReadFile(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue // deleted, and not yet committed
		}
		if err != nil {
			return err
		}
		copied := filepath.Join(to, name)
		if err := os.MkdirAll(filepath.Dir(copied), 0o777); err != nil {
			return err
		}
		if err := os.WriteFile(copied, data, 0o666); err != nil {
			return err
		}
	}
	return nil
}

// run changes the wanted files of a package and collects what became of it.
func (g *gremlins) run(ctx context.Context, pkg string, wanted *regexp.Regexp) (outcome, error) {
	module, inside, err := g.moduleOf(pkg)
	if err != nil {
		return outcome{}, err
	}
	modulePath, err := modulePath(filepath.Join(g.copy, module, "go.mod"))
	if err != nil {
		return outcome{}, err
	}
	realGo, err := exec.LookPath("go")
	if err != nil {
		return outcome{}, err
	}
	built := ""
	if !g.each {
		if built, err = g.build(ctx, pkg, module, inside); err != nil && !errors.Is(err, errNoSites) {
			fmt.Fprintf(os.Stderr, "%s: each change is built by itself: %v\n", pkg, err)
		}
	}

	args := []string{"unleash", "./" + inside,
		"--workers", strconv.Itoa(g.workers), "--timeout-coefficient", "4",
		"--output", g.report, "--output-statuses", "lt",
		"--exclude-files", `_gen\.go$`, "--exclude-files", "/", // other packages
	}
	unwanted, err := g.unwanted(pkg, wanted)
	if err != nil {
		return outcome{}, err
	}
	args = append(args, unwanted...)
	if err := os.RemoveAll(g.report); err != nil {
		return outcome{}, err
	}
	cmd := exec.CommandContext(ctx, g.program, args...)
	cmd.Dir = filepath.Join(g.copy, module)
	cmd.Env = append(os.Environ(),
		"PATH="+g.bin+string(os.PathListSeparator)+os.Getenv("PATH"),
		"TMPDIR="+g.temp,
		"GOWORK=off",
		envGo+"="+realGo,
		envPackage+"="+path.Join(modulePath, inside),
		envModule+"="+cmd.Dir,
		envInside+"="+inside,
		envProgram+"="+built,
	)
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	if err := cmd.Run(); err != nil {
		return outcome{}, err
	}
	data, err := os.ReadFile(g.report)
	if errors.Is(err, fs.ErrNotExist) {
		return outcome{}, nil // nothing to change in this package
	}
	if err != nil {
		return outcome{}, err
	}
	var r report
	if err := json.Unmarshal(data, &r); err != nil {
		return outcome{}, err
	}
	return r.outcome(pkg, func(file string) ([]byte, error) {
		return os.ReadFile(filepath.Join(g.copy, pkg, file))
	})
}

// build builds the program with all changes of a package, and gives the file that describes it.
func (g *gremlins) build(ctx context.Context, pkg, module, inside string) (string, error) {
	work := filepath.Join(g.work, filepath.FromSlash(pkg))
	if err := os.MkdirAll(work, 0o777); err != nil {
		return "", err
	}
	p, err := buildProgram(ctx, filepath.Join(g.copy, module), inside, work)
	if err != nil {
		return "", err
	}
	description := filepath.Join(work, "program.json")
	return description, writeJSON(description, p)
}

// moduleOf splits the directory of a package into that of its module and the rest.
func (g *gremlins) moduleOf(pkg string) (module, inside string, err error) {
	for dir := pkg; ; dir = path.Dir(dir) {
		if _, err := os.Stat(filepath.Join(g.copy, dir, "go.mod")); err == nil {
			inside, err := filepath.Rel(dir, pkg)
			return dir, filepath.ToSlash(inside), err
		}
		if dir == "." {
			return "", "", errors.New("not in a module")
		}
	}
}

func modulePath(file string) (string, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	first, _, _ := strings.Cut(string(data), "\n")
	name, ok := strings.CutPrefix(first, "module ")
	if !ok {
		return "", fmt.Errorf("%s does not begin with its module", file)
	}
	return name, nil
}

// unwanted gives the arguments that exclude the files that were not asked for.
func (g *gremlins) unwanted(pkg string, wanted *regexp.Regexp) ([]string, error) {
	names, err := filepath.Glob(filepath.Join(g.copy, pkg, "*.go"))
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		return nil, errors.New("no Go files")
	}
	var args []string
	for _, name := range names {
		if name = filepath.Base(name); !wanted.MatchString(name) {
			args = append(args, "--exclude-files", "^"+regexp.QuoteMeta(name)+"$")
		}
	}
	return args, nil
}
