package cli

import (
	"fmt"
	"iter"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/fieldstatus/fieldstatus/cmd/internal/protocol"
	"github.com/fieldstatus/fieldstatus/core"
)

// tabled is a protocol that consists of its table.
func tabled(rows ...core.Row) *protocol.Protocol {
	return &protocol.Protocol{
		Name:      "tabled",
		Rows:      func() iter.Seq[core.Row] { return slices.Values(rows) },
		Translate: func(_ core.Op, err error) error { return err },
	}
}

func TestFits(t *testing.T) {
	for bits, test := range map[int]struct{ in, out []int64 }{
		8:   {[]int64{0, 1, 255}, []int64{256, -1, 1 << 40}},
		16:  {[]int64{0, 256, 65535}, []int64{65536, -1}},
		-8:  {[]int64{-128, -1, 0, 127}, []int64{-129, 128, 255}},
		-16: {[]int64{-32768, -1, 0, 32767}, []int64{-32769, 32768}},
		0:   {[]int64{-1 << 63, -1, 0, 1<<63 - 1}, nil}, // a field of no known width
	} {
		for _, n := range test.in {
			assert.True(t, fits(n, bits), "%d in %d bits", n, bits)
		}
		for _, n := range test.out {
			assert.False(t, fits(n, bits), "%d in %d bits", n, bits)
		}
	}
}

// What a layer says about a value is its best row; layers that name the value
// come before those that only have a range for it.
func TestByValue(t *testing.T) {
	row := func(layer, value, symbol string) core.Row {
		return core.Row{Layer: layer, Value: value, Symbol: symbol, Native: core.Native{Bits: 8}}
	}
	p := tabled(
		row("ranges", "0x10..0x1F", "Teens"),
		row("ranges", "0x18..0x2F", "Later"), // what both have is the first one's
		row("mixed", "*", "Any"),
		row("mixed", "0x10..0x12", "Few"),
		row("mixed", "0x11", "Eleven"),
		row("mixed", "0x11", "Again"),
		row("named", "0x11", "Seventeen"),
		row("named", "0x12/*", "Details"),
		row("unlisted", "*", "Anything"),
	)
	for _, test := range []struct {
		values []int64
		want   []string
	}{
		{[]int64{0x0F}, []string{"Any", "Anything"}},
		{[]int64{0x10}, []string{"Teens", "Few"}},
		{[]int64{0x11}, []string{"Eleven", "Seventeen", "Teens"}},
		{[]int64{0x12}, []string{"Teens", "Few"}},
		{[]int64{0x13}, []string{"Teens"}},
		{[]int64{0x18}, []string{"Teens"}},
		{[]int64{0x1F}, []string{"Teens"}},
		{[]int64{0x20}, []string{"Later"}},
		{[]int64{0x2F}, []string{"Later"}},
		{[]int64{0x30}, []string{"Any", "Anything"}},
		{[]int64{0xFF}, []string{"Any", "Anything"}},
		{[]int64{0x100}, nil}, // more than the field holds
		{[]int64{0x11, 0x01}, nil},
		{[]int64{0x12, 0x01}, []string{"Details"}},
	} {
		var got []string
		for _, a := range byValue(p, test.values) {
			got = append(got, a.row.Symbol)
		}
		assert.Equal(t, test.want, got, "%#x", test.values)
	}
}

// A number in a range of the table is a status of it, also when a documented
// code has the same number.
func TestExplainRangeBeforeCode(t *testing.T) {
	a, out, _ := newApp("")
	a.protocols = []*protocol.Protocol{tabled(
		core.Row{Protocol: "tabled", Layer: "status", Value: "2990..3001", Symbol: "Range", Fallback: true},
		core.Row{Protocol: "tabled", Layer: "status", Value: "1", Codes: [4]core.Code{3000, 3000, 3000, 3002}},
	)}
	assert.Equal(t, exitOK, a.run([]string{"explain", "tabled", "3000"}))
	assert.Contains(t, out.String(), "tabled status 2990..3001 Range\n")
	out.Reset()
	assert.Equal(t, exitOK, a.run([]string{"explain", "tabled", "3002"}), "in no range")
	assert.Contains(t, out.String(), "1 status ends in this code")
}

// A misspelt symbol gets a few suggestions, each once.
func TestSimilar(t *testing.T) {
	var rows []core.Row
	for i := range 4 {
		symbol := fmt.Sprintf("BadNode%d", i)
		rows = append(rows, core.Row{Symbol: "Good"}, core.Row{Symbol: symbol}, core.Row{Symbol: symbol})
	}
	assert.Equal(t, []string{"BadNode0", "BadNode1", "BadNode2", "BadNode3"}, similar(tabled(rows...), "node"))
	rows = append(rows, core.Row{Symbol: "NodeA"}, core.Row{Symbol: "NodeB"})
	assert.Equal(t, []string{"BadNode0", "BadNode1", "BadNode2", "BadNode3", "NodeA"}, similar(tabled(rows...), "node"))
	assert.Empty(t, similar(tabled(rows...), "edge"))
}

// A negative number is no flag, whatever its digits are.
func TestNegatives(t *testing.T) {
	for _, test := range []struct{ args, want []string }{
		{[]string{"explain", "focas", "-16"}, []string{"explain", "--", "focas", "-16"}},
		{[]string{"explain", "focas", "-016/9"}, []string{"explain", "--", "focas", "-016/9"}},
		{[]string{"explain", "focas", "-9", "--json"}, []string{"explain", "--json", "--", "focas", "-9"}},
		{[]string{"explain", "--", "focas", "-9"}, []string{"explain", "--", "focas", "-9"}},
		{[]string{"explain", "-", "-/", "-:", "-x"}, []string{"explain", "-", "-/", "-:", "-x"}},
		{[]string{"decode", "-5"}, []string{"decode", "-5"}},
		{nil, nil},
	} {
		assert.Equal(t, test.want, negatives(test.args))
	}
}
