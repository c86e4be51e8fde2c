package s7

import (
	"bufio"
	"bytes"
	"io"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
)

func parse(t *testing.T, frame []byte) Response {
	t.Helper()
	r, err := ParseResponse(frame)
	require.NoError(t, err)
	return r
}

func TestResponseOfConnect(t *testing.T) {
	r := parse(t, goodConfirm)
	size, ok := r.TPDUSize()
	assert.True(t, ok)
	assert.Equal(t, TPDUSize1024, size)
	assert.Equal(t, ConnectConfirmTPDU, r.TPDU())
	assert.NoError(t, r.Err(core.Connect))
	_, ok = parse(t, unhex("0300000b06d00000000100")).TPDUSize()
	assert.False(t, ok, "parameters are optional")

	r = parse(t, goodSetup)
	assert.Equal(t, 480, r.PDULength())
	assert.NoError(t, r.Err(core.Connect))

	r = parse(t, refusal(0x8104))
	err := r.Err(core.Connect)
	coretest.AssertCode(t, err, core.S7Disconnected)
	coretest.AssertStatus(t, err, S7SetupFailed)
	assert.ErrorIs(t, err, HeaderCode7FunNotAvailable, "the native number is the cause")
	coretest.AssertRemedy(t, err, core.Reconnect)
	extended, ok := core.StatusOf(err).Extended()
	assert.True(t, ok)
	assert.EqualValues(t, 0x8104, extended)
	coretest.AssertCode(t, r.Err(core.Read), core.S7AccessDenied)

	zero := bytes.Clone(goodSetup)
	zero[25], zero[26] = 0, 0
	coretest.AssertCode(t, parse(t, zero).Err(core.Connect), core.S7Disconnected)
	withError := bytes.Clone(goodSetup)
	withError[17] = 0x85
	coretest.AssertCode(t, parse(t, withError).Err(core.Other), core.S7Disconnected)
	assert.Zero(t, parse(t, withError).PDULength())
}

func TestResponseItems(t *testing.T) {
	r := parse(t, readAnswer(3, "ff04000811 00 0a000004 ff0900022233"))
	require.Equal(t, 3, r.Len())
	assert.EqualValues(t, 0x0500, r.Reference())
	var data [][]byte
	for i, item := range r.Items() {
		data = append(data, item.Data())
		if i == 1 {
			assert.Equal(t, ObjectDoesNotExist, item.ReturnCode())
			assert.Equal(t, ObjectDoesNotExist.Status(), item.Status(4))
		}
	}
	assert.Equal(t, [][]byte{{0x11}, nil, {0x22, 0x33}}, data)
	assert.NoError(t, r.Err(core.Read), "items are not looked at")
	for range r.Items() {
		break
	}
	for _, item := range parse(t, writeAnswer(0xFF, 5)).Items() {
		assert.Nil(t, item.Data())
		assert.Equal(t, item.ReturnCode().Status(), item.Status(4), "a write needs no bytes")
	}
	for range parse(t, refusal(0x8104)).Items() {
		t.Error("an Ack has no items")
	}
}

func TestItemStatus(t *testing.T) {
	for _, c := range []struct {
		item string
		want int
		code core.Code
	}{
		{"ff04002011223344", 4, core.OK}, {"ff04002011223344", 2, core.OK}, {"ff04002011223344", 5, core.S7ValueTooShort},
		{"ff040000", 0, core.OK}, {"ff040000", 1, core.S7NoValue}, {"ff000000", 1, core.S7NoValue}, {"ff03000101", 1, core.OK},
		{"ff06000411223344", 4, core.OK}, {"ff06002011223344", 4, core.OK}, // in bytes or in bits
		{"05000000", 0, core.S7AddressInvalid}, {"05000000", 4, core.S7AddressInvalid},
	} {
		for _, item := range parse(t, readAnswer(1, c.item)).Items() {
			assert.Equal(t, c.code, item.Status(c.want).Code(core.Read), "%s, want %d", c.item, c.want)
		}
	}
}

func TestResponseOfUserdata(t *testing.T) {
	list := unhex("0300002102f080320700000500000800080001120411440100ff09000404240000")
	answer := userAnswer(0, "ff090004 01020304")(list)
	r := parse(t, answer)
	assert.Equal(t, []byte{1, 2, 3, 4}, r.Payload())
	assert.False(t, r.More())
	assert.Equal(t, UserdataSuccess.Status(), r.PayloadStatus(4))
	assert.Equal(t, ShortValue.Status(), r.PayloadStatus(5))
	answer[26] = 1
	assert.True(t, parse(t, answer).More())

	r = parse(t, userAnswer(0, "0a000000")(list))
	assert.NoError(t, r.Err(core.Write), "an acknowledgement")
	assert.Equal(t, MissingPayload.Status(), r.PayloadStatus(1))
	assert.Nil(t, r.Payload())

	r = parse(t, userAnswer(0xD241, "0a000000")(list))
	assert.Equal(t, ParamCode7NeedPassword, r.ParamError())
	assert.Equal(t, ParamCode7NeedPassword.Status(), r.PayloadStatus(1))
	r = parse(t, userAnswer(0, "")(list))
	assert.Equal(t, ParamNoError.Status(), r.Status())
	assert.Equal(t, ParamNoError, parse(t, refusal(1)).ParamError())
}

// Frames that must not pass, each with the event that says why, and the byte
// where the rule is broken.
func TestMalformed(t *testing.T) {
	for _, c := range []struct {
		frame string
		want  error
		at    int
	}{
		{"", TPKTTruncated, 0},
		{"03", TPKTTruncated, 1},
		{"05", TPKTBadVersion, 0},
		{"03000007", TPKTTruncated, 4},
		{"0300000602f0", TPKTLengthTooSmall, 2},
		{"0300000702f08000", SectionLengthMismatch, 7},
		{"0300000700f080", core.FrameMalformed, 4},
		{"0300000701f080", core.FrameMalformed, 4},
		{"0300000903c00000 01", core.FrameMalformed, 4},
		{"0300000702 3080", TPDU(0x30), 5},
		{"0300000802f080 32", BadROSCTR, 8},
		{"0300000802f080 72", ProtocolS7CommPlus, 7},
		{"0300001102f080 3203 0000 0000 0000 0000", SectionLengthMismatch, 13},
		{"0300001302f080 3203 0000 0000 0000 0000 0000", SectionLengthMismatch, 19},                  // no function
		{"0300001402f080 3203 0000 0000 0001 0000 0000 04", SectionLengthMismatch, 19},               // no item count
		{"0300001402f080 3203 0000 0000 0001 0000 0000 f0", SectionLengthMismatch, 19},               // no PDU length
		{"0300001602f080 3203 0000 0000 0002 0001 0000 0400 ff", SectionLengthMismatch, 21},          // items where none are announced
		{"0300001502f080 3203 0000 0000 0002 0000 0000 0501", ItemMissing, 21},                       // a write without its code
		{"0300001a02f080 3203 0000 0000 0002 0005 0000 0402 0a000000 0a", ItemMissing, 25},           // one header cut short
		{"0300001a02f080 3203 0000 0000 0002 0005 0000 0401 0a000000 00", SectionLengthMismatch, 25}, // bytes behind the last item
		{"0300001902f080 3203 0000 0000 0002 0004 0000 0401 ff110001", UnknownTransportSize, 22},
		{"0300001902f080 3203 0000 0000 0002 0004 0000 0401 ff040010", LengthBeyondPDU, 23},
		{"0300001902f080 3207 0000 0000 0008 0000 000112 08 12 84 01 00", SectionLengthMismatch, 17}, // no error word
		{"0300001f02f080 3207 0000 0000 000c 0002 000112 08 12 84 01 00 0000 0000 ff09", LengthBeyondPDU, 29},
		{"0300002102f080 3207 0000 0000 000c 0004 000112 08 12 84 01 00 0000 0000 ff090001", LengthBeyondPDU, 31},
		{"0300002102f080 3207 0000 0000 000c 0004 000112 08 12 84 01 00 0000 0000 ff550000", UnknownTransportSize, 30},
	} {
		_, err := ParseResponse(unhex(c.frame))
		require.Error(t, err, c.frame)
		coretest.AssertCode(t, err, core.PluginProtocolParseFailed)
		assert.ErrorIs(t, err, c.want, c.frame)
		assertBrokenAt(t, err, c.at)
		_, again := AppendStatuses(nil, unhex(c.frame))
		assert.Equal(t, err, again)
	}
}

// assertBrokenAt requires that the error names the byte where a frame breaks the
// rules.
func assertBrokenAt(t *testing.T, err error, at int) {
	t.Helper()
	var cause *core.FrameError
	if assert.ErrorAs(t, err, &cause) {
		assert.Equal(t, at, cause.Offset, "%v", err)
	}
}

func TestAnswersWithoutItems(t *testing.T) {
	r := parse(t, answerPDU(0, []byte{readVar, 0}, nil))
	assert.Zero(t, r.Len())
	assert.NoError(t, r.Err(core.Read))
}

func TestScanFrames(t *testing.T) {
	stream := append(append(bytes.Clone(goodConfirm), goodSetup...), unhex("0300000702f080")...)
	s := bufio.NewScanner(iotest.OneByteReader(bytes.NewReader(stream)))
	s.Split(ScanFrames)
	var lengths []int
	for s.Scan() {
		lengths = append(lengths, len(s.Bytes()))
	}
	require.NoError(t, s.Err())
	assert.Equal(t, []int{22, 27, 7}, lengths)

	_, _, err := ScanFrames([]byte{'H'}, false)
	coretest.AssertStatus(t, err, TPKTBadVersion)
	_, _, err = ScanFrames([]byte{3, 0, 0, 6}, false)
	coretest.AssertStatus(t, err, TPKTLengthTooSmall)
	_, _, err = ScanFrames(goodConfirm[:9], true)
	assert.Equal(t, io.ErrUnexpectedEOF, err)
	n, token, err := ScanFrames(nil, true)
	assert.Zero(t, n)
	assert.Nil(t, token)
	assert.NoError(t, err)
}
