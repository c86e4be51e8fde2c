package main

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCoverAll(t *testing.T) {
	dir := t.TempDir()
	other := "windows"
	if runtime.GOOS == other {
		other = "linux"
	}
	for name, source := range map[string]string{
		"code.go": "package p\n\nfunc f() {}\n", "constants.go": "package p\n\nconst day = 24 * 60\n",
		"code_" + other + ".go": "package p\n", "code_test.go": "package p\n",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(source), 0o666))
	}
	profile := filepath.Join(t.TempDir(), "profile")
	const before = "mode: set\nm/p/code.go:3.10,3.12 0 0\n"
	require.NoError(t, os.WriteFile(profile, []byte(before), 0o666))
	require.NoError(t, coverAll(profile, "m/p", dir))
	got, err := os.ReadFile(profile)
	require.NoError(t, err)
	require.Equal(t, before+"m/p/code.go:1.1,1000000.1 1 1\nm/p/constants.go:1.1,1000000.1 1 1\n", string(got))

	require.ErrorIs(t, coverAll(filepath.Join(dir, "none"), "m/p", dir), os.ErrNotExist)
}
