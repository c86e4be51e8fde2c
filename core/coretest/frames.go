package coretest

import (
	"fmt"
	"io/fs"
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
