package knx

import (
	"bytes"
	"errors"
	"testing"

	"github.com/fieldstatus/fieldstatus/core"
)

func seeds(f *testing.F) {
	for _, s := range stanzas(f) {
		for _, frame := range s.Frames {
			f.Add(frame.Data)
		}
	}
}

// checkResult holds what every decoder promises: one documented status, one of
// the two sentinels, or a fault of this package or of core with its place.
func checkResult(t *testing.T, frame []byte, got []core.Status, err error) {
	t.Helper()
	switch {
	case err == nil:
		if len(got) != 1 || got[0] == (core.Status{}) {
			t.Fatalf("%x: %v", frame, got)
		}
		for op := core.Other; op <= core.Write; op++ {
			if !got[0].Code(op).Documented() {
				t.Fatalf("%x: %v", frame, got[0])
			}
		}
	case errors.Is(err, core.ErrNotResponse):
	default:
		var fault *core.FrameError
		if !errors.As(err, &fault) || fault.Offset < 0 || fault.Offset > len(frame) {
			t.Fatalf("%x: %v", frame, err)
		}
	}
}

func FuzzAppendStatuses(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, frame []byte) {
		before := bytes.Clone(frame)
		got, err := AppendStatuses(nil, frame)
		checkResult(t, frame, got, err)
		if !bytes.Equal(before, frame) {
			t.Fatal("the frame was changed")
		}
		if r, err := ParseCEMI(frame); err == nil && !r.Status().Code(core.Other).Documented() {
			t.Fatalf("%x: %v", frame, r.Status())
		}
	})
}

func FuzzScanFrames(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		whole, errWhole := scan(data, len(data)+1)
		single, errSingle := scan(data, 1)
		if (errWhole == nil) != (errSingle == nil) || len(whole) != len(single) {
			t.Fatalf("%d frames, %v; octet by octet %d frames, %v", len(whole), errWhole, len(single), errSingle)
		}
		if n := len(bytes.Join(whole, nil)); errWhole == nil && n != len(data) {
			t.Fatalf("%d of %d octets came out", n, len(data))
		}
	})
}

// FuzzConversation reads its input as frames with a direction: one octet, odd
// for ours, one octet of length, and the frame.
func FuzzConversation(f *testing.F) {
	for _, s := range stanzas(f) {
		var script []byte
		for _, frame := range s.Frames {
			if len(frame.Data) < 256 {
				way := byte(0)
				if frame.Sent {
					way = 1
				}
				script = append(append(script, way, byte(len(frame.Data))), frame.Data...)
			}
		}
		f.Add(script)
	}
	f.Fuzz(func(t *testing.T, script []byte) {
		var c Conversation
		last := uint64(0)
		for len(script) >= 2 {
			way, n := script[0], min(int(script[1]), len(script)-2)
			frame := script[2 : 2+n]
			script = script[2+n:]
			if way&1 == 1 {
				c.Sent(frame)
				last = max(last, c.Exchange().ID)
				continue
			}
			got, err := c.Received(nil, frame)
			checkResult(t, frame, got, err)
			if c.Exchange().ID > last {
				t.Fatalf("%x answers request %d of %d", frame, c.Exchange().ID, last)
			}
			if c.Exchange().ID == 0 && c.Exchange().Open {
				t.Fatalf("%x: open without a request", frame)
			}
		}
	})
}

func FuzzTranslate(f *testing.F) {
	f.Add("response timeout reached", uint8(1))
	f.Add("tunnelConn request has been rejected with status 0x4e6f206572726f72", uint8(3))
	f.Add("tunnelConn request has been rejected with status 0x556e6b6e6f776e206572726f7220636f64652030783737", uint8(3))
	f.Add("invalid raw group address in 0", uint8(2))
	f.Fuzz(func(t *testing.T, text string, op uint8) {
		cause := errors.New(text)
		for _, translate := range []func(core.Op, error) error{Translate, recognizer.Translate} {
			err := translate(core.Op(op&3), cause)
			if err == nil {
				if text != rejected(0).Error() {
					t.Fatalf("%q became a success", text)
				}
				continue
			}
			if !errors.Is(err, cause) || !core.CodeOf(err).Documented() || translate(core.Op(op&3), err) != err {
				t.Fatalf("%q became %v", text, err)
			}
		}
	})
}
