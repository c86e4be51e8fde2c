package coretest

import (
	"encoding"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"github.com/fieldstatus/fieldstatus/core"
)

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
