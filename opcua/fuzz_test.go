package opcua_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"testing"

	"github.com/gopcua/opcua/ua"

	"github.com/fieldstatus/fieldstatus/core"
	opcuastatus "github.com/fieldstatus/fieldstatus/opcua"
)

// seed adds all frames of the stanzas.
func seed(f *testing.F) {
	for _, s := range stanzas(f) {
		for _, frame := range s.Frames {
			f.Add(frame.Data)
		}
	}
}

// checkResult is what holds for any frame: statuses or an error, never both,
// documented codes, and no more statuses than there are bytes.
func checkResult(t *testing.T, frame []byte, got []core.Status, err error) {
	t.Helper()
	switch {
	case err == nil:
		if len(got) == 0 || len(got) > len(frame)+1 {
			t.Fatalf("%d statuses", len(got))
		}
	case len(got) != 0:
		t.Fatalf("%d statuses and the error %v", len(got), err)
	case errors.Is(err, core.ErrNotResponse), errors.Is(err, core.ErrIncomplete):
		return
	default:
		var e *core.Error
		var f *core.FrameError
		if !errors.As(err, &e) || !errors.As(err, &f) || f.Reason == "" {
			t.Fatalf("%T: %v", err, err)
		}
		if code := core.CodeOf(err); code != core.PluginProtocolParseFailed && code != core.PluginMessageDisorder {
			t.Fatalf("code %v: %v", code, err)
		}
	}
	for _, s := range got {
		if s == (core.Status{}) || !s.Code(core.Read).Documented() {
			t.Fatalf("status %v", s)
		}
	}
}

func FuzzResponse(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, frame []byte) {
		before := bytes.Clone(frame)
		got, err := opcuastatus.AppendStatuses(nil, frame)
		checkResult(t, frame, got, err)
		r, perr := opcuastatus.ParseResponse(frame)
		if (err == nil) != (perr == nil) {
			t.Fatalf("AppendStatuses: %v, ParseResponse: %v", err, perr)
		}
		if err == nil {
			n := 0
			for i, s := range r.Items() {
				if i != n || got[i] != s {
					t.Fatalf("item %d is %v, not %v", i, s, got[i])
				}
				n++
			}
			if n != len(got) && (n != 0 || got[0] != r.Status()) {
				t.Fatalf("%d items, %d statuses", n, len(got))
			}
			_, _, _ = r.Reason(), r.Err(core.Read), r.ServiceResult()
		}
		if !bytes.Equal(before, frame) {
			t.Fatal("the frame was changed")
		}
	})
}

// FuzzPayload puts any bytes behind a valid header, where they are values.
func FuzzPayload(f *testing.F) {
	for _, s := range stanzas(f) {
		for _, frame := range s.Frames {
			if len(frame.Data) > 24 {
				f.Add(frame.Data[24:])
			}
		}
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		frame := chunk("MSGF", 1, payload)
		got, err := opcuastatus.AppendStatuses(nil, frame)
		checkResult(t, frame, got, err)
		binary.LittleEndian.PutUint32(frame[4:], uint32(len(frame)))
		copy(frame, "OPNF")
		got, err = opcuastatus.AppendStatuses(nil, frame)
		checkResult(t, frame, got, err)
	})
}

// FuzzConversation plays a stream of frames; the lowest bit of each first byte
// behind its size says who sends it.
func FuzzConversation(f *testing.F) {
	for _, s := range stanzas(f) {
		var stream []byte
		for _, frame := range s.Frames {
			stream = append(stream, byte(len(frame.Data)>>8), byte(len(frame.Data)))
			if frame.Sent {
				stream[len(stream)-2] |= 0x80
			}
			stream = append(stream, frame.Data...)
		}
		f.Add(stream)
	}
	f.Fuzz(func(t *testing.T, stream []byte) {
		var x opcuastatus.Conversation
		for len(stream) >= 2 {
			sent, n := stream[0]&0x80 != 0, int(stream[0]&0x7F)<<8|int(stream[1])
			frame := stream[2:min(2+n, len(stream))]
			stream = stream[2+len(frame):]
			if sent {
				x.Sent(frame)
				continue
			}
			got, err := x.Received(nil, frame)
			if err == nil && len(got) == 0 {
				t.Fatal("neither status nor error")
			}
			if err != nil || len(got) <= len(frame)+1 { // joined messages have more
				checkResult(t, frame, got, err)
			}
			if !errors.Is(err, core.ErrIncomplete) && x.Exchange().Open {
				t.Fatalf("%v is open after %v, %v", x.Exchange(), got, err)
			}
		}
	})
}

func FuzzScanFrames(f *testing.F) {
	seed(f)
	f.Add([]byte("MSGF\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, atEOF := range []bool{false, true} {
			advance, token, err := opcuastatus.ScanFrames(data, atEOF)
			switch {
			case advance < 0 || advance > len(data) || advance != len(token):
				t.Fatalf("advance %d, token of %d bytes, %d bytes", advance, len(token), len(data))
			case err != nil && advance != 0:
				t.Fatalf("advance %d with %v", advance, err)
			case advance > 0:
				if size := binary.LittleEndian.Uint32(token[4:]); int(size) != len(token) {
					t.Fatalf("token of %d bytes for size %d", len(token), size)
				}
			case atEOF && err == nil && len(data) > 0:
				t.Fatal("the end inside of a frame is no error")
			}
		}
	})
}

// FuzzTranslate: whatever an error says, Translate answers with a documented
// code, keeps the cause, and translating again changes nothing.
func FuzzTranslate(f *testing.F) {
	for _, err := range ownErrors() {
		if text := safeText(err); text != "" {
			f.Add(text, uint32(0x80340400), uint8(2))
		}
	}
	f.Add("invalid response: got *ua.WriteResponse want **ua.ReadResponse", uint32(1), uint8(0))
	f.Fuzz(func(t *testing.T, text string, code uint32, op uint8) {
		o := core.Op(op & 3)
		for _, cause := range []error{errors.New(text), ua.StatusCode(code), fmt.Errorf("%s: %w", text, ua.StatusCode(code))} {
			for _, translate := range []func(core.Op, error) error{opcuastatus.Translate, opcuastatus.TranslateItem} {
				err := translate(o, cause)
				if err == nil {
					if code>>31 != 0 {
						t.Fatalf("%v became nil", cause)
					}
					continue
				}
				if c := core.CodeOf(err); !c.Documented() || c == core.OK || !errors.Is(err, cause) || translate(o, err) != err {
					t.Fatalf("%v became %v", cause, err)
				}
			}
		}
	})
}

func safeText(err error) (text string) {
	defer func() { _ = recover() }()
	return err.Error()
}
