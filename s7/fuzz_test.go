package s7

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
		Faults: []core.Code{core.PluginMessageDisorder, core.S7COTPDisconnected, core.S7Disconnected},
		Views:  views,
		Mend:   hostile.Length16(binary.BigEndian, 2, 0),
		Bound:  256 << 10,
	}
}

func views(frame []byte) (all [][]byte) {
	r, err := ParseResponse(frame)
	if err != nil {
		return nil
	}
	all = append(all, r.Payload())
	for _, item := range r.Items() {
		all = append(all, item.Data())
	}
	return all
}

func TestMemoryIsBounded(t *testing.T) {
	fragment := tpdu(append([]byte{2, 0xF0, 0}, make([]byte, 60000)...)...)
	hostile.Flood(t, face(), hostile.Frame{Data: fragment}, hostile.Frame{Sent: true, Data: fragment})
}

func FuzzParseResponse(f *testing.F) {
	hostile.FuzzFrames(f, hostile.NewChecker(face()), func(t *testing.T, frame []byte) {
		r, err := ParseResponse(frame)
		statuses, errAppend := AppendStatuses(nil, frame)
		if core.StatusOf(err) != core.StatusOf(errAppend) || (err == nil) != (errAppend == nil) {
			t.Fatalf("%x: %v, but %v", frame, err, errAppend)
		}
		if err != nil {
			if r.Err(core.Read) == nil {
				t.Fatal("an empty response is a success")
			}
			return
		}
		n := 0
		for i, item := range r.Items() {
			if i != n || item.Status(len(item.Data())+1) == (core.Status{}) {
				t.Fatalf("item %d of %d: %v", i, n, item)
			}
			n++
		}
		if r.Len() != n || len(statuses) != max(1, n) {
			t.Fatalf("%d items, %d said, %d statuses", n, r.Len(), len(statuses))
		}
		if (r.Status().Code(core.Read) == core.OK) != (r.Err(core.Read) == nil) {
			t.Fatalf("%v, but %v", r.Status(), r.Err(core.Read))
		}
		r.TPDUSize()
		r.PayloadStatus(1)
	})
}

func FuzzScanFrames(f *testing.F) {
	hostile.FuzzStreams(f, hostile.NewChecker(face()).Stream)
}

func FuzzConversation(f *testing.F) {
	hostile.FuzzScripts(f, hostile.NewChecker(face()))
}

// FuzzExchange: what is no failure has statuses, and a failure is one.
func FuzzExchange(f *testing.F) {
	for _, s := range hostile.Stanzas(f) {
		if n := len(s.Frames); n > 1 && s.Frames[n-2].Sent {
			f.Add(s.Frames[n-2].Data, s.Frames[n-1].Data)
		}
	}
	f.Fuzz(func(t *testing.T, request, response []byte) {
		var x Exchange
		err := x.Verify(request, response)
		if err != nil && (core.CodeOf(err) == core.OK || err != x.Err()) {
			t.Fatalf("%v, and %v", err, x.Err())
		}
		if len(response) > 0 && x.Err() == nil && len(x.Statuses()) == 0 {
			t.Fatal("neither a failure nor statuses")
		}
		if len(x.Statuses()) > max(1, len(response)) {
			t.Fatalf("%d statuses of %d bytes", len(x.Statuses()), len(response))
		}
		for i := -1; i <= len(x.Statuses()); i++ {
			if x.ItemErr(i) == nil && (i < 0 || i >= len(x.Statuses())) {
				t.Fatalf("item %d, which is none, is good", i)
			}
		}
	})
}

func FuzzTranslate(f *testing.F) {
	for row := range Rows() {
		f.Add(row.Symbol)
	}
	f.Fuzz(func(t *testing.T, text string) {
		cause := errors.New(text)
		for _, op := range []core.Op{core.Other, core.Connect, core.Read, core.Write} {
			err := Translate(op, cause)
			if err == nil || !core.CodeOf(err).Documented() || !errors.Is(err, cause) || Translate(op, err) != err {
				t.Fatalf("%q: %v", text, err)
			}
		}
	})
}
