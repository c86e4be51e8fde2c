// Report writes docs/performance.md from the output of the benchmarks.
//
//	go run ./examples/bench/report            # the page again, from docs/performance.txt
//	go run ./examples/bench/report -run       # both anew: ten minutes
//	go run ./examples/bench/report -run -long # with captures of a gigabyte: ten minutes more
//
// It is run from the root of the repository. Benchstat computes the medians and their
// confidence intervals; go run fetches it.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("report: ")
	run := flag.Bool("run", false, "run the benchmarks and keep their output")
	long := flag.Bool("long", false, "with -run: decode captures of a gigabyte, not of four megabytes")
	count := flag.Int("count", 6, "with -run: how often each benchmark runs; benchstat needs six")
	benchtime := flag.String("benchtime", "200ms", "with -run: how long")
	dir := flag.String("dir", "docs", "where performance.txt and performance.md are")
	flag.Parse()
	if flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	if err := report(*dir, *run, *long, *count, *benchtime); err != nil {
		log.Fatal(err)
	}
}

func report(dir string, run, long bool, count int, benchtime string) error {
	raw := filepath.Join(dir, "performance.txt")
	if run {
		output, err := measure(long, count, benchtime)
		if err != nil {
			return err
		}
		if err := os.WriteFile(raw, output, 0o644); err != nil {
			return err
		}
	}
	output, err := os.ReadFile(raw)
	if err != nil {
		return err
	}
	table, err := benchstat(raw, "-format", "csv", "-ignore", ".file")
	if err != nil {
		return err
	}
	results, err := parse(table)
	if err != nil {
		return fmt.Errorf("benchstat: %w", err)
	}
	ratios, err := benchstat(raw, "-ignore", ".file", "-filter", ".unit:(times-bare OR times-one-pass OR times-errors.As OR times-gopacket OR times-gopacket-clock)")
	if err != nil {
		return err
	}
	page, err := render(settings(output), results, ratios)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "performance.md"), page, 0o644)
}
