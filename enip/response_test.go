package enip

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
)

// reply returns the reply in a frame of the CIP message.
func reply(t *testing.T, message string) Reply {
	t.Helper()
	r, err := ParseResponse(unconnected("context", message))
	require.NoError(t, err)
	p, ok := r.Reply()
	require.True(t, ok)
	return p
}

func TestResponse(t *testing.T) {
	r, err := ParseResponse(onConnection(7, "cc 00 04 00"))
	require.NoError(t, err)
	assert.Equal(t, SendUnitData, r.Command())
	assert.Equal(t, uint32(1), r.Session())
	assert.Equal(t, EncapsulationSuccess, r.Encapsulation())
	id, sequence, ok := r.Connected()
	assert.True(t, ok)
	assert.Equal(t, uint32(0x01020304), id)
	assert.Equal(t, uint16(7), sequence)
	assert.Equal(t, PathSegmentError.Status(), r.Status())
	assert.ErrorIs(t, r.Err(core.Read), PathSegmentError)

	r, err = ParseResponse(unconnected("context", "cc 00 00 00 c300 0700"))
	require.NoError(t, err)
	_, _, ok = r.Connected()
	assert.False(t, ok)
	assert.Equal(t, [8]byte{'c', 'o', 'n', 't', 'e', 'x', 't'}, r.SenderContext())
	assert.NoError(t, r.Err(core.Read))

	r, err = ParseResponse(frame(SendRRData, 1, EncapsulationInvalidSessionHandle, "", unhex("01 02 03")))
	require.NoError(t, err, "the body of a refusal means nothing")
	_, ok = r.Reply()
	assert.False(t, ok)
	assert.ErrorIs(t, r.Err(core.Read), core.ENIPSessionNotRegistered)
}

// TestWords: every extended word can be read, also behind a size that lies.
func TestWords(t *testing.T) {
	p := reply(t, "d4 00 01 03 2701 2600 3400 0100 4d00 01000000 02 00")
	assert.Equal(t, []uint16{0x0127, 38, 52}, slices.Collect(p.Words()))
	assert.False(t, p.Truncated())
	w, ok := p.Word(1)
	assert.True(t, ok)
	assert.Equal(t, uint16(38), w)
	_, ok = p.Word(3)
	assert.False(t, ok)
	_, ok = p.Word(-1)
	assert.False(t, ok)
	for range p.Words() {
		break
	}
	left, ok := p.RemainingPath()
	assert.True(t, ok)
	assert.Equal(t, 2, left)
	c, ok := p.Connection()
	assert.True(t, ok)
	assert.Equal(t, ConnectionReply{Serial: 1, Vendor: 77, OriginatorSerial: 1}, c)

	p = reply(t, "cc 00 ff 04 0521 07")
	assert.True(t, p.Truncated())
	assert.Equal(t, []uint16{0x2105}, slices.Collect(p.Words()))
	assert.Empty(t, p.Data())
	assert.Equal(t, LogixAccessBeyondEndOfObject.Status(), p.Status())
	assert.False(t, reply(t, "cc 00 ff 01 0521").Truncated(), "nothing is missing")
}

// TestSuccessIsWhole: a success that ends before its data begins is none, alone
// and inside a packet; a failure keeps its words.
func TestSuccessIsWhole(t *testing.T) {
	_, err := ParseResponse(unconnected("", "cc 00 00 02 0521"))
	assert.ErrorIs(t, err, core.PluginProtocolParseFailed)
	_, err = AppendStatuses(nil, unconnected("", "8a 00 00 00 0200 0600 0a00 cc00ff04 cc000001"))
	assert.ErrorIs(t, err, core.PluginProtocolParseFailed)
	statuses, err := AppendStatuses(nil, unconnected("", "8a 00 00 00 0200 0600 0c00 cc0000010000 cc00ff04"))
	assert.NoError(t, err)
	assert.Equal(t, []core.Status{Success.Extended(0), GeneralError.Status()}, statuses)
}

func TestConnection(t *testing.T) {
	p := reply(t, "db 00 00 00 19000200 1a000200 0100 4d00 01000000 80841e00 a0860100 00 00")
	c, ok := p.Connection()
	assert.True(t, ok)
	assert.Equal(t, ConnectionReply{1, 77, 1, 0x20019, 0x2001A, 2_000_000, 100_000}, c)
	_, ok = p.RemainingPath()
	assert.False(t, ok, "nothing is left of a route that worked")
	c, ok = reply(t, "ce 00 00 00 0100 4d00 01000000 00 00").Connection()
	assert.True(t, ok)
	assert.Equal(t, ConnectionReply{Serial: 1, Vendor: 77, OriginatorSerial: 1}, c)
	_, ok = reply(t, "ce 00 00 00").Connection()
	assert.False(t, ok, "some devices send the status alone")
	_, ok = reply(t, "cc 00 00 00 c300 0700").Connection()
	assert.False(t, ok)
	left, ok := reply(t, "d2 00 01 01 0402 01 00").RemainingPath()
	assert.True(t, ok)
	assert.Equal(t, 1, left)
	_, ok = reply(t, "d2 00 01 01 0402").RemainingPath()
	assert.False(t, ok)
	_, ok = reply(t, "cd 00 04 00 01").RemainingPath()
	assert.False(t, ok, "not the Connection Manager")
}

func TestItems(t *testing.T) {
	r, err := ParseResponse(unconnected("", "8a 00 1e 00 0300 0800 1000 1600 cc 00 00 00 c300 0700 cc 00 05 01 0000 cd 00 ff 01 0721"))
	require.NoError(t, err)
	assert.NoError(t, r.Err(core.Read), "the items have the say")
	assert.Equal(t, EmbeddedServiceError.Status(), r.Status())
	var got []core.Status
	for i, item := range r.Items() {
		assert.Equal(t, len(got), i)
		got = append(got, item.Status())
		if i == 0 {
			kind, _, value, ok := item.Value()
			assert.True(t, ok)
			assert.Equal(t, TypeINT, kind)
			assert.Equal(t, []byte{7, 0}, value)
		}
	}
	assert.Equal(t, []core.Status{Success.Status(), PathDestinationUnknown.Extended(0), LogixDataTypeMismatch.Status()}, got)
	for range r.Items() {
		break
	}

	r, err = ParseResponse(unconnected("", "84 00 0a 00 0200 0100 0000 0900 0e00"))
	require.NoError(t, err)
	var attributes []uint16
	for _, item := range r.Items() {
		attributes = append(attributes, item.Attribute)
	}
	assert.Equal(t, []uint16{1, 9}, attributes)

	got, err = AppendStatuses(nil, unconnected("", "84 00 00 00 0200 0100 0000 0900 0000"))
	require.NoError(t, err)
	assert.Equal(t, []core.Status{Success.Status(), Success.Status()}, got, "a success has items too")

	got, err = AppendStatuses(nil, unconnected("", "8a 00 00 00 0200 0600 1500 cb000000 07 4d00 01000000 4f 50 0100 cc000501"))
	require.NoError(t, err)
	assert.Equal(t, []core.Status{PCCCAddressingProblem.Status(), PathDestinationUnknown.Status()}, got, "PCCC, and a failure without the word that it announces")
}

// TestGetAttributeList: values without a length are told apart only where there
// is one way to do it.
func TestGetAttributeList(t *testing.T) {
	statuses := func(request, answer string) []core.Status {
		var c Conversation
		c.Sent(unconnected("", request))
		got, err := c.Received(nil, unconnected("", answer))
		require.NoError(t, err)
		return got
	}
	ok, missing, whole := Success.Status(), AttributeNotSupported.Status(), AttributeListError.Status()
	const three = "03 02 2001 2401 0300 0100 6300 0700"
	assert.Equal(t, []core.Status{ok, missing, ok}, statuses(three, "83 00 0a 00 0300 0100 0000 aabb 6300 1400 0700 0000 03414243"))
	assert.Equal(t, []core.Status{missing, missing, missing}, statuses(three, "83 00 0a 00 0300 0100 1400 6300 1400 0700 1400"))
	assert.Equal(t, []core.Status{whole}, statuses(three, "83 00 0a 00 0300 0100 0000 6300 1400 6300 1400 0700 0000"), "two ways to read it")
	assert.Equal(t, []core.Status{ok, missing, ok}, statuses(three, "83 00 0a 00 0300 0100 0000 aabb 6300 1400 0700 0000 63000000"), "no room for the rest behind the second")
	assert.Equal(t, []core.Status{missing, ok, missing}, statuses(three, "83 00 0a 00 0300 0100 1400 6300 0000 aabb 0700 1400"))
	assert.Equal(t, []core.Status{ok, missing, ok}, statuses(three, "83 00 0a 00 0300 0100 0000 63000001 6300 1400 0700 0000"), "the number, but no status behind it")
	assert.Equal(t, []core.Status{whole}, statuses(three, "83 00 0a 00 0300 0100 1400 63"), "cut in the head of an attribute")
	assert.Equal(t, []core.Status{whole}, statuses(three, "83 00 0a 00 0000"), "no attribute at all")
	assert.Equal(t, []core.Status{whole}, statuses(three, "83 00 0a 00 0300 0200 1400 6300 1400 0700 1400"), "not what was asked for")
	assert.Equal(t, []core.Status{whole}, statuses(three, "83 00 0a 00 0300 0100 0000 aabb"), "cut")
	assert.Equal(t, []core.Status{ok}, statuses(three, "83 00 00 00 0300 0100 0000 6300 0000 6300 0000 0700 0000"), "a success as a whole")

	got, err := AppendStatuses(nil, unconnected("", "83 00 0a 00 0200 6300 1400 0100 0000 aabb"))
	require.NoError(t, err)
	assert.Equal(t, []core.Status{missing, ok}, got, "without the request: the value is the last thing")
	got, err = AppendStatuses(nil, unconnected("", "83 00 0a 00 0200 0100 0000 aabb 6300 1400"))
	require.NoError(t, err)
	assert.Equal(t, []core.Status{whole}, got, "without the request: where does the value end?")
}

// TestErrOfContainers: a container is a failure as a whole only when its items
// cannot be read.
func TestErrOfContainers(t *testing.T) {
	for message, want := range map[string]core.Code{
		"8a 00 1e 00":                                                         10730,
		"8a 00 1e 00 0000":                                                    10730,
		"8a 00 1e 00 0100 ff00 cc000500":                                      10730,
		"8a 00 00 00 0100 ff00 cc000500":                                      core.PluginProtocolParseFailed,
		"8a 00 00 00 0200 0600 0600 cc000500":                                 core.PluginProtocolParseFailed,
		"8a 00 00 00 0100 0400 4c000500":                                      core.PluginProtocolParseFailed,
		"8a 00 00 00 0200 0a00 0600 cc00050000cc00":                           core.PluginProtocolParseFailed,
		"8a 00 00 00 0200 0600 0800 cc00 cc000500 0000":                       core.PluginProtocolParseFailed, // an item of two bytes
		"8a 00 00 00 0200 0400 8800" + strings.Repeat("00", 130) + "cc000000": core.PluginProtocolParseFailed, // an offset among the offsets
		"8a 00 00 00 ffff":                                                    core.PluginProtocolParseFailed,
		"8a 00 00 00":                                                         core.PluginProtocolParseFailed,
		"8a 00 00 00 0000":                                                    core.OK,
		"8a 00 00 00 0100 0400 cc000500":                                      core.OK, // look at the item
		"8a 00 08 00":                                                         10708,
		"84 00 0a 00 ffff":                                                    10710,
		"83 00 0a 00 0200 0100 0000 aabb 6300 1400":                           10710,
		"83 00 00 00 0200 0100 0000 aabb 6300 0000":                           core.OK,
		"83 00 14 00":                                                         10720,
		"cc 00 06 00 c300 0700":                                               10706,
	} {
		r, err := ParseResponse(unconnected("", message))
		require.NoError(t, err, message)
		assert.Equal(t, want, core.CodeOf(r.Err(core.Read)), message)
	}
}

func TestMore(t *testing.T) {
	assert.True(t, reply(t, "cc 00 06 00 c300 0700").More())
	assert.True(t, reply(t, "d5 00 06 00 01000000").More())
	assert.False(t, reply(t, "cc 00 00 00 c300 0700").More())
	assert.False(t, reply(t, "cd 00 06 00").More(), "a write")
	assert.Equal(t, PartialTransfer, reply(t, "cc 00 06 00 c300 0700").GeneralStatus())
	assert.Equal(t, uint8(0x4C), reply(t, "cc 00 06 00 c300 0700").Service())
}

// TestValue: type, handle and bytes of what a read delivers.
func TestValue(t *testing.T) {
	type value struct {
		kind   DataType
		handle uint16
		bytes  string
		ok     bool
	}
	for message, want := range map[string]value{
		"cc 00 00 00 c300 0700":          {TypeINT, 0, "\x07\x00", true},
		"d2 00 06 00 c300 0700":          {TypeINT, 0, "\x07\x00", true},
		"cc 00 00 00 c300":               {TypeINT, 0, "", true},
		"cc 00 00 00 c3":                 {},
		"cc 00 00 00 a002 ce0f 05000000": {TypeStructure, 0x0FCE, "\x05\x00\x00\x00", true},
		"cc 00 00 00 a002 ce0f":          {TypeStructure, 0x0FCE, "", true},
		"cc 00 00 00 a002 ce":            {},
		"cc 00 04 00 c300 0700":          {},
		"cd 00 00 00 c300 0700":          {},
	} {
		var got value
		var bytes []byte
		got.kind, got.handle, bytes, got.ok = reply(t, message).Value()
		got.bytes = string(bytes)
		assert.Equal(t, want, got, message)
	}
}

func TestCheckType(t *testing.T) {
	for message, want := range map[string]map[DataType]core.Code{
		"cc 00 00 00 ca00 0000c03f":         {TypeREAL: 0, TypeDINT: 10798, TypeSTRING: 10798, TypeBOOL: 10798},
		"cc 00 00 00 ca00 0000":             {TypeREAL: 3009, TypeDINT: 10798},
		"cc 00 00 00 ca00":                  {TypeREAL: 3009},
		"cc 00 00 00 ca":                    {TypeREAL: 3009},
		"cc 00 00 00 a002 ce":               {TypeREAL: 3009},
		"cc 00 00 00 c105 01":               {TypeBOOL: 0, TypeSINT: 10798},
		"cc 00 00 00 d300 00000000":         {TypeBOOL: 0, TypeDWORD: 0, TypeDINT: 10798},
		"cc 00 00 00 a002 ce0f 05000000":    {TypeSTRING: 0, TypeStructure: 0, TypeREAL: 10798},
		"cc 00 00 00 a002 3412 05000000":    {TypeSTRING: 10798, TypeStructure: 0},
		"cc 00 00 00 d000 0500 48656c6c6f":  {TypeSTRING: 0},
		"d2 00 06 00 c300 0100 0200":        {TypeINT: 0, TypeLINT: 10798},
		"d2 00 06 00 c500 0000000000000000": {TypeLINT: 0},
		"cc 00 04 00":                       {TypeINT: 0}, // its status says enough
		"cd 00 00 00":                       {TypeINT: 0},
	} {
		for kind, code := range want {
			err := reply(t, message).CheckType(kind)
			assert.Equal(t, code, core.CodeOf(err), "%s as %v", message, kind)
		}
	}
}

func TestDataTypeNames(t *testing.T) {
	assert.Equal(t, "DINT", TypeDINT.String())
	assert.Equal(t, "BOOL", DataType(0x03C1).String())
	assert.Equal(t, "structure", TypeStructure.String())
	assert.Equal(t, "type 0xcc", DataType(0xCC).String())
	assert.Equal(t, "type 0x0", DataType(0).String())
	for kind := range DataType(0x300) {
		name := kind.String()
		if back, ok := ParseDataType(name); ok && kind.base() == kind {
			assert.Equal(t, kind, back)
		}
	}
	_, ok := ParseDataType("")
	assert.False(t, ok)
}

func TestPCCCReply(t *testing.T) {
	p, ok := reply(t, "cb 00 00 00 07 4d00 01000000 4f f0 0100 0b aabb").PCCC()
	require.True(t, ok)
	assert.Equal(t, uint8(0x4F), p.Command)
	assert.Equal(t, uint16(1), p.Transaction)
	ext, ok := p.EXT()
	assert.True(t, ok)
	assert.Equal(t, PCCCExtAccessDenied, ext)
	assert.Equal(t, []byte{0xAA, 0xBB}, p.Data())
	p, ok = reply(t, "cb 00 00 00 07 4d00 01000000 4f 00 0100 0700").PCCC()
	require.True(t, ok)
	assert.Equal(t, []byte{7, 0}, p.Data())
	for _, other := range []string{"cb 00 00 00", "cb 00 00 00 00", "cb 00 00 00 07 4d00", "cb 00 00 00 01 4f 00", "cb 00 00 00 01 0f 00 0100", "cb 00 08 00", "cc 00 00 00 01 4f 00 0100"} {
		_, ok := reply(t, other).PCCC()
		assert.False(t, ok, other)
	}
}

// TestNotResponse: what a device may send without answering, and what looks
// like a request.
func TestNotResponse(t *testing.T) {
	for _, f := range [][]byte{
		frame(NOP, 0, 0, "", unhex("01")), frame(UnRegisterSession, 1, 0, "", nil), frame(ListIdentity, 0, 0, "", nil),
		frame(RegisterSession, 0, 0, "", unhex("01000000")), onConnection(1, readTag),
	} {
		_, err := ParseResponse(f)
		assert.Equal(t, core.ErrNotResponse, err)
		_, err = AppendStatuses(nil, f)
		assert.Equal(t, core.ErrNotResponse, err)
	}
}

// TestMalformed: each fault has an offset that points at it.
func TestMalformed(t *testing.T) {
	good := unconnected("", "cc 00 04 00")
	change := func(at int, b byte) []byte {
		f := slices.Clone(good)
		f[at] = b
		return f
	}
	short := slices.Clone(good)[:30]
	short[2] = 6
	for name, c := range map[string]struct {
		frame  []byte
		offset int
	}{
		"empty":                     {nil, 0},
		"half a header":             {good[:12], 12},
		"unknown command":           {change(0, 0x50), 0},
		"length too long":           {change(2, 0x15), 2},
		"length beyond the maximum": {change(3, 0xFF), 2},
		"options":                   {change(20, 1), 20},
		"no room for items":         {short, 24},
		"item beyond the end":       {change(38, 9), 36},
		"no data item":              {change(36, 0xB3), 24},
		"short reply":               {unconnected("", "cc 00 04"), 40},
		"empty reply":               {unconnected("", ""), 40},
		"sequence count alone":      {onConnection(1, ""), 46},
		"no sequence count":         {frame(SendUnitData, 1, 0, "", unhex("00000000 0000 0100 b100 0100 cc")), 32},
		"short address":             {frame(SendUnitData, 1, 0, "", unhex("00000000 0000 0100 a100 0100 cc")), 32},
		"short registration":        {frame(RegisterSession, 1, 0, "", unhex("0100")), 24},
	} {
		_, err := ParseResponse(c.frame)
		assert.ErrorIs(t, err, core.PluginProtocolParseFailed, name)
		var fault *core.FrameError
		if assert.ErrorAs(t, err, &fault, name) {
			assert.Equal(t, c.offset, fault.Offset, name)
		}
	}
	r, err := ParseResponse(frame(0x00FF, 0, EncapsulationInvalidCommand, "", nil))
	require.NoError(t, err, "a command is refused by its echo")
	assert.Equal(t, core.Code(10708), r.Status().Code(core.Other))
}

// TestItemsByType: their number and order differ between devices.
func TestItemsByType(t *testing.T) {
	r, err := ParseResponse(frame(SendRRData, 1, 0, "", unhex("00000000 0000 0400 0000 0000 0080 0400 aabbccdd b200 0400 cc000400 b200 0400 cc000500")))
	require.NoError(t, err)
	assert.Equal(t, PathSegmentError.Status(), r.Status())
}
