package fins

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/internal/laws"
)

func TestLaws(t *testing.T) {
	laws.Table(t, "fins", Rows())
	laws.Total16(t, func(v uint16) core.Status { return EndCode(v).Status() })
	laws.Total8(t, func(v uint8) core.Status { return HostLinkEndCode(v).Status() })
	values := []uint32{0, 1, 3, 6, 0x20, 0x25, 0x100, 0x10000, 0xFFFFFFFF}
	laws.Total32(t, func(v uint32) core.Status { return TCPError(v).Status() }, values...)
	laws.Total32(t, func(v uint32) core.Status { return TCPCommand(v).Status() }, values...)
}

// TestFINSCodesOnly: what a device says ends in 10500 to 10517, or in 3009 when
// it breaks the rules of FINS/TCP; the catalogue's section is used up.
func TestFINSCodesOnly(t *testing.T) {
	reached := map[core.Code]bool{}
	for row := range Rows() {
		for _, code := range row.Codes {
			reached[code] = true
			if code != core.OK && code != core.PluginProtocolParseFailed {
				assert.EqualValues(t, "fins", code.Section(), "%s %s", row.Layer, row.Value)
			}
		}
	}
	for code := core.FINSDisconnected; code <= core.FINSAbort; code++ {
		assert.True(t, reached[code], "no row ends in %v", code)
	}
}

// TestErrorsOfTCPEndTheConnection: every FINS/TCP error does, known or not.
func TestErrorsOfTCPEndTheConnection(t *testing.T) {
	for v := range uint32(0x200) {
		for _, s := range []core.Status{TCPError(v).Status(), TCPCommand(v).Status()} {
			if s.Code(core.Read) == core.OK {
				continue
			}
			assert.Equal(t, core.Connection, s.Scope(), s)
			assert.Contains(t, []core.Remedy{core.Reconnect, core.Fix}, s.Remedy(), s)
		}
	}
}

func TestEvents(t *testing.T) {
	for e := Disconnected; e <= AreaMismatch; e++ {
		s := e.Status()
		row := s.Row()
		assert.True(t, row.Code(core.Read).Documented() && row.Code(core.Read) != core.OK, e)
		assert.Equal(t, row.Symbol, e.String())
		assert.NotEmpty(t, row.Meaning)
		assert.NotEmpty(t, row.Why)
		assert.Equal(t, core.Bad, row.Quality)
		if row.Remedy == core.Reconnect {
			assert.Equal(t, core.Connection, row.Scope)
		}
		err := s.Err(core.Write)
		require.ErrorIs(t, err, e)
		var got Event
		require.ErrorAs(t, err, &got)
		require.Equal(t, e, got)
		require.Contains(t, e.Error(), row.Meaning)
	}
	assert.Equal(t, core.Status{}, Event(0).Status())
	assert.Equal(t, core.Status{}, Event(len(events)+1).Status())
	assert.Len(t, events, int(AreaMismatch))
}

// TestWritesThatMayHaveHappened: what must not be repeated silently.
func TestWritesThatMayHaveHappened(t *testing.T) {
	for _, s := range []core.Status{
		Disconnected.Status(), core.NetDeadline.Status(), EndCode(0x0205).Status(), EndCode(0x8205).Status(), EndCode(0x0103).Status(),
		EndCode(0x0303).Status(), ServiceAborted.Status(), EndCode(0x8000).Status(), Strict(EndCode(0x0080).Status()), TCPFrameSendErrorNotification.Status(),
	} {
		assert.False(t, core.Repeatable(s.Err(core.Write)), s)
		assert.True(t, core.Repeatable(s.Err(core.Read)), s)
	}
	for _, s := range []core.Status{AddressRangeError.Status(), WriteReadOnly.Status(), DestinationNodeBusy.Status(), TCPAllConnectionsInUse.Status(), HostLinkFcsError.Status()} {
		assert.True(t, core.Repeatable(s.Err(core.Write)), s)
	}
}

func TestTexts(t *testing.T) {
	assert.Equal(t, "0x1143 AddressRangeError", EndCode(0x1143).String())
	assert.Equal(t, "fins end-code 0x1143 AddressRangeError: first address lies in an inaccessible area", EndCode(0x1143).Error())
	assert.Equal(t, "0x00000020 AllConnectionsInUse", TCPAllConnectionsInUse.String())
	assert.Equal(t, "fins tcp-error 0x00000020 AllConnectionsInUse: server has no free FINS/TCP connection", TCPAllConnectionsInUse.Error())
	assert.Equal(t, "0x00000002 FrameSend", TCPFrameSend.String())
	assert.Contains(t, TCPCommand(9).Error(), "fins tcp-command 0x00000009")
	assert.Equal(t, "0x13 FcsError", HostLinkFcsError.String())
	assert.Contains(t, HostLinkFcsError.Error(), "checksum of our frame was wrong")
}
