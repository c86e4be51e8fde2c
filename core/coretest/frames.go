package coretest

import (
	"bytes"
	"encoding"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"strconv"
	"strings"

	"github.com/fieldstatus/fieldstatus/core"
)

// A Stanza is one case of a .frames file.
type Stanza struct {
	File string // where it stands
	Line int    // of the name, from 1

	Name   string   // what the case is, in words; the name of its subtest
	From   string   // provenance: "recorded, ..." or "constructed, ..."
	Op     core.Op  // what was attempted
	Want   Want     // what the request wanted
	Stage  string   // "connect", "session" or "open"; "" is open
	Frames []Frame  // in the order of the conversation
	Expect []Expect // what the last received frame gives
}

// Want is what the request decided and the response cannot know.
type Want struct {
	Bytes []int  // wanted length of each item, in order; one length is for all items
	Items int    // number of requested items; 0 when it is not given
	Type  string // data type of the tag, in the protocol's terms
}

// BytesOf returns the wanted length of item i, 0 when it is not given.
func (w Want) BytesOf(i int) int {
	switch {
	case i < len(w.Bytes):
		return w.Bytes[i]
	case len(w.Bytes) == 1:
		return w.Bytes[0]
	}
	return 0
}

// A Frame is one protocol data unit of a stanza.
type Frame struct {
	Sent bool   // by the driver; otherwise received from the device
	Data []byte // as it was on the wire
}

// An Expect is what has to come out of the last received frame: one status, or
// one of the two errors that are no failures.
type Expect struct {
	Err    error     // core.ErrNotResponse, core.ErrIncomplete, or nil for a status
	Layer  string    // as [core.Status.Layer] names it
	Value  string    // any spelling of the number, with "/" the second value too; "-" for events
	Symbol string    // "-" when there is none
	Code   core.Code // for the op of the stanza

	// The other three answers. They count when Full says that they are given.
	Remedy  core.Remedy
	Scope   core.Scope
	Quality core.Quality
	Full    bool

	pair bool // the second value is a pair
}

// ReadFrames parses all files of fsys that match pattern, in lexical order. It
// is an error when none does.
func ReadFrames(fsys fs.FS, pattern string) ([]Stanza, error) {
	files, err := fs.Glob(fsys, pattern)
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("coretest: no file matches %q", pattern)
	}
	var all []Stanza
	for _, file := range files {
		data, err := fs.ReadFile(fsys, file)
		if err != nil {
			return nil, err
		}
		stanzas, err := ParseFrames(file, data)
		if err != nil {
			return nil, err
		}
		all = append(all, stanzas...)
	}
	return all, nil
}

// ParseFrames reads the text of a .frames file. Stanzas are separated by blank
// lines. A comment starts with # at the beginning of a line, or behind at least
// two spaces or a tab. A stanza has these lines, in this order:
//
//	name: read of a data block that does not exist
//	from: recorded, gos7 2024-12-05 against the S7Server of node-snap7 1.0.9
//	op: read                                  connect, read, write or other
//	want: 4 bytes                             optional: N bytes, N,M bytes, N items, type T
//	stage: open                               optional: connect, session or open
//	sent: 0300001f 02f080 ...                 in the order of the conversation;
//	recv: 03000019 02f080 ...                 a line that starts with a space goes on
//	expect: item-return 0x0A ObjectDoesNotExist 10110 fix item bad
//
// Each expect line names layer, value, symbol and code of one status that the
// last recv gives; value and symbol are - where there is none. A second value
// may follow behind a slash (0x01/0x0204); left out, it may be anything, unless it
// is a pair (5/4/0), which has to be written. Remedy, scope and quality follow; all
// three may be left out, and may be anything then. Instead
// of a status, "expect: not-response" and "expect: incomplete" ask for
// [core.ErrNotResponse] and [core.ErrIncomplete].
//
// An error names file and line.
func ParseFrames(file string, data []byte) ([]Stanza, error) {
	p := parser{file: file}
	for i, raw := range strings.Split(string(data), "\n") {
		p.line = i + 1
		text := strings.TrimRight(withoutComment(raw), " \t\r")
		if text == "" && strings.Contains(raw, "#") {
			continue // a comment does not end a stanza
		}
		if err := p.feed(text); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", file, p.line, err)
		}
	}
	if err := p.end(); err != nil {
		return nil, fmt.Errorf("%s:%d: %w", file, p.line, err)
	}
	return p.stanzas, nil
}

func withoutComment(line string) string {
	for i := range line {
		if line[i] == '#' && (i == 0 || line[i-1] == '\t' || strings.HasSuffix(line[:i], "  ") || strings.TrimSpace(line[:i]) == "") {
			return line[:i]
		}
	}
	return line
}

type parser struct {
	file    string
	line    int
	stanzas []Stanza
	s       Stanza
	open    bool // inside a stanza
	hasOp   bool
}

func (p *parser) feed(text string) error {
	if text == "" {
		return p.end()
	}
	if text[0] == ' ' || text[0] == '\t' {
		if n := len(p.s.Frames); p.open && n > 0 && len(p.s.Expect) == 0 {
			data, err := parseHex(text)
			p.s.Frames[n-1].Data = append(p.s.Frames[n-1].Data, data...)
			return err
		}
		return fmt.Errorf("a line that goes on must follow sent or recv")
	}
	key, value, ok := strings.Cut(text, ":")
	value = strings.TrimSpace(value)
	if !ok || value == "" {
		return fmt.Errorf("want \"key: value\", have %q", text)
	}
	if key == "name" {
		if p.open {
			return fmt.Errorf("a blank line must stand before the next name")
		}
		p.open, p.s = true, Stanza{File: p.file, Line: p.line, Name: value}
		return nil
	}
	if !p.open {
		return fmt.Errorf("a stanza starts with name, not with %s", key)
	}
	return p.member(key, value)
}

func (p *parser) member(key, value string) (err error) {
	switch key {
	case "from":
		if !strings.HasPrefix(value, "recorded, ") && !strings.HasPrefix(value, "constructed, ") {
			return fmt.Errorf("from must start with \"recorded, \" or \"constructed, \": where the bytes come from is part of the case")
		}
		p.s.From = value
	case "op":
		p.hasOp = true
		return p.s.Op.UnmarshalText([]byte(value))
	case "want":
		return p.want(value)
	case "stage":
		if value != "connect" && value != "session" && value != "open" {
			return fmt.Errorf("stage %q is none of connect, session, open", value)
		}
		p.s.Stage = value
	case "sent", "recv":
		if len(p.s.Expect) > 0 {
			return fmt.Errorf("%s must stand before expect", key)
		}
		f := Frame{Sent: key == "sent"}
		if f.Data, err = parseHex(value); err != nil {
			return err
		}
		p.s.Frames = append(p.s.Frames, f)
	case "expect":
		e, err := parseExpect(value)
		if err != nil {
			return err
		}
		p.s.Expect = append(p.s.Expect, e)
	default:
		return fmt.Errorf("unknown key %q: name, from, op, want, stage, sent, recv and expect are known", key)
	}
	return nil
}

func (p *parser) want(value string) error {
	number, unit, _ := strings.Cut(value, " ")
	switch {
	case number == "type" && unit != "":
		p.s.Want.Type = unit
		return nil
	case unit == "items":
		n, err := parseCount(number)
		p.s.Want.Items = n
		return err
	case unit == "bytes":
		for _, word := range strings.Split(number, ",") {
			n, err := parseCount(word)
			if err != nil {
				return err
			}
			p.s.Want.Bytes = append(p.s.Want.Bytes, n)
		}
		return nil
	}
	return fmt.Errorf("want %q must read N bytes, N items or type T", value)
}

func (p *parser) end() error {
	if !p.open {
		return nil
	}
	received := len(p.s.Frames) > 0 && !p.s.Frames[len(p.s.Frames)-1].Sent
	switch {
	case p.s.From == "":
		return fmt.Errorf("stanza %q has no from: say where the bytes come from", p.s.Name)
	case !p.hasOp:
		return fmt.Errorf("stanza %q has no op", p.s.Name)
	case !received:
		return fmt.Errorf("stanza %q does not end with recv", p.s.Name)
	case len(p.s.Expect) == 0:
		return fmt.Errorf("stanza %q expects nothing", p.s.Name)
	}
	p.stanzas = append(p.stanzas, p.s)
	p.open, p.hasOp = false, false
	return nil
}

func parseCount(s string) (int, error) {
	n, err := strconv.Atoi(s)
	if err == nil && n < 0 {
		err = fmt.Errorf("want %d: a count is not negative", n)
	}
	return n, err
}

func parseHex(s string) ([]byte, error) {
	data, err := hex.DecodeString(strings.Join(strings.Fields(s), ""))
	if err != nil {
		return nil, fmt.Errorf("hex: %w", err)
	}
	if len(data) == 0 {
		return nil, fmt.Errorf("hex: no bytes")
	}
	return data, nil
}

func parseExpect(value string) (Expect, error) {
	switch value {
	case "not-response":
		return Expect{Err: core.ErrNotResponse}, nil
	case "incomplete":
		return Expect{Err: core.ErrIncomplete}, nil
	}
	words := strings.Fields(value)
	e, full := parseAnswers(words)
	if full {
		words = words[:len(words)-3]
	}
	if len(words) < 4 {
		return Expect{}, fmt.Errorf("expect %q must read LAYER VALUE SYMBOL CODE [REMEDY SCOPE QUALITY], not-response or incomplete", value)
	}
	code, err := strconv.Atoi(words[len(words)-1])
	if err != nil {
		return Expect{}, fmt.Errorf("expect %q must end with the number of a code, or with remedy, scope and quality behind it", value)
	}
	e.Layer, e.Value, e.Symbol, e.Code = words[0], words[1], strings.Join(words[2:len(words)-1], " "), core.Code(code)
	return e, nil
}

// parseAnswers reads remedy, scope and quality, the last three words behind a
// code. It reports false, and reads nothing, when they are something else.
func parseAnswers(words []string) (e Expect, full bool) {
	n := len(words) - 3
	if n < 4 {
		return Expect{}, false
	}
	for i, to := range []encoding.TextUnmarshaler{&e.Remedy, &e.Scope, &e.Quality} {
		if to.UnmarshalText([]byte(words[n+i])) != nil {
			return Expect{}, false
		}
	}
	e.Full = true
	return e, true
}

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
