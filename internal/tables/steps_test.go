package tables

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	stepLayers = "code|lookup|Code|16|-|request|3000 fix|is a code|a standard\nflag|rows|toy.Code|16|-|request|3001 fix|is a flag|a standard\ndetail|tuple|-|s16|-|item|3000 fix|is|a standard"
	stepRows   = "code|0x0105|Address|no such address|10105||fix|request|bad|||it says so\nflag|0x80|Flag|a flag|3002||fix|request|bad|||it says so\ndetail|1/2/3||a detail|3002||fix|request|bad|||it says so"
	goodSteps  = "code|0|0|0xFFFF|0\nflag|0xFF7F|0|0x8000|8\ncode|0|0|0x7FFF|0\nflag|0x8000|0x8000|0x8000|8\ncode|0|0|*|0"
)

// load reads a toy table with these steps.
func load(t *testing.T, steps string) (*Table, *Catalogue, error) {
	t.Helper()
	dir, cat := write(t, layersHeader+tab(stepLayers), statusesHeader+tab(stepRows))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "steps.tsv"), []byte(strings.Join(stepColumns, "\t")+"\n"+steps), 0o644))
	table, err := Load(dir, cat)
	return table, cat, err
}

func TestSteps(t *testing.T) {
	table, cat, err := load(t, tab(goodSteps))
	require.NoError(t, err)
	unknown := map[string]int{"code": 99}
	at := func(v uint16) int { return table.stepsAt(table.resolvers(), unknown, v) }
	for v, want := range map[uint16]int{
		0x0105: 0,  // as it is
		0x8105: 0,  // without the upper bit
		0x8000: 1,  // the upper bit is all there is
		0x8106: 1,  // the upper bit of what is not listed
		0x0106: 99, // nothing
		0x0080: 99, // the flag's number, but not its bit
	} {
		assert.Equal(t, want, at(v), "0x%04X", v)
	}
	src, err := table.Go(cat)
	require.NoError(t, err)
	assert.Contains(t, string(src), "func rowOf(v uint16) *core.Row")
	assert.Contains(t, string(src), "func rowDetail(")
	for _, gone := range []string{"func rowCode(", "func rowFlag(", `Layer: "flag", Value: "*"`} {
		assert.NotContains(t, string(src), gone, "the steps take its place")
	}
}

func TestStepsComplain(t *testing.T) {
	for name, c := range map[string]struct{ steps, want string }{
		"none":           {"", "steps.tsv:"},
		"layer":          {tab("codes|0|0|*|0"), `steps.tsv:2: layer "codes" is none whose lookup can be part of another`},
		"tuple":          {tab("detail|0|0|*|0"), `steps.tsv:2: layer "detail" is none whose lookup`},
		"number":         {tab("code|0|0|0x10000|0", "code|0|0|*|0"), `steps.tsv:2: column key: "0x10000" is no number of 16 bits`},
		"never":          {tab("code|0x8000|0x4000|0xFFFF|0", "code|0|0|*|0"), "steps.tsv:2: no value has the bits 0x4000 under the mask 0x8000"},
		"open end":       {tab("code|0|0|0xFFFF|0"), "steps.tsv:2: the last step, and no other"},
		"end too early":  {tab("code|0|0|*|0", "code|0|0|*|0"), "steps.tsv:2: the last step, and no other"},
		"end for a half": {tab("code|0x8000|0|*|0"), "steps.tsv:2: the last step, and no other"},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := load(t, c.steps)
			assert.ErrorContains(t, err, c.want)
			assert.IsType(t, Complaints{}, err)
		})
	}
}
