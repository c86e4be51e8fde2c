// Command generate writes the Go of the data files in the current directory:
// tables_gen.go from layers.tsv and statuses.tsv, with steps.tsv and outcomes.tsv
// where they are, and in package core also catalogue_gen.go from catalogue.tsv.
//
// It is run by go generate. With -check it writes nothing and fails when a
// file is not current.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"github.com/fieldstatus/fieldstatus/internal/tables"
)

func main() {
	check := flag.Bool("check", false, "write nothing; fail when a generated file is not current")
	dir := flag.String("dir", ".", "directory of the package")
	flag.Parse()
	if err := run(*dir, *check); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(dir string, check bool) error {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	core := filepath.Join(dir, "..", "core")
	if filepath.Base(abs) == "core" {
		core = dir
	}
	cat, err := tables.LoadCatalogue(filepath.Join(core, "catalogue.tsv"))
	if err != nil {
		return err
	}
	if core == dir {
		src, err := cat.Go()
		if err != nil {
			return err
		}
		if err := write(filepath.Join(dir, "catalogue_gen.go"), src, check); err != nil {
			return err
		}
	}
	table, err := tables.Load(dir, cat)
	if err != nil {
		return err
	}
	src, err := table.Go(cat)
	if err != nil {
		return err
	}
	return write(filepath.Join(dir, "tables_gen.go"), src, check)
}

func write(file string, src []byte, check bool) error {
	old, err := os.ReadFile(file)
	if err == nil && bytes.Equal(old, src) {
		return nil
	}
	if check {
		return fmt.Errorf("%s is not current: run go generate ./... and commit the result", file)
	}
	return os.WriteFile(file, src, 0o644)
}
