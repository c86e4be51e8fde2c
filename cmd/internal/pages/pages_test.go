package pages

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
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
		assert.Equal(t, rows, strings.Count(html, `{"p":"`+p.Name+`"`), p.Name)
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
		for _, l := range p.Layers {
			rows += len(l.Rows)
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
			assert.Equal(t, frames, strings.TrimSpace(cells[5]), "frames of %s", p.Name)
		}
	}
}

// dump returns the page as Chromium shows it at a fragment of its address.
func dump(t *testing.T, fragment string) string {
	t.Helper()
	chromium, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("chromium is missing: install Debian's package chromium")
	}
	page, err := filepath.Abs(filepath.Join(root, "docs", "index.html"))
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
		"--disable-component-update", "--disable-sync", "--user-data-dir="+t.TempDir(), "--lang=en", "--dump-dom", "file://"+page+"#"+fragment)
	out, err := cmd.Output()
	require.NoError(t, err)
	return string(out)
}

func TestSearchInChromium(t *testing.T) {
	for fragment, want := range map[string][]string{
		"10105":                                {`<span class="number">10105</span>`, "Invalid address · 无效地址", "item-return 0x05 AddressOutOfRange"},
		"0x8104":                               {"10103", "s7 header-error"},
		"BadNodeIdUnknown":                     {"10015", "opcua status"},
		"fins%200x1103":                        {"AddressRangeError", "10508"},
		"-17":                                  {"EW_PROTOCOL"},
		"%E6%97%A0%E6%95%88%E5%9C%B0%E5%9D%80": {"10105", "10400"}, // 无效地址
		"nothing-has-this":                     {"Nothing found"},
		"lang=zh":                              {"这个数字是什么意思"},
	} {
		t.Run(fragment, func(t *testing.T) {
			dom := dump(t, fragment)
			list := dom[strings.Index(dom, "<form"):strings.Index(dom, "<script")]
			if fragment == "lang=zh" {
				list = dom[:strings.Index(dom, "<script")]
			}
			for _, text := range want {
				assert.Contains(t, list, text)
			}
		})
	}
}
