package s7test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAddresses(t *testing.T) {
	for _, c := range []struct {
		text, printed string
		want          address
	}{
		{"DB1.DBX0.1", "DB1.DBX0.1", address{areaDB, 1, 1, 1}},
		{"DB65535.DBB65535", "DB65535.DBB65535", address{areaDB, 65535, 8 * 65535, 8}},
		{"DB1.DBW4", "DB1.DBW4", address{areaDB, 1, 32, 16}},
		{"DB1.DBD4", "DB1.DBD4", address{areaDB, 1, 32, 32}},
		{"DB1.DBB4[10]", "DB1.DBB4[10]", address{areaDB, 1, 32, 80}},
		{"DB1.DBB0[65536]", "DB1.DBB0[65536]", address{areaDB, 1, 0, 8 * 65536}},
		{"DB1.DBW4[2]", "DB1.DBD4", address{areaDB, 1, 32, 32}},
		{"M0.7", "M0.7", address{areaFlags, 0, 7, 1}},
		{"MB3", "MB3", address{areaFlags, 0, 24, 8}},
		{"E1.2", "I1.2", address{areaInputs, 0, 10, 1}},
		{"AW2", "QW2", address{areaOutputs, 0, 16, 16}},
		{"C5", "C5", address{areaCounters, 0, 80, 16}},
		{"Z5[3]", "C5[3]", address{areaCounters, 0, 80, 48}},
		{"T32767", "T32767", address{areaTimers, 0, 16 * 32767, 16}},
		{"T0[2]", "T0[2]", address{areaTimers, 0, 0, 32}},
	} {
		a, err := parseAddress(c.text)
		require.NoError(t, err)
		assert.Equal(t, c.want, a, c.text)
		assert.Equal(t, c.printed, a.String())
	}
	assert.Equal(t, "area 0x05 B3", address{area: 5, first: 24, bits: 8}.String())
	for _, text := range []string{
		"", "DB1", "DB1.DBW", "DB65536.DBW0", "X0", "DB1.DBX0.8", "DB1.DBB0[0]", "DB1.DBB0[-1]",
		"MB65536", "MW65535", "T32768", "DB1.DBB0[65537]", "DB1.DBB1[65536]", "MB99999999999999999999", "MB0[99999999999999999999]", // behind the end
	} {
		_, err := parseAddress(text)
		assert.ErrorContains(t, err, "s7test: address", text)
	}
}

// The address of a rule is that of an item when they have a bit in common.
func TestMatch(t *testing.T) {
	for _, c := range []struct {
		rule, item string
		want       bool
	}{
		{"DB1.DBW4", "DB1.DBB4", true}, {"DB1.DBW4", "DB1.DBB5", true}, {"DB1.DBW4", "DB1.DBB3", false}, {"DB1.DBW4", "DB1.DBB6", false},
		{"DB1.DBW4", "DB1.DBB0[5]", true}, {"DB1.DBW4", "DB1.DBB0[4]", false}, {"DB1.DBW4", "DB2.DBW4", false}, {"MW4", "IW4", false},
		{"DB1.DBX4.3", "DB1.DBB4", true}, {"DB1.DBX4.3", "DB1.DBX4.4", false}, {"nonsense", "nonsense", false},
	} {
		assert.Equal(t, c.want, match(c.rule, c.item), "%s, %s", c.rule, c.item)
		assert.Equal(t, c.want, match(c.item, c.rule), "%s, %s", c.item, c.rule)
	}
}
