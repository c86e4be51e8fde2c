package finstest

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// The address of a rule is that of a command when they have a bit in common.
func TestMatch(t *testing.T) {
	for _, c := range []struct {
		rule, item string
		want       bool
	}{
		{"D100", "D100", true}, {"D100", "D99[2]", true}, {"D100", "D99", false}, {"D100", "D101", false}, {"D100", "W100", false},
		{"D100.05", "D100", true}, {"D100.05", "D100.05", true}, {"D100.05", "D100.04", false}, {"D100.05", "D100.04[2]", true},
		{"D100.05[3]", "D100.07", true}, {"D100.05[3]", "D100.08", false}, {"D100.15[2]", "D101.00", true},
		{"T5.00", "T5", true}, {"T5.00", "T6", false}, {"T5", "C5", false}, {"E0_1", "E1", true}, {"E1_1", "E1", false},
		{"clock", "clock", true}, {"clock", "mode", false}, {"nonsense", "nonsense", false},
	} {
		assert.Equal(t, c.want, match(c.rule, c.item), "%s, %s", c.rule, c.item)
		assert.Equal(t, c.want, match(c.item, c.rule), "%s, %s", c.item, c.rule)
	}
}

// Area codes as they stand in commands, first and last of each range.
func TestElements(t *testing.T) {
	for want, b := range map[string][]byte{
		"E0_1": {0xA0, 0, 1, 0}, "EF_1": {0xAF, 0, 1, 0}, "E0_1.02": {0x20, 0, 1, 2}, "EF_1.02": {0x2F, 0, 1, 2},
		"D256": {0x82, 1, 0, 7}, "T32767": {0x89, 0x7F, 0xFF, 0}, "C0": {0x89, 0x80, 0, 0}, "C1.00": {0x09, 0x80, 1, 0},
	} {
		a, ok := element(b, 1)
		assert.True(t, ok, want)
		assert.Equal(t, want, a.String())
	}
	for _, code := range []byte{0x1F, 0x34, 0x9F, 0xB4, 0xFF} {
		_, ok := element([]byte{code, 0, 0, 0}, 1)
		assert.False(t, ok, "%02X", code)
	}
}
