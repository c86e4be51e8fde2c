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
	for _, table := range []string{"", "pkg: s7\n", ",f,\n,sec/op,CI\nCode-2,fast,1%\n", ",f,\n,sec/op,CI\nCode-2,1,1%\nCode-2,1\n"} {
		_, err := parse([]byte(table))
		assert.Error(t, err, table)
	}
}

func TestSettings(t *testing.T) {
	assert.Equal(t, map[string]string{"go": "go1.26.8", "cpu": "AMD EPYC"}, settings([]byte("go: go1.26.8\ncpu: AMD EPYC\nBenchmarkX-2 1\npkg: no\n")))
}

// TestMost: of equals the first one, as on the page.
func TestMost(t *testing.T) {
	all := results{
		{"s7", "a", map[string]value{"sec/op": {1, ""}}},
		{"s7", "b", map[string]value{"sec/op": {2, ""}}},
		{"s7", "c", map[string]value{"sec/op": {2, ""}}},
		{"s7", "d", map[string]value{"B/op": {9, ""}}},
	}
	worst, ok := all.most("sec/op")
	assert.True(t, ok)
	assert.Equal(t, "b", worst.name)
}

func TestShort(t *testing.T) {
	for x, want := range map[float64]string{0: "0", 7: "7", 1234: "1234", 1234.5: "1234", 100.2: "100", 99.94: "99.9", 10.04: "10.0", 9.996: "10.00", 0.123: "0.12"} {
		assert.Equal(t, want, short(x))
	}
}

// TestText: what people read of a value.
func TestText(t *testing.T) {
	for _, c := range []struct {
		unit string
		value
		want string
	}{
		{"sec/op", value{12.5e-9, "1%"}, "12.5 ns"},
		{"B/s", value{250e6, "1%"}, "250"},
		{"B/s-gopacket", value{12.5e6, "1%"}, "12.5"},
		{"B-heap", value{3e6, "1%"}, "3"},
		{"B/op", value{80, "0%"}, "80"},
		{"times-bare", value{1.5, "2%"}, "1.50 ± 2%"},
		{"times-bare", value{1.5, "0%"}, "1.50"},
		{"times-bare", value{1.5, "∞"}, "1.50"},
		{"times-bare", value{1.5, ""}, "1.50"},
	} {
		r := result{units: map[string]value{c.unit: c.value}}
		assert.Equal(t, c.want, r.text(c.unit))
		assert.Equal(t, "", r.text("another/op"))
	}
}
