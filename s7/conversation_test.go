package s7

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
)

// readRequest is a Read Var of n bytes with a reference.
func readRequest(ref byte, n byte) []byte {
	return frame([]byte{0x32, job, 0, 0, 0, ref, 0, 14, 0, 0, readVar, 1, 0x12, 10, 0x10, 2, 0, n, 0, 1, 0x84, 0, 0, 0})
}

// answerTo is an answer to it.
func answerTo(ref byte, items string) []byte {
	b := readAnswer(1, items)
	b[11], b[12] = 0, ref
	return b
}

var (
	connectRequest = unhex("0300001611e00000000100c0010ac1020100c2020102")
	setupRequest   = unhex("0300001902f080 320100000400000800 00f0000001000101e0")
)

// A connection from the first frame to the last, with what each frame belongs to.
func TestConversation(t *testing.T) {
	var c Conversation
	received := func(f []byte) ([]core.Status, error) { return c.Received(nil, f) }

	c.Sent(connectRequest)
	assert.Equal(t, core.Exchange{Op: core.Connect, ID: 1, Open: true}, c.Exchange())
	assert.Equal(t, StageConnect, c.Stage)
	statuses, err := received(goodConfirm)
	require.NoError(t, err)
	assert.Equal(t, []core.Status{ConnectConfirmTPDU.Status()}, statuses)
	assert.Equal(t, core.Exchange{Op: core.Connect, ID: 1}, c.Exchange())
	assert.Equal(t, StageSession, c.Stage)

	c.Sent(setupRequest)
	assert.Equal(t, core.Exchange{Op: core.Connect, ID: 2, Open: true}, c.Exchange())
	statuses, err = received(goodSetup)
	require.NoError(t, err)
	assert.Equal(t, []core.Status{HeaderNoError.Status()}, statuses)
	assert.Equal(t, StageOpen, c.Stage)

	c.Sent(readRequest(1, 2))
	c.Sent(readRequest(2, 2))
	assert.Equal(t, core.Exchange{Op: core.Read, ID: 4, Open: true}, c.Exchange())
	statuses, err = received(answerTo(2, "05000000"))
	require.NoError(t, err)
	assert.Equal(t, []core.Status{AddressOutOfRange.Status()}, statuses)
	assert.Equal(t, core.Exchange{Op: core.Read, ID: 4}, c.Exchange(), "answers may come in another order")
	_, err = received(answerTo(2, "05000000"))
	coretest.AssertStatus(t, err, PDUReferenceMismatch)
	coretest.AssertCode(t, err, core.PluginMessageDisorder)
	assert.Zero(t, c.Exchange())
	_, err = received(answerTo(1, "ff0400101122"))
	require.NoError(t, err)
	assert.EqualValues(t, 3, c.Exchange().ID)

	c.Sent(readRequest(3, 2))
	statuses, err = received(unhex("0300000b06800001000180"))
	require.NoError(t, err)
	assert.Equal(t, []core.Status{DisconnectNormalDisconnect.Status()}, statuses)
	assert.Equal(t, core.Exchange{Op: core.Read, ID: 5}, c.Exchange())

	c.Sent(connectRequest)
	assert.Equal(t, core.Exchange{Op: core.Connect, ID: 6, Open: true}, c.Exchange(), "ids go on after a new connect")
	assert.Equal(t, StageConnect, c.Stage)
}

// Fragments of one answer: the request stays open until the last of them.
func TestConversationJoins(t *testing.T) {
	whole := answerTo(1, "ff04002011223344")
	first, second := append([]byte{2, 0xF0, 0}, whole[7:20]...), append([]byte{2, 0xF0, 0x80}, whole[20:]...)
	var c Conversation
	for range 3 { // the memory for fragments is used again
		c.Sent(readRequest(1, 4))
		id := c.Exchange().ID
		_, err := c.Received(nil, tpdu(first...))
		assert.ErrorIs(t, err, core.ErrIncomplete)
		assert.True(t, c.Exchange().Open)
		statuses, err := c.Received(nil, tpdu(second...))
		require.NoError(t, err)
		assert.Equal(t, []core.Status{Success.Status()}, statuses)
		assert.Equal(t, core.Exchange{Op: core.Read, ID: id}, c.Exchange())
	}
	_, err := c.Received(nil, tpdu(first...))
	assert.ErrorIs(t, err, core.ErrIncomplete)
	_, err = c.Received(nil, tpdu(first...)) // never ends well
	assert.ErrorIs(t, err, core.ErrIncomplete)
	_, err = c.Received(nil, tpdu(second...))
	coretest.AssertCode(t, err, core.PluginProtocolParseFailed)
}

func TestConversationIsBounded(t *testing.T) {
	var c Conversation
	fragment := tpdu(append([]byte{2, 0xF0, 0}, make([]byte, 60000)...)...)
	_, err := c.Received(nil, fragment)
	assert.ErrorIs(t, err, core.ErrIncomplete)
	_, err = c.Received(nil, fragment)
	coretest.AssertStatus(t, err, TPKTLengthAboveLimit)
	c.Sent(fragment)
	c.Sent(fragment)
	assert.Less(t, cap(c.sent.buf)+cap(c.received.buf), 3*maxPDU)
	for i := range 100 {
		c.Sent(readRequest(byte(i), 1))
	}
	assert.Equal(t, maxPending, c.n)
	_, err = c.Received(nil, answerTo(99, "05000000"))
	assert.NoError(t, err)
	assert.EqualValues(t, 100, c.Exchange().ID)
}

// What a frame means before S7 is set up.
func TestConversationStages(t *testing.T) {
	garbage, plus := []byte("HTTP/1.1 400 Bad Request"), frame(unhex("7201000c320000054200000002340000"))
	for _, c := range []struct {
		name  string
		stage Stage
		frame []byte
		want  error
		code  core.Code
	}{
		{"garbage for CC", StageConnect, garbage, COTPHandshakeFailed, core.S7COTPDisconnected},
		{"S7 before COTP", StageConnect, goodSetup, COTPHandshakeFailed, core.S7COTPDisconnected},
		{"garbage for the setup", StageSession, garbage, S7SetupFailed, core.S7Disconnected},
		{"S7comm-plus for the setup", StageSession, plus, ProtocolS7CommPlus, core.PluginProtocolParseFailed},
		{"a refused setup", StageSession, refusal(0x8104), S7SetupFailed, core.S7Disconnected},
		{"the same later", StageOpen, refusal(0x8104), HeaderError(0x8104), core.S7AccessDenied},
		{"garbage later", StageOpen, garbage, TPKTBadVersion, core.PluginProtocolParseFailed},
		{"a second confirm", StageOpen, goodConfirm, core.FrameMalformed, core.PluginProtocolParseFailed},
		{"DR instead of the setup", StageSession, unhex("0300000b06800001000100"), DisconnectReasonNotSpecified, core.S7COTPDisconnected},
		{"a CR from the peer", StageConnect, connectRequest, ConnectRequestTPDU, core.S7COTPDisconnected},
	} {
		t.Run(c.name, func(t *testing.T) {
			conversation := Conversation{Stage: c.stage}
			statuses, err := conversation.Received(nil, c.frame)
			if err == nil {
				require.Len(t, statuses, 1)
				err = statuses[0].Err(core.Read)
			} else {
				var cause *core.FrameError
				assert.ErrorAs(t, err, &cause)
			}
			coretest.AssertCode(t, err, c.code)
			coretest.AssertStatus(t, err, c.want)
		})
	}
}

// An answer to a request that could not be read judges itself.
func TestConversationForgivesWhatItCouldNotRead(t *testing.T) {
	var c Conversation
	c.Sent(setupRequest)
	_, err := c.Received(nil, goodSetup)
	require.NoError(t, err)
	bad := readRequest(7, 1)
	bad[0] = 5
	c.Sent(bad)
	assert.Zero(t, c.Exchange())
	statuses, err := c.Received(nil, answerTo(7, "05000000"))
	require.NoError(t, err)
	assert.Equal(t, []core.Status{AddressOutOfRange.Status()}, statuses)
	_, err = c.Received(nil, answerTo(7, "05000000"))
	coretest.AssertStatus(t, err, PDUReferenceMismatch)
	c.Sent(frame([]byte{0x32, 9}))
	c.Sent(nil)
	for range 2 {
		_, err = c.Received(nil, answerTo(7, "05000000"))
		require.NoError(t, err, "as many as could not be read")
	}
	_, err = c.Received(nil, answerTo(7, "05000000"))
	coretest.AssertStatus(t, err, PDUReferenceMismatch)
}

// An answer of the driver to a job of the device is no request.
func TestConversationLeavesOutAnswersOfTheDriver(t *testing.T) {
	var c Conversation
	c.Sent(readRequest(1, 2))
	c.Sent(frame([]byte{0x32, ackData, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0}))
	assert.Zero(t, c.Exchange())
	c.Sent(readRequest(2, 2))
	assert.Equal(t, core.Exchange{Op: core.Read, ID: 2, Open: true}, c.Exchange())
	assert.Equal(t, 2, c.n)
}

// The PDU length that the setup settled is the longest that may come, in one
// frame or in several.
func TestConversationHoldsTheSettledLength(t *testing.T) {
	const settled = 480
	answer := func(length int) []byte { // the PDU brings one item
		n := length - 18
		head := []byte{0x32, ackData, 0, 0, 5, 0, 0, 2, byte((n + 4) >> 8), byte(n + 4), 0, 0, readVar, 1, 0xFF, 0x09, byte(n >> 8), byte(n)}
		return frame(append(head, make([]byte, n)...))
	}
	for _, fragments := range []int{1, 2} {
		var c Conversation
		c.Sent(setupRequest)
		_, err := c.Received(nil, goodSetup)
		require.NoError(t, err)
		for _, length := range []int{100, settled, settled + 1} {
			c.Sent(nil) // a request that cannot be read: the answer judges itself
			frame := answer(length)
			if fragments == 2 {
				_, err := c.Received(nil, tpdu(append([]byte{2, 0xF0, 0}, frame[7:60]...)...))
				require.ErrorIs(t, err, core.ErrIncomplete)
				frame = tpdu(append([]byte{2, 0xF0, 0x80}, frame[60:]...)...)
			}
			statuses, err := c.Received(nil, frame)
			if length > settled {
				coretest.AssertStatus(t, err, TPKTLengthAboveLimit)
				continue
			}
			require.NoError(t, err)
			assert.Equal(t, []core.Status{Success.Status()}, statuses)
		}
	}
}

// Only a setup opens a connection whose beginning was not seen.
func TestConversationInTheMiddle(t *testing.T) {
	var c Conversation
	_, err := c.Received(nil, answerTo(1, "ff04000811"))
	require.NoError(t, err)
	assert.Equal(t, StageUnknown, c.Stage)
	_, err = c.Received(nil, goodSetup)
	require.NoError(t, err)
	assert.Equal(t, StageOpen, c.Stage)
	_, err = c.Received(nil, goodConfirm)
	assertBrokenAt(t, err, 5)
}

// Late answers of gos7's kind: one reference for all requests.
func TestConversationWithOneReference(t *testing.T) {
	var c Conversation
	c.Sent(readRequest(5, 2))
	c.Sent(readRequest(5, 4)) // after a timeout
	statuses, err := c.Received(nil, answerTo(5, "ff0400101122"))
	require.NoError(t, err)
	assert.Equal(t, []core.Status{Success.Status()}, statuses, "the late answer to the first")
	assert.EqualValues(t, 1, c.Exchange().ID)
	statuses, err = c.Received(nil, answerTo(5, "ff04002011223344"))
	require.NoError(t, err)
	assert.Equal(t, []core.Status{Success.Status()}, statuses)
	assert.EqualValues(t, 2, c.Exchange().ID)

	write := frame([]byte{0x32, job, 0, 0, 0, 5, 0, 14, 0, 5, writeVar, 1, 0x12, 10, 0x10, 2, 0, 1, 0, 1, 0x84, 0, 0, 0, 0, 4, 0, 8, 1})
	answer := writeAnswer(0xFF)
	answer[11], answer[12] = 0, 5
	c.Sent(readRequest(5, 2))
	c.Sent(write)
	_, err = c.Received(nil, answer)
	require.NoError(t, err)
	assert.Equal(t, core.Exchange{Op: core.Write, ID: 4}, c.Exchange(), "the younger request is the one that it fits")
}

// What requests attempt.
func TestRequestOps(t *testing.T) {
	userRequest := func(group, sub byte) []byte {
		return frame([]byte{0x32, userdata, 0, 0, 0, 1, 0, 8, 0, 4, 0, 1, 0x12, 4, 0x11, userRequest<<4 | group, sub, 0, 0x0A, 0, 0, 0})
	}
	function := func(f byte) []byte { return frame([]byte{0x32, job, 0, 0, 0, 1, 0, 1, 0, 0, f}) }
	for _, c := range []struct {
		frame []byte
		want  core.Op
	}{
		{function(setup), core.Connect}, {function(readVar), core.Read}, {function(writeVar), core.Write}, {function(startUpload), core.Read},
		{function(0x1A), core.Write}, {function(piService), core.Write}, {function(plcStop), core.Write}, {function(cpuServices), core.Other}, {function(0x01), core.Write},
		{userRequest(groupCPU, 1), core.Read}, {userRequest(groupBlocks, 3), core.Read}, {userRequest(groupTime, 1), core.Read},
		{userRequest(groupTime, 2), core.Write}, {userRequest(5, 1), core.Write}, {userRequest(1, 1), core.Write}, {userRequest(groupCyclic, 1), core.Read},
	} {
		var conversation Conversation
		conversation.Sent(c.frame)
		assert.Equal(t, c.want, conversation.Exchange().Op, "%x", c.frame)
	}
}

// How many bytes requests want.
func TestRequestWants(t *testing.T) {
	for _, c := range []struct {
		spec string
		want int
	}{
		{"120a10 01 0001 0001 84 000000", 1}, {"120a10 01 0011 0001 84 000000", 3}, {"120a10 02 0000 0001 84 000000", 0}, {"120a10 03 0003 0001 84 000000", 3},
		{"120a10 05 0002 0001 84 000000", 4}, {"120a10 1d 0001 0000 1d 000000", 2}, {"120a10 08 0002 0001 84 000000", 8}, {"120a10 0f 0002 0001 84 000000", 16},
		{"120a10 77 0005 0001 84 000000", 1}, {"1207b0 01 04 0001 0000", 1}, {"1201 10", 1},
	} {
		spec := unhex(c.spec)
		params := append([]byte{readVar, 2}, spec...)
		if len(spec)%2 != 0 {
			params = append(params, 0)
		}
		params = append(params, unhex("120a10 04 0007 0001 84 000000")...)
		var q request
		require.True(t, q.read(&pdu{rosctr: job, params: params}))
		assert.Equal(t, []int{c.want, 14}, q.want, c.spec)
		require.True(t, q.read(&pdu{rosctr: job, params: params[:len(params)-1]}))
		assert.Empty(t, q.want, "cut short")
		require.True(t, q.read(&pdu{rosctr: job, params: append(append([]byte{readVar, 2}, unhex("120a10 04 0007 0001 84 000000")...), spec...)}))
		assert.Equal(t, []int{14, c.want}, q.want, "no fill byte follows the last item")
	}
}

// An answer without a payload has delivered nothing, unless the request asked for
// nothing.
func TestRequestsThatNeedAPayload(t *testing.T) {
	for _, c := range []struct {
		group, sub byte
		want       bool
	}{
		{groupBlocks, 0, false}, {groupBlocks, 1, true}, {groupBlocks, 3, true}, {groupBlocks, 4, false},
		{groupCPU, 1, true}, {groupCPU, 2, false}, {groupTime, 1, true}, {groupTime, 2, false}, {groupTime, 3, true}, {groupCyclic, 1, false},
	} {
		request := frame([]byte{0x32, userdata, 0, 0, 0, 1, 0, 8, 0, 0, 0, 1, 0x12, 4, 0x11, userRequest<<4 | c.group, c.sub, 0})
		var conversation Conversation
		conversation.Sent(request)
		statuses, err := conversation.Received(nil, userAnswer(0, "0a000000")(request))
		require.NoError(t, err)
		want := UserdataReturn(0x0A).Status() // an acknowledgement
		if c.want {
			want = MissingPayload.Status()
		}
		assert.Equal(t, []core.Status{want}, statuses, "group %d, subfunction %d", c.group, c.sub)

		conversation.Sent(request)
		acknowledged := refusal(0)
		acknowledged[11], acknowledged[12] = 0, 1
		_, err = conversation.Received(nil, acknowledged)
		assert.Equal(t, c.want, err != nil, "group %d, subfunction %d: %v", c.group, c.sub, err)
	}
}

func TestErrorsOfReceivedAreErrors(t *testing.T) {
	var c Conversation
	_, err := c.Received(nil, []byte{5})
	var e *core.Error
	require.True(t, errors.As(err, &e))
	var cause *core.FrameError
	require.True(t, errors.As(err, &cause))
	assert.Zero(t, cause.Offset)
}

// Answers with the right reference that are no answers to the request.
func TestConversationRefusesOtherAnswers(t *testing.T) {
	list := unhex("0300002102f080 320700000001 0008 0008 0001120411440100 ff09000404240000")
	clock := unhex("0300001d02f080 320700000001 0008 0004 0001120411470100 0a000000")
	withReference := func(answer []byte) []byte {
		answer[11], answer[12] = 0, 1
		return answer
	}
	for _, c := range []struct {
		name            string
		request, answer []byte
		want            Event
		at              int
	}{
		{"userdata for a job", readRequest(1, 2), userAnswer(0, "ff09000101")(list), FunctionMismatch, 8},
		{"a job's answer for userdata", list, answerTo(1, "ff04000811"), FunctionMismatch, 8},
		{"another group", list, userAnswer(0, "ff09000101")(clock), FunctionMismatch, 22},
		{"an acknowledgement for a read", readRequest(1, 2), withReference(refusal(0)), FunctionMismatch, 8},
		{"a write for a read", readRequest(1, 2), withReference(writeAnswer(0xFF)), FunctionMismatch, 19},
		{"two items for one", readRequest(1, 2), withReference(readAnswer(2, "0a000000 0a000000")), ItemCountMismatch, 20},
	} {
		t.Run(c.name, func(t *testing.T) {
			var conversation Conversation
			conversation.Sent(c.request)
			_, err := conversation.Received(nil, c.answer)
			coretest.AssertStatus(t, err, c.want)
			assertBrokenAt(t, err, c.at)
			assert.Equal(t, core.Exchange{Op: core.Read, ID: 1}, conversation.Exchange())
		})
	}
	var conversation Conversation
	conversation.Sent(list)
	statuses, err := conversation.Received(nil, withReference(refusal(0xD241)))
	require.NoError(t, err, "a refusal need not look like the answer")
	assert.Equal(t, []core.Status{HeaderCode7NeedPassword.Status()}, statuses)

	stop := frame([]byte{0x32, job, 0, 0, 0, 1, 0, 1, 0, 0, plcStop})
	conversation.Sent(stop)
	statuses, err = conversation.Received(nil, withReference(refusal(0)))
	require.NoError(t, err, "a command may be acknowledged")
	assert.Equal(t, []core.Status{HeaderNoError.Status()}, statuses)
	conversation.Sent(setupRequest)
	acknowledged := refusal(0)
	acknowledged[11], acknowledged[12] = 4, 0
	_, err = conversation.Received(nil, acknowledged)
	coretest.AssertStatus(t, err, S7SetupFailed)
}

// A connection confirm answers a connection request, and nothing else that was
// asked.
func TestConnectConfirmWithoutRequest(t *testing.T) {
	confirm := unhex("0300001611d00001000100c0010ac1020102c2020102")
	var c Conversation
	c.Sent(readRequest(1, 1))
	_, err := c.Received(nil, confirm)
	coretest.AssertCode(t, err, core.PluginMessageDisorder)
	assertBrokenAt(t, err, 5)
	assert.Zero(t, c.Exchange().ID)
	var alone Conversation
	statuses, err := alone.Received(nil, confirm)
	assert.NoError(t, err)
	assert.Equal(t, []core.Status{TPDU(0xD0).Status()}, statuses)
}
