package knx

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
)

func TestResponseViews(t *testing.T) {
	r, err := ParseResponse(frameOf(t, connectResponse, "0300 08017f00000190dc 04041105"))
	require.NoError(t, err)
	channel, ok := r.Channel()
	assert.True(t, ok)
	assert.EqualValues(t, 3, channel)
	_, ok = r.Sequence()
	assert.False(t, ok)
	address, ok := r.TunnelAddress()
	assert.True(t, ok)
	assert.EqualValues(t, 0x1105, address)
	endpoint, ok := r.DataEndpoint()
	assert.True(t, ok)
	assert.Equal(t, "127.0.0.1:37084", endpoint.String())
	_, ok = r.Telegram()
	assert.False(t, ok)
	assert.NoError(t, r.Err(core.Connect))

	r, err = ParseResponse(frameOf(t, tunnellingRequest, "04030500 2e0404021234b1e011050a03 01 0081"))
	require.NoError(t, err)
	assert.EqualValues(t, tunnellingRequest, r.Service())
	sequence, ok := r.Sequence()
	assert.True(t, ok)
	assert.EqualValues(t, 5, sequence)
	con, ok := r.Telegram()
	require.True(t, ok)
	assert.Equal(t, Telegram{Message: 0x2E, Control: 0xB1, Group: true, Source: 0x1105, Destination: 0x0A03, TPDU: []byte{0x00, 0x81}}, con)
	apci, data, ok := con.Application()
	assert.True(t, ok)
	assert.EqualValues(t, 0x081, apci)
	assert.Empty(t, data)
	assert.ErrorIs(t, r.Err(core.Write), core.KNXDeviceNotExist)

	request, err := ParseTelegram(unhex(t, "1100bce000000a03 01 0081"))
	require.NoError(t, err)
	assert.True(t, con.Confirms(request))
	other, err := ParseTelegram(unhex(t, "1100bc6000000a03 01 0081"))
	require.NoError(t, err)
	assert.False(t, con.Confirms(other), "an individual address is another destination")

	r, err = ParseResponse(frameOf(t, featureResponse, "04030000 06f8 1105"))
	require.NoError(t, err)
	feature, value, ok := r.Feature()
	assert.True(t, ok)
	assert.EqualValues(t, 6, feature)
	assert.Equal(t, []byte{0x11, 0x05}, value)
	assert.ErrorIs(t, r.Err(core.Write), ReturnEDataVoid)

	r, err = ParseResponse(frameOf(t, featureInfo, "04030000 0300 01"))
	require.NoError(t, err)
	feature, value, ok = r.Feature()
	assert.True(t, ok)
	assert.EqualValues(t, 3, feature)
	assert.Equal(t, []byte{1}, value)
	r, err = ParseResponse(frameOf(t, connectionStateResponse, "0300"))
	require.NoError(t, err)
	_, _, ok = r.Feature()
	assert.False(t, ok)

	assert.False(t, Telegram{}.isControl() || Telegram{}.isNumbered(), "a telegram without content")
}

func TestParseCEMI(t *testing.T) {
	r, err := ParseCEMI(unhex(t, "2e00b1600000114d 00 80"))
	require.NoError(t, err)
	assert.ErrorIs(t, r.Err(core.Connect), core.KNXDeviceNotExist)
	r, err = ParseCEMI(unhex(t, "fb0000 01ff 0001 07"))
	require.NoError(t, err)
	assert.ErrorIs(t, r.Err(core.Read), PropertyVoidDp)
	_, err = ParseCEMI(unhex(t, "1100bce000000a03 01 0081"))
	assert.ErrorIs(t, err, core.ErrNotResponse)
	_, err = ParseCEMI(nil)
	assert.ErrorIs(t, err, FrameTruncatedBody)
}

// TestTruncated: every frame that is cut off anywhere is refused with a reason,
// whether its header knows or not.
func TestTruncated(t *testing.T) {
	for _, s := range stanzas(t) {
		for _, f := range s.Frames {
			if _, err := AppendStatuses(nil, f.Data); f.Sent || err != nil {
				continue
			}
			for n := range f.Data {
				cut := bytes.Clone(f.Data[:n])
				_, err := AppendStatuses(nil, cut)
				requireFault(t, err, s.Name)
				if n >= headerLength {
					cut[4], cut[5] = byte(n>>8), byte(n)
					if _, err := AppendStatuses(nil, cut); err != nil && err != core.ErrNotResponse {
						requireFault(t, err, s.Name)
					}
				}
			}
			_, err := AppendStatuses(nil, append(bytes.Clone(f.Data), 0))
			require.ErrorIs(t, err, FrameTotalLengthMismatch)
		}
	}
}

func requireFault(t testing.TB, err error, msg string) {
	t.Helper()
	require.ErrorIs(t, err, core.PluginProtocolParseFailed, msg)
	var frame *core.FrameError
	require.ErrorAs(t, err, &frame, msg)
	require.Equal(t, "frame", core.StatusOf(err).Layer(), msg)
}

func scan(data []byte, chunk int) (frames [][]byte, err error) {
	s := bufio.NewScanner(&chunks{data, chunk})
	s.Split(ScanFrames)
	for s.Scan() {
		frames = append(frames, bytes.Clone(s.Bytes()))
	}
	return frames, s.Err()
}

type chunks struct {
	data []byte
	n    int
}

func (c *chunks) Read(p []byte) (int, error) {
	if len(c.data) == 0 {
		return 0, io.EOF
	}
	n := copy(p[:min(c.n, len(p))], c.data)
	c.data = c.data[n:]
	return n, nil
}

func TestScanFrames(t *testing.T) {
	feature := frameOf(t, featureResponse, "04010000 0600 1105")
	info := frameOf(t, featureInfo, "04010100 0600 1105")
	big := append([]byte{0x06, 0x10, 0x07, 0x77, 0xFF, 0xFF}, make([]byte, 0xFFFF-6)...)
	stream := bytes.Join([][]byte{feature, info, big, feature}, nil)
	for _, chunk := range []int{1, 7, 1 << 20} {
		frames, err := scan(stream, chunk)
		require.NoError(t, err)
		assert.Equal(t, [][]byte{feature, info, big, feature}, frames)
	}
	_, err := scan(stream[:len(stream)-1], 100)
	assert.ErrorIs(t, err, io.ErrUnexpectedEOF)
	for cut := 1; cut < 6; cut++ {
		_, err = scan(feature[:cut], 100)
		assert.ErrorIs(t, err, io.ErrUnexpectedEOF)
	}
	for want, start := range map[Event][]byte{
		FrameBadHeaderLength:     {0x05},
		FrameBadVersion:          {0x06, 0x20},
		FrameTotalLengthMismatch: {0x06, 0x10, 0x04, 0x20, 0x00, 0x05},
	} {
		for _, atEOF := range []bool{false, true} {
			_, _, err := ScanFrames(start, atEOF)
			assert.ErrorIs(t, err, want)
			requireFault(t, err, "")
		}
	}
	_, err = scan(bytes.Join([][]byte{feature, make([]byte, 100)}, nil), 3)
	assert.True(t, errors.Is(err, FrameBadHeaderLength), "zeros must not make a reader spin")
}

// TestPropertyReadWithoutValue: a positive answer to a read has a value, in a
// frame and alone.
func TestPropertyReadWithoutValue(t *testing.T) {
	_, err := ParseCEMI(unhex(t, "fb000b01341001"))
	assert.ErrorIs(t, err, FrameTruncatedBody)
	_, err = AppendStatuses(nil, frameOf(t, configurationRequest, "04010000 fb000b01341001"))
	assert.ErrorIs(t, err, FrameTruncatedBody)
	r, err := ParseCEMI(unhex(t, "fb000b0134100107"))
	require.NoError(t, err)
	assert.Equal(t, ReturnESuccess.Status(), r.Status())
	r, err = ParseCEMI(unhex(t, "f5000b01341001"))
	require.NoError(t, err, "a write is confirmed without a value")
	assert.Equal(t, ReturnESuccess.Status(), r.Status())
}
