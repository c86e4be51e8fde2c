package enip

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
		Faults: []core.Code{core.PluginMessageDisorder},
		Views:  views,
		Mend:   hostile.Length16(binary.LittleEndian, 2, headerSize),
		Bound:  32 << 10,
	}
}

func views(frame []byte) (all [][]byte) {
	r, err := ParseResponse(frame)
	if err != nil {
		return nil
	}
	p, _ := r.Reply()
	all = append(all, p.Data())
	if q, ok := p.PCCC(); ok {
		all = append(all, q.Data())
	}
	for _, item := range r.Items() {
		_, _, value, _ := item.Value()
		all = append(all, item.Data(), value)
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
		got, err := AppendStatuses(nil, frame)
		n := 0
		for i, item := range r.Items() {
			if i != n || err == nil && got[i] != item.Status() {
				t.Fatalf("item %d: %v, but %v", i, item.Status(), got)
			}
			n++
		}
		if n > 0 && (err != nil || n != len(got)) {
			t.Fatalf("%d items, but %v, %v", n, got, err)
		}
		p, ok := r.Reply()
		if !ok {
			return
		}
		words := 0
		for w := range p.Words() {
			if again, ok := p.Word(words); !ok || again != w {
				t.Fatal("Word and Words differ")
			}
			words++
		}
		p.Connection()
		p.RemainingPath()
		checkError(t, p.CheckType(TypeINT))
		checkError(t, r.Err(core.Read))
	})
}

func FuzzScanFrames(f *testing.F) {
	hostile.FuzzStreams(f, hostile.NewChecker(face()).Stream)
}

func FuzzConversation(f *testing.F) {
	hostile.FuzzScripts(f, hostile.NewChecker(face()))
}

// FuzzTypedConversation is FuzzConversation for a caller that asks on after
// partial answers, and wants values of one type.
func FuzzTypedConversation(f *testing.F) {
	typed := face()
	typed.Open = func() hostile.Conversation { return &Conversation{Continues: true, Type: TypeDINT} }
	typed.Refusals = []core.Code{core.ENIPDataTypeMismatch}
	hostile.FuzzScripts(f, hostile.NewChecker(typed))
}

// FuzzTranslate: texts of any kind give a documented failure or nil, and
// translating twice changes nothing.
func FuzzTranslate(f *testing.F) {
	for _, c := range cases {
		f.Add(c.err.Error(), uint8(c.op))
	}
	f.Fuzz(func(t *testing.T, text string, op uint8) {
		cause := errors.New(text)
		for _, translate := range []func(core.Op, error) error{Translate, recognizer.Translate} {
			err := translate(core.Op(op&3), cause)
			checkError(t, err)
			if err == nil {
				continue
			}
			if !errors.Is(err, cause) {
				t.Fatal("the cause is lost")
			}
			if again := translate(core.Op(op&3), err); again != err {
				t.Fatalf("%v became %v", err, again)
			}
		}
	})
}

// FuzzParseDataType: a name is that of one type, and nothing else is.
func FuzzParseDataType(f *testing.F) {
	for v := range 1 << 16 {
		if typ, ok := ParseDataType(DataType(v).String()); ok && typ == DataType(v) {
			f.Add(typ.String())
		}
	}
	f.Fuzz(func(t *testing.T, name string) {
		if typ, ok := ParseDataType(name); ok && typ.String() != name || !ok && typ != 0 {
			t.Fatalf("%q: %v, %v", name, typ, ok)
		}
	})
}

func checkError(t *testing.T, err error) {
	t.Helper()
	if err == nil {
		return
	}
	var e *core.Error
	if !errors.As(err, &e) || !e.Code.Documented() || e.Code == core.OK || err.Error() == "" {
		t.Fatalf("error %v", err)
	}
}
