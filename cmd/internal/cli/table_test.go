package cli

import (
	"bufio"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// tableOf prints two rows in columns that are 2, 5 and 4 wide, 15 with the gaps.
func tableOf(t *testing.T, fold, columns int) string {
	t.Helper()
	var b strings.Builder
	w := bufio.NewWriter(&b)
	table := table{w: w, head: []string{"N", "NAME", "WHAT"}, right: []bool{true, false, false}, fold: fold, max: columns}
	table.add(tableRow{cells: []string{"1", "one", "a"}, below: []string{"note"}})
	table.add(tableRow{cells: []string{"12", "größe", "bcd"}})
	table.flush()
	require.NoError(t, w.Flush())
	return b.String()
}

func TestTableFolds(t *testing.T) {
	const wide = "" +
		" N  NAME   WHAT\n" +
		" 1  one    a\n        note\n" +
		"12  größe  bcd\n"
	const narrow = "" +
		" N  NAME\n        WHAT\n" +
		" 1  one\n        a\n        note\n" +
		"12  größe\n        bcd\n"
	for name, test := range map[string]struct {
		fold, columns int
		want          string
	}{
		"no limit":       {2, 0, wide},
		"exactly enough": {2, 15, wide},
		"one too few":    {2, 14, narrow},
		"never folded":   {0, 5, wide},
	} {
		assert.Equal(t, test.want, tableOf(t, test.fold, test.columns), name)
	}
}
