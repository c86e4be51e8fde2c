package main

import (
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFindChange(t *testing.T) {
	const file = "package p // <\n\nfunc f(a, b int) bool {\n\treturn a < b || a-b < -1\n}\n"
	for name, c := range map[string]struct {
		after string
		want  change
		err   string
	}{
		"first":          {"package p // <\n\nfunc f(a, b int) bool { return a <= b || a-b < -1 }", change{site{"a.go", strings.Index(file, "< b ||")}, token.LEQ}, ""},
		"binary minus":   {"package p\nfunc f(a, b int) bool { return a < b || a+b < -1 }", change{site{"a.go", strings.Index(file, "-b <")}, token.ADD}, ""},
		"second":         {"package p\nfunc f(a, b int) bool { return a < b || a-b >= -1 }", change{site{"a.go", strings.Index(file, "< -1")}, token.GEQ}, ""},
		"unary minus":    {"package p\nfunc f(a, b int) bool { return a < b || a-b < +1 }", change{site{"a.go", strings.Index(file, "-1")}, token.ADD}, ""},
		"printed anew":   {"package p\nfunc f(a, b int) bool {\nreturn a < b || a-b < -1; }", change{}, "a.go: no token is changed"},
		"two":            {"package p\nfunc f(a, b int) bool { return a > b || a-b > -1 }", change{}, "a.go: more than one token is changed"},
		"another name":   {"package p\nfunc f(a, b int) bool { return a < b || a-c < +1 }", change{}, "a.go: more than one token is changed"},
		"tokens missing": {"package p\nfunc f(a, b int) bool { return a < b }", change{}, "a.go: 24 tokens became 17"},
		"nothing":        {file, change{}, "no file is changed"},
	} {
		t.Run(name, func(t *testing.T) {
			before, after := t.TempDir(), t.TempDir()
			for _, dir := range []string{before, after} {
				require.NoError(t, os.WriteFile(filepath.Join(dir, "same.go"), []byte("package p\n"), 0o666))
				require.NoError(t, os.WriteFile(filepath.Join(dir, "a.go"), []byte(file), 0o666))
			}
			require.NoError(t, os.WriteFile(filepath.Join(after, "a.go"), []byte(c.after), 0o666))
			got, err := findChange(before, after)
			if c.err != "" {
				require.EqualError(t, err, c.err)
				return
			}
			require.NoError(t, err)
			require.Equal(t, c.want, got)
		})
	}
}

func TestFindChangeNeedsBothDirectories(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "a.go"), []byte("package p\n"), 0o666))
	_, err := findChange(dir, t.TempDir())
	require.ErrorIs(t, err, os.ErrNotExist)
}
