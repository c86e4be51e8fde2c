package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
)

// benchstatModule is the version of benchstat that the page was made with.
const benchstatModule = "golang.org/x/perf/cmd/benchstat@v0.0.0-20260908200009-22c9c6c9d4da"

// measured are the packages with benchmarks that the page is about.
var measured = []string{"./core", "./s7", "./opcua", "./fins", "./enip", "./knx", "./focas", "./examples/bench"}

// measure runs all benchmarks, all of them one after the other and that count
// times, so that what changes on the machine changes all of them.
func measure(long bool, count int, benchtime string) ([]byte, error) {
	var out bytes.Buffer
	fmt.Fprintf(&out, "go: %s\nprocs: %d\ncount: %d\nbenchtime: %s\n", runtime.Version(), runtime.GOMAXPROCS(0), count, benchtime)
	if load, err := os.ReadFile("/proc/loadavg"); err == nil { // where there is one
		fmt.Fprintf(&out, "load: %s\n", strings.Fields(string(load))[0])
	}
	for range count {
		args := append([]string{"test", "-run", "^$", "-bench", ".", "-benchtime", benchtime}, measured...)
		if err := run(&out, args); err != nil {
			return nil, err
		}
	}
	var env []string
	if long {
		env = append(env, "FIELDSTATUS_LONG=1")
	}
	args := []string{"test", "-run", "^$", "-bench", "LargeCapture", "-benchtime", "1x", "-count", strconv.Itoa(count), "-timeout", "2h", "./cmd/internal/decode"}
	err := run(&out, args, env...)
	return out.Bytes(), err
}

func run(out *bytes.Buffer, args []string, env ...string) error {
	cmd := exec.Command("go", args...)
	cmd.Env = append(os.Environ(), env...)
	cmd.Stdout, cmd.Stderr = out, os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, out.Bytes())
	}
	return nil
}

// benchstat runs benchstat on a file. What it warns of is shown.
func benchstat(file string, args ...string) ([]byte, error) {
	cmd := exec.Command("go", append(append([]string{"run", benchstatModule}, args...), file)...)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("benchstat: %w\n%s", err, errs.Bytes())
	}
	return out, nil
}

// settings returns the lines "key: value" at the start of the output of benchmarks.
func settings(output []byte) map[string]string {
	found := map[string]string{}
	for line := range strings.Lines(string(output)) {
		if strings.HasPrefix(line, "Benchmark") {
			break
		}
		if key, value, ok := strings.Cut(strings.TrimSpace(line), ": "); ok {
			found[key] = value
		}
	}
	return found
}
