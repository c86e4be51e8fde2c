package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// printed is what benchstat -format csv printed for two packages.
const printed = `goos: linux
cpu: AMD EPYC
pkg: example.org/module/s7
,docs/performance.txt,
,sec/op,CI
Code/ReturnCode-2,6.867e-10,1%
Code/HeaderError-2,1.626e-09,0%
geomean,1e-09,

,docs/performance.txt,
,times-bare,CI
Code/ReturnCode-2,0.9419,0%
Code/HeaderError-2,1.287,2%
geomean,1.1,

pkg: example.org/module/examples/bench
,docs/performance.txt,
,sec/op,CI
Make/by=Code.Err-2,1.084e-09,∞
`

func TestParse(t *testing.T) {
	all, err := parse([]byte(printed))
	require.NoError(t, err)
	require.Len(t, all, 3)
	worst, ok := all.matching("", "Code/.*").most("times-bare")
	require.True(t, ok)
	assert.Equal(t, "`s7` HeaderError", title(worst))
	assert.Equal(t, "1.29 ± 2%", worst.text("times-bare"))
	assert.Equal(t, "1.63 ns", worst.text("sec/op"))
	assert.Equal(t, "0.94", all.of("s7", "Code/ReturnCode").text("times-bare"))
	assert.Equal(t, "Make: Code.Err", title(*all.of("bench", "Make/by=Code.Err")))
	_, ok = all.matching("bench", ".*").most("times-bare")
	assert.False(t, ok)
}

func TestParseComplains(t *testing.T) {
	for _, table := range []string{"", "pkg: s7\n", ",f,\n,sec/op,CI\nCode-2,fast,1%\n", ",f,\n,sec/op,CI\nCode-2,1\n"} {
		_, err := parse([]byte(table))
		assert.Error(t, err, table)
	}
}

// TestRenderMissesNothing: a page without one of its benchmarks would look complete.
func TestRenderMissesNothing(t *testing.T) {
	all, err := parse([]byte(printed))
	require.NoError(t, err)
	_, err = render(nil, all, nil)
	assert.ErrorContains(t, err, "no benchmark")
}

func TestSettings(t *testing.T) {
	assert.Equal(t, map[string]string{"go": "go1.26.8", "cpu": "AMD EPYC"}, settings([]byte("go: go1.26.8\ncpu: AMD EPYC\nBenchmarkX-2 1\npkg: no\n")))
}
