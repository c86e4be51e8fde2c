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
	c := laws.Cover(t, Rows())
	endCodes := laws.Field[EndCode]{
		Layers: []string{"end-code", "end-code-unit", "mres", "mres-flag", "sres-flag"}, Status: EndCode.Status, Canon: sameError,
		Known: func(v EndCode) bool {
			plain := int64(v.Plain())
			listed := c.Listed("end-code", plain) || c.Listed("end-code-unit", plain)
			return listed && !(plain == 0 && v.Relay())
		},
	}
	laws.Every(c, endCodes)
	endCodes.Status = func(v EndCode) core.Status { return Strict(v.Status()) }
	laws.Every(c, endCodes)
	laws.Every(c, laws.Field[HostLinkEndCode]{Layers: []string{"hostlink-end-code"}, Status: HostLinkEndCode.Status})
	laws.Sampled(c, laws.Field[TCPError]{Layers: []string{"tcp-error"}, Status: TCPError.Status})
	laws.Sampled(c, laws.Field[TCPCommand]{Layers: []string{"tcp-command"}, Status: TCPCommand.Status})
	laws.Events(c, Event.Status)
	c.Complete()
}

// sameError states once more which bits of an end code are no part of the error:
// relay bit and CPU flags, unless there is nothing else.
func sameError(v EndCode) EndCode {
	switch plain := v.Plain(); {
	case plain != NormalCompletion:
		return plain
	case v.Relay():
		return relayBit
	case v.Fatal():
		return fatalBit
	}
	return NormalCompletion
}

// TestStrictOverTheField: over the whole field Strict changes successes with the
// fatal flag, and nothing else.
func TestStrictOverTheField(t *testing.T) {
	for v := range 1 << 16 {
		s := EndCode(v).Status()
		strict := Strict(s)
		if v == 0x0080 || v == 0x00C0 {
			assert.Equal(t, core.FINSControllerError, strict.Code(core.Read), "%#x", v)
			continue
		}
		assert.Equal(t, s, strict, "%#x", v)
	}
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
	assert.Equal(t, core.Status{}, (AreaMismatch + 1).Status())
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
	for _, s := range []core.Status{AddressRangeError.Status(), WriteReadOnly.Status(), DestinationNodeBusy.Status(), TCPAllConnectionsInUse.Status(), HostLinkFCSError.Status()} {
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
	assert.Equal(t, "0x13 FCSError", HostLinkFCSError.String())
	assert.Contains(t, HostLinkFCSError.Error(), "checksum of our frame was wrong")
}
