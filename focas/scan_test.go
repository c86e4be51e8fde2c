package focas

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"testing"
	"testing/iotest"

	"github.com/fieldstatus/fieldstatus/core"
)

func scan(r io.Reader) (frames [][]byte, err error) {
	s := bufio.NewScanner(r)
	s.Split(ScanFrames)
	for s.Scan() {
		frames = append(frames, bytes.Clone(s.Bytes()))
	}
	return frames, s.Err()
}

func TestScanFrames(t *testing.T) {
	a, b := stanza(t, "sequence number, success"), stanza(t, "close accepted")
	stream := append(bytes.Clone(a), b...)
	for name, r := range map[string]io.Reader{
		"both in one segment": bytes.NewReader(stream),
		"byte by byte":        iotest.OneByteReader(bytes.NewReader(stream)),
		"error with data":     iotest.DataErrReader(bytes.NewReader(stream)),
	} {
		frames, err := scan(r)
		if err != nil || len(frames) != 2 || !bytes.Equal(frames[0], a) || !bytes.Equal(frames[1], b) {
			t.Errorf("%s: %x, %v", name, frames, err)
		}
	}
}

func TestScanFramesEnds(t *testing.T) {
	a := stanza(t, "sequence number, success")
	if frames, err := scan(bytes.NewReader(nil)); err != nil || len(frames) != 0 {
		t.Errorf("empty stream: %x, %v", frames, err)
	}
	for n := 1; n < len(a); n++ {
		if _, err := scan(bytes.NewReader(a[:n])); err != io.ErrUnexpectedEOF {
			t.Errorf("end after %d bytes: %v", n, err)
		}
	}
	if code := core.CodeOf(Translate(core.Read, io.ErrUnexpectedEOF)); code != core.PluginNotConnected {
		t.Errorf("end inside a frame: %v", code)
	}
}

// A stream that is none of ours is told from as few bytes as possible, with the
// detail that FANUC's library gives.
func TestScanFramesRefuses(t *testing.T) {
	long := []byte{0xA0, 0xA0, 0xA0, 0xA0, 0, 2, 0x21, 2, 0x05, 0xAB}
	for _, tt := range []struct {
		name   string
		data   []byte
		detail Detail
		offset int
	}{
		{"first byte", []byte{'H'}, Detail{4, 0}, 0},
		{"fourth byte", []byte{0xA0, 0xA0, 0xA0, 0xA1}, Detail{4, 0}, 3},
		{"direction 0", []byte{0xA0, 0xA0, 0xA0, 0xA0, 0, 2, 0x21, 0}, Detail{6, 0}, 7},
		{"direction 5", []byte{0xA0, 0xA0, 0xA0, 0xA0, 0, 2, 0x21, 5}, Detail{6, 0}, 7},
		{"length", long, Detail{7, 1}, 8},
	} {
		n, token, err := ScanFrames(tt.data, false)
		d, _ := DetailOf(core.StatusOf(err))
		var frame *core.FrameError
		if n != 0 || token != nil || core.CodeOf(err) != core.PluginProtocolParseFailed || d != tt.detail || !errors.As(err, &frame) || frame.Offset != tt.offset {
			t.Errorf("%s: %d, %x, %v", tt.name, n, token, err)
		}
		if n, token, err := ScanFrames(tt.data[:len(tt.data)-1], false); n != 0 || token != nil || err != nil {
			t.Errorf("%s: one byte less: %d, %x, %v", tt.name, n, token, err)
		}
	}
}

func TestLimits(t *testing.T) {
	for _, tt := range []struct {
		version   uint16
		direction Direction
		want      int
	}{
		{0, DirAnswer, 1450}, {1, DirAnswer, 1450}, {2, DirAnswer, 1450}, {2, DirReceipt, 1450}, {2, DirStream, 1450},
		{3, DirAnswer, 2910}, {4, DirAnswer, 3470}, {5, DirAnswer, 4950}, {6, DirAnswer, 4950}, {0xFFFF, DirAnswer, 4950},
		{1, DirRequest, 0xFFFF}, {1, DirStream, 0xFFFF},
	} {
		head := []byte{0xA0, 0xA0, 0xA0, 0xA0, byte(tt.version >> 8), byte(tt.version), 0x21, byte(tt.direction), byte(tt.want >> 8), byte(tt.want)}
		if err := checkHeader(head); err != nil {
			t.Errorf("%+v: %v", tt, err)
		}
		if tt.want < 0xFFFF {
			head[8], head[9] = byte((tt.want+1)>>8), byte(tt.want+1)
			if checkHeader(head) == nil {
				t.Errorf("%+v: one byte more is accepted", tt)
			}
		}
	}
}
