package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// complete returns a result for everything that the page is about. What is
// promised is held, and by no more than it has to be.
func complete() results {
	units := func(pairs ...any) map[string]value {
		units := map[string]value{"sec/op": {50e-9, "1%"}, "allocs/op": {0, "0%"}}
		for i := 0; i < len(pairs); i += 2 {
			units[pairs[i].(string)] = value{pairs[i+1].(float64), "1%"}
		}
		return units
	}
	return results{
		{"s7", "Code/ReturnCode", units("times-bare", 2.0)},
		{"s7", "AppendStatuses20", units("times-one-pass", 4.0)},
		{"s7", "Conversation20", units("times-one-pass", 3.0)},
		{"s7", "ScanFrames", units("B/s", 39e9)},
		{"bench", "CodeS7/by=map", units("times-bare", 9.0)},
		{"bench", "Find/error=wrapped/by=CodeOf", units("times-errors.As", 0.5)},
		{"bench", "Make/by=Code.Err", units("B/op", 0.0)},
		{"bench", "Make/by=Status.Err", units("sec/op", 100e-9, "allocs/op", 1.0)},
		{"bench", "Text/by=Error", units("allocs/op", 2.0)},
		{"decode", "LargeCapture/polls=1", units("times-gopacket-clock", 2.0, "allocs/op", 1e6)},
		{"decode", "LargeCapture/polls=20", units("times-gopacket-clock", 2.0, "allocs/op", 1e6)},
	}
}

func page(t *testing.T, all results) string {
	t.Helper()
	text, err := render(map[string]string{"cpu": "AMD EPYC", "load": "0.50"}, all, []byte("goos: linux\nCode 1.0  \ngeomean 1.0\n"))
	require.NoError(t, err)
	return string(text)
}

func TestRender(t *testing.T) {
	text := page(t, complete())
	assert.NotContains(t, text, "**no**")
	for _, line := range []string{
		"Measured on AMD EPYC",
		"was 0.50.",
		"| 2.00 ± 1% (`s7` ReturnCode) | 0 | yes |",
		"| 2.00 ± 1% (LargeCapture/polls=20) |  | yes |",
		"| Make: Status.Err | 100 ns |  | 1 |",
		"## All multiples\n\n```\nCode 1.0\n```\n",
	} {
		assert.Contains(t, text, line)
	}
}

// TestBrokenPromises: the page says so, whether time or memory is the reason.
func TestBrokenPromises(t *testing.T) {
	for _, b := range bounds {
		for unit, limit := range map[string]float64{b.unit: b.limit, "allocs/op": b.allocs} {
			if limit == many {
				continue
			}
			all := complete()
			broken := all.matching(b.pkg, b.pattern)
			require.NotEmpty(t, broken)
			broken[0].units[unit] = value{limit + max(1e-9, limit/100), "1%"}
			for line := range strings.Lines(page(t, all)) {
				if strings.HasPrefix(line, "| "+b.what+" |") {
					assert.Contains(t, line, "**no**", unit)
				}
			}
		}
	}
}

// TestRenderMissesNothing: a page without one of its benchmarks would look complete.
func TestRenderMissesNothing(t *testing.T) {
	for i, missing := range complete() {
		all := complete()
		_, err := render(nil, append(all[:i], all[i+1:]...), nil)
		assert.ErrorContains(t, err, "no benchmark", missing.name)
	}
}
