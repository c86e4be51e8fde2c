package fins

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
)

// TestFlaggedEndCodes has worked examples of end codes with relay bit and flags.
func TestFlaggedEndCodes(t *testing.T) {
	for _, c := range []struct {
		value EndCode
		code  core.Code
		text  string
	}{
		{0x0040, core.OK, "fins sres-flag 0x0040 NonFatalCPUUnitError"},
		{0x0080, core.OK, "fins sres-flag 0x0080 FatalCPUUnitError"},
		{0x00C0, core.OK, "fins sres-flag 0x00C0 FatalCPUUnitError"},
		{0x0041, core.FINSError, "fins end-code 0x0041 ServiceCanceled"},
		{0x0441, core.FINSServiceUnsupported, "fins end-code 0x0441 UndefinedCommand"},
		{0x1141, core.FINSParameterError, "fins end-code 0x1141 AreaClassificationMissing"},
		{0x1143, core.FINSParameterError, "fins end-code 0x1143 AddressRangeError"},
		{0x2181, core.FINSWriteNotPossible, "fins end-code 0x2181 WriteReadOnly"},
		{0x2240, core.FINSNotExecutableInMode, "fins end-code-unit 0x2240 SocketServiceModeError"},
		{0x8000, core.FINSError, "fins mres-flag 0x8000 NetworkRelayError"},
		{0x80C0, core.FINSError, "fins mres-flag 0x80C0 NetworkRelayError"},
		{0x8001, core.FINSError, "fins end-code 0x8001 ServiceCanceled"},
		{0x8201, core.FINSDestinationNodeError, "fins end-code 0x8201 DestinationNodeNotInNetwork"},
		{0x8205, core.FINSDestinationNodeError, "fins end-code 0x8205 ResponseTimeout"},
		{0x8501, core.FINSRoutingTableError, "fins end-code 0x8501 DestinationAddressSettingError"},
		{0x8545, core.FINSRoutingTableError, "fins mres 0x8545 RoutingTableError"},
		{0xC041, core.FINSAbort, "fins end-code 0xC041 ServiceAborted"},
		{0x0600, core.FINSError, "fins mres 0x0600"},
		{0x8600, core.FINSError, "fins mres-flag 0x8600 NetworkRelayError"},
	} {
		s := c.value.Status()
		assert.Equal(t, c.code, s.Code(core.Read), c.text)
		assert.Equal(t, c.text, s.String())
	}
}

// TestIsStripsContextBits: relay bit and flags do not make another error, the
// native value keeps them.
func TestIsStripsContextBits(t *testing.T) {
	for _, c := range []struct {
		came, asked EndCode
		is          bool
	}{
		{0x1143, AddressRangeError, true},
		{0x9143, AddressRangeError, true},
		{0x1143, AddressRangeExceeded, false},
		{0x8545, 0x0505, true},  // a sub code that no manual lists
		{0x8545, 0x0506, false}, // another one of the same class
		{0x8641, 0x0601, true},  // an unknown class, through a relay
		{0x0641, 0x0601, true},
		{0x0641, 0x0701, false},
		{0x8000, NormalCompletion, false},
		{0x8040, 0x8000, true},
		{0x2240, 0x2200, false},
		{0x4001, 0x0001, false},
	} {
		err := core.Tagged("D100", c.came.Status().Err(core.Read))
		assert.Equal(t, c.is, errors.Is(err, c.asked), "0x%04X, 0x%04X", uint16(c.came), uint16(c.asked))
		var e EndCode
		assert.True(t, errors.As(err, &e))
		assert.Equal(t, c.came, e)
	}
}

// TestEveryFailureIsItself: every end code that is a failure, wrapped as a driver
// does, is the end code without relay bit and flags, is no other one, and hands
// out the value as it came. Where the bits are all there is, they count.
func TestEveryFailureIsItself(t *testing.T) {
	failures := 0
	for v := range 1 << 16 {
		came := EndCode(v)
		err := core.Tagged("D100", came.Status().Err(core.Read))
		if err == nil {
			continue
		}
		failures++
		plain := EndCode(v & 0x7F3F)
		if v&0x7FFF == 0x2240 {
			plain = 0x2240
		}
		if plain == 0 {
			plain = 0x8000
		}
		require.ErrorIs(t, err, came)
		require.ErrorIs(t, err, plain, "0x%04X", v)
		for _, other := range []EndCode{plain + 1, plain - 1, plain ^ 0x0100, plain ^ 0x4000, NormalCompletion, 0x0040, 0x0080, 0x00C0} {
			require.False(t, errors.Is(err, other), "0x%04X is 0x%04X", v, uint16(other))
		}
		var got EndCode
		require.ErrorAs(t, err, &got)
		require.Equal(t, came, got)
		require.False(t, errors.Is(err, TCPError(v)), "0x%04X", v)
		require.False(t, errors.Is(err, HostLinkEndCode(uint8(v))), "0x%04X", v)
	}
	assert.Equal(t, 1<<16-4, failures)
}

func TestStrict(t *testing.T) {
	s := Strict(EndCode(0x00C0).Status())
	assert.Equal(t, core.Bad, s.Quality())
	assert.Equal(t, core.Fix, s.Remedy())
	err := s.Err(core.Read)
	assert.ErrorIs(t, err, core.FINSControllerError)
	assert.ErrorIs(t, err, EndCode(0x0080))
	assert.NotErrorIs(t, err, NormalCompletion)
	var e EndCode
	assert.ErrorAs(t, err, &e)
	assert.Equal(t, EndCode(0x00C0), e)
	assert.Equal(t, s, Strict(s), "twice is once")
	for _, other := range []core.Status{{}, core.NetEOF.Status(), EndCode(0x0040).Status(), EndCode(0x2181).Status(), TCPError(0x80).Status()} {
		assert.Equal(t, other, Strict(other))
	}
}

func TestLocation(t *testing.T) {
	network, node, ok := Location(EndCode(0x8201).Status().WithExtended(0x0103))
	assert.Equal(t, []any{uint8(1), uint8(3), true}, []any{network, node, ok})
	for _, s := range []core.Status{
		{}, EndCode(0x8201).Status(), EndCode(0x1103).Status().WithExtended(7), core.NetEOF.Status().WithExtended(7),
		TCPFrameSendErrorNotification.Status().WithExtended(0x99),
	} {
		_, _, ok := Location(s)
		assert.False(t, ok, s)
	}
}
