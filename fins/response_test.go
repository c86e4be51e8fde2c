package fins

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
)

const serialAnswer = "@00FA00C0000200000000000000010100401234000234*\r"

// serial puts the right FCS into a Host Link frame.
func serial(text string) []byte {
	var sum byte
	for _, c := range []byte(text) {
		sum ^= c
	}
	return append([]byte(text), []byte{"0123456789ABCDEF"[sum>>4], "0123456789ABCDEF"[sum&15], '*', '\r'}...)
}

func TestResponseViews(t *testing.T) {
	message := answerTo(7, 0x0101, 0x0040, 0x12, 0x34, 0x00, 0x02)
	for name, frame := range map[string][]byte{
		"UDP": message, "TCP": overTCPFrame(message), "Host Link": serial("@00FA00C00002000200000A0007010100401234" + "0002"),
	} {
		r, err := ParseResponse(frame)
		require.NoError(t, err, name)
		assert.Equal(t, uint8(7), r.SID(), name)
		assert.Equal(t, MemoryAreaRead, r.Command(), name)
		assert.Equal(t, EndCode(0x0040), r.EndCode(), name)
		assert.Equal(t, []byte{0x12, 0x34, 0x00, 0x02}, r.Data(), name)
		assert.NoError(t, r.Err(core.Read), name)
		assert.Equal(t, core.OK, r.Status(4).Code(core.Read), name)
		assert.Equal(t, WrongLength.Status(), r.Status(0), name)
		assert.Equal(t, WrongLength.Status(), r.Status(2), name)
		assert.Equal(t, WrongLength.Status(), r.Status(6), name)
		assert.Equal(t, TCPNormal, r.TCPError(), name)
		assert.Equal(t, HostLinkNormalCompletion, r.HostLinkEndCode(), name)
		_, _, ok := r.Nodes()
		assert.False(t, ok, name)
	}
}

func TestResponseOfARefusal(t *testing.T) {
	r, err := ParseResponse(answerTo(1, 0x0101, 0x8205, 0x05, 0x0A))
	require.NoError(t, err)
	assert.Empty(t, r.Data(), "the location is no data")
	network, node, ok := Location(r.Status(4))
	assert.Equal(t, []any{uint8(5), uint8(10), true}, []any{network, node, ok})
	assert.ErrorIs(t, r.Err(core.Read), ResponseTimeout)
}

func TestResponseOfAHandshake(t *testing.T) {
	r, err := ParseResponse(unhex("46494e53000000100000000100000000000000fb000000c8"))
	require.NoError(t, err)
	client, server, ok := r.Nodes()
	assert.Equal(t, []any{uint32(0xFB), uint32(0xC8), true}, []any{client, server, ok})
	assert.NoError(t, r.Err(core.Connect))
	r, err = ParseResponse(unhex("46494e53000000100000000100000022000000fb000000c8"))
	require.NoError(t, err)
	_, _, ok = r.Nodes()
	assert.False(t, ok)
	assert.Equal(t, TCPProtectedNodeAccess, r.TCPError())
	assert.ErrorIs(t, r.Err(core.Connect), core.FINSAccessRightError)
	assert.Zero(t, r.SID())
	assert.Zero(t, r.Command())
}

// TestOffsetsOfFaults: a fault is where a reader of the frame looks for it.
func TestOffsetsOfFaults(t *testing.T) {
	message := answerTo(1, 0x0101, 0)
	message[1] = 9
	for name, c := range map[string]struct {
		frame  []byte
		offset int
	}{
		"UDP": {message, 1}, "TCP": {overTCPFrame(message), 17}, "Host Link": {serial("@00FA00C00902000200000A000101010000"), 9},
		"TCP length": {unhex("46494e530000000700000002"), 12}, "FCS": {[]byte(strings.Replace(serialAnswer, "1234", "1235", 1)), len(serialAnswer) - 4},
	} {
		_, err := ParseResponse(c.frame)
		var f *core.FrameError
		require.ErrorAs(t, err, &f, name)
		assert.Equal(t, c.offset, f.Offset, "%s: %v", name, err)
	}
}

// TestReasonsOfFaults: what is wrong is said in the words of the framing.
func TestReasonsOfFaults(t *testing.T) {
	for want, frame := range map[string][]byte{
		"at byte 4: shorter than a FINS/TCP header":                      []byte("FINS"),
		"at byte 7: shorter than a FINS header and command code":         serial("@00FA00"),
		"at byte 7: short form of the FINS header":                       serial("@00FA004000000001010000"),
		"at byte 33: response without an end code":                       serial("@00FA00C00002000200000A0001010100"),
		"at byte 7: odd number of hexadecimal digits":                    serial("@00FA00C00002000200000A00010101000"),
		"at byte 17: reserved byte of the FINS header is not 0":          overTCPFrame(unhex("c00902000200000a000101010000")),
		"at byte 4: FINS/TCP length is not that of the frame":            overTCPFrame(answerTo(1, 0x0101, 0))[:29],
		"at byte 10: Host Link FCS is wrong":                             []byte("@00FA0043000*\r"),
		"at byte 3: Host Link frame without FINS: header code is not FA": serial("@00RR0043000"),
	} {
		_, err := ParseResponse(frame)
		assert.ErrorContains(t, err, want, "%q", frame)
	}
}

// TestTCPLimits: the shortest and the longest frame are taken.
func TestTCPLimits(t *testing.T) {
	longest := overTCPFrame(answerTo(1, 0x0101, 0, make([]byte, tcpMaxLength-8-responseSize)...))
	for _, frame := range [][]byte{longest, unhex("46494e53000000080000000300000003")} {
		advance, token, err := ScanFrames(frame, false)
		require.NoError(t, err)
		assert.Equal(t, len(frame), advance)
		_, err = ParseResponse(token)
		assert.NoError(t, err)
	}
	_, err := ParseResponse(overTCPFrame(answerTo(1, 0x0101, 0, make([]byte, tcpMaxLength-8-responseSize+1)...)))
	assert.ErrorIs(t, err, core.FrameMalformed)
}

func TestScanFrames(t *testing.T) {
	first, second := overTCPFrame(answerTo(1, 0x0101, 0, 1, 2)), overTCPFrame(answerTo(2, 0x0102, 0x2101))
	stream := append(append([]byte{}, first...), second...)
	for name, r := range map[string]io.Reader{"whole": bytes.NewReader(stream), "bytes": iotest.OneByteReader(bytes.NewReader(stream))} {
		s := bufio.NewScanner(r)
		s.Split(ScanFrames)
		var got [][]byte
		for s.Scan() {
			got = append(got, bytes.Clone(s.Bytes()))
		}
		assert.NoError(t, s.Err(), name)
		assert.Equal(t, [][]byte{first, second}, got, name)
	}
	for n := 1; n < len(first); n++ {
		_, token, err := ScanFrames(first[:n], false)
		assert.True(t, token == nil && err == nil, n)
		_, _, err = ScanFrames(first[:n], true)
		assert.Equal(t, io.ErrUnexpectedEOF, err, n)
	}
	advance, token, err := ScanFrames(nil, true)
	assert.True(t, advance == 0 && token == nil && err == nil)
}

func TestScanFramesFailsEarly(t *testing.T) {
	for text, offset := range map[string]int{
		"G": 0, "FI\x00": 2, "FINT": 3, "FINS\x00\x00\x00\x07": 4, "FINS\x00\x00\x10\x01": 4, "FINS\x80\x00\x00\x08": 4, "HTTP/1.1 400": 0,
	} {
		_, _, err := ScanFrames([]byte(text), false)
		var f *core.FrameError
		require.ErrorAs(t, err, &f, text)
		assert.Equal(t, offset, f.Offset, text)
		assert.Equal(t, core.PluginProtocolParseFailed, core.CodeOf(err), text)
	}
}

func TestScanHostLinkFrames(t *testing.T) {
	s := bufio.NewScanner(iotest.HalfReader(bytes.NewReader([]byte(serialAnswer + serialAnswer))))
	s.Split(ScanHostLinkFrames)
	n := 0
	for s.Scan() {
		n++
		assert.Equal(t, serialAnswer, s.Text())
	}
	assert.NoError(t, s.Err())
	assert.Equal(t, 2, n)

	_, _, err := ScanHostLinkFrames([]byte("\x00@"), false)
	assert.Equal(t, core.PluginProtocolParseFailed, core.CodeOf(err), "line noise")
	_, _, err = ScanHostLinkFrames([]byte("@00FA"), true)
	assert.Equal(t, io.ErrUnexpectedEOF, err)
	_, _, err = ScanHostLinkFrames(bytes.Repeat([]byte("@"), hostLinkMax), false)
	assert.Equal(t, core.PluginProtocolParseFailed, core.CodeOf(err), "endless")
	_, token, err := ScanHostLinkFrames([]byte("@00FA"), false)
	assert.True(t, token == nil && err == nil)
}

// TestCutHostLinkFrames: a frame that is cut anywhere is refused.
func TestCutHostLinkFrames(t *testing.T) {
	whole := serial("@00FA00C00002000200000A0007010100401234")
	for n := range len(whole) - len("*\r") {
		for _, end := range []string{"", "*\r"} {
			_, err := ParseResponse(append(whole[:n:n], end...))
			assert.ErrorIs(t, err, core.FrameMalformed, "%d bytes and %q", n, end)
		}
	}
}

// TestHostLinkLimits: the longest frame is taken, a longer one is not.
func TestHostLinkLimits(t *testing.T) {
	head := "@00FA00C00002000200000A000101010000"
	zeros := string(bytes.Repeat([]byte("00"), 538))
	r, err := ParseResponse(serial(head + zeros))
	require.NoError(t, err)
	assert.Len(t, r.Data(), 538)
	_, err = ParseResponse(serial(head + zeros + "00"))
	assert.ErrorIs(t, err, core.FrameMalformed)
}

func TestNotResponses(t *testing.T) {
	for name, frame := range map[string][]byte{
		"command": readOf(1), "command over TCP": overTCPFrame(readOf(1)), "handshake request": unhex("46494e530000000c000000000000000000000000"),
		"command over Host Link": serial("@00FA0800002000A00000200010101820064000002"), "confirmation": unhex("46494e53000000080000000600000000"),
	} {
		_, err := ParseResponse(frame)
		assert.Equal(t, core.ErrNotResponse, err, name)
		got, err := AppendStatuses(nil, frame)
		assert.True(t, got == nil && errors.Is(err, core.ErrNotResponse), name)
	}
}

// TestHexBytes: two characters are a byte when strconv reads them as one.
func TestHexBytes(t *testing.T) {
	for hi := range 256 {
		for lo := range 256 {
			b := []byte{byte(hi), byte(lo)}
			want, err := strconv.ParseUint(string(b), 16, 8)
			got, ok := hexByte(b)
			if ok != (err == nil) || ok && got != byte(want) {
				t.Fatalf("%q: %#x, %v", b, got, ok)
			}
		}
	}
}

// TestHostLinkDigits: digits may be small, other characters are none.
func TestHostLinkDigits(t *testing.T) {
	r, err := ParseResponse(serial("@00FA00c00002000200000a00010101000012abcdefABCDEF"))
	require.NoError(t, err)
	assert.Equal(t, []byte{0x12, 0xAB, 0xCD, 0xEF, 0xAB, 0xCD, 0xEF}, r.Data())
	for text, offset := range map[string]int{"@00FA0xC00002000200000A000101010000": 5, "@0xFA00C00002000200000A000101010000": 1, "@00FA00C0000200020000:A000101010000": 19} {
		_, err := ParseResponse(serial(text))
		var f *core.FrameError
		require.ErrorAs(t, err, &f, text)
		assert.InDelta(t, offset, f.Offset, 2, text)
	}
	_, err = ParseResponse([]byte("@00FA00" + string(bytes.Repeat([]byte("0"), 2000)) + "*\r"))
	assert.ErrorIs(t, err, core.FrameMalformed)
}
