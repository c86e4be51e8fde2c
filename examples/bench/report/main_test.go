package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// program is the environment variable that lets the test be the program.
const program = "REPORT_TEST_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(program) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// stand is a go command that measures nothing, and has the results of complete.
// It fails when its arguments have the word that the environment variable
// FAIL_AT names.
const stand = `#!/bin/sh
case " $* " in *" ${FAIL_AT:-nothing} "*) exit 1;; esac
case "$*" in
test*) echo "cpu: AMD EPYC"; echo "BenchmarkX 1 1 ns/op"; echo "long=$FIELDSTATUS_LONG $*";;
*csv*) cat "$TABLE";;
*) echo "all multiples";;
esac
`

// standIn puts that go command in place of the real one.
func standIn(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("needs a shell")
	}
	var table bytes.Buffer
	for _, r := range complete() {
		fmt.Fprintf(&table, "pkg: example.org/%s\n", r.pkg)
		for unit, v := range r.units {
			fmt.Fprintf(&table, ",performance.txt,\n,%s,CI\n%s-2,%g,%s\n", unit, r.name, v.number, v.spread)
		}
	}
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "go"), []byte(stand), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "table"), table.Bytes(), 0o600))
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	t.Setenv("TABLE", filepath.Join(dir, "table"))
}

func TestReport(t *testing.T) {
	standIn(t)
	dir := t.TempDir()
	require.ErrorIs(t, report(dir, false, false, 2, "1ms"), fs.ErrNotExist)

	require.NoError(t, report(dir, true, false, 3, "1ms"))
	measured, err := os.ReadFile(filepath.Join(dir, "performance.txt"))
	require.NoError(t, err)
	assert.Equal(t, 3+1, bytes.Count(measured, []byte("BenchmarkX")))
	assert.Contains(t, string(measured), "-benchtime 1x -count 3 ")
	assert.NotContains(t, string(measured), "long=1")
	if _, err := os.Stat("/proc/loadavg"); err == nil {
		assert.Regexp(t, `(?m)^load: \d+\.\d\d$`, string(measured))
	}
	page, err := os.ReadFile(filepath.Join(dir, "performance.md"))
	require.NoError(t, err)
	assert.Contains(t, string(page), "Measured on AMD EPYC")
	assert.Contains(t, string(page), "all multiples")

	require.NoError(t, report(dir, true, true, 3, "1ms"))
	measured, err = os.ReadFile(filepath.Join(dir, "performance.txt"))
	require.NoError(t, err)
	assert.Regexp(t, `long=1 .* -count 3 `, string(measured), "captures of a gigabyte as often as the rest")
}

// TestReportFails: nothing is written over what there is when a step fails.
func TestReportFails(t *testing.T) {
	standIn(t)
	for name, word := range map[string]string{
		"benchmarks":    "./core",
		"captures":      "./cmd/internal/decode",
		"the table":     "csv",
		"the multiples": "-filter",
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			require.NoError(t, os.WriteFile(filepath.Join(dir, "performance.md"), []byte("the page"), 0o600))
			t.Setenv("FAIL_AT", word)
			require.Error(t, report(dir, true, false, 1, "1ms"))
			page, err := os.ReadFile(filepath.Join(dir, "performance.md"))
			require.NoError(t, err)
			assert.Equal(t, "the page", string(page))
		})
	}
	require.NoError(t, os.WriteFile(os.Getenv("TABLE"), []byte("pkg: s7\n"), 0o600))
	require.ErrorContains(t, report(t.TempDir(), true, false, 1, "1ms"), "benchstat: no results")
	require.NoError(t, os.WriteFile(os.Getenv("TABLE"), []byte(printed), 0o600))
	require.ErrorContains(t, report(t.TempDir(), true, false, 1, "1ms"), "no benchmark")
	require.Error(t, report(filepath.Join(t.TempDir(), "nowhere"), true, false, 1, "1ms"))
}

// TestProgram: what the caller of the program sees.
func TestProgram(t *testing.T) {
	standIn(t)
	dir := t.TempDir()
	for _, c := range []struct {
		args []string
		code int
		text string
	}{
		{[]string{"docs"}, 2, "-benchtime"},
		{[]string{"-dir", dir}, 1, "report: open "},
		{[]string{"-dir", dir, "-run"}, 0, ""},
		{[]string{"-dir", dir}, 0, ""},
	} {
		self, err := os.Executable()
		require.NoError(t, err)
		cmd := exec.Command(self, c.args...)
		cmd.Env = append(os.Environ(), program+"=1")
		out, _ := cmd.CombinedOutput() // the exit code says it
		assert.Equal(t, c.code, cmd.ProcessState.ExitCode(), c.args)
		assert.Contains(t, string(out), c.text)
	}
}
