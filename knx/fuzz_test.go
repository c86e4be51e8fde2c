package knx

import (
	"encoding/binary"
	"errors"
	"testing"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/internal/hostile"
)

// face is what this package promises about hostile bytes.
func face() hostile.Face {
	return hostile.Face{
		Append: AppendStatuses, Scan: ScanFrames, Open: func() hostile.Conversation { return new(Conversation) },
		Faults:  []core.Code{core.PluginMessageDisorder},
		Views:   func(frame []byte) [][]byte { r, err := ParseResponse(frame); return views(r, err) },
		Repeats: true,
		Unasked: hostile.News("knxnetip-service", "tunnel-bus-status", "router-device-state"),
		Mend:    hostile.Length16(binary.BigEndian, 4, 0),
		Bound:   16 << 10,
	}
}

func views(r Response, err error) [][]byte {
	if err != nil {
		return nil
	}
	t, _ := r.Telegram()
	_, data, _ := t.Application()
	_, value, _ := r.Feature()
	return [][]byte{t.TPDU, data, value}
}

// bare is face for cEMI messages without KNXnet/IP around them.
func bare() hostile.Face {
	return hostile.Face{
		Append: func(dst []core.Status, cemi []byte) ([]core.Status, error) {
			r, err := ParseCEMI(cemi)
			if err != nil {
				return dst, err
			}
			return append(dst, r.Status()), nil
		},
		Faults: []core.Code{core.PluginMessageDisorder},
		Views:  func(cemi []byte) [][]byte { r, err := ParseCEMI(cemi); return views(r, err) },
		Enough: enough,
	}
}

// enough: confirmations of the local device management have no length. Those of
// a function property may end behind the property, all others have an error or, if
// they read, a value.
func enough(cemi []byte) int {
	switch cemi[0] {
	case functionPropertyConfirm:
		return 5
	case propertyWriteConfirm:
		if cemi[5]>>4 > 0 {
			return 7
		}
		return 8
	case propertyReadConfirm:
		return 8
	}
	return 0
}

func TestMemoryIsBounded(t *testing.T) { hostile.Flood(t, face()) }

func FuzzParseResponse(f *testing.F) {
	hostile.FuzzFrames(f, hostile.NewChecker(face()), func(t *testing.T, frame []byte) {
		got, err := AppendStatuses(nil, frame)
		r, errParse := ParseResponse(frame)
		if (err == nil) != (errParse == nil) || err == nil && (len(got) != 1 || got[0] != r.Status()) {
			t.Fatalf("%x: %v, %v, and %v, %v", frame, got, err, r.Status(), errParse)
		}
	})
}

// FuzzParseCEMI: a telegram that can be read at all is the one that the response
// hands out.
func FuzzParseCEMI(f *testing.F) {
	for _, s := range hostile.Stanzas(f) {
		for _, frame := range s.Frames {
			var p packet
			if p.parseRequest(frame.Data) == nil {
				f.Add(frame.Data[p.body:])
			}
		}
	}
	checker := hostile.NewChecker(bare())
	f.Fuzz(func(t *testing.T, cemi []byte) {
		if err := checker.Frame(cemi); err != nil {
			t.Fatalf("%x: %v", cemi, err)
		}
		r, err := ParseCEMI(cemi)
		telegram, ok := r.Telegram()
		alone, errAlone := ParseTelegram(cemi)
		if err == nil && ok && (errAlone != nil || !telegram.Confirms(alone)) {
			t.Fatalf("%x: %v, alone %v, %v", cemi, telegram, alone, errAlone)
		}
	})
}

func FuzzScanFrames(f *testing.F) {
	hostile.FuzzStreams(f, hostile.NewChecker(face()).Stream)
}

func FuzzConversation(f *testing.F) {
	hostile.FuzzScripts(f, hostile.NewChecker(face()))
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
				t.Fatalf("%q became a success", text)
			}
			if !errors.Is(err, cause) || !core.CodeOf(err).Documented() || translate(core.Op(op&3), err) != err {
				t.Fatalf("%q became %v", text, err)
			}
		}
	})
}
