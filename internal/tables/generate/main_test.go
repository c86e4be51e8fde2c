package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestRun generates a small package and the catalogue beside it, and then
// checks what it has written.
func TestRun(t *testing.T) {
	root := t.TempDir()
	file := func(elem ...string) string { return filepath.Join(append([]string{root}, elem...)...) }
	for _, dir := range []string{"core", "nona11"} {
		require.NoError(t, os.Mkdir(file(dir), 0o755))
		data := []string{"layers.tsv", "statuses.tsv"}
		if dir == "core" {
			data = append(data, "catalogue.tsv")
		}
		for _, name := range data {
			content, err := os.ReadFile(filepath.Join("..", "..", "..", dir, name))
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(file(dir, name), content, 0o644))
		}
		assert.ErrorContains(t, run(file(dir), true), "is not current")
		require.NoError(t, run(file(dir), false))
		assert.NoError(t, run(file(dir), true))
	}
	assert.FileExists(t, file("core", "catalogue_gen.go"))
	assert.NoFileExists(t, file("nona11", "catalogue_gen.go"))

	catalogue := file("core", "catalogue_gen.go")
	require.NoError(t, os.WriteFile(catalogue, []byte("package core\n"), 0o644))
	assert.ErrorContains(t, run(file("core"), true), "catalogue_gen.go is not current")

	generated := file("nona11", "tables_gen.go")
	require.NoError(t, os.WriteFile(generated, []byte("package nona11\n"), 0o644))
	assert.ErrorContains(t, run(file("nona11"), true), "tables_gen.go is not current")
	left, err := os.ReadFile(generated)
	require.NoError(t, err)
	assert.Equal(t, "package nona11\n", string(left), "a check writes nothing")

	assert.ErrorIs(t, run(file("missing"), false), os.ErrNotExist)
	require.NoError(t, os.Remove(file("core", "catalogue.tsv")))
	assert.ErrorIs(t, run(file("nona11"), false), os.ErrNotExist)
}

const asProgram = "GENERATE_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

func TestProgram(t *testing.T) {
	program := func(dir string) (string, error) {
		cmd := exec.Command(os.Args[0], "-check", "-dir", dir)
		cmd.Env = append(os.Environ(), asProgram+"=1")
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	out, err := program(filepath.Join("..", "..", "..", "nona11"))
	require.NoError(t, err, out)
	assert.Empty(t, out)
	out, err = program(t.TempDir())
	assert.Error(t, err)
	assert.Contains(t, out, "catalogue.tsv")
}
