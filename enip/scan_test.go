package enip

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"

	"github.com/fieldstatus/fieldstatus/core"
)

// scan cuts a stream, read a byte at a time.
func scan(stream []byte) (frames [][]byte, err error) {
	s := bufio.NewScanner(iotest.OneByteReader(bytes.NewReader(stream)))
	s.Buffer(nil, 1<<16)
	s.Split(ScanFrames)
	for s.Scan() {
		frames = append(frames, bytes.Clone(s.Bytes()))
	}
	return frames, s.Err()
}

func TestScanFrames(t *testing.T) {
	one, two := unconnected("", "cc 00 04 00"), onConnection(1, "cc 00 00 00 c300 0700")
	refused := frame(0x00FF, 0, EncapsulationInvalidCommand, "", nil)
	frames, err := scan(bytes.Join([][]byte{one, two, refused, one}, nil))
	assert.NoError(t, err)
	assert.Equal(t, [][]byte{one, two, refused, one}, frames)

	frames, err = scan(append(bytes.Clone(one), two[:30]...))
	assert.ErrorIs(t, err, io.ErrUnexpectedEOF)
	assert.Len(t, frames, 1)
	_, err = scan(nil)
	assert.NoError(t, err)
}

// TestLargest: the largest frame is one, and no frame is larger.
func TestLargest(t *testing.T) {
	largest := frame(ListIdentity, 0, 0, "", make([]byte, maxLength))
	assert.Len(t, largest, 65535)
	advance, token, err := ScanFrames(largest, true)
	assert.NoError(t, err)
	assert.Equal(t, 65535, advance)
	_, err = ParseResponse(token)
	assert.NoError(t, err)
	tooLarge := frame(ListIdentity, 0, 0, "", make([]byte, maxLength+1))
	_, _, err = ScanFrames(tooLarge, true)
	assert.ErrorIs(t, err, core.PluginProtocolParseFailed)
	_, err = ParseResponse(tooLarge)
	assert.ErrorIs(t, err, core.PluginProtocolParseFailed)
}

func TestScanGarbage(t *testing.T) {
	for stream, offset := range map[string]int{"HT": 0, "\x6f\x00\xff\xff": 2, "\x50\x00\x01\x00": 0} {
		_, _, err := ScanFrames([]byte(stream), false)
		assert.ErrorIs(t, err, core.PluginProtocolParseFailed, "%q", stream)
		var fault *core.FrameError
		assert.True(t, errors.As(err, &fault) && fault.Offset == offset, "%q: %v", stream, err)
		advance, token, err := ScanFrames([]byte(stream[:1]), false)
		assert.True(t, advance == 0 && token == nil && err == nil)
	}
}
