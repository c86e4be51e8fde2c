package coretest

import (
	"bytes"
	"fmt"
	"io"
	"strconv"

	"github.com/fieldstatus/fieldstatus/core"
)

// WriteFrames writes stanzas in the form that ParseFrames reads. It is an error,
// and nothing is written, when that would not read back: without provenance or
// expectation, with an empty frame, or with a line break in a text.
func WriteFrames(w io.Writer, stanzas ...Stanza) error {
	var b bytes.Buffer
	for i, s := range stanzas {
		if i > 0 {
			b.WriteByte('\n')
		}
		from := b.Len()
		s.append(&b)
		back, err := ParseFrames("stanza", b.Bytes()[from:])
		if err != nil {
			return fmt.Errorf("coretest: stanza %q cannot be written: %w", s.Name, err)
		}
		var again bytes.Buffer
		if len(back) == 1 {
			back[0].append(&again)
		}
		if !bytes.Equal(again.Bytes(), b.Bytes()[from:]) {
			return fmt.Errorf("coretest: stanza %q cannot be written: one of its texts holds what starts a comment or a line", s.Name)
		}
	}
	_, err := w.Write(b.Bytes())
	return err
}

func (s Stanza) append(b *bytes.Buffer) {
	fmt.Fprintf(b, "name: %s\nfrom: %s\nop: %v\n", s.Name, s.From, s.Op)
	if len(s.Want.Bytes) > 0 {
		b.WriteString("want: ")
		for i, n := range s.Want.Bytes {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(strconv.Itoa(n))
		}
		b.WriteString(" bytes\n")
	}
	if s.Want.Items > 0 {
		fmt.Fprintf(b, "want: %d items\n", s.Want.Items)
	}
	if s.Want.Type != "" {
		fmt.Fprintf(b, "want: type %s\n", s.Want.Type)
	}
	if s.Stage != "" {
		fmt.Fprintf(b, "stage: %s\n", s.Stage)
	}
	for _, f := range s.Frames {
		key := "recv"
		if f.Sent {
			key = "sent"
		}
		fmt.Fprintf(b, "%s: %x\n", key, f.Data)
	}
	for _, e := range s.Expect {
		fmt.Fprintf(b, "expect: %v\n", e)
	}
}

// String returns the expectation as a .frames file writes it.
func (e Expect) String() string {
	switch e.Err {
	case core.ErrNotResponse:
		return "not-response"
	case core.ErrIncomplete:
		return "incomplete"
	}
	symbol := e.Symbol
	if symbol == "" {
		symbol = "-"
	}
	text := fmt.Sprintf("%s %s %s %d", e.Layer, e.Value, symbol, int(e.Code))
	if e.Full {
		text += fmt.Sprintf(" %v %v %v", e.Remedy, e.Scope, e.Quality)
	}
	return text
}

// ExpectOf returns what a stanza that gives the status s for op expects.
func ExpectOf(s core.Status, op core.Op) Expect {
	row := s.Row()
	e := Expect{Layer: row.Layer, Value: "-", Symbol: "-", Code: s.Code(op), Remedy: s.Remedy(), Scope: s.Scope(), Quality: s.Quality(), Full: true}
	if bits := row.Native.Bits; bits < 0 {
		e.Value = strconv.FormatInt(s.Value(), 10)
	} else if bits > 0 {
		e.Value = fmt.Sprintf("0x%0*X", bits/4, uint64(s.Value()))
	}
	if x, ok := s.Extended(); ok && row.Native.Pair {
		e.pair = true
		e.Value += fmt.Sprintf("/%d/%d", int16(x>>16), int16(x))
	} else if ok {
		e.Value += fmt.Sprintf("/0x%04X", x)
	}
	if row.Symbol != "" {
		e.Symbol = row.Symbol
	}
	return e
}
