package main

import (
	"bytes"
	"fmt"
	"go/build"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// The stand-in is this program under the name of the go command, first in the
// PATH of gremlins. The environment tells it what to run.
const (
	standInName = "go"

	envGo      = "MUTATION_GO"      // the go command itself
	envPackage = "MUTATION_PACKAGE" // import path of the package that is changed and tested
	envModule  = "MUTATION_MODULE"  // directory of the module in the copy of the repository
	envInside  = "MUTATION_INSIDE"  // the package's directory in that of the module
	envProgram = "MUTATION_PROGRAM" // describes the program with all changes, empty if there is none
)

// Exit codes of go test as gremlins understands them.
const (
	exitKilled    = 1
	exitNotViable = 2
)

// standIn runs go with arguments that gremlins gave, and gives its exit code.
func standIn(args []string) int {
	pkg := os.Getenv(envPackage)
	switch {
	case args[0] != "test":
		return command("", args...)
	case slices.Contains(args, "-coverprofile"):
		profile := args[slices.Index(args, "-coverprofile")+1]
		unchanged, err := copyModule(filepath.Dir(profile))
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return exitKilled
		}
		if code := command(unchanged, "test", "-vet=off", "-count=1", "-coverprofile", profile, pkg); code != 0 {
			return code
		}
		if err := coverAll(profile, pkg, filepath.Join(unchanged, filepath.FromSlash(os.Getenv(envInside)))); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return exitKilled
		}
		return 0
	default:
		timeout := args[slices.Index(args, "-timeout")+1]
		if programNotices(timeout) {
			return exitKilled
		}
		return command("", "test", "-vet=off", "-failfast", "-timeout", timeout, pkg)
	}
}

// programNotices asks the program with all changes, if there is one, about that in the current directory.
func programNotices(timeout string) bool {
	p, err := readProgram(os.Getenv(envProgram))
	if err != nil {
		return false
	}
	dir, err := os.Getwd()
	return err == nil && p.notices(dir, timeout)
}

// command runs go in a directory, "" for the current one.
func command(dir string, args ...string) int {
	cmd := exec.Command(os.Getenv(envGo), args...)
	cmd.Dir = dir
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	os.Stdout.Write(out.Bytes())
	if err == nil {
		return 0
	}
	for _, line := range strings.Split(out.String(), "\n") {
		if strings.HasSuffix(line, " [build failed]") || strings.HasSuffix(line, " [setup failed]") {
			return exitNotViable
		}
	}
	return exitKilled
}

// coverAll counts every line of the files of a package that compile here as covered. A coverage
// profile has none for files that declare constants only.
func coverAll(profile, pkg, dir string) error {
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return err
	}
	data, err := os.ReadFile(profile)
	if err != nil {
		return err
	}
	for _, name := range names {
		file := filepath.Base(name)
		compiles, err := build.Default.MatchFile(dir, file)
		if err != nil {
			return err
		}
		if compiles && !strings.HasSuffix(file, "_test.go") {
			data = fmt.Appendf(data, "%s/%s:1.1,1000000.1 1 1\n", pkg, file)
		}
	}
	return os.WriteFile(profile, data, 0o666)
}

// copyModule copies the module into dir, where gremlins will put the copies that
// it changes: the tests have to pass there as long as nothing is changed.
func copyModule(dir string) (string, error) {
	if err := surround(dir); err != nil {
		return "", err
	}
	unchanged := filepath.Join(dir, "unchanged")
	return unchanged, os.CopyFS(unchanged, os.DirFS(os.Getenv(envModule)))
}

// surround puts what stands beside the module into dir, the directory in which
// gremlins copies the module: there the module finds its parent directory.
func surround(dir string) error {
	module := os.Getenv(envModule)
	if _, err := os.Stat(filepath.Join(filepath.Dir(module), "go.mod")); err != nil {
		return nil // no module above this one
	}
	beside, err := os.ReadDir(filepath.Dir(module))
	if err != nil {
		return err
	}
	for _, entry := range beside {
		if entry.Name() == filepath.Base(module) {
			continue
		}
		if err := os.Symlink(filepath.Join(filepath.Dir(module), entry.Name()), filepath.Join(dir, entry.Name())); err != nil {
			return err
		}
	}
	return nil
}
