package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// What the list says is about code that is there, has a reason, and stands once.
func TestCommittedList(t *testing.T) {
	const root = "../.."
	listed, err := readList(filepath.Join(root, listFile))
	require.NoError(t, err)
	for _, s := range listed {
		source, err := os.ReadFile(filepath.Join(root, s.pkg, s.file))
		require.NoError(t, err)
		there := false
		for _, line := range strings.Split(string(source), "\n") {
			unmarked := strings.NewReplacer("«", "", "»", "").Replace(s.source)
			there = there || strings.Join(strings.Fields(line), " ") == unmarked
		}
		require.Truef(t, there, "%s/%s has no line %s", s.pkg, s.file, s.source)
		require.NotEmptyf(t, s.why, "%s/%s: no reason", s.pkg, s.position())
	}
	require.Equal(t, listed, renewed(listed, outcome{}, func(survivor) bool { return false }), "sort the list")
}

func at(line int, source string) survivor {
	return survivor{survivorKey: survivorKey{"p", "a.go", "CONDITIONALS_BOUNDARY", source}, line: line, column: 1}
}

func because(why string, s survivor) survivor { s.why = why; return s }

func inP(s survivor) bool { return s.pkg == "p" }

func TestComplaints(t *testing.T) {
	elsewhere := survivor{survivorKey: survivorKey{pkg: "q"}}
	for name, c := range map[string]struct {
		listed []survivor
		found  outcome
		want   []string
	}{
		"explained, on a line that moved": {
			[]survivor{because("the same", at(3, "a «<» b"))}, outcome{lived: []survivor{at(9, "a «<» b")}}, nil},
		"another operator of the line": {
			[]survivor{because("the same", at(3, "a «<» b || b < c"))},
			outcome{lived: []survivor{at(3, "a «<» b || b < c"), at(3, "a < b || b «<» c")}},
			[]string{"p/a.go:3:1: CONDITIONALS_BOUNDARY lives: a < b || b «<» c"}},
		"two of a kind, one explained": {
			[]survivor{because("the same", at(3, "a «<» b"))},
			outcome{lived: []survivor{at(3, "a «<» b"), at(5, "a «<» b")}},
			[]string{"p/a.go:3:1: CONDITIONALS_BOUNDARY lives: a «<» b"}},
		"no reason": {
			[]survivor{at(3, "a «<» b")}, outcome{lived: []survivor{at(3, "a «<» b")}},
			[]string{"p/a.go:3:1: CONDITIONALS_BOUNDARY lives, and the list does not say why"}},
		"stale": {
			[]survivor{because("the same", at(3, "a «<» b"))}, outcome{killed: 1},
			[]string{"p/a.go:3:1: CONDITIONALS_BOUNDARY is listed, but no longer lives: a «<» b"}},
		"timed out, explained or not": {
			[]survivor{because("endless", at(3, "a «<» b"))},
			outcome{timedOut: []survivor{at(3, "a «<» b"), at(4, "c «<» d")}}, nil},
		"did not run": {[]survivor{elsewhere}, outcome{}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, c.want, complaints(c.listed, c.found, inP))
		})
	}
}

func TestRenewed(t *testing.T) {
	elsewhere := survivor{survivorKey: survivorKey{pkg: "a"}, why: "kept"}
	listed := []survivor{
		because("stale", at(1, "x «<» y")),
		because("moves", at(3, "a «<» b")),
		because("slow", at(4, "c «<» d")),
		elsewhere,
	}
	found := outcome{
		lived:    []survivor{at(30, "a «<» b"), at(20, "new «<» one")},
		timedOut: []survivor{at(40, "c «<» d"), at(50, "e «<» f")},
	}
	require.Equal(t, []survivor{
		elsewhere,
		at(20, "new «<» one"),
		because("moves", at(30, "a «<» b")),
		because("slow", at(40, "c «<» d")),
	}, renewed(listed, found, inP))
}

func TestListIsReadAsWritten(t *testing.T) {
	name := filepath.Join(t.TempDir(), "mutants.tsv")
	list := []survivor{because("no difference", at(3, "a «<» b")), at(4, "c «<» d")}
	require.NoError(t, writeList(name, list))
	got, err := readList(name)
	require.NoError(t, err)
	require.Equal(t, list, got)

	for _, broken := range []string{"p\ta.go:1:1\tX\tsource", "p\ta.go:1\tX\tsource\twhy", "p\ta.go:one:1\tX\tsource\twhy", "p\ta.go:1:one\tX\tsource\twhy"} {
		require.NoError(t, os.WriteFile(name, []byte(listHeader+"\n"+broken+"\n"), 0o666))
		_, err := readList(name)
		require.ErrorContains(t, err, "mutants.tsv:2: ")
	}
}
