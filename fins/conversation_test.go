package fins

import (
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
)

func unhex(s string) []byte {
	b, err := hex.DecodeString(s)
	if err != nil {
		panic(err)
	}
	return b
}

// readOf is a command that reads two words, over UDP.
func readOf(sid byte) []byte {
	return unhex(fmt.Sprintf("800002000a00000200%02x0101820064000002", sid))
}

// answerTo is a response with an end code and data.
func answerTo(sid byte, command, end uint16, data ...byte) []byte {
	return append(unhex(fmt.Sprintf("c00002000200000a00%02x%04x%04x", sid, command, end)), data...)
}

func overTCPFrame(message []byte) []byte {
	return append(unhex(fmt.Sprintf("46494e53%08x0000000200000000", 8+len(message))), message...)
}

func TestConversationPairsInAnyOrder(t *testing.T) {
	var c Conversation
	ids := map[byte]uint64{}
	for sid := range byte(200) {
		c.Sent(readOf(sid))
		x := c.Exchange()
		assert.Equal(t, core.Read, x.Op)
		assert.True(t, x.Open)
		ids[sid] = x.ID
	}
	for i := range byte(200) {
		sid := 199 - i
		got, err := c.Received(nil, answerTo(sid, 0x0101, 0, 1, 2, 3, 4))
		require.NoError(t, err)
		assert.Equal(t, []core.Status{NormalCompletion.Status()}, got)
		assert.Equal(t, core.Exchange{Op: core.Read, ID: ids[sid]}, c.Exchange())
	}
}

func TestConversationTellsLateResponses(t *testing.T) {
	var c Conversation
	c.Sent(readOf(1))
	given := c.Exchange().ID // up
	c.Sent(readOf(2))
	waited := c.Exchange().ID
	_, err := c.Received(nil, answerTo(1, 0x0101, 0, 1, 2, 3, 4))
	require.NoError(t, err)
	assert.Equal(t, given, c.Exchange().ID)
	_, err = c.Received(nil, answerTo(2, 0x0101, 0, 1, 2, 3, 4))
	require.NoError(t, err)
	assert.Equal(t, waited, c.Exchange().ID)
}

// TestConversationStrays: what answers nothing is to be dropped, and shows what
// it is to those who look.
func TestConversationStrays(t *testing.T) {
	var c Conversation
	c.Sent(readOf(1))
	for name, f := range map[string]struct {
		frame []byte
		code  core.Code
	}{
		"foreign":      {answerTo(9, 0x0101, 0x1103), core.PluginMessageDisorder},
		"echo differs": {answerTo(1, 0x0102, 0x1103), core.PluginProtocolParseFailed},
	} {
		got, err := c.Received(nil, f.frame)
		assert.Empty(t, got, name)
		assert.ErrorIs(t, err, core.ErrNotResponse, name)
		assert.ErrorIs(t, err, AddressRangeError, name)
		assert.Equal(t, f.code, core.CodeOf(err), name)
		assert.Equal(t, core.Exchange{}, c.Exchange(), name)
		var end EndCode
		var fault *core.FrameError
		assert.True(t, errors.As(err, &end) && errors.As(err, &fault), name)
		assert.Contains(t, err.Error(), "SID", name)
	}
	got, err := c.Received(nil, answerTo(1, 0x0101, 0x1103))
	require.NoError(t, err)
	assert.Equal(t, []core.Status{AddressRangeError.Status()}, got)
	_, err = c.Received(nil, answerTo(1, 0x0101, 0x1103))
	assert.Equal(t, core.PluginMessageDisorder, core.CodeOf(err), "repeated")
}

// TestOffsetsOfStrays: the byte that does not fit is named where it stands in the
// frame.
func TestOffsetsOfStrays(t *testing.T) {
	for name, over := range map[string]struct {
		frame        func(message []byte) []byte
		sid, command int
	}{
		"UDP":       {func(b []byte) []byte { return b }, 9, 10},
		"TCP":       {overTCPFrame, 25, 26},
		"Host Link": {func(b []byte) []byte { return serial("@00FA00" + hex.EncodeToString(b)) }, 25, 27},
	} {
		var c Conversation
		if name == "Host Link" { // a command has one digit for the wait in place of the end code
			c.Sent(serial("@00FA0" + hex.EncodeToString(readOf(1))))
		} else {
			c.Sent(over.frame(readOf(1)))
		}
		require.True(t, c.Exchange().Open, name)
		for at, stray := range map[int][]byte{over.sid: answerTo(9, 0x0101, 0), over.command: answerTo(1, 0x0102, 0)} {
			_, err := c.Received(nil, over.frame(stray))
			var fault *core.FrameError
			require.ErrorAs(t, err, &fault, name)
			assert.Equal(t, at, fault.Offset, "%s: %v", name, err)
		}
	}
}

func TestConversationHandshake(t *testing.T) {
	request := unhex("46494e530000000c000000000000000000000000")
	accepted := unhex("46494e53000000100000000100000000000000020000000a")
	var c Conversation
	c.Sent(request)
	x := c.Exchange()
	assert.Equal(t, core.Exchange{Op: core.Connect, ID: 1, Open: true}, x)
	got, err := c.Received(nil, accepted)
	require.NoError(t, err)
	assert.Equal(t, []core.Status{TCPNormal.Status()}, got)
	assert.Equal(t, core.Exchange{Op: core.Connect, ID: 1}, c.Exchange())
	_, err = c.Received(nil, accepted)
	assert.ErrorIs(t, err, core.FrameForeign)
	assert.ErrorIs(t, err, core.ErrNotResponse)

	// After the handshake a bad frame is a bad frame.
	_, err = c.Received(nil, []byte("HTTP/1.1"))
	assert.ErrorIs(t, err, core.FrameMalformed)

	c = Conversation{}
	c.Sent(request)
	_, err = c.Received(nil, []byte("HTTP/1.1"))
	assert.ErrorIs(t, err, HandshakeFailed)
	assert.Equal(t, core.Exchange{Op: core.Connect, ID: 1}, c.Exchange())
	var fault *core.FrameError
	assert.ErrorAs(t, err, &fault)

	c = Conversation{}
	c.Sent(request)
	got, err = c.Received(nil, unhex("46494e53000000080000000300000020"))
	require.NoError(t, err)
	assert.Equal(t, []core.Status{TCPAllConnectionsInUse.Status()}, got)
	assert.Equal(t, core.Exchange{Op: core.Connect, ID: 1}, c.Exchange())
}

// TestConversationErrorNotification: it answers the newest command and leaves
// nothing open.
func TestConversationErrorNotification(t *testing.T) {
	var c Conversation
	c.Sent(overTCPFrame(readOf(1)))
	c.Sent(overTCPFrame(readOf(2)))
	got, err := c.Received(nil, unhex("46494e53000000080000000300000003"))
	require.NoError(t, err)
	assert.Equal(t, []core.Status{TCPCommandNotSupported.Status()}, got)
	assert.Equal(t, core.Exchange{Op: core.Read, ID: 2}, c.Exchange())
	_, err = c.Received(nil, overTCPFrame(answerTo(1, 0x0101, 0, 1, 2, 3, 4)))
	assert.ErrorIs(t, err, core.FrameForeign)
	got, err = c.Received(nil, unhex("46494e53000000080000000300000003"))
	require.NoError(t, err)
	assert.Len(t, got, 1)
	assert.Zero(t, c.Exchange().ID, "nothing was open")
}

// TestConversationClosed: whatever says that the connection is given up leaves
// nothing open, an error in the header of a response and a notification without
// one too.
func TestConversationClosed(t *testing.T) {
	withError := overTCPFrame(answerTo(1, 0x0101, 0, 1, 2, 3, 4))
	withError[15] = byte(TCPCommandNotSupported)
	for name, c := range map[string]struct {
		frame []byte
		want  core.Status
	}{
		"error in the header of a response": {withError, TCPCommandNotSupported.Status()},
		"notification without an error":     {unhex("46494e53000000080000000300000000"), TCPFrameSendErrorNotification.Status()},
	} {
		var conversation Conversation
		conversation.Sent(overTCPFrame(readOf(1)))
		conversation.Sent(overTCPFrame(readOf(2)))
		got, err := conversation.Received(nil, c.frame)
		require.NoError(t, err, name)
		assert.Equal(t, []core.Status{c.want}, got, name)
		assert.Equal(t, core.Exchange{Op: core.Read, ID: 2}, conversation.Exchange(), name)
		_, err = conversation.Received(nil, overTCPFrame(answerTo(1, 0x0101, 0, 1, 2, 3, 4)))
		assert.ErrorIs(t, err, core.FrameForeign, name)
	}
}

// TestConversationIgnoresWhatIsNoCommand: Sent takes everything.
func TestConversationIgnoresWhatIsNoCommand(t *testing.T) {
	var c Conversation
	for _, frame := range [][]byte{
		nil, {0x80}, []byte("FINS"), answerTo(1, 0x0101, 0), overTCPFrame(answerTo(1, 0x0101, 0)), overTCPFrame([]byte{1}),
		unhex("46494e53000000080000000600000000"), []byte("@00FA*\r"), []byte("@00RR00310001"),
	} {
		c.Sent(frame)
		assert.Equal(t, core.Exchange{}, c.Exchange(), "%q", frame)
	}
	assert.Equal(t, Conversation{}, c)
	got, err := c.Received(nil, answerTo(1, 0x0101, 0x1103))
	require.NoError(t, err, "still a lone frame")
	assert.Equal(t, []core.Status{AddressRangeError.Status()}, got)
}

func TestConversationWithoutResponse(t *testing.T) {
	var c Conversation
	c.Sent(unhex("810002000a00000200010102820064000001abcd"))
	assert.Equal(t, core.Exchange{Op: core.Write, ID: 1}, c.Exchange(), "nobody answers when ICF bit 0 is set")
}

// TestConversationOfLoneFrames: without its command a response still repeats
// the command code.
func TestConversationOfLoneFrames(t *testing.T) {
	for _, x := range []struct {
		frame []byte
		op    core.Op
	}{
		{answerTo(1, 0x0101, 0x1103), core.Read},
		{answerTo(1, 0x0102, 0x2101), core.Write},
		{answerTo(1, 0x2701, 0x2211), core.Other},
		{overTCPFrame(answerTo(1, 0x0402, 0)), core.Write},
		{unhex("46494e53000000100000000100000020000000000000000a"), core.Connect},
		{unhex("46494e53000000080000000300000003"), core.Other},
	} {
		var c Conversation
		got, err := c.Received(nil, x.frame)
		require.NoError(t, err)
		want, err := AppendStatuses(nil, x.frame)
		require.NoError(t, err)
		assert.Equal(t, want, got)
		assert.Equal(t, core.Exchange{Op: x.op}, c.Exchange())
	}
}

// TestAfterADeadline: what the package comment promises those who go on with the
// connection after a deadline, which is why its remedy is to retry.
func TestAfterADeadline(t *testing.T) {
	err := Translate(core.Read, os.ErrDeadlineExceeded)
	require.Equal(t, core.PluginDeviceNotResponding, core.CodeOf(err))
	require.Equal(t, core.Retry, core.RemedyOf(err))
	for name, over := range map[string]func([]byte) []byte{"UDP": func(b []byte) []byte { return b }, "TCP": overTCPFrame} {
		var c Conversation
		c.Sent(over(readOf(1)))
		givenUp := c.Exchange().ID
		c.Sent(over(readOf(2)))
		awaited := c.Exchange().ID
		_, err := c.Received(nil, over(answerTo(1, 0x0101, 0, 1, 2, 3, 4)))
		require.NoError(t, err, name)
		require.Equal(t, givenUp, c.Exchange().ID, "%s: the late response is no answer to the next command", name)
		_, err = c.Received(nil, over(answerTo(2, 0x0101, 0, 1, 2, 3, 4)))
		require.NoError(t, err, name)
		require.Equal(t, awaited, c.Exchange().ID, name)
	}
}
