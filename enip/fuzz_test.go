package enip

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"github.com/fieldstatus/fieldstatus/core"
)

// FuzzResponse: any frame gives statuses with documented codes, or an error of
// the documented kinds, and the views agree with each other.
func FuzzResponse(f *testing.F) {
	for _, s := range stanzas(f) {
		for _, fr := range s.Frames {
			f.Add(fr.Data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := ParseResponse(data)
		got, err2 := AppendStatuses(nil, data)
		if err != nil {
			if err2 == nil || len(got) > 0 || err != core.ErrNotResponse && core.CodeOf(err) != core.PluginProtocolParseFailed {
				t.Fatalf("ParseResponse: %v, AppendStatuses: %v, %v", err, got, err2)
			}
			return
		}
		checkStatuses(t, got, err2)
		if err2 == nil && len(got) == 0 {
			t.Fatal("neither status nor error")
		}
		n := 0
		for i, item := range r.Items() {
			if i != n || err2 == nil && got[i] != item.Status() {
				t.Fatalf("item %d: %v, but %v", i, item.Status(), got)
			}
			item.Value()
			n++
		}
		if n > 0 && (err2 != nil || n != len(got)) {
			t.Fatalf("%d items, but %v, %v", n, got, err2)
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
		if q, ok := p.PCCC(); ok {
			q.Data()
		}
		checkError(t, p.CheckType(TypeINT))
		checkError(t, r.Err(core.Read))
	})
}

// FuzzScan: frames put together again are the stream, and a split does not
// depend on how the stream arrives.
func FuzzScan(f *testing.F) {
	var all []byte
	for _, s := range stanzas(f) {
		for _, fr := range s.Frames {
			f.Add(fr.Data)
			all = append(all, fr.Data...)
		}
	}
	f.Add(all)
	f.Fuzz(func(t *testing.T, stream []byte) {
		rest := stream
		var whole []byte
		for len(rest) > 0 {
			advance, token, err := ScanFrames(rest, true)
			if err != nil {
				if err != io.ErrUnexpectedEOF && core.CodeOf(err) != core.PluginProtocolParseFailed {
					t.Fatal(err)
				}
				break
			}
			if advance < headerSize || advance != len(token) {
				t.Fatalf("advance %d, token of %d", advance, len(token))
			}
			for n := range min(advance, 64) {
				if a, tok, err := ScanFrames(rest[:n], false); a != 0 || tok != nil || err != nil {
					t.Fatalf("%d of %d bytes gave %d, %x, %v", n, advance, a, tok, err)
				}
			}
			whole = append(whole, token...)
			rest = rest[advance:]
		}
		if !bytes.HasPrefix(stream, whole) {
			t.Fatal("frames are not the stream")
		}
	})
}

// FuzzConversation: whatever both sides say, each answer is read or refused,
// and an answered request is not answered again.
func FuzzConversation(f *testing.F) {
	for _, s := range stanzas(f) {
		var script []byte
		for _, fr := range s.Frames {
			dir := byte(1)
			if fr.Sent {
				dir = 0
			}
			script = append(append(script, dir, byte(len(fr.Data)), byte(len(fr.Data)>>8)), fr.Data...)
		}
		f.Add(script, false)
	}
	f.Fuzz(func(t *testing.T, script []byte, continues bool) {
		c := Conversation{Continues: continues, Type: TypeDINT}
		answered := map[uint64]bool{}
		for len(script) >= 3 {
			n := min(int(script[1])|int(script[2])<<8, len(script)-3)
			data := script[3 : 3+n]
			dir := script[0]
			script = script[3+n:]
			if dir == 0 {
				c.Sent(data)
				continue
			}
			got, err := c.Received(nil, data)
			checkStatuses(t, got, err)
			x := c.Exchange()
			if x.ID != 0 && answered[x.ID] {
				t.Fatalf("request %d answered twice", x.ID)
			}
			answered[x.ID] = true
			if x.Open {
				t.Fatal("open after an answer")
			}
		}
	})
}

// FuzzTranslate: texts of any kind give a documented failure or nil, and
// translating twice changes nothing.
func FuzzTranslate(f *testing.F) {
	for _, c := range cases {
		f.Add(c.err.Error(), uint8(c.op))
	}
	f.Fuzz(func(t *testing.T, text string, op uint8) {
		cause := errors.New(text)
		err := recognizer.Translate(core.Op(op&3), cause)
		checkError(t, err)
		if err == nil {
			return
		}
		if !errors.Is(err, cause) {
			t.Fatal("the cause is lost")
		}
		if again := recognizer.Translate(core.Op(op&3), err); again != err {
			t.Fatalf("%v became %v", err, again)
		}
	})
}

func checkStatuses(t *testing.T, got []core.Status, err error) {
	t.Helper()
	for _, s := range got {
		if s == (core.Status{}) || !s.Code(core.Read).Documented() || !s.Code(core.Connect).Documented() {
			t.Fatalf("status %v", s)
		}
	}
	switch {
	case err == nil && len(got) == 0:
		t.Fatal("neither status nor error")
	case err != nil && err != core.ErrNotResponse:
		checkError(t, err)
	}
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
