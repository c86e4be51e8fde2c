package core_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
)

// catalogue reads the rows of catalogue.tsv by the number of their code, the
// range written out: an independent reading of what the generator read.
func catalogue(t *testing.T) map[int][]string {
	data, err := os.ReadFile("catalogue.tsv")
	require.NoError(t, err)
	rows := map[int][]string{}
	for _, line := range strings.Split(strings.TrimSpace(string(data)), "\n")[1:] {
		cells := strings.Split(line, "\t")
		var first, last int
		if n, _ := fmt.Sscanf(cells[1], "%d-%d", &first, &last); n == 1 {
			last = first
		}
		for n := first; n <= last; n++ {
			rows[n] = cells
		}
	}
	return rows
}

func TestEveryNumberAnswersAsTheCatalogueSays(t *testing.T) {
	rows := catalogue(t)
	assert.Len(t, rows, 265+44)
	for n := -1; n < 1<<16; n++ {
		c, documented := core.Lookup(n)
		cells, want := rows[n]
		want = want || n == 0
		if !assert.Equal(t, core.Code(n), c) || !assert.Equal(t, want, documented, n) || !assert.Equal(t, want, c.Documented(), n) {
			return
		}
		switch {
		case n == 0:
		case !want:
			assert.Empty(t, c.Name()+c.Message()+string(c.Section()))
		default:
			zh, ok := c.MessageIn("zh")
			assert.True(t, ok)
			assert.Equal(t, []string{cells[0], cells[3], cells[4], cells[5], cells[6]}, []string{string(c.Section()), c.Message(), zh, c.Remedy().String(), c.Scope().String()}, n)
			if n < 10701 || n > 10744 {
				assert.Equal(t, cells[2], c.Name())
			}
		}
	}
}

func TestCodesAscendAndAreComplete(t *testing.T) {
	last, n := core.OK, 0
	for c := range core.Codes() {
		assert.Greater(t, c, last)
		assert.True(t, c.Documented())
		last, n = c, n+1
	}
	assert.Equal(t, 309, n)
	for range core.Codes() {
		break // a loop that stops early is no panic
	}
}

func TestNamesOfTheRangeCarryTheGeneralStatus(t *testing.T) {
	assert.Equal(t, "ENIPError0x01", core.ENIPErrorFirst.Name())
	assert.Equal(t, "ENIPError0x16", core.Code(10722).Name())
	assert.Equal(t, "ENIPError0x2C", core.ENIPErrorLast.Name())
}

func TestParseCodeReadsWhatCodesPrint(t *testing.T) {
	for c := range core.Codes() {
		for _, text := range []string{c.String(), c.Name(), strings.ToLower(c.Name()), fmt.Sprint(int(c)), " " + c.Name() + " "} {
			got, err := core.ParseCode(text)
			require.NoError(t, err)
			require.Equal(t, c, got, text)
		}
	}
	for text, want := range map[string]core.Code{"0": core.OK, "ok": core.OK, "4007": 4007, "-1": -1, "2147483647": 1<<31 - 1} {
		got, err := core.ParseCode(text)
		require.NoError(t, err)
		assert.Equal(t, want, got)
	}
	for _, text := range []string{"", " ", "S7", "99999999999", "0x10"} {
		_, err := core.ParseCode(text)
		assert.ErrorContains(t, err, "neither the number nor the name", text)
	}
}

func TestTextsOfCodes(t *testing.T) {
	assert.EqualError(t, core.S7AddressInvalid, "10105 Invalid address")
	assert.EqualError(t, core.Code(4007), "4007 undocumented code")
	for lang, want := range map[string]string{"en": "Success", "zh": "成功", "de": ""} {
		text, ok := core.OK.MessageIn(lang)
		assert.Equal(t, want, text)
		assert.Equal(t, want != "", ok)
	}
}

func TestUndocumentedNumbersSurvive(t *testing.T) {
	// Codes of later editions: no constants, but they print, parse and travel.
	for _, n := range []int{1019, 3020, 4007, 10601, 10911, 1<<31 - 1, -1 << 31} {
		c, ok := core.Lookup(n)
		assert.False(t, ok)
		assert.Equal(t, fmt.Sprint(n), c.String())
		assert.Contains(t, c.Error(), fmt.Sprint(n))
		data, err := json.Marshal(struct{ Error core.Code }{c})
		require.NoError(t, err)
		assert.JSONEq(t, fmt.Sprintf(`{"Error":%d}`, n), string(data))
		var back struct{ Error core.Code }
		require.NoError(t, json.Unmarshal(data, &back))
		assert.Equal(t, c, back.Error)
		assert.Equal(t, c, core.CodeOf(c.Err()))
		assert.Equal(t, core.Retry, c.Remedy())
		assert.Equal(t, core.Request, c.Scope())
	}
	_, ok := core.Lookup(1 << 40)
	assert.False(t, ok)
}

func TestErrIsNilExactlyForOK(t *testing.T) {
	assert.NoError(t, core.OK.Err())
	for c := range core.Codes() {
		err := c.Err()
		require.Error(t, err)
		assert.Equal(t, c, core.CodeOf(err))
		assert.ErrorIs(t, err, c)
		assert.NotErrorIs(t, err, c+1)
	}
}

func TestPortableErrors(t *testing.T) {
	for c, sentinel := range map[core.Code]error{
		core.S7AccessDenied: fs.ErrPermission, core.FINSAccessRightError: fs.ErrPermission, core.Code(10715): fs.ErrPermission,
		core.S7ObjectNotExist: fs.ErrNotExist, core.OPCUABadNodeIDUnknown: fs.ErrNotExist, core.Code(10722): fs.ErrNotExist,
		core.PluginDeviceNotResponding: os.ErrDeadlineExceeded, core.OPCUATimeout: os.ErrDeadlineExceeded,
		core.S7DataTypeUnsupported: errors.ErrUnsupported, core.Code(10708): errors.ErrUnsupported,
	} {
		err := fmt.Errorf("wrapped: %w", &core.Error{Code: c})
		for _, other := range []error{fs.ErrPermission, fs.ErrNotExist, os.ErrDeadlineExceeded, errors.ErrUnsupported, fs.ErrExist} {
			assert.Equal(t, other == sentinel, errors.Is(err, other), "%v is %v", c, other)
		}
	}
}

func TestTextsOfTheAnswers(t *testing.T) {
	assert.Equal(t, "write", core.Write.String())
	assert.Equal(t, "reconnect", core.Reconnect.String())
	assert.Equal(t, "session", core.Session.String())
	assert.Equal(t, "uncertain", core.Uncertain.String())
	assert.Equal(t, "Op(4)", core.Op(4).String())
	assert.Equal(t, "Quality(3)", core.Quality(3).String())

	type all struct {
		O core.Op
		R core.Remedy
		S core.Scope
		Q core.Quality
	}
	data, err := json.Marshal(all{core.Read, core.Fix, core.Connection, core.Bad})
	require.NoError(t, err)
	assert.JSONEq(t, `{"O":"read","R":"fix","S":"connection","Q":"bad"}`, string(data))
	var back all
	require.NoError(t, json.Unmarshal(data, &back))
	assert.Equal(t, all{core.Read, core.Fix, core.Connection, core.Bad}, back)
	assert.ErrorContains(t, json.Unmarshal([]byte(`{"R":"pray"}`), &back), `"pray" is no remedy`)
}
