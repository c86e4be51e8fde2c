package opcua_test

import (
	"errors"
	"testing"

	"github.com/gopcua/opcua/ua"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
	opcuastatus "github.com/fieldstatus/fieldstatus/opcua"
)

func TestValueStatus(t *testing.T) {
	value := ua.MustVariant(1.5)
	for _, tt := range []struct {
		name   string
		dv     *ua.DataValue
		want   core.Code
		symbol string
	}{
		{"good", &ua.DataValue{Value: value}, core.OK, "Good"},
		{"good with overflow", &ua.DataValue{Value: value, Status: 0x480}, core.OK, "Good"},
		{"uncertain", &ua.DataValue{Value: value, Status: ua.StatusUncertainInitialValue}, core.OK, "UncertainInitialValue"},
		{"bad with a value", &ua.DataValue{Value: value, Status: ua.StatusBadNoCommunication}, core.OPCUABadNoCommunication, "BadNoCommunication"},
		{"bad without one", &ua.DataValue{Status: ua.StatusBadSensorFailure}, core.PluginTagValueInvalid, "BadSensorFailure"},
		{"good without a value", &ua.DataValue{}, core.PluginTagValueInvalid, "EmptyValue"},
		{"good with a null", &ua.DataValue{Value: &ua.Variant{}}, core.PluginTagValueInvalid, "EmptyValue"},
		{"uncertain without a value", &ua.DataValue{Status: ua.StatusUncertainInitialValue}, core.PluginTagValueInvalid, "EmptyValue"},
		{"empty array is a value", &ua.DataValue{Value: ua.MustVariant([]int32{})}, core.OK, "Good"},
		{"empty string is a value", &ua.DataValue{Value: ua.MustVariant("")}, core.OK, "Good"},
		{"structure of unknown type", &ua.DataValue{Value: ua.MustVariant(&ua.ExtensionObject{TypeID: ua.NewTwoByteExpandedNodeID(1)})}, core.OPCUATagUnsupported, "BadDataTypeIdUnknown"},
		{"structure", &ua.DataValue{Value: ua.MustVariant(ua.NewExtensionObject(&ua.AnonymousIdentityToken{}))}, core.OK, "Good"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := opcuastatus.ValueStatus(tt.dv)
			assert.Equal(t, tt.want, s.Code(core.Read))
			assert.Equal(t, tt.symbol, s.Symbol())
			coretest.AssertCode(t, s.Err(core.Read), tt.want)
		})
	}
	assert.Equal(t, core.Status{}, opcuastatus.ValueStatus(nil))

	err := opcuastatus.ValueStatus(&ua.DataValue{Status: 0x480}).Err(core.Read)
	assert.Equal(t, "read: 3008 Plugin tag value is invalid (opcua status 0x00000480 EmptyValue)", err.Error())
	assert.NotErrorIs(t, err, ua.StatusOK, "an error is never good")
	var code ua.StatusCode
	require.ErrorAs(t, err, &code)
	assert.EqualValues(t, 0x480, code)
}

func TestCheckAccess(t *testing.T) {
	const read, write = 1, 2
	for level := range 256 {
		for _, op := range []core.Op{core.Other, core.Connect, core.Read, core.Write} {
			err := opcuastatus.CheckAccess(byte(level), op)
			switch {
			case op == core.Read && level&read == 0:
				coretest.AssertCode(t, err, core.OPCUATagNotReadable)
			case op == core.Write && level&write == 0:
				coretest.AssertCode(t, err, core.OPCUATagNotWritable)
			default:
				assert.NoError(t, err)
				continue
			}
			assert.Equal(t, core.Fix, core.RemedyOf(err))
			assert.Equal(t, core.Item, core.ScopeOf(err))
		}
	}
	assert.Equal(t, "write: 10005 opcua tag is not writable (opcua access-level 0x01 NotWritable)", opcuastatus.CheckAccess(read, core.Write).Error())
}

func TestInfo(t *testing.T) {
	for _, tt := range []struct {
		code ua.StatusCode
		want string
	}{
		{0, ""}, {ua.StatusBadNodeIDUnknown, ""}, {0x480, "overflow"}, {0x40930600, "limit high"}, {0x808C0500, "limit low"}, {0x00000700, "limit constant"},
		{0x4000, "semantics changed"}, {0x8000, "structure changed"}, {0xC580, "structure changed, semantics changed, limit low, overflow"},
		{0x00C0, ""}, // a quality of OPC DA: no DataValue bits
		{0x0B80, ""}, // another type of information
		{0x0401, "calculated"}, {0x041E, "interpolated, partial, extra data, multiple values"},
	} {
		assert.Equal(t, tt.want, opcuastatus.Info(tt.code).String(), "0x%08X", uint32(tt.code))
	}
	assert.Equal(t, opcuastatus.LimitHigh, opcuastatus.Info(0x40930600).Limit())
	assert.True(t, opcuastatus.Info(0x480).Overflow())
	assert.False(t, opcuastatus.Info(0x80).Overflow())
	assert.Equal(t, "limit 9", opcuastatus.Limit(9).String())
	assert.Equal(t, "limit 4", opcuastatus.Limit(4).String())
}

// TestErrors: what an error says, and what it is.
func TestErrors(t *testing.T) {
	err := opcuastatus.Status(0x80340400).Err(core.Read)
	assert.Equal(t, "read: 10015 The node id refers to a node that does not exist in the server address space (opcua status 0x80340400 BadNodeIdUnknown)", err.Error())
	assert.ErrorIs(t, err, ua.StatusBadNodeIDUnknown)
	assert.ErrorIs(t, err, core.OPCUABadNodeIDUnknown)
	assert.NotErrorIs(t, err, ua.StatusBadNodeIDInvalid)
	coretest.RequireStatus(t, core.Tagged("motor.speed", err), ua.StatusBadNodeIDUnknown)
	assert.True(t, errors.Is(opcuastatus.ServiceStatus(ua.StatusBadNotConnected).Err(core.Read), ua.StatusBadNotConnected))
	assert.True(t, core.Repeatable(opcuastatus.Status(ua.StatusBadNodeIDUnknown).Err(core.Write)))
	assert.False(t, core.Repeatable(opcuastatus.Status(ua.StatusBadTimeout).Err(core.Write)), "the write may have happened")
	assert.Equal(t, core.Reconnect, opcuastatus.Status(ua.StatusGoodSubscriptionTransferred).Remedy(), "a success that asks for a new subscription")
}
