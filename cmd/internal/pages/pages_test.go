package pages

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core/coretest"
)

const root = "../../.."

func TestPagesAreCurrent(t *testing.T) {
	pages, err := Make(root)
	require.NoError(t, err)
	for name, want := range pages {
		got, err := os.ReadFile(filepath.Join(root, "docs", name))
		require.NoError(t, err)
		assert.True(t, string(want) == string(got), "docs/%s is not current: run go generate ./cmd/...", name)
	}
}

// What is current is not touched, so that its time tells when it changed.
func TestWriteWritesWhatIsNotCurrent(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "docs")
	page := func(name string) string { return filepath.Join(dir, name) }
	require.NoError(t, write(dir, map[string][]byte{"a.md": []byte("a"), "b.md": []byte("b")}))
	long := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	require.NoError(t, os.Chtimes(page("a.md"), long, long))
	require.NoError(t, os.Chtimes(page("b.md"), long, long))

	require.NoError(t, write(dir, map[string][]byte{"a.md": []byte("a"), "b.md": []byte("changed"), "c.md": []byte("new")}))
	for name, want := range map[string]string{"a.md": "a", "b.md": "changed", "c.md": "new"} {
		got, err := os.ReadFile(page(name))
		require.NoError(t, err)
		assert.Equal(t, want, string(got))
		info, err := os.Stat(page(name))
		require.NoError(t, err)
		assert.Equal(t, name == "a.md", info.ModTime().Equal(long), name)
	}
}

func TestWriteFails(t *testing.T) {
	dir := t.TempDir()
	assert.ErrorIs(t, Write(dir), fs.ErrNotExist, "there are no tables")
	assert.NoDirExists(t, filepath.Join(dir, "docs"))

	pages := map[string][]byte{"a.md": []byte("a")}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "file"), nil, 0o600))
	var path *fs.PathError
	require.ErrorAs(t, write(filepath.Join(dir, "file"), pages), &path)
	assert.Equal(t, "mkdir", path.Op)

	require.NoError(t, os.Mkdir(filepath.Join(dir, "a.md"), 0o700))
	require.ErrorAs(t, write(dir, pages), &path)
	assert.Equal(t, filepath.Join(dir, "a.md"), path.Path)
}

func TestPagesHoldEveryRowAndCode(t *testing.T) {
	d, err := load(root)
	require.NoError(t, err)
	assert.Len(t, d.Codes, 309)
	pages, err := Make(root)
	require.NoError(t, err)
	codes, html := string(pages["codes.md"]), string(pages["index.html"])
	for _, c := range d.Codes {
		assert.Contains(t, codes, "`"+c.Name()+"`")
		assert.Contains(t, html, `"n":"`+c.Name()+`"`)
	}
	for _, p := range d.Protocols {
		page := string(pages[p.Name+".md"])
		rows := 0
		for _, l := range p.Layers {
			assert.Contains(t, page, "\n## "+l.Name+"\n")
			rows += len(l.Rows)
		}
		lines := 0
		for _, line := range strings.Split(page, "\n") {
			if strings.HasPrefix(line, "| `") {
				lines++
				assert.Equal(t, 10, strings.Count(strings.ReplaceAll(line, `\|`, ""), "|"), "cells of %s", line)
			}
		}
		assert.Equal(t, rows, lines, p.Name)
		assert.Equal(t, rows+len(p.Outcomes), strings.Count(html, `{"p":"`+p.Name+`"`), p.Name)
		for _, o := range p.Outcomes {
			assert.Contains(t, page, "\n| "+o.Layer+" | `"+cell(o.Value)+"` | "+literal(symbol(o.Row))+" | "+cell(o.Meaning)+" |", o.Name)
		}
		assert.Equal(t, p.Outcomes != nil, strings.Contains(page, "\n## Decided by the package\n"))
	}
	assert.NotContains(t, html, "http://", "the page is self-contained")
	assert.NotContains(t, html, "https://", "the page is self-contained")
}

// The table of protocols in the README says how many rows and frames there are.
func TestFiguresOfTheREADME(t *testing.T) {
	d, err := load(root)
	require.NoError(t, err)
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	require.NoError(t, err)
	for _, p := range d.Protocols {
		if p.Name == "net" {
			continue
		}
		rows := 0
		var own []int // documented codes of the protocol itself
		for _, l := range p.Layers {
			rows += len(l.Rows)
			for _, row := range l.Rows {
				for _, c := range append(slices.Collect(maps.Values(row.ByOp)), row.Code) {
					if c >= 10000 {
						own = append(own, c)
					}
				}
			}
		}
		frames := ""
		if stanzas, err := coretest.ReadFrames(os.DirFS(filepath.Join(root, p.Name, "testdata")), "*.frames"); err == nil {
			recorded := 0
			for _, s := range stanzas {
				if strings.HasPrefix(s.From, "recorded") {
					recorded++
				}
			}
			frames = fmt.Sprintf("%d (%d)", len(stanzas), recorded)
		}
		var line string
		for _, l := range strings.Split(string(readme), "\n") {
			if strings.HasPrefix(l, "| [`"+p.Name+"`]") {
				line = l
			}
		}
		cells := strings.Split(line, "|")
		if assert.Len(t, cells, 9, "the line of %s", p.Name) {
			assert.Equal(t, fmt.Sprint(rows), strings.TrimSpace(cells[3]), "rows of %s", p.Name)
			assert.Equal(t, ranges(own), strings.TrimSpace(cells[4]), "documented codes of %s", p.Name)
			assert.Equal(t, frames, strings.TrimSpace(cells[5]), "frames of %s", p.Name)
		}
	}
}

// ranges writes numbers as first-last, and begins anew where more than ten are left out.
func ranges(numbers []int) string {
	slices.Sort(numbers)
	var parts []string
	for i := 0; i < len(numbers); {
		j := i
		for j+1 < len(numbers) && numbers[j+1]-numbers[j] <= 10 {
			j++
		}
		part := fmt.Sprint(numbers[i])
		if numbers[j] != numbers[i] {
			part += fmt.Sprintf("-%d", numbers[j])
		}
		parts = append(parts, part)
		i = j + 1
	}
	return strings.Join(parts, ", ")
}
