package core_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
)

func TestErrorText(t *testing.T) {
	for want, err := range map[string]error{
		"read motor.speed: 10105 Invalid address (toy fault 0x45 Address)": core.Tagged("motor.speed", fault(0x45).Status().Err(core.Read)),
		"10105 Invalid address (toy fault 0x05 Address)":                   faultAddress.Status().Err(core.Other),
		"write: 3002 Plugin is not connected (net network EOF): EOF":       core.Translate(core.Write, io.EOF),
		"a: 10516 Access permission error":                                 core.Tagged("a", core.FINSAccessRightError),
		"4007":                                                             &core.Error{Code: 4007},
		"3009 Plugin protocol parsing failed (net frame Malformed): at byte 7: protocol id is 0x72, not 0x32": core.BadFrame(core.FrameMalformed.Status(), 7, "protocol id is 0x72, not 0x32"),
		"read a: 10105 Invalid address (toy fault 0x45 Address)":                                              core.Tagged("a", core.Translate(core.Read, fault(0x45))), // said once
		"<nil>": (*core.Error)(nil),
	} {
		assert.EqualError(t, err, want)
	}
	assert.Equal(t, "<nil>", (*core.FrameError)(nil).Error())
}

func TestNilErrorsAnswer(t *testing.T) {
	var e *core.Error
	assert.NoError(t, e.Unwrap())
	assert.False(t, e.Is(core.OK))
	assert.False(t, e.As(new(core.Code)))
	assert.False(t, e.Timeout())
	data, err := json.Marshal(e)
	require.NoError(t, err)
	assert.Equal(t, "null", string(data))
	assert.Equal(t, slog.KindAny, e.LogValue().Kind())
	assert.Equal(t, core.OK, core.CodeOf(e))
	assert.Equal(t, core.OK, core.CodeOf(fmt.Errorf("wrapped: %w", e)))
	assert.NoError(t, core.Tagged("tag", e))
	assert.NoError(t, core.Tagged("tag", nil))
	assert.Equal(t, core.None, core.RemedyOf(nil))
	assert.Equal(t, core.Item, core.ScopeOf(nil))
	assert.Equal(t, core.Status{}, core.StatusOf(nil))
}

func TestCodeOf(t *testing.T) {
	address := faultAddress.Status().Err(core.Read)
	for name, c := range map[string]struct {
		err  error
		want core.Code
	}{
		"nil":                          {nil, core.OK},
		"OK":                           {core.OK, core.OK},
		"code":                         {core.FINSAbort, core.FINSAbort},
		"error":                        {address, core.S7AddressInvalid},
		"native value":                 {faultAddress, core.S7AddressInvalid},
		"native success":               {faultNone, core.OK},
		"wrapped three times":          {fmt.Errorf("a: %w", fmt.Errorf("b: %w", fmt.Errorf("c: %w", address))), core.S7AddressInvalid},
		"joined":                       {errors.Join(io.EOF, address, core.FINSAbort), core.S7AddressInvalid},
		"first of two":                 {errors.Join(core.FINSAbort, address), core.FINSAbort},
		"a failure beside a success":   {errors.Join(core.OK, address), core.S7AddressInvalid},
		"unknown beside a success":     {errors.Join(core.OK, errors.New("x")), core.PluginReadFailed},
		"success alone in a join":      {errors.Join(core.OK, (*core.Error)(nil)), core.OK},
		"network":                      {io.EOF, core.PluginNotConnected},
		"canceled":                     {fmt.Errorf("stop: %w", context.Canceled), core.PluginNotRunning},
		"deadline":                     {context.DeadlineExceeded, core.PluginDeviceNotResponding},
		"unknown":                      {errors.New("x"), core.PluginReadFailed},
		"code left out, cause says it": {&core.Error{Err: fmt.Errorf("x: %w", core.FINSAbort)}, core.FINSAbort},
		"code left out, status says":   {&core.Error{Status: faultAddress.Status()}, core.S7AddressInvalid},
	} {
		assert.Equal(t, c.want, core.CodeOf(c.err), name)
	}
}

func TestRemedyAndScopeComeFromTheRow(t *testing.T) {
	unknown := faultUnknown.Status().Err(core.Read) // its row says reconnect the session
	assert.Equal(t, core.Reconnect, core.RemedyOf(unknown))
	assert.Equal(t, core.Session, core.ScopeOf(unknown))
	assert.Equal(t, core.Retry, core.RemedyOf(core.PluginReadFailed), "a bare code answers by the catalogue")
	assert.Equal(t, core.Fix, core.RemedyOf(&core.Error{Code: core.S7AddressInvalid}))
	assert.Equal(t, core.Connection, core.ScopeOf(core.S7COTPDisconnected))
	assert.Equal(t, core.None, core.RemedyOf(context.Canceled))
	own := &core.Error{Code: core.PluginTagValueInvalid, Err: unknown} // a driver chose another code
	assert.Equal(t, core.PluginTagValueInvalid, core.CodeOf(own))
	assert.Equal(t, core.Reconnect, core.RemedyOf(own), "the device said what it said")
	assert.Equal(t, faultUnknown.Status(), core.StatusOf(own))
}

func TestRepeatable(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		want bool
	}{
		"nil":                       {nil, false},
		"refused write":             {faultAddress.Status().Err(core.Write), true},
		"write without an answer":   {core.Translate(core.Write, os.ErrDeadlineExceeded), false},
		"read without an answer":    {core.Translate(core.Read, os.ErrDeadlineExceeded), true},
		"unknown status of a write": {faultUnknown.Status().Err(core.Write), false},
		"who knows which op":        {io.EOF, false},
		"never sent":                {core.Translate(core.Write, &net.OpError{Op: "dial", Err: errors.New("x")}), true},
		"refusal by code":           {core.S7AddressInvalid, true},
		"silence by code":           {core.PluginDeviceNotResponding, false},
		"canceled":                  {context.Canceled, false},
		"success":                   {core.OK, false},
		"unknown write":             {core.Translate(core.Write, errors.New("x")), false},
	} {
		assert.Equal(t, c.want, core.Repeatable(c.err), name)
	}
}

func TestTaggedKeepsTheAnswer(t *testing.T) {
	err := core.Translate(core.Read, fmt.Errorf("poll: %w", io.EOF))
	tagged := core.Tagged("a.b", err)
	var e *core.Error
	require.True(t, errors.As(tagged, &e))
	assert.Equal(t, "a.b", e.Tag)
	assert.ErrorIs(t, tagged, io.EOF)
	assert.Equal(t, core.StatusOf(err), core.StatusOf(tagged))
	require.True(t, errors.As(err, &e))
	assert.Empty(t, e.Tag, "the error that came in is left alone")

	stopped := core.Tagged("a.b", context.Canceled)
	assert.ErrorIs(t, stopped, context.Canceled)
	assert.Equal(t, core.PluginNotRunning, core.CodeOf(stopped))
}

func TestTranslateCompletesTheOp(t *testing.T) {
	err := core.Translate(core.Write, faultUnknown.Status().Err(core.Other))
	assert.Equal(t, core.PluginWriteFailed, core.CodeOf(err), "the code is asked for again")
	own := core.Translate(core.Write, &core.Error{Code: core.FINSAbort, Status: faultUnknown.Status()})
	assert.Equal(t, core.FINSAbort, core.CodeOf(own), "a code that a driver chose stays")
	wrapped := fmt.Errorf("frame 7: %w", faultUnknown.Status().Err(core.Other))
	err = core.Translate(core.Write, wrapped)
	assert.ErrorIs(t, err, wrapped)
	assert.Contains(t, err.Error(), "frame 7")
}

func TestTranslateFuncAsksTheProtocolFirst(t *testing.T) {
	recognize := func(op core.Op, err error) (core.Status, bool) {
		switch err.Error() {
		case "EOF":
			return faultAddress.Status(), true
		case "fine":
			return faultNone.Status(), true
		}
		return core.Status{}, false
	}
	assert.Equal(t, core.S7AddressInvalid, core.CodeOf(core.TranslateFunc(core.Read, io.EOF, recognize)))
	assert.NoError(t, core.TranslateFunc(core.Read, errors.New("fine"), recognize))
	assert.Equal(t, core.PluginNotConnected, core.CodeOf(core.TranslateFunc(core.Read, io.ErrUnexpectedEOF, recognize)))
	assert.Equal(t, core.FINSAbort, core.CodeOf(core.TranslateFunc(core.Read, core.FINSAbort, recognize)), "what carries a code needs no recognition")
}

func TestErrorTimeout(t *testing.T) {
	assert.True(t, core.Translate(core.Read, os.ErrDeadlineExceeded).(*core.Error).Timeout())
	assert.True(t, (&core.Error{Code: core.OPCUATimeout}).Timeout())
	assert.True(t, (&core.Error{Code: core.PluginNotConnected, Err: os.ErrDeadlineExceeded}).Timeout(), "a dial that timed out")
	assert.False(t, core.Translate(core.Read, io.EOF).(*core.Error).Timeout())
}

func TestErrorInJSONAndLogs(t *testing.T) {
	err := core.Tagged("motor.speed", faultAddress.Status().Wrap(core.Read, errors.New("client said so")))
	data, jerr := json.Marshal(err)
	require.NoError(t, jerr)
	assert.JSONEq(t, `{"op":"read","tag":"motor.speed","protocol":"toy","layer":"fault","value":5,"symbol":"Address","code":10105,"name":"S7AddressInvalid",
		"message":"Invalid address","remedy":"fix","scope":"item","quality":"bad","hint":"look at the tag","cause":"client said so"}`, string(data))

	var b strings.Builder
	log := slog.New(slog.NewTextHandler(&b, nil))
	log.Warn("poll", "err", err, "status", faultAddress.Status())
	for _, want := range []string{"err.code=10105", `err.message="Invalid address"`, "err.op=read", "err.tag=motor.speed", `err.native="0x05 Address"`, "err.remedy=fix", "err.scope=item", `err.cause="client said so"`, "status.protocol=toy", "status.code=10105"} {
		assert.Contains(t, b.String(), want)
	}
}
