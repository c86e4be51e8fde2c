package core_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
)

// A fault is a native type as protocol packages have them: a byte whose upper
// half are flags.
type fault uint8

const (
	faultNone    fault = 0x00
	faultAddress fault = 0x05
	faultUnknown fault = 0x0E
)

var faultRows = [...]core.Row{
	{Protocol: "toy", Layer: "fault", Value: "0x00", Symbol: "None", Meaning: "done", Why: "success", Native: core.Native{Bits: 8, As: core.As[fault]}},
	{Protocol: "toy", Layer: "fault", Value: "0x05", Symbol: "Address", Meaning: "no such address", Why: "test",
		Codes: codes(core.S7AddressInvalid), Remedy: core.Fix, Scope: core.Item, Quality: core.Bad, Hint: "look at the tag", Native: core.Native{Bits: 8, As: core.As[fault]}},
	{Protocol: "toy", Layer: "fault", Value: "*", Meaning: "unknown", Why: "test", Fallback: true, Unsure: true,
		Codes:  [4]core.Code{core.PluginReadFailed, core.PluginReadFailed, core.PluginReadFailed, core.PluginWriteFailed},
		Remedy: core.Reconnect, Scope: core.Session, Quality: core.Bad, Native: core.Native{Bits: 8, As: core.As[fault]}},
	{Protocol: "toy", Layer: "detail", Value: "-16/3/*", Meaning: "send failed", Why: "test", Codes: codes(core.PluginNotConnected), Native: core.Native{Bits: -16, Pair: true}},
	{Protocol: "toy", Layer: "event", Value: "-", Symbol: "Lost", Meaning: "lost", Why: "test", Codes: codes(core.PluginNotConnected)},
}

func codes(c core.Code) [4]core.Code { return [4]core.Code{c, c, c, c} }

func (f fault) Error() string { return "fault" }

func (f fault) Status() core.Status {
	switch f & 0x0F {
	case faultNone:
		return core.NewStatus(&faultRows[0], int64(f))
	case faultAddress:
		return core.NewStatus(&faultRows[1], int64(f))
	}
	return core.NewStatus(&faultRows[2], int64(f))
}

func TestZeroStatusIsNeverSuccess(t *testing.T) {
	var s core.Status
	for op, want := range map[core.Op]core.Code{core.Other: 3000, core.Connect: 3000, core.Read: 3000, core.Write: 3001} {
		assert.Equal(t, want, s.Code(op))
		require.Error(t, s.Err(op))
		assert.Equal(t, want, core.CodeOf(s.Err(op)))
	}
	assert.Equal(t, core.Retry, s.Remedy())
	assert.Equal(t, core.Request, s.Scope())
	assert.Equal(t, core.Bad, s.Quality())
	assert.False(t, s.Known())
	assert.Equal(t, "no status", s.String())
	assert.Equal(t, 3000, int(core.CodeOf(&core.Error{})), "an error whose code was forgotten is no success")
	assert.Equal(t, 3001, int(core.CodeOf(&core.Error{Op: core.Write})))
}

func TestStatusAnswersFromItsRow(t *testing.T) {
	s := fault(0x45).Status()
	assert.Equal(t, core.S7AddressInvalid, s.Code(core.Read))
	assert.Equal(t, core.Fix, s.Remedy())
	assert.Equal(t, core.Item, s.Scope())
	assert.Equal(t, core.Bad, s.Quality())
	assert.True(t, s.Known())
	assert.EqualValues(t, 0x45, s.Value())
	_, ok := s.Extended()
	assert.False(t, ok)
	assert.Equal(t, []string{"toy", "fault", "Address", "look at the tag"}, []string{s.Protocol(), s.Layer(), s.Symbol(), s.Hint()})
	assert.Equal(t, "no such address", s.Row().Meaning)
	assert.NotEqual(t, s, fault(0x05).Status(), "equal statuses have the same bits")
	assert.Equal(t, s, fault(0x45).Status())
	assert.NoError(t, fault(0x80).Status().Err(core.Read))
}

func TestStatusTexts(t *testing.T) {
	pair := core.NewStatus(&faultRows[3], -16).WithExtended(3<<16 | 104)
	for want, s := range map[string]core.Status{
		"toy fault 0x45 Address":  fault(0x45).Status(),
		"toy fault 0x0E":          faultUnknown.Status(),
		"toy fault 0x05/0x0204":   core.NewStatus(&faultRows[2], 5).WithExtended(0x204),
		"toy detail -16/3/104":    pair,
		"toy event Lost":          core.NewStatus(&faultRows[4], 1),
		"toy event 0x0204 Lost":   core.NewStatus(&faultRows[4], 1).WithExtended(0x204),
		"toy event 0x00012345":    core.NewStatus(&core.Row{Protocol: "toy", Layer: "event", Native: core.Native{Bits: 32}}, 0x12345),
		"net network DialRefused": core.NetDialRefused.Status(),
		"net frame Malformed":     core.FrameMalformed.Status(),
	} {
		assert.Equal(t, want, s.String())
	}
	assert.Equal(t, "0x45 Address", fault(0x45).Status().Native())
	assert.Equal(t, "toy fault 0x45 Address: no such address", fault(0x45).Status().Text())
}

func TestStatusInJSON(t *testing.T) {
	data, err := json.Marshal(fault(0x45).Status())
	require.NoError(t, err)
	assert.JSONEq(t, `{"protocol":"toy","layer":"fault","value":69,"symbol":"Address","code":10105,"name":"S7AddressInvalid",
		"message":"Invalid address","remedy":"fix","scope":"item","quality":"bad","hint":"look at the tag"}`, string(data))
	data, err = json.Marshal(core.NetReset.Status())
	require.NoError(t, err)
	assert.NotContains(t, string(data), `"value"`, "an event has no number on the wire")
}

func TestErrorsIsStripsFlagsAndAsKeepsThem(t *testing.T) {
	err := error(fault(0x45).Status().Err(core.Read))
	assert.ErrorIs(t, err, faultAddress)
	assert.ErrorIs(t, err, fault(0x85))
	assert.NotErrorIs(t, err, faultUnknown)
	var f fault
	require.True(t, errors.As(err, &f))
	assert.Equal(t, fault(0x45), f)
	var c core.Code
	require.True(t, errors.As(err, &c))
	assert.Equal(t, core.S7AddressInvalid, c)

	unknown := error(faultUnknown.Status().Err(core.Read))
	assert.ErrorIs(t, unknown, faultUnknown)
	assert.NotErrorIs(t, unknown, fault(0x0D), "two unknown values share a row, but are not the same")
}
