package s7

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/internal/laws"
)

func TestTable(t *testing.T) { laws.Table(t, "s7", Rows()) }

// Every bit pattern of every field has its row, and every row is reached.
func TestTotal(t *testing.T) {
	c := laws.Cover(t, Rows())
	laws.Every(c, laws.Field[ReturnCode]{Layers: []string{"item-return"}, Status: ReturnCode.Status})
	laws.Every(c, laws.Field[UserdataReturn]{Layers: []string{"userdata-return"}, Status: UserdataReturn.Status})
	laws.Every(c, laws.Field[HeaderError]{Layers: []string{"header-error", "header-class"}, Status: HeaderError.Status})
	laws.Every(c, laws.Field[ParamError]{Layers: []string{"param-error"}, Status: ParamError.Status})
	laws.Every(c, laws.Field[ControlStatus]{Layers: []string{"control-status"}, Status: ControlStatus.Status})
	laws.Every(c, laws.Field[TPDU]{Layers: []string{"cotp-tpdu"}, Status: TPDU.Status, Canon: TPDU.kind})
	laws.Every(c, laws.Field[DisconnectReason]{Layers: []string{"cotp-dr-reason"}, Status: DisconnectReason.Status})
	laws.Every(c, laws.Field[RejectCause]{Layers: []string{"cotp-er-cause"}, Status: RejectCause.Status})
	laws.Every(c, laws.Field[TPDUSize]{Layers: []string{"cotp-tpdu-size"}, Status: TPDUSize.Status})
	laws.Every(c, laws.Field[ProtocolID]{Layers: []string{"protocol-id"}, Status: ProtocolID.Status})
	laws.Every(c, laws.Field[TPKTVersion]{Layers: []string{"tpkt-version"}, Status: TPKTVersion.Status})
	laws.Every(c, laws.Field[uint16]{
		Layers: []string{"prodave-local"}, Status: ProdaveStatus,
		Known: func(v uint16) bool {
			return c.Listed("prodave-local", int64(v)) || v >= 0x8000 && c.Listed("header-error", int64(v))
		},
	})
	laws.Every(c, laws.Field[int16]{
		Layers: []string{"client-libnodave"}, Status: func(v int16) core.Status { return LibnodaveStatus(int(v)) },
		Known: func(v int16) bool {
			return c.Listed("client-libnodave", int64(v)) || v > 10 && c.Listed("header-error", int64(v))
		},
	})
	laws.Sampled(c, laws.Field[int32]{Layers: []string{"client-tcp", "client-iso", "client-cli", "client-snap7-lib"}, Status: Snap7Status, Known: knownToSnap7(c)}, 0x0009006E, 0x0020003C, 0x00F0274C)
	laws.Events(c, Event.Status, "tpkt-fault", "data-shape", "transport-event")
	c.Spare("header-class", "0x00") // class 0 is no error, or a number that the table does not list
	c.Complete()
}

// knownToSnap7 states once more which part of a number of Snap7 decides.
func knownToSnap7(c *laws.Coverage) func(int32) bool {
	return func(v int32) bool {
		n := int64(uint32(v))
		client, iso, system := n&0xFFF00000, n&0x000F0000, n&0xFFFF
		switch {
		case v == 0 || c.Listed("client-snap7-lib", int64(v)):
			return true
		case client|iso != 0 && (system == 110 || system == 60 || system == 10060):
			return true
		case client != 0:
			return c.Listed("client-cli", client)
		case iso != 0:
			return c.Listed("client-iso", iso)
		}
		return c.Listed("client-tcp", system)
	}
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
		AddressOutOfRange, UserdataHardwareFault, HeaderError(0x8104), ParamError(0xD602), ControlPDUAlreadyStarted, DisconnectRequestTPDU,
		DisconnectAddressUnknown, RejectInvalidTPDUType, ProtocolS7CommPlus, TPKTVersion(5), EmptyValue, TPDUSize(0x20),
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
		{LibnodaveStatus(0xFFFF), core.Read, core.PluginReadFailed, "s7 header-class 0xFFFF"},
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
