package focas

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
		Views: views,
		Mend:  hostile.Length16(binary.BigEndian, 8, headerSize),
		Bound: 1 << 10,
	}
}

func views(frame []byte) (all [][]byte) {
	r, err := ParseResponse(frame)
	if err != nil {
		return nil
	}
	for _, item := range r.Items() {
		all = append(all, item.Payload())
	}
	return all
}

func TestMemoryIsBounded(t *testing.T) { hostile.Flood(t, face()) }

func FuzzParseResponse(f *testing.F) {
	hostile.FuzzFrames(f, hostile.NewChecker(face()), func(t *testing.T, frame []byte) {
		r, err := ParseResponse(frame)
		if err != nil {
			return
		}
		statuses, _ := AppendStatuses(nil, frame)
		n := 0
		for i, item := range r.Items() {
			if i != n || item.Status() != statuses[i] {
				t.Fatalf("block %d has %s, and its status is %s", i, item.Status(), statuses[i])
			}
			n++
		}
		if n != r.Len() || len(statuses) != max(1, n) {
			t.Fatalf("%d blocks, %d said, %d statuses", n, r.Len(), len(statuses))
		}
		if n == 0 && r.Status() != statuses[0] {
			t.Fatalf("%s is not %s", r.Status(), statuses[0])
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
	for _, text := range []string{"cnc_rdparam failed (6)", "go_cnc_sysinfo rc=-16", "focas: cnc_actf: EW_UNKNOWN(21)", "EW_OK", ""} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		cause := errors.New(text)
		for _, op := range []core.Op{core.Other, core.Read, core.Write} {
			err := Translate(op, cause)
			switch core.CodeOf(err) {
			case core.FOCASError, core.PluginNotConnected, core.PluginProtocolParseFailed, core.PluginTagNotReadable, core.PluginTagNotWritable:
			default:
				t.Fatalf("%q: %v", text, err)
			}
			if !errors.Is(err, cause) || Translate(op, err) != err {
				t.Fatalf("%q: %v", text, err)
			}
		}
	})
}
