package fins

import (
	"encoding/csv"
	"fmt"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
)

// The rules of end codes, stated without the code under test: what the manuals
// list, bytes and bits, nothing of this package.

// listedSubCodes are the sub codes that W227 8-3 and the manuals of the
// communication units list, by main code.
var listedSubCodes = map[byte]string{
	0x00: "\x00\x01",
	0x01: "\x01\x02\x03\x04\x05\x06",
	0x02: "\x01\x02\x03\x04\x05",
	0x03: "\x01\x02\x03\x04",
	0x04: "\x01\x02",
	0x05: "\x01\x02\x03\x04",
	0x10: "\x01\x02\x03\x04\x05",
	0x11: "\x00\x01\x02\x03\x04\x05\x06\x09\x0a\x0b\x0c",
	0x20: "\x02\x03\x04\x05\x06\x07",
	0x21: "\x01\x02\x03\x05\x06\x07\x08",
	0x22: "\x01\x02\x03\x04\x05\x06\x07\x08\x0f\x10\x11\x30\x31\x32\x40",
	0x23: "\x01\x02\x03\x07",
	0x24: "\x01",
	0x25: "\x02\x03\x04\x05\x06\x07\x09\x0a\x0d\x0f\x10",
	0x26: "\x01\x02\x04\x05\x06\x07\x08\x09\x0a\x0b",
	0x30: "\x01",
	0x40: "\x01",
}

// classOrder are the main codes in the order of the documented codes from 10502.
const classOrder = "\x01\x02\x03\x04\x05\x10\x11\x20\x21\x22\x23\x24\x25\x26\x30\x40"

func isListed(main, sub byte) bool {
	for i := range len(listedSubCodes[main]) {
		if listedSubCodes[main][i] == sub {
			return true
		}
	}
	return false
}

// ruled says what the rules give an end code.
func ruled(mres, sres byte) (code int, uncertain, known, relay, fatal, nonFatal bool) {
	relay = mres >= 128
	main := mres % 128
	if isListed(main, sres) {
		known = true // with its bits, whatever they look like
	} else {
		fatal = sres/128%2 == 1
		nonFatal = sres/64%2 == 1
		sres %= 64
		known = isListed(main, sres)
	}
	switch {
	case main == 0 && sres == 0 && !relay:
		return 0, fatal, true, relay, fatal, nonFatal
	case main == 0 && sres == 0:
		return 10501, false, false, relay, fatal, nonFatal
	case main == 0:
		return 10501, false, known, relay, fatal, nonFatal
	}
	for i := range len(classOrder) {
		if classOrder[i] == main {
			return 10502 + i, false, known, relay, fatal, nonFatal
		}
	}
	return 10501, false, false, relay, fatal, nonFatal
}

func TestEveryEndCode(t *testing.T) {
	var successes []int
	for v := range 1 << 16 {
		e := EndCode(v)
		s := e.Status()
		code, uncertain, known, relay, fatal, nonFatal := ruled(byte(v>>8), byte(v))
		for _, op := range []core.Op{core.Other, core.Connect, core.Read, core.Write} {
			require.EqualValues(t, code, s.Code(op), "0x%04X", v)
		}
		quality := core.Bad
		switch {
		case uncertain:
			quality = core.Uncertain
		case code == 0:
			quality = core.Good
		}
		require.Equal(t, quality, s.Quality(), "0x%04X", v)
		require.Equal(t, known, s.Known(), "0x%04X", v)
		require.EqualValues(t, v, s.Value(), "0x%04X", v)
		require.Equal(t, []bool{relay, fatal, nonFatal}, []bool{e.Relay(), e.Fatal(), e.NonFatal()}, "0x%04X", v)
		require.Equal(t, byte(v>>8)%128, e.Main(), "0x%04X", v)
		require.Equal(t, core.Request, s.Scope(), "0x%04X", v)
		strict := Strict(s)
		if uncertain {
			require.Equal(t, core.FINSControllerError, strict.Code(core.Read), "0x%04X", v)
			require.Equal(t, s.Value(), strict.Value(), "0x%04X", v)
		} else {
			require.Equal(t, s, strict, "0x%04X", v)
		}
		if code == 0 {
			successes = append(successes, v)
		}
	}
	assert.Equal(t, []int{0x0000, 0x0040, 0x0080, 0x00C0}, successes)
}

// TestListedIsTheTable: the list above and the table name the same end codes.
func TestListedIsTheTable(t *testing.T) {
	f, err := os.Open("statuses.tsv")
	require.NoError(t, err)
	defer f.Close()
	r := csv.NewReader(f)
	r.Comma, r.LazyQuotes = '\t', true
	records, err := r.ReadAll()
	require.NoError(t, err)
	n := 0
	for _, record := range records {
		if record[0] != "end-code" && record[0] != "end-code-unit" {
			continue
		}
		n++
		var main, sub byte
		require.Len(t, record[1], 6)
		_, err := fmt.Sscanf(record[1], "0x%02x%02x", &main, &sub)
		require.NoError(t, err)
		assert.True(t, isListed(main, sub), record[1])
		if sub&0xC0 != 0 {
			assert.Equal(t, "0x2240", record[1], "the one listed value with a flag bit; see Plain")
		}
	}
	listed := 0
	for _, subs := range listedSubCodes {
		listed += len(subs)
	}
	assert.Equal(t, listed, n)
	assert.Equal(t, 95, n)
}
