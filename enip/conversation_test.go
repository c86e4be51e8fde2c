package enip

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
)

// only returns the one status that a frame gives.
func only(t *testing.T, c *Conversation, frame []byte) core.Status {
	t.Helper()
	got, err := c.Received(nil, frame)
	require.NoError(t, err)
	require.Len(t, got, 1)
	return got[0]
}

func TestPairing(t *testing.T) {
	var c Conversation
	c.Sent(onConnection(1, readTag))
	first := c.Exchange()
	c.Sent(unconnected("beta", writeTag))
	c.Sent(onConnection(2, readTag))
	second := c.Exchange()
	assert.Equal(t, core.Exchange{Op: core.Read, ID: 3, Open: true}, second)

	assert.Equal(t, PathSegmentError.Status(), only(t, &c, onConnection(2, "cc 00 04 00")))
	assert.Equal(t, core.Exchange{Op: core.Read, ID: second.ID}, c.Exchange())

	assert.Equal(t, PrivilegeViolation.Status(), only(t, &c, unconnected("", "cd 00 0f 00")), "a device may clear the sender context")
	assert.Equal(t, core.Exchange{Op: core.Write, ID: 2}, c.Exchange())

	_, err := c.Received(nil, onConnection(2, "cc 00 04 00"))
	assert.ErrorIs(t, err, core.PluginMessageDisorder, "it has been answered")
	assert.Equal(t, core.Exchange{}, c.Exchange())
	var general GeneralStatus
	require.ErrorAs(t, err, &general)
	assert.Equal(t, PathSegmentError, general, "what the device says is not lost")
	var fault *core.FrameError
	assert.ErrorAs(t, err, &fault)

	assert.Equal(t, Success.Status(), only(t, &c, onConnection(1, "cc 00 00 00 c300 0700")))
	assert.Equal(t, first.ID, c.Exchange().ID)
	_, err = c.Received(nil, onConnection(1, "cc 00 00 00 c300 0700"))
	assert.EqualError(t, err, "3012 Plugin message disorder (net frame Foreign): at byte 0: answers none of the open requests")
}

// TestMeaningOfService: the request decides what a service code means.
func TestMeaningOfService(t *testing.T) {
	const failed = "ce 00 01 01 0203 0100 4d00 01000000 05 00" // routing word, remaining path 5
	var c Conversation
	c.Sent(unconnected("", forwardClose))
	s := only(t, &c, unconnected("", "ce 00 01 01 0909"))
	assert.Equal(t, ConnectionStatus(0x0909).Status(), s, "the Connection Manager knows no such word")
	c.Sent(unconnected("", modifyTag))
	assert.Equal(t, core.Write, c.Exchange().Op)
	s = only(t, &c, unconnected("", "ce 00 01 01 0909"))
	assert.Equal(t, ConnectionFailure.Extended(0x0909), s)
	assert.Equal(t, "extended-01", s.Layer())

	routed := "52 02 2006 2401 0a0e 1000" + readTag + "01000100" // through the router in slot 0
	c.Sent(unconnected("", routed))
	s = only(t, &c, unconnected("", "cc 00 01 01 0909"))
	assert.Equal(t, "extended-01", s.Layer(), "the object at the end of the route answers")
	c.Sent(unconnected("", routed))
	s = only(t, &c, unconnected("", "d2 00 01 01 0909 00"))
	assert.Equal(t, "connection-manager-extended", s.Layer(), "the router answers")

	r, err := ParseResponse(unconnected("", failed))
	require.NoError(t, err)
	reply, _ := r.Reply()
	words, ok := reply.RemainingPath()
	assert.True(t, ok)
	assert.Equal(t, 5, words)
}

func TestContinues(t *testing.T) {
	const part = " 00 06 00 c300 0100 0200"
	for request, replies := range map[string]struct {
		service   string
		continued bool
	}{readTag: {"cc", false}, readFragment: {"d2", true}} {
		for _, continues := range []bool{false, true} {
			c := Conversation{Continues: continues}
			c.Sent(onConnection(1, request))
			s := only(t, &c, onConnection(1, replies.service+part))
			assert.EqualValues(t, PartialTransfer, s.Value())
			want := core.Code(10706)
			if continues || replies.continued {
				want = core.OK
				assert.Equal(t, core.Good, s.Quality())
			}
			assert.Equal(t, want, s.Code(core.Read), "%s, continues %v", request, continues)
		}
	}
	var list Conversation
	list.Sent(onConnection(1, "55 03 206b 2500 0000 0200 0100 0200"))
	assert.Equal(t, core.OK, only(t, &list, onConnection(1, "d5 00 06 00 01000000 c400")).Code(core.Read), "a list of instances goes on at the next one")

	c := Conversation{Continues: true}
	c.Sent(onConnection(1, writeTag))
	assert.Equal(t, core.Code(10706), only(t, &c, onConnection(1, "cd 00 06 00")).Code(core.Write), "nobody continues a write so")
	c.Sent(onConnection(2, "0a 02 2002 2401 0100 0400 "+readTag))
	assert.Equal(t, core.Code(10706), only(t, &c, onConnection(2, "8a 00 1e 00 0100 0400 cc"+part)).Code(core.Read), "embedded in a packet")
}

func TestType(t *testing.T) {
	c := Conversation{Type: TypeREAL}
	c.Sent(onConnection(1, readTag))
	_, err := c.Received(nil, onConnection(1, "cc 00 00 00 a002 ce0f 00000000"))
	assert.ErrorIs(t, err, core.ENIPDataTypeMismatch)
	assert.ErrorIs(t, err, LogixDataTypeMismatch)
	var mismatch *TypeError
	require.ErrorAs(t, err, &mismatch)
	assert.Equal(t, TypeError{Want: TypeREAL, Got: TypeStructure, Handle: 0x0FCE}, *mismatch)
	assert.Equal(t, "want REAL, have structure 0xfce", mismatch.Error())
	assert.Equal(t, "<nil>", (*TypeError)(nil).Error())
	assert.Equal(t, core.Item, core.ScopeOf(err))
	assert.Equal(t, core.Fix, core.RemedyOf(err))
	assert.Equal(t, core.Read, c.Exchange().Op)
}

// TestRefusedOpen: a Forward Open that the header refuses leaves the session
// alone, a RegisterSession does not.
func TestRefusedOpen(t *testing.T) {
	var c Conversation
	c.Sent(unconnected("", forwardOpen))
	assert.Equal(t, core.Connect, c.Exchange().Op)
	s := only(t, &c, frame(SendRRData, 1, EncapsulationInsufficientMemory, "", nil))
	assert.Equal(t, core.Code(10702), s.Code(c.Exchange().Op))
	c.Sent(frame(RegisterSession, 0, 0, "", unhex("01000000")))
	s = only(t, &c, frame(RegisterSession, 0, EncapsulationInsufficientMemory, "", nil))
	assert.Equal(t, core.ENIPSessionNotRegistered, s.Code(c.Exchange().Op))

	r, err := ParseResponse(frame(SendRRData, 1, EncapsulationInsufficientMemory, "", nil))
	require.NoError(t, err)
	err = r.Err(core.Connect)
	assert.Equal(t, core.Code(10702), core.CodeOf(err))
	var e *core.Error
	require.ErrorAs(t, err, &e)
	assert.Equal(t, core.Connect, e.Op)
}

func TestSessionExists(t *testing.T) {
	register := frame(RegisterSession, 0, 0, "", unhex("01000000"))
	exists := func(handle uint32) []byte {
		return frame(RegisterSession, handle, EncapsulationInvalidCommand, "", unhex("01000000"))
	}
	var c Conversation
	c.Sent(register)
	assert.Equal(t, core.ENIPSessionNotRegistered, only(t, &c, exists(7)).Code(core.Connect), "a handle that is not in use")
	c.Sent(register)
	assert.Equal(t, core.OK, only(t, &c, frame(RegisterSession, 7, 0, "", unhex("01000000"))).Code(core.Connect))
	c.Sent(register)
	assert.Equal(t, core.OK, only(t, &c, exists(7)).Code(core.Connect))
	c.Sent(register)
	assert.Equal(t, core.ENIPSessionNotRegistered, only(t, &c, exists(8)).Code(core.Connect))
	c.Sent(frame(UnRegisterSession, 7, 0, "", nil))
	assert.False(t, c.Exchange().Open)
	c.Sent(register)
	assert.Equal(t, core.ENIPSessionNotRegistered, only(t, &c, exists(7)).Code(core.Connect), "it has been given back")
}

// TestBounded: the newest 32 requests are remembered.
func TestBounded(t *testing.T) {
	var c Conversation
	for i := range 40 {
		c.Sent(onConnection(uint16(i), readTag))
	}
	for i := range 40 {
		_, err := c.Received(nil, onConnection(uint16(i), "cc 00 05 00"))
		assert.Equal(t, i < 8, errors.Is(err, core.PluginMessageDisorder), "request %d", i)
	}
}

func TestOps(t *testing.T) {
	for request, want := range map[string]core.Op{
		readTag: core.Read, writeTag: core.Write, modifyTag: core.Write, forwardOpen: core.Connect, forwardClose: core.Other,
		"0e 03 2001 2401 3001": core.Read, "10 03 2001 2401 3001 00": core.Write, "05 02 2001 2401": core.Write, "77 02 2001 2401": core.Other,
		"0a 02 2002 2401 0200 0600 1200" + readTag + readTag:          core.Read,
		"0a 02 2002 2401 0200 0600 1200" + readTag + writeTag:         core.Write,
		"0a 02 2002 2401 0200 0600 1200" + readTag + "77 00":          core.Other,
		"0a 02 2002 2401 0200 0600 ff00" + readTag + "77 00":          core.Other,
		"0a 02 2002 2401 ffff 0600":                                   core.Other,
		"0a 02 2002 2401 0000":                                        core.Other,
		"52 02 2006 2401 0a0e 0c00" + writeTag[:35] + "0100 01000103": core.Write,
		"52 02 2006 2401 0a0e ff00" + readTag:                         core.Other,
		"4b 02 2067 2401 07 4d00 01000000 0f 00 0100 a2":              core.Read,
		"4b 02 2067 2401 07 4d00 01000000 0f 00 0100 aa":              core.Write,
		"4b 02 2067 2401 07 4d00 01000000 0f 00 0100 06":              core.Other,
		"4b 02 2067 2401 07 4d00 01000000 01 00 0100":                 core.Read,
		"4b 02 2067 2401 07 4d00 01000000 08 00 0100":                 core.Write,
		"4b 02 2067 2401 07 4d00 01000000 06 00 0100":                 core.Other,
		"4b 02 2067 2401 ff":                                          core.Other,
		"4d 04 2100 a100 2500 0100":                                   core.Write, // 16-bit class
		"54 01 2006":                                                  core.Connect,
		"54 02 2100 0600":                                             core.Connect,
		"0e 03 2006 2401 3001":                                        core.Read,  // of the Connection Manager
		"52 02 2006 2401 0a0e 0200 4c00":                              core.Read,  // the shortest message
		"52 02 2006 2401 0a0e 0100 4c":                                core.Other, // none
		"52 02 2006 2401 0a0e 0600 5202 2006 2401":                    core.Other, // through two routers
		"0a 02 2002 2401 0200 0400 4c":                                core.Other, // an offset is missing
		"":                                                            core.Other,
	} {
		var c Conversation
		c.Sent(unconnected("", request))
		assert.Equal(t, core.Exchange{Op: want, ID: 1, Open: true}, c.Exchange(), request)
	}
	for _, request := range [][]byte{nil, unhex("6f00"), unhex("5000"), frame(NOP, 0, 0, "", nil), frame(ListIdentity, 0, 0, "", make([]byte, maxLength+1))} {
		var c Conversation
		c.Sent(request)
		assert.False(t, c.Exchange().Open, "%.30q", request)
	}
}

// TestUnknownCommand: a device refuses what it does not know by its echo.
func TestUnknownCommand(t *testing.T) {
	for _, body := range [][]byte{nil, {1, 2}} {
		var c Conversation
		c.Sent(frame(0x00FF, 1, 0, "", body))
		assert.True(t, c.Exchange().Open)
		assert.Equal(t, EncapsulationInvalidCommand.Status(), only(t, &c, frame(0x00FF, 1, EncapsulationInvalidCommand, "", nil)))
		assert.EqualValues(t, 1, c.Exchange().ID)
	}
}

// TestItemsAskedFor: a packet has to be answered item by item, or refused.
func TestItemsAskedFor(t *testing.T) {
	const two = "0a 02 2002 2401 0200 0600 1400" + readTag + readTag
	for answer, want := range map[string]core.Code{
		"8a 00 00 00 0200 0600 0a00 cc000000 cc000000": core.OK,
		"8a 00 1e 00 0200 0600 0a00 cc000500 cc000500": 10705,
		"8a 00 00 00 0100 0400 cc000000":               core.PluginProtocolParseFailed,
		"8a 00 1e 00 0100 0400 cc000500":               core.PluginProtocolParseFailed,
		"8a 00 00 00 0000":                             core.PluginProtocolParseFailed,
		"8a 00 1e 00 0000":                             10730,
		"8a 00 08 00":                                  10708,
	} {
		var c Conversation
		c.Sent(unconnected("", two))
		got, err := c.Received(nil, unconnected("", answer))
		if err == nil {
			err = got[0].Err(core.Read)
		}
		assert.Equal(t, want, core.CodeOf(err), answer)
	}
}

// TestOwnObject: 0x4B of another object is no PCCC, and a list that is not
// remembered is read as far as that goes.
func TestOwnObject(t *testing.T) {
	var c Conversation
	c.Sent(unconnected("", "4b 02 2099 2401"))
	assert.Equal(t, Success.Status(), only(t, &c, unconnected("", "cb 00 00 00 07 4d00 01000000 4f 50 0100")))

	ids := ""
	for i := range 25 {
		ids += fmt.Sprintf("%02x00", i)
	}
	c.Sent(unconnected("", "03 02 2001 2401 1900"+ids))
	assert.Equal(t, AttributeListError.Status(), only(t, &c, unconnected("", "83 00 0a 00 1900")))
}

// TestLongestList: the values of 24 attributes are told apart, those of a list
// that the request cuts off are read as far as that goes without it.
func TestLongestList(t *testing.T) {
	ids, answer := "", "83 00 0a 00 1800"
	for i := range 24 {
		ids += fmt.Sprintf("%02x00", i)
		if i == 0 {
			answer += "0000 0000 aabb"
		} else {
			answer += fmt.Sprintf("%02x00 1400", i)
		}
	}
	var c Conversation
	c.Sent(unconnected("", "03 02 2001 2401 1800"+ids))
	got, err := c.Received(nil, unconnected("", answer))
	require.NoError(t, err)
	require.Len(t, got, 24)
	assert.Equal(t, Success.Status(), got[0])
	assert.Equal(t, AttributeNotSupported.Status(), got[23])

	c.Sent(unconnected("", "03 02 2001 2401 0300 0100"))
	got, err = c.Received(nil, unconnected("", "83 00 0a 00 0200 6300 1400 0100 0000 aabb"))
	require.NoError(t, err)
	assert.Equal(t, []core.Status{AttributeNotSupported.Status(), Success.Status()}, got)
}

// TestTwoConnections: the same sequence count on two CIP connections.
func TestTwoConnections(t *testing.T) {
	link := func(frame []byte, id byte) []byte {
		frame[36] = id
		return frame
	}
	var c Conversation
	for _, id := range []string{"01", "02"} {
		c.Sent(unconnected("", forwardOpen))
		only(t, &c, unconnected("", "d4 00 00 00 "+id+"030201"+" f"+id[1:]+"030201 0100 4d00 01000000 80841e00 80841e00 00 00"))
	}
	c.Sent(link(onConnection(1, readTag), 0x01))
	c.Sent(link(onConnection(1, readTag), 0x02))
	assert.Equal(t, PathSegmentError.Status(), only(t, &c, link(onConnection(1, "cc 00 04 00"), 0xF2)))
	assert.EqualValues(t, 4, c.Exchange().ID)
	_, err := c.Received(nil, link(onConnection(1, "cc 00 04 00"), 0xF2))
	assert.ErrorIs(t, err, core.PluginMessageDisorder)
	assert.Equal(t, PathSegmentError.Status(), only(t, &c, link(onConnection(1, "cc 00 04 00"), 0xF1)))
	c.Sent(link(onConnection(2, readTag), 0x77))
	assert.Equal(t, PathSegmentError.Status(), only(t, &c, link(onConnection(2, "cc 00 04 00"), 0x78)), "opened before the conversation began")
}

// TestTemplate: a layout is read in parts, and is no value of a type.
func TestTemplate(t *testing.T) {
	c := Conversation{Type: TypeDINT}
	c.Sent(onConnection(1, "4c 03 206c 2500 3412 00000000 2000"))
	assert.Equal(t, core.OK, only(t, &c, onConnection(1, "cc 00 06 00 0102030405")).Code(core.Read))
	c.Sent(onConnection(2, "4c 03 206c 2500 3412 05000000 1b00"))
	assert.Equal(t, core.OK, only(t, &c, onConnection(2, "cc 00 00 00 0607")).Code(core.Read))
	c.Sent(onConnection(3, "4c 03 206b 2500 3412 0100"))
	_, err := c.Received(nil, onConnection(3, "cc 00 00 00 ca00 00000000"))
	assert.ErrorIs(t, err, core.ENIPDataTypeMismatch, "a tag by its number")
}

// TestOpOfStanzas: the op of a recorded case is that of its exchange.
func TestOpOfStanzas(t *testing.T) {
	for _, s := range stanzas(t) {
		c := new(Conversation)
		for _, f := range s.Frames {
			if f.Sent {
				c.Sent(f.Data)
			} else if _, err := c.Received(nil, f.Data); err == nil && c.Exchange().ID != 0 {
				assert.Equal(t, s.Op, c.Exchange().Op, s.Name)
			}
		}
	}
}

// TestDeviceEndsSession: the end of the session answers what was asked last, and
// nothing else is answered.
func TestDeviceEndsSession(t *testing.T) {
	var c Conversation
	c.Sent(onConnection(1, readTag))
	c.Sent(onConnection(2, writeTag))
	end := frame(UnRegisterSession, 1, 0, "", nil)
	assert.Equal(t, core.ENIPSessionNotRegistered, only(t, &c, end).Code(core.Write))
	assert.Equal(t, core.Exchange{Op: core.Write, ID: 2}, c.Exchange())
	only(t, &c, end)
	assert.Equal(t, core.Exchange{}, c.Exchange())
	_, err := c.Received(nil, onConnection(1, "cc 00 04 00"))
	assert.ErrorIs(t, err, core.PluginMessageDisorder)
}
