package laws_test

import (
	"context"
	"fmt"
	"io"
	"testing"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/internal/laws"
)

// A violation is a toy that breaks one law: what is checked, and what the check
// has to say.
type violation struct {
	check func(t *testing.T)
	want  string
}

var violations = map[string]violation{
	// Table
	"foreign row":              {table(func() { address.Protocol = "other" }), `fault 0x05 Address: protocol "other", want "toy"`},
	"two rows":                 {table(func() { address.Value = "0x00" }), "fault 0x00 Address: two rows"},
	"two events":               {table(func() { address = gone }), "event - Gone: two rows"},
	"row without a layer":      {table(func() { address.Layer = "" }), "must not be empty"},
	"row without a value":      {table(func() { address.Value = "" }), "must not be empty"},
	"row without a meaning":    {table(func() { address.Meaning = "" }), "must not be empty"},
	"row without a reason":     {table(func() { address.Why = "" }), "must not be empty"},
	"undocumented row":         {table(func() { address.Codes[core.Write] = 1 }), "fault 0x05 Address: write gives 1 undocumented code"},
	"row of a bad success":     {table(func() { success.Quality = core.Bad }), "is a success without a usable value"},
	"row reconnects a request": {table(func() { low.Scope = core.Request }), "remedy reconnect with scope request"},
	"empty table":              {func(t *testing.T) { laws.Table(t, "toy", func(func(core.Row) bool) {}) }, "the table is empty"},

	// Every
	"no row":                   {every(unanswered[fault](0)), "laws_test.fault 0x0: no row"},
	"the last has no row":      {every(unanswered[fault](0xFF)), "laws_test.fault 0xff: no row"},
	"another value":            {every(answers(func(v fault) core.Status { return core.NewStatus(&unlisted, int64(v)+1) })), "the value became 1"},
	"not known":                {every(func(f *laws.Field[fault]) { f.Known = func(fault) bool { return true } }), "laws_test.fault 0x1: known is false, but the table names it: true"},
	"not handed out":           {every(handsOut(nil)), "laws_test.fault 0x1: the error hands out 0x0"},
	"handed out otherwise":     {every(handsOut(func(s core.Status, target any) bool { *target.(*fault) = 0x7F; return true })), "laws_test.fault 0x1: the error hands out 0x7f"},
	"handed out as it should":  {every(func(f *laws.Field[fault]) { f.Foreign = true; handsOut(nil)(f); success.Quality = core.Bad }), "success with quality bad"},
	"context counts":           {every(isAlso(nil)), "laws_test.fault 0x81: is 0x1: false, want true"},
	"the next is the same":     {every(isAlso(func(v, t fault) bool { return marked(v, t) || t == v+1 })), "laws_test.fault 0x1: is 0x2: true, want false"},
	"the one before is, too":   {every(isAlso(func(v, t fault) bool { return marked(v, t) || t == v-1 && v > 1 })), "laws_test.fault 0x2: is 0x1: true, want false"},
	"undocumented status":      {every(func(*laws.Field[fault]) { address.Codes = codes(1) }), "laws_test.fault 0x5: other gives 1 undocumented code"},
	"success with quality bad": {every(func(*laws.Field[fault]) { success.Quality = core.Bad }), "laws_test.fault 0x0: other: success with quality bad"},
	"an item to reconnect":     {every(func(*laws.Field[fault]) { address.Remedy = core.Reconnect }), "laws_test.fault 0x5: remedy reconnect with scope item"},

	// Sampled
	"no row for what is listed":  {sampled(7), "laws_test.word 0x7: no row"},
	"no row below a range":       {sampled(0x000FFFFF), "laws_test.word 0xfffff: no row"},
	"no row at the start of one": {sampled(0x00100000), "laws_test.word 0x100000: no row"},
	"no row at the end of one":   {sampled(0x001FFFFF), "laws_test.word 0x1fffff: no row"},
	"no row above a range":       {sampled(0x00200000), "laws_test.word 0x200000: no row"},
	"no row for a single bit":    {sampled(0x08000000), "laws_test.word 0x8000000: no row"},
	"no row for the highest bit": {sampled(0x80000000), "laws_test.word 0x80000000: no row"},
	"no row for the last word":   {sampled(0xFFFFFFFF), "laws_test.word 0xffffffff: no row"},
	"no row for what is asked for": {func(t *testing.T) {
		f := wordField()
		unanswered[word](0x12345)(&f)
		laws.Sampled(cover(t), f, 0x12344)
	}, "laws_test.word 0x12345: no row"},

	// Events
	"event of another number": {events(func(e event) core.Status { return core.NewStatus(&gone, 9) }), "laws_test.event 0x0: the value became 9"},
	"the last event":          {events(lastEvent), "laws_test.event 0xff: the value became 9"},
	"event that is a range":   {func(t *testing.T) { gone.Fallback = true; laws.Events(cover(t), event.Status) }, "laws_test.event 0x1: known is false"},

	// Coverage
	"layers.tsv is not there":     {func(t *testing.T) { in(t, nil); laws.Cover(t, rows) }, "open layers.tsv"},
	"layers.tsv of three columns": {func(t *testing.T) { in(t, map[string]string{"layers.tsv": "layer\tkind\ttype\n"}); laws.Cover(t, rows) }, "layers.tsv:1:"},
	"layer without a check":       {complete(func(c *laws.Coverage) { c.Name("word") }), "layer fault: no loop covers it"},
	"row that nothing reaches":    {complete(func(c *laws.Coverage) { c.Name("fault", "word"); c.Reached(fault(5).Status()) }), "row fault 0x00 OK: no value reaches it"},
	"event that nothing reaches":  {complete(func(c *laws.Coverage) { c.Name("event") }), "row event - Gone: no value reaches it"},
	"spare row that is none":      {complete(func(c *laws.Coverage) { c.Spare("fault", "0x06") }), "row fault 0x06: there is none"},
	"spare row of another layer":  {complete(func(c *laws.Coverage) { c.Spare("word", "0x05") }), "row word 0x05: there is none"},
	"spare row that is reached":   {complete(func(c *laws.Coverage) { c.Reached(fault(5).Status()); c.Spare("fault", "0x05") }), "row fault 0x05: a value reaches it after all"},

	// Stanzas
	"no stanzas":   {frames(), "no file matches"},
	"a name twice": {frames(fmt.Sprintf(stanza, "one", "01"), fmt.Sprintf(stanza, "one", "02")), `a.frames:7: the name "one" stands at a.frames:1 already`},
	"a case twice": {frames(fmt.Sprintf(stanza, "one", "01"), fmt.Sprintf(stanza, "two", "01")), `a.frames:7: "two" tests the same as a.frames:1`},

	// Translate
	"nil becomes an error":       {translate(instead(func(err error) bool { return err == nil }, io.EOF)), "nil became EOF"},
	"a nil pointer does":         {translate(instead(func(err error) bool { return err == (*core.Error)(nil) }, io.EOF)), "a nil *Error became EOF"},
	"OK does":                    {translate(instead(func(err error) bool { return err == core.OK }, io.EOF)), "OK became EOF"},
	"a stop does":                {translate(instead(func(err error) bool { return err == context.Canceled }, core.PluginNotRunning)), "context canceled became 3010"},
	"a stop is unwrapped":        {translate(instead(func(err error) bool { return core.CodeOf(err) == core.PluginNotRunning }, context.Canceled)), "stopped: context canceled became context canceled"},
	"an error of another type":   {translate(instead(isEOF, core.PluginNotConnected)), "became a core.Code"},
	"a hostile error is nothing": {translate(instead(func(err error) bool { return fmt.Sprintf("%T", err) == "laws.uncomparable" }, nil)), "hostile laws.uncomparable became <nil>"},
	"a hostile error is strange": {translate(instead(func(err error) bool { return fmt.Sprintf("%T", err) == "laws.uncomparable" }, core.Code(1))), "hostile laws.uncomparable became"},
	"an undocumented code": {translate(func(op core.Op, err, right error) error {
		return ofEOF(err, &core.Error{Code: 1, Op: op, Err: err}, right)
	}), `"EOF": code 1`},
	"the cause is lost": {translate(func(op core.Op, err, right error) error { return ofEOF(err, core.NetEOF.Status().Err(op), right) }), `"EOF": the cause is lost`},
	"another op": {translate(func(op core.Op, err, right error) error {
		return ofEOF(err, core.NetEOF.Status().Wrap(core.Other, err), right)
	}), "op became other"},
	"each translation is another": {translate(translatesAgain), "translating twice gives"},
	"joined it is another code":   {translate(joinedOtherwise), "joined and translated it is 10152"},
	"wrapped it is another code":  {translate(wrappedOtherwise), "wrapped before it is translated it is another code"},
}

func table(change func()) func(t *testing.T) {
	return func(t *testing.T) {
		change()
		laws.Table(t, "toy", rows)
	}
}

func every(change func(f *laws.Field[fault])) func(t *testing.T) {
	return func(t *testing.T) {
		f := faultField()
		change(&f)
		laws.Every(cover(t), f)
	}
}

func sampled(without word) func(t *testing.T) {
	return func(t *testing.T) {
		f := wordField()
		unanswered(without)(&f)
		laws.Sampled(cover(t), f)
	}
}

func events(status func(event) core.Status) func(t *testing.T) {
	return func(t *testing.T) { laws.Events(cover(t), status) }
}

// lastEvent answers for one event too many, and wrongly.
func lastEvent(e event) core.Status {
	if e == 0xFF {
		return core.NewStatus(&gone, 9)
	}
	return e.Status()
}

func complete(check func(c *laws.Coverage)) func(t *testing.T) {
	return func(t *testing.T) {
		c := cover(t)
		check(c)
		c.Complete()
	}
}

func frames(stanzas ...string) func(t *testing.T) {
	return func(t *testing.T) {
		files := map[string]string{}
		for _, s := range stanzas {
			files["testdata/a.frames"] += s
		}
		in(t, files)
		laws.Stanzas(t)
	}
}

// unanswered leaves one value of a field without a status.
func unanswered[T fault | word](without T) func(f *laws.Field[T]) {
	return func(f *laws.Field[T]) {
		status := f.Status
		f.Status = func(v T) core.Status {
			if v == without {
				return core.Status{}
			}
			return status(v)
		}
	}
}

func answers(status func(fault) core.Status) func(f *laws.Field[fault]) {
	return func(f *laws.Field[fault]) { f.Status = status }
}

func handsOut(as func(s core.Status, target any) bool) func(f *laws.Field[fault]) {
	return func(*laws.Field[fault]) { unlisted.Native.As = as }
}

// isAlso says what the unlisted faults are beside themselves.
func isAlso(also func(v, target fault) bool) func(f *laws.Field[fault]) {
	return func(*laws.Field[fault]) {
		unlisted.Native.Is = nil
		if also != nil {
			unlisted.Native.Is = func(s core.Status, target error) bool {
				t, ok := target.(fault)
				return ok && also(fault(s.Value()), t)
			}
		}
	}
}

func marked(v, target fault) bool { return v&^mark == target&^mark }

// translate is core.Translate with a fault: what it makes of err, and of what is
// right.
func translate(fault func(op core.Op, err, right error) error) func(t *testing.T) {
	return func(t *testing.T) {
		laws.Translate(t, func(op core.Op, err error) error { return fault(op, err, core.Translate(op, err)) })
	}
}

// instead gives wrong for some errors.
func instead(of func(err error) bool, wrong error) func(op core.Op, err, right error) error {
	return func(_ core.Op, err, right error) error {
		if of(err) {
			return wrong
		}
		return right
	}
}

func isEOF(err error) bool { return err == io.EOF }

func ofEOF(err, wrong, right error) error {
	if isEOF(err) {
		return wrong
	}
	return right
}

func translatesAgain(op core.Op, err, right error) error {
	if e, ok := err.(*core.Error); ok && e != nil && e.Status == core.NetEOF.Status() {
		return e.Status.Wrap(op, err)
	}
	return right
}

func joinedOtherwise(op core.Op, err, right error) error {
	if _, ok := err.(interface{ Unwrap() []error }); ok && core.StatusOf(err) == core.NetEOF.Status() {
		return core.S7NoValue.Err()
	}
	return right
}

func wrappedOtherwise(op core.Op, err, right error) error {
	if _, ok := err.(*core.Error); !ok && err != io.EOF && core.StatusOf(err) == core.NetEOF.Status() {
		return core.NetDeadline.Status().Wrap(op, err)
	}
	return right
}
