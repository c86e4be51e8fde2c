package opcua_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/gopcua/opcua/ua"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/internal/hostile"
	opcuastatus "github.com/fieldstatus/fieldstatus/opcua"
)

// face is what this package promises about hostile bytes.
func face() hostile.Face {
	return hostile.Face{
		Append: opcuastatus.AppendStatuses, Scan: opcuastatus.ScanFrames,
		Open:    func() hostile.Conversation { return new(opcuastatus.Conversation) },
		Faults:  []core.Code{core.PluginMessageDisorder},
		Unasked: hostile.Earlier(1<<32, 3<<32),
		Mend:    hostile.Length32(binary.LittleEndian, 4, 0),
		Bound:   24 << 20,
	}
}

func TestMemoryIsBounded(t *testing.T) {
	var chunks []hostile.Frame
	for id := range byte(10) { // fewer than messages are kept
		frame := append([]byte("MSGC    0123456789AB"), id, 0, 0, 0)
		frame = append(frame, make([]byte, 65000)...)
		face().Mend(frame)
		chunks = append(chunks, hostile.Frame{Data: frame})
	}
	hostile.Flood(t, face(), chunks...)
}

// checkParsed: the views of a response agree with its statuses.
func checkParsed(t *testing.T, frame []byte) {
	got, err := opcuastatus.AppendStatuses(nil, frame)
	r, errParse := opcuastatus.ParseResponse(frame)
	if (err == nil) != (errParse == nil) {
		t.Fatalf("AppendStatuses: %v, ParseResponse: %v", err, errParse)
	}
	if err != nil {
		return
	}
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
	if len(r.Reason()) > len(frame) || (r.Err(core.Read) == nil) != (r.Status().Code(core.Read) == core.OK) {
		t.Fatalf("reason %q, %v, %v", r.Reason(), r.Status(), r.Err(core.Read))
	}
}

func FuzzParseResponse(f *testing.F) {
	hostile.FuzzFrames(f, hostile.NewChecker(face()), checkParsed)
}

// FuzzParsePayload puts any bytes behind valid headers, where they are values.
func FuzzParsePayload(f *testing.F) {
	for _, s := range hostile.Stanzas(f) {
		for _, frame := range s.Frames {
			if len(frame.Data) > 24 {
				f.Add(frame.Data[24:])
			}
		}
	}
	checker := hostile.NewChecker(face())
	frame := make([]byte, 0, 1<<16)
	f.Fuzz(func(t *testing.T, payload []byte) {
		for _, head := range []string{"MSGF", "OPNF"} {
			frame = append(append(append(frame[:0], head...), make([]byte, 20)...), payload...)
			frame = slices.Clip(frame)
			binary.LittleEndian.PutUint32(frame[4:], uint32(len(frame)))
			if err := checker.Frame(frame); err != nil {
				t.Fatalf("%x: %v", frame, err)
			}
		}
	})
}

func FuzzScanFrames(f *testing.F) {
	hostile.FuzzStreams(f, hostile.NewChecker(face()).Stream)
}

func FuzzConversation(f *testing.F) {
	hostile.FuzzScripts(f, hostile.NewChecker(face()))
}

// secured is TranslateSecured, which knows what was attempted.
func secured(_ core.Op, err error) error { return opcuastatus.TranslateSecured(err) }

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
			for _, translate := range []func(core.Op, error) error{opcuastatus.Translate, opcuastatus.TranslateItem, secured} {
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
