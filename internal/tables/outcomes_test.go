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
	ownLayer   = "opening|own|-|-|-|connection|-|is what happens while opening|a standard"
	closed     = "Closed|opening|-|Closed|it hung up|3002||reconnect|connection|bad|||no session|"
	strictness = "Strict|fault|0x05|Address|the driver is strict|10105||fix|item|bad|||it says so|"
)

func loadOutcomes(t *testing.T, layers string, outcomes ...string) (*Table, *Catalogue, error) {
	t.Helper()
	dir, cat := write(t, layersHeader+layers, statusesHeader+tab(good))
	text := strings.Join(outcomeColumns, "\t") + "\n" + tab(outcomes...)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "outcomes.tsv"), []byte(text), 0o644))
	table, err := Load(dir, cat)
	return table, cat, err
}

func TestOutcomes(t *testing.T) {
	table, cat, err := loadOutcomes(t, tab(byteLayer, ownLayer), closed, strictness, "Lost|fault|-||the number is lost|3000|write=3001|retry|item|bad|yes||nobody knows|yes")
	require.NoError(t, err)
	require.Len(t, table.Outcomes, 3)
	assert.Len(t, table.Rows, 1, "the table does not have them")
	assert.Equal(t, "Strict", table.OutcomesOf("fault")[0].Name)
	assert.True(t, table.Outcomes[2].Unlisted && table.Outcomes[2].Unsure)
	src, err := table.Go(cat)
	require.NoError(t, err)
	text := string(src)
	assert.Contains(t, text, "from layers.tsv, statuses.tsv and outcomes.tsv")
	assert.Contains(t, text, "func Outcomes() iter.Seq[core.Row]")
	assert.Contains(t, text, "outcomeClosed = iota\n\toutcomeStrict\n\toutcomeLost\n")
	of := strings.Split(text[strings.Index(text, "var outcomes"):], "\n\t},")
	require.Len(t, of, 4)
	assert.NotContains(t, of[0], "Native", "no number and no type")
	assert.Contains(t, of[1], "Native: core.Native{Bits: 8, As: core.As[Fault]}", "the number of its layer")
	assert.NotContains(t, of[1], "Fallback")
	assert.NotContains(t, of[2], "Native", "the number is not known")
	assert.Contains(t, of[2], "Fallback: true")
}

func TestOutcomesComplain(t *testing.T) {
	for name, c := range map[string]struct{ layers, outcome, want string }{
		"name":          {tab(byteLayer), strings.Replace(strictness, "Strict", "strict", 1), `outcomes.tsv:2: name "strict" is no exported Go name`},
		"no name":       {tab(byteLayer), strings.Replace(strictness, "Strict", "Not So", 1), `outcomes.tsv:2: name "Not So" is no exported Go name`},
		"twice":         {tab(byteLayer), strictness + "\n" + strictness, "outcomes.tsv:3: name Strict stands in line 2 already"},
		"layer":         {tab(byteLayer), closed, `outcomes.tsv:2: layer "opening" is not in layers.tsv`},
		"value":         {tab(byteLayer), strings.Replace(strictness, "0x05", "five", 1), `outcomes.tsv:2: value "five" is no number`},
		"code":          {tab(byteLayer), strings.Replace(strictness, "10105", "10104", 1), `outcomes.tsv:2: code "10104" is not documented`},
		"no reason":     {tab(byteLayer), strings.Replace(strictness, "it says so", "", 1), "a mapping without a reason cannot be reviewed"},
		"unlisted":      {tab(byteLayer), strictness + "maybe", `outcomes.tsv:2: column unlisted: "maybe" is neither yes nor empty`},
		"nothing there": {tab(byteLayer, ownLayer), strictness, "outcomes.tsv:1: layer opening of layers.tsv has no outcome"},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := loadOutcomes(t, c.layers, c.outcome)
			assert.ErrorContains(t, err, c.want)
			assert.IsType(t, Complaints{}, err)
		})
	}
	dir, cat := write(t, layersHeader+tab(byteLayer, ownLayer), statusesHeader+tab(good, "opening|-|Closed|it hung up|3002||reconnect|connection|bad|||no session"))
	_, err := Load(dir, cat)
	assert.ErrorContains(t, err, "statuses.tsv:3: layer opening is the package's own: its rows stand in outcomes.tsv")
	_, _, err = loadOutcomes(t, tab(byteLayer, strings.Replace(ownLayer, "|own|-|-|", "|own|-|7|", 1)), closed)
	assert.ErrorContains(t, err, `layers.tsv:3: bits "7" is none of`)
}
