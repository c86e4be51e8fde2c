package focastest

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAddresses(t *testing.T) {
	for text, printed := range map[string]string{
		"0x0015 500 510": "0x0015 500 510", "0x15": "0x0015", "path 2 0x8001 2204 2205 9": "path 2 0x8001 2204 2205 9", "path 1 0x0018": "0x0018",
		"0x0015 1 2 3 4 5": "0x0015 1 2 3 4 5", "0x0015 -1": "0x0015 -1", "0x0015 500 0": "0x0015 500",
	} {
		a, err := parseAddress(text)
		require.NoError(t, err)
		assert.Equal(t, printed, a.String())
	}
	for _, text := range []string{
		"", "15", "0x", "0x10000", "0x0015 x", "0x0015 1 2 3 4 5 6", "0x0015 2147483648",
		"path", "path 2", "path x 0x0015", "path 65536 0x0015", "path 2 15",
	} {
		_, err := parseAddress(text)
		assert.ErrorContains(t, err, "focastest: address", text)
	}
}

// A rule stands for the blocks whose range it touches, and what it leaves out
// may be anything.
func TestMatch(t *testing.T) {
	for _, c := range []struct {
		rule, block string
		want        bool
	}{
		{"0x0015 500 510", "0x0015 510 520", true}, {"0x0015 500 510", "0x0015 511 520", false},
		{"0x0015 500 510", "0x0015 490 500", true}, {"0x0015 500 510", "0x0015 490 499", false},
		{"0x0015 500", "0x0015 490 510", true}, {"0x0015 500", "0x0015 501 510", false}, {"0x0015", "0x0015 1 2", true},
		{"0x8001 2204 2205 9", "0x8001 2205 2206 9 1", true}, {"0x8001 2204 2205 9", "0x8001 2205 2206 5 1", false},
		{"0x0026 1 2", "0x0026 1 2 3", true}, {"0x0026 1 2", "0x0026 1 3", false}, {"0x0026", "0x0025", false},
		{"path 2 0x0015 500", "0x0015 500 500", false}, {"path 2 0x0015 500", "path 2 0x0015 500 500", true},
		{"open", "open", true}, {"open", "close", false}, {"open", "0x0015", false},
	} {
		assert.Equal(t, c.want, match(c.rule, c.block), "%s, %s", c.rule, c.block)
	}
}
