package s7

import (
	"errors"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/internal/laws"
)

func TestTable(t *testing.T) { laws.Table(t, "s7", Rows()) }

func TestTotal(t *testing.T) {
	for name, status := range map[string]func(uint8) core.Status{
		"ReturnCode":       func(v uint8) core.Status { return ReturnCode(v).Status() },
		"UserdataReturn":   func(v uint8) core.Status { return UserdataReturn(v).Status() },
		"ControlStatus":    func(v uint8) core.Status { return ControlStatus(v).Status() },
		"TPDU":             func(v uint8) core.Status { return TPDU(v).Status() },
		"DisconnectReason": func(v uint8) core.Status { return DisconnectReason(v).Status() },
		"RejectCause":      func(v uint8) core.Status { return RejectCause(v).Status() },
		"TPDUSize":         func(v uint8) core.Status { return TPDUSize(v).Status() },
		"ProtocolID":       func(v uint8) core.Status { return ProtocolID(v).Status() },
		"TPKTVersion":      func(v uint8) core.Status { return TPKTVersion(v).Status() },
	} {
		t.Run(name, func(t *testing.T) { laws.Total8(t, status) })
	}
	t.Run("HeaderError", func(t *testing.T) {
		laws.Total16(t, func(v uint16) core.Status { return HeaderError(v).Status() })
	})
	t.Run("ParamError", func(t *testing.T) {
		laws.Total16(t, func(v uint16) core.Status { return ParamError(v).Status() })
	})
	t.Run("ProdaveStatus", func(t *testing.T) { laws.Total16(t, ProdaveStatus) })
	t.Run("LibnodaveStatus", func(t *testing.T) {
		laws.TotalInt16(t, func(v int16) core.Status { return LibnodaveStatus(int(v)) })
	})
	t.Run("Snap7Status", func(t *testing.T) {
		values := []uint32{1, 0x0009006E}
		for row := range Rows() {
			if strings.HasPrefix(row.Value, "0x") && len(row.Value) == 10 {
				v, err := strconv.ParseUint(row.Value, 0, 32)
				require.NoError(t, err)
				values = append(values, uint32(v))
			}
		}
		laws.Total32(t, func(v uint32) core.Status { return Snap7Status(int32(v)) }, values...)
	})
}

// Only 0 and the successes of the table are successes, for no op anything else.
func TestSuccesses(t *testing.T) {
	for v := range 1 << 16 {
		for _, op := range []core.Op{core.Other, core.Connect, core.Read, core.Write} {
			assert.Equal(t, v == 0, HeaderError(v).Status().Code(op) == core.OK)
			assert.Equal(t, v == 0, ParamError(v).Status().Code(op) == core.OK)
		}
	}
	for v := range 1 << 8 {
		assert.Equal(t, v == 0xFF, ReturnCode(v).Status().Code(core.Read) == core.OK)
		assert.Equal(t, v == 0xFF || v == 0x0A, UserdataReturn(v).Status().Code(core.Read) == core.OK)
	}
}

// There is no generic code of S7: what has no code of its own is 3000, and
// 3001 for a write. While connecting, every header error is 10151.
func TestFallbacks(t *testing.T) {
	for row := range Rows() {
		if strings.HasPrefix(row.Why, "fallback:") {
			assert.Equal(t, core.PluginReadFailed, row.Code(core.Read), row.Layer+row.Value)
			assert.Equal(t, core.PluginReadFailed, row.Code(core.Other), row.Layer+row.Value)
			assert.Equal(t, core.PluginWriteFailed, row.Code(core.Write), row.Layer+row.Value)
		}
	}
	for v := 1; v < 1<<16; v++ {
		assert.Equal(t, core.S7Disconnected, HeaderError(v).Status().Code(core.Connect))
	}
}

func TestHeaderErrorFallsBackOnItsClass(t *testing.T) {
	s := HeaderError(0x8399).Status()
	assert.Equal(t, "s7 header-class 0x8399 NoResourcesAvailable", s.String())
	assert.False(t, s.Known())
	assert.EqualValues(t, 0x8399, s.Value())
	err := s.Err(core.Read)
	assert.ErrorIs(t, err, HeaderError(0x8399))
	assert.NotErrorIs(t, err, HeaderError(0x8398), "another number of the class")
	var native HeaderError
	require.ErrorAs(t, err, &native)
	assert.Equal(t, HeaderError(0x8399), native)
	assert.EqualValues(t, 0x83, native.Class())
	assert.True(t, HeaderError(0x8104).Status().Known())
	assert.Equal(t, "0x8104 Code7FunNotAvailable", HeaderError(0x8104).String())
	assert.Contains(t, HeaderError(0x8104).Error(), "PUT/GET")
}

func TestTPDUIgnoresTheCredit(t *testing.T) {
	s := TPDU(0xD5).Status()
	assert.Equal(t, core.OK, s.Code(core.Connect))
	assert.EqualValues(t, 0xD5, s.Value())
	assert.ErrorIs(t, TPDU(0x85).Status().Err(core.Read), DisconnectRequestTPDU)
	assert.Equal(t, "0x80 DR", DisconnectRequestTPDU.String())
	assert.Contains(t, DisconnectRequestTPDU.Error(), "refusal of our connection request")
}

// The native value can be had back from an error, and compared with.
func TestNativeValues(t *testing.T) {
	for _, native := range []interface {
		error
		Status() core.Status
	}{
		AddressOutOfRange, UserdataHardwareFault, HeaderError(0x8104), ParamError(0xD602), ControlPduAlreadyStarted, DisconnectRequestTPDU,
		DisconnectAddressUnknown, RejectInvalidTpduType, ProtocolS7CommPlus, TPKTVersion(5), EmptyValue, TPDUSize(0x20),
	} {
		err := native.Status().Err(core.Read)
		require.Error(t, err, native)
		assert.ErrorIs(t, err, native)
		assert.NotErrorIs(t, err, DataTypeInconsistent)
	}
	var code ReturnCode
	require.True(t, errors.As(AddressOutOfRange.Status().Err(core.Read), &code))
	assert.Equal(t, AddressOutOfRange, code)
	var event Event
	require.True(t, errors.As(EmptyValue.Status().Err(core.Read), &event))
	assert.Equal(t, EmptyValue, event)
	assert.False(t, errors.As(EmptyValue.Status().Err(core.Read), &code))
}

func TestNumbersOfOtherLibraries(t *testing.T) {
	for _, c := range []struct {
		status core.Status
		op     core.Op
		want   core.Code
		text   string
	}{
		{Snap7Status(0), core.Read, core.OK, "s7 header-error 0x0000 NoError"},
		{Snap7Status(0x00900000), core.Read, core.S7AddressInvalid, "s7 client-cli 0x00900000 errCliAddressOutOfRange"},
		{Snap7Status(0x00090068), core.Write, core.S7COTPDisconnected, "s7 client-iso 0x00090068 errIsoSendPacket"},
		{Snap7Status(0x000A006E), core.Read, core.PluginDeviceNotResponding, "s7 client-tcp 0x000A006E errTCPReceiveTimeout"},
		{Snap7Status(0x000A274C), core.Read, core.PluginDeviceNotResponding, "s7 client-tcp 0x000A274C errTCPReceiveTimeout"},
		{Snap7Status(0x00030000), core.Connect, core.S7COTPDisconnected, "s7 client-iso 0x00030000 errIsoInvalidPDU"},
		{Snap7Status(111), core.Connect, core.PluginNotConnected, "s7 client-tcp 0x0000006F"},
		{Snap7Status(0x7FF00000), core.Write, core.PluginWriteFailed, "s7 client-cli 0x7FF00000"},
		{Snap7Status(-2), core.Read, core.PluginReadFailed, "s7 client-snap7-lib -2 errLibInvalidObject"},
		{LibnodaveStatus(0), core.Read, core.OK, "s7 client-libnodave 0 daveResOK"},
		{LibnodaveStatus(10), core.Read, core.S7ObjectNotExist, "s7 client-libnodave 10 daveResItemNotAvailable"},
		{LibnodaveStatus(-1025), core.Read, core.PluginDeviceNotResponding, "s7 client-libnodave -1025 daveResTimeout"},
		{LibnodaveStatus(0xD241), core.Read, core.S7AccessDenied, "s7 header-error 0xD241 Code7NeedPassword"},
		{LibnodaveStatus(1 << 20), core.Read, core.PluginReadFailed, "s7 client-libnodave 1048576"},
		{ProdaveStatus(0x0302), core.Read, core.S7AddressInvalid, "s7 prodave-local 0x0302"},
		{ProdaveStatus(0xFFFF), core.Read, core.PluginDeviceNotResponding, "s7 prodave-local 0xFFFF"},
		{ProdaveStatus(0x8101), core.Read, core.S7HardwareError, "s7 header-error 0x8101"},
		{ProdaveStatus(0x0999), core.Read, core.PluginReadFailed, "s7 prodave-local 0x0999"},
	} {
		assert.Equal(t, c.text, c.status.String())
		assert.Equal(t, c.want, c.status.Code(c.op), c.text)
	}
}
