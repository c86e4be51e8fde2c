package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

const (
	listFile  = "docs/mutants.tsv"
	leastKept = 90 // per cent of killed among killed and lived
)

func main() {
	if filepath.Base(os.Args[0]) == standInName {
		os.Exit(standIn(os.Args[1:]))
	}
	files := flag.String("file", "", "change only files whose names match this regular expression")
	workers := flag.Int("workers", 1, "how many changes are tried at once; more than one disturbs tests that look at the time")
	each := flag.Bool("build-each", false, "build each change by itself instead of one program with all of them; takes hours")
	update := flag.Bool("update", false, "write "+listFile+" anew for the packages it ran")
	flag.Usage = func() {
		fmt.Fprintln(flag.CommandLine.Output(), "usage: .ci/mutation [-file REGEXP] [-update] [-workers N] [-build-each] [package directory ...]")
		flag.PrintDefaults()
	}
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, flag.Args(), *files, *update, *workers, *each)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

var errComplaints = errors.New("mutation: see the complaints above")

func run(ctx context.Context, packages []string, files string, update bool, workers int, each bool) error {
	wanted, err := regexp.Compile(files)
	if err != nil {
		return err
	}
	if len(packages) == 0 {
		if packages, err = allPackages(ctx); err != nil {
			return err
		}
	}
	work, err := os.MkdirTemp("", "mutation-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	g, err := newGremlins(ctx, work, workers, each)
	if err != nil {
		return err
	}

	fmt.Println("package\tkilled\tlived\tnot covered\ttimed out\tnot viable\tkilled/(killed+lived)\ttime")
	ok := true
	for _, p := range packages {
		p = filepath.ToSlash(filepath.Clean(p))
		began := time.Now()
		outcome, err := g.run(ctx, p, wanted)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			fmt.Printf("%s: %v\n", p, err)
			ok = false
			continue
		}
		fmt.Printf("%s\t%s\t%s\n", p, outcome, time.Since(began).Round(time.Second))
		if files == "" && outcome.share() < leastKept {
			fmt.Printf("%s: below %d %%\n", p, leastKept)
			ok = false
		}
		listed, err := readList(listFile) // anew, since it may have been edited meanwhile
		if err != nil {
			return err
		}
		ran := func(s survivor) bool { return s.pkg == p && wanted.MatchString(s.file) }
		if update {
			listed = renewed(listed, outcome, ran)
			if err := writeList(listFile, listed); err != nil {
				return err
			}
		}
		for _, complaint := range complaints(listed, outcome, ran) {
			fmt.Println(complaint)
			ok = false
		}
	}
	if !ok {
		return errComplaints
	}
	return nil
}

// judges are the packages whose code is itself a check: what it misses, the tests
// of other packages have to notice.
var judges = []string{"internal/gremlins", "internal/hostile", "internal/mutation"}

// allPackages gives the directories of all packages that have tests, except the
// judges.
func allPackages(ctx context.Context) ([]string, error) {
	root, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	const format = "{{if or .TestGoFiles .XTestGoFiles}}{{.Dir}}{{end}}"
	out, err := exec.CommandContext(ctx, "go", "list", "-f", format, "./...", "./cmd/...", "./examples/...").Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	var packages []string
	for _, dir := range strings.Fields(string(out)) {
		p, err := filepath.Rel(root, dir)
		if err != nil {
			return nil, err
		}
		if p = filepath.ToSlash(p); !slices.Contains(judges, p) {
			packages = append(packages, p)
		}
	}
	return packages, nil
}
