package coretest_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
)

// A recorder stands in for the testing.T of an assertion that should fail.
type recorder struct {
	testing.TB
	text   strings.Builder
	failed bool
	ended  bool
}

func (r *recorder) Helper()  {}
func (r *recorder) FailNow() { r.ended = true }
func (r *recorder) Errorf(format string, args ...any) {
	r.failed = true
	fmt.Fprintf(&r.text, format, args...)
}

var (
	eof     = core.Tagged("a", core.Translate(core.Read, fmt.Errorf("poll: %w", io.EOF)))
	refused = core.Translate(core.Connect, core.NetDialRefused)
)

// endless unwraps to itself.
type endless struct{}

func (e endless) Error() string { return "again" }
func (e endless) Unwrap() error { return e }

func TestAssertionsThatHold(t *testing.T) {
	coretest.RequireCode(t, nil, core.OK)
	coretest.RequireCode(t, eof, core.PluginNotConnected)
	coretest.RequireStatus(t, eof, core.NetEOF)
	coretest.RequireRemedy(t, eof, core.Reconnect)
	coretest.RequireRemedy(t, nil, core.None)
	coretest.RequireScope(t, eof, core.Connection)
	assert.True(t, coretest.AssertCode(t, refused, core.PluginNotConnected))
	assert.True(t, coretest.AssertStatus(t, refused, core.NetDialRefused))
	assert.True(t, coretest.AssertRemedy(t, refused, core.Reconnect))
}

func TestAssertionsThatFail(t *testing.T) {
	for name, c := range map[string]struct {
		assert func(t testing.TB)
		text   []string
		ends   bool
	}{
		"code": {func(t testing.TB) { coretest.RequireCode(t, eof, core.S7NoValue) }, []string{
			"wrong documented code", `want     code 10152 S7NoValue "No value"`, `got      code 3002 PluginNotConnected "Plugin is not connected"`,
			"status   net network EOF", "meaning  the peer closed", "remedy   reconnect, scope connection", "*core.Error: read a: 3002", "cause    *errors.errorString: EOF",
		}, true},
		"code, going on":            {func(t testing.TB) { coretest.AssertCode(t, eof, core.S7NoValue) }, []string{"wrong documented code"}, false},
		"nil for an error":          {func(t testing.TB) { coretest.RequireCode(t, nil, core.S7NoValue) }, []string{"got      nil"}, true},
		"error for nil":             {func(t testing.TB) { coretest.RequireCode(t, eof, core.OK) }, []string{`want     code 0 OK "Success"`}, true},
		"OK that is not nil":        {func(t testing.TB) { coretest.RequireCode(t, core.OK, core.OK) }, []string{"a success that is not nil"}, true},
		"a code of another edition": {func(t testing.TB) { coretest.RequireCode(t, eof, 4007) }, []string{"want     code 4007 (not documented)"}, true},
		"status":                    {func(t testing.TB) { coretest.RequireStatus(t, eof, core.NetReset) }, []string{"wrong native status", "want     status net network Reset"}, true},
		"foreign status":            {func(t testing.TB) { coretest.RequireStatus(t, eof, os.ErrExist) }, []string{"want     status file already exists"}, true},
		"no status":                 {func(t testing.TB) { coretest.RequireStatus(t, errors.New("x"), core.NetReset) }, []string{"status   none"}, true},
		"joined causes":             {func(t testing.TB) { coretest.RequireCode(t, errors.Join(io.EOF, os.ErrExist), core.S7NoValue) }, []string{"cause    *errors.errorString: EOF", "cause    *errors.errorString: file already exists"}, true},
		"endless":                   {func(t testing.TB) { coretest.RequireCode(t, endless{}, core.S7NoValue) }, []string{"cause    coretest_test.endless: again"}, true},
		"nothing wanted":            {func(t testing.TB) { coretest.RequireStatus(t, eof, nil) }, []string{"no native status to compare with"}, true},
		"remedy":                    {func(t testing.TB) { coretest.RequireRemedy(t, eof, core.Fix) }, []string{"wrong remedy", "want     remedy fix"}, true},
		"scope":                     {func(t testing.TB) { coretest.RequireScope(t, eof, core.Item) }, []string{"wrong scope", "want     scope item"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			r := &recorder{TB: t}
			c.assert(r)
			assert.True(t, r.failed)
			assert.Equal(t, c.ends, r.ended)
			for _, want := range c.text {
				assert.Contains(t, r.text.String(), want)
			}
		})
	}
}

func TestCausesAreBounded(t *testing.T) {
	r := &recorder{TB: t}
	coretest.AssertCode(r, endless{}, core.S7NoValue)
	assert.Equal(t, 20, strings.Count(r.text.String(), "cause "))
}

const good = `# A comment of the file.
name: one
from: recorded, from nothing
op: write
want: 4,0,2 bytes
want: 2 items
want: type BOOL
stage: session
sent: 01 02        # a request
recv: 0304
 05 06
recv: 07	# behind a tab
expect: network - EOF 3002
expect: fault 0x05/0x0204 - 10105 retry request uncertain
expect: fault 0x06 two words 10105 fix item bad

name: two
from: constructed, section 1
op: read
recv: ff
expect: not-response

name: three
from: constructed, section 2
op: other
recv: ff
# a comment inside a stanza
expect: incomplete
`

func TestParseFrames(t *testing.T) {
	stanzas, err := coretest.ParseFrames("a.frames", []byte(good))
	require.NoError(t, err)
	require.Len(t, stanzas, 3)
	s := stanzas[0]
	assert.Equal(t, coretest.Stanza{
		File: "a.frames", Line: 2, Name: "one", From: "recorded, from nothing", Op: core.Write, Stage: "session",
		Want:   coretest.Want{Bytes: []int{4, 0, 2}, Items: 2, Type: "BOOL"},
		Frames: []coretest.Frame{{Sent: true, Data: []byte{1, 2}}, {Data: []byte{3, 4, 5, 6}}, {Data: []byte{7}}},
		Expect: []coretest.Expect{{Layer: "network", Value: "-", Symbol: "EOF", Code: 3002}, {Layer: "fault", Value: "0x05/0x0204", Symbol: "-", Code: 10105, Remedy: core.Retry, Scope: core.Request, Quality: core.Uncertain, Full: true},
			{Layer: "fault", Value: "0x06", Symbol: "two words", Code: 10105, Remedy: core.Fix, Quality: core.Bad, Full: true}},
	}, s)
	assert.Equal(t, []int{4, 0, 2, 0}, []int{s.Want.BytesOf(0), s.Want.BytesOf(1), s.Want.BytesOf(2), s.Want.BytesOf(3)})
	assert.Equal(t, 8, coretest.Want{Bytes: []int{8}}.BytesOf(3), "one length is for all items")
	assert.Equal(t, core.ErrNotResponse, stanzas[1].Expect[0].Err)
	assert.Equal(t, core.ErrIncomplete, stanzas[2].Expect[0].Err)
}

func TestWriteFramesReadsBack(t *testing.T) {
	stanzas, err := coretest.ParseFrames("a.frames", []byte(good))
	require.NoError(t, err)
	var b strings.Builder
	require.NoError(t, coretest.WriteFrames(&b, stanzas...))
	assert.True(t, strings.HasPrefix(b.String(), "name: one\nfrom: "), "blank lines stand between stanzas alone: %q", b.String())
	assert.Contains(t, b.String(), "\n\nname: two\nfrom: constructed, section 1\nop: read\nrecv: ff\nexpect: not-response\n\n", "nothing is written for what was not wanted")
	again, err := coretest.ParseFrames("a.frames", []byte(b.String()))
	require.NoError(t, err)
	for i := range stanzas {
		stanzas[i].Line, again[i].Line = 0, 0
	}
	assert.Equal(t, stanzas, again)
}

func TestWriteFramesRefusesWhatWouldNotReadBack(t *testing.T) {
	stanzas, err := coretest.ParseFrames("a.frames", []byte(good))
	require.NoError(t, err)
	for name, spoil := range map[string]func(*coretest.Stanza){
		"line break":    func(s *coretest.Stanza) { s.Name = "a\nb" },
		"comment":       func(s *coretest.Stanza) { s.From = "recorded, x  # y" },
		"no provenance": func(s *coretest.Stanza) { s.From = "" },
		"empty frame":   func(s *coretest.Stanza) { s.Frames[0].Data = nil },
		"no name":       func(s *coretest.Stanza) { s.Name = "" },
		"expects none":  func(s *coretest.Stanza) { s.Expect = nil },
	} {
		s := stanzas[0]
		s.Frames = append([]coretest.Frame(nil), s.Frames...)
		spoil(&s)
		var b strings.Builder
		assert.ErrorContains(t, coretest.WriteFrames(&b, s), "cannot be written", name)
		assert.Empty(t, b.String())
	}
	s := stanzas[0]
	s.Name, s.Expect[0].Symbol = "item #3 of 4", ""
	var b strings.Builder
	require.NoError(t, coretest.WriteFrames(&b, s))
	again, err := coretest.ParseFrames("a.frames", []byte(b.String()))
	require.NoError(t, err)
	assert.Equal(t, "item #3 of 4", again[0].Name)
}

func TestParseFramesComplains(t *testing.T) {
	stanza := func(lines ...string) string {
		return "name: x\nfrom: recorded, y\nop: read\n" + strings.Join(lines, "\n") + "\n"
	}
	for text, want := range map[string]string{
		"op: read\n":                                   "a.frames:1: a stanza starts with name",
		"name x\n":                                     `a.frames:1: want "key: value"`,
		" 0102\n":                                      "a.frames:1: a line that goes on must follow sent or recv",
		stanza(" 0102"):                                "a.frames:4: a line that goes on must follow sent or recv",
		stanza("expect: incomplete"):                   "does not end with recv",
		stanza("name: z"):                              "a.frames:4: a blank line must stand before the next name",
		stanza("recv: 0"):                              "a.frames:4: hex:",
		stanza("recv: 00", " 0x"):                      "a.frames:5: hex:",
		stanza("want: much"):                           "N bytes, N items or type T",
		stanza("want: x bytes"):                        "invalid syntax",
		stanza("want: -1 items"):                       "a count is not negative",
		stanza("recv:   # nothing"):                    "want \"key: value\"",
		stanza("want: x items"):                        "invalid syntax",
		stanza("stage: late"):                          `stage "late" is none of`,
		stanza("colour: red"):                          `unknown key "colour"`,
		stanza("recv: 00", "expect: a"):                "must read LAYER VALUE SYMBOL CODE",
		stanza("recv: 00", "expect: a b c d"):          "must end with the number of a code",
		stanza("recv: 00", "expect: a b c 5 fix item"): "must end with the number of a code, or with",
		stanza("recv: 00", "expect: a b c 5 fix item good x"):  "must end with the number of a code, or with",
		stanza("recv: 00", "expect: a b c 5 fix item goodish"): "must end with the number of a code, or with",
		stanza("recv: 00"):                                           "expects nothing",
		stanza("sent: 00", "expect: incomplete"):                     "does not end with recv",
		stanza("recv: 00", "expect: incomplete", "recv: 01"):         "recv must stand before expect",
		"name: x\nop: read\nrecv: 00\nexpect: incomplete\n":          "has no from",
		"name: x\nfrom: recorded, y\nrecv: 00\nexpect: incomplete\n": "has no op",
		"name: x\nfrom: somewhere\n":                                 "where the bytes come from is part of the case",
		"name: x\nop: eat\n":                                         `"eat" is no op`,
	} {
		_, err := coretest.ParseFrames("a.frames", []byte(text))
		assert.ErrorContains(t, err, want, text)
	}
}

func TestReadFrames(t *testing.T) {
	fsys := fstest.MapFS{"b.frames": {Data: []byte(good)}, "a.frames": {Data: []byte(good)}, "c.txt": {}}
	stanzas, err := coretest.ReadFrames(fsys, "*.frames")
	require.NoError(t, err)
	assert.Len(t, stanzas, 6)
	assert.Equal(t, "a.frames", stanzas[0].File)
	_, err = coretest.ReadFrames(fsys, "*.bin")
	assert.ErrorContains(t, err, "no file matches")
	_, err = coretest.ReadFrames(fsys, "[")
	assert.Error(t, err)
	fsys["d.frames"] = &fstest.MapFile{Data: []byte("x")}
	_, err = coretest.ReadFrames(fsys, "*.frames")
	assert.ErrorContains(t, err, "d.frames:1")
}

// A script is a conversation that gives prepared answers.
type script struct {
	sent     [][]byte
	statuses []core.Status
	err      error
}

func (c *script) Sent(frame []byte) { c.sent = append(c.sent, frame) }
func (c *script) Received(dst []core.Status, frame []byte) ([]core.Status, error) {
	return append(dst, c.statuses...), c.err
}

func TestCheck(t *testing.T) {
	stanzas, err := coretest.ParseFrames("a.frames", []byte(good))
	require.NoError(t, err)
	row := core.Row{Protocol: "toy", Layer: "fault", Codes: [4]core.Code{3: core.S7AddressInvalid}, Remedy: core.Retry, Scope: core.Request, Quality: core.Uncertain, Native: core.Native{Bits: 8}}
	but := func(change func(*core.Row)) core.Status {
		other := row
		change(&other)
		return core.NewStatus(&other, 5).WithExtended(0x204)
	}
	wide := but(func(*core.Row) {})
	stanzas[0].Expect = stanzas[0].Expect[:2]
	holds := &script{statuses: []core.Status{core.NetEOF.Status(), wide}}
	assert.NoError(t, stanzas[0].Check(holds))
	assert.Equal(t, [][]byte{{1, 2}}, holds.sent)
	assert.NoError(t, stanzas[1].Check(&script{err: fmt.Errorf("x: %w", core.ErrNotResponse)}))
	assert.NoError(t, stanzas[2].Check(&script{err: core.ErrIncomplete}))

	pair := core.NewStatus(&core.Row{Protocol: "toy", Layer: "detail", Codes: [4]core.Code{3: core.FOCASError}, Native: core.Native{Bits: -16, Pair: true}}, 5).WithExtended(4 << 16)
	stanzas[1].Op, stanzas[1].Expect = core.Write, []coretest.Expect{{Layer: "detail", Value: "5/4/0", Symbol: "-", Code: core.FOCASError}}
	assert.NoError(t, stanzas[1].Check(&script{statuses: []core.Status{pair}}))
	stanzas[1].Expect[0].Value = "5"
	assert.Error(t, stanzas[1].Check(&script{statuses: []core.Status{pair}}), "a pair has to be written")

	for name, c := range map[string]*script{
		"other remedy":  {statuses: []core.Status{core.NetEOF.Status(), but(func(r *core.Row) { r.Remedy = core.Fix })}},
		"other scope":   {statuses: []core.Status{core.NetEOF.Status(), but(func(r *core.Row) { r.Scope = core.Item })}},
		"other quality": {statuses: []core.Status{core.NetEOF.Status(), but(func(r *core.Row) { r.Quality = core.Bad })}},
		"too few":       {statuses: []core.Status{core.NetEOF.Status()}},
		"too many":      {statuses: []core.Status{core.NetEOF.Status(), wide, wide}},
		"other status":  {statuses: []core.Status{core.NetReset.Status(), wide}},
		"other second":  {statuses: []core.Status{core.NetEOF.Status(), wide.WithExtended(0x205)}},
		"no second":     {statuses: []core.Status{core.NetEOF.Status(), core.NetEOF.Status()}},
		"error as well": {statuses: []core.Status{core.NetEOF.Status(), wide}, err: core.BadFrame(core.FrameMalformed.Status(), 1, "x")},
	} {
		err := stanzas[0].Check(c)
		assert.ErrorContains(t, err, "a.frames:2: one (recorded, from nothing)", name)
		assert.ErrorContains(t, err, "want  fault 0x05/0x0204 - 10105 retry request uncertain", name)
		assert.ErrorContains(t, err, "got   net", name)
		assert.Equal(t, c.err != nil, strings.Contains(err.Error(), "  error "), "%s: %v", name, err)
	}

	stanzas[0].Expect[1].Value = "5/516"
	assert.NoError(t, stanzas[0].Check(holds), "numbers are the same in any spelling")
	stanzas[0].Expect[0].Value = "0"
	assert.Error(t, stanzas[0].Check(holds), "an event has no number, not the number 0")
}

func TestExpectOf(t *testing.T) {
	row := core.Row{Protocol: "toy", Layer: "fault", Codes: [4]core.Code{2: core.S7AddressInvalid}, Remedy: core.Fix, Quality: core.Bad}
	native := func(n core.Native) *core.Row {
		r := row
		r.Native = n
		return &r
	}
	for want, s := range map[string]core.Status{
		"fault 0x05 - 10105 fix item bad":             core.NewStatus(native(core.Native{Bits: 8}), 5),
		"fault 0x0005/0x0204 - 10105 fix item bad":    core.NewStatus(native(core.Native{Bits: 16}), 5).WithExtended(0x204),
		"fault -16/3/104 - 10105 fix item bad":        core.NewStatus(native(core.Native{Bits: -16, Pair: true}), -16).WithExtended(3<<16 | 104),
		"network - EOF 3002 reconnect connection bad": core.NetEOF.Status(),
	} {
		assert.Equal(t, want, coretest.ExpectOf(s, core.Read).String())
	}
}

func TestRunFrames(t *testing.T) {
	two := good[strings.Index(good, "name: two"):strings.Index(good, "name: three")]
	coretest.RunFrames(t, fstest.MapFS{"a.frames": {Data: []byte(two)}}, "*.frames", func(s coretest.Stanza) coretest.Conversation {
		assert.Equal(t, "two", s.Name)
		return &script{err: core.ErrNotResponse}
	})
}

// FuzzParseFrames: what can be read can be written, and read as the same.
func FuzzParseFrames(f *testing.F) {
	f.Add([]byte(good))
	for _, protocol := range []string{"s7", "opcua", "fins", "enip", "knx", "focas"} {
		stanzas, err := coretest.ReadFrames(os.DirFS(filepath.Join("..", "..", protocol, "testdata")), "*.frames")
		require.NoError(f, err)
		for i := 0; i < len(stanzas); i += 25 {
			var b bytes.Buffer
			require.NoError(f, coretest.WriteFrames(&b, stanzas[i]))
			f.Add(b.Bytes())
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		stanzas, err := coretest.ParseFrames("f", data)
		if err != nil {
			if len(stanzas) > 0 || !strings.HasPrefix(err.Error(), "f:") {
				t.Fatalf("%d stanzas and %v", len(stanzas), err)
			}
			return
		}
		var b strings.Builder
		if err := coretest.WriteFrames(&b, stanzas...); err != nil {
			t.Fatal(err)
		}
		again, err := coretest.ParseFrames("f", []byte(b.String()))
		if err != nil || len(again) != len(stanzas) {
			t.Fatalf("%v\n%s", err, b.String())
		}
		for i, s := range stanzas {
			s.Line = again[i].Line
			if !reflect.DeepEqual(s, again[i]) {
				t.Fatalf("%+v became %+v", s, again[i])
			}
		}
	})
}

// TestExample runs what the example shows.
func TestExample(t *testing.T) {
	testLostConnection(t)
}
