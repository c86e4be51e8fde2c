package laws_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/internal/laws"
)

// A toy protocol that obeys every law. Its fields are a fault of 8 bits, whose
// highest bit is context, a word of 32 bits, and an event.
type (
	fault uint8
	word  uint32
	event uint8
)

const mark fault = 0x80 // context in a fault

func codes(code core.Code) [4]core.Code { return [4]core.Code{code, code, code, code} }

var (
	success  = core.Row{Protocol: "toy", Layer: "fault", Value: "0x00", Symbol: "OK", Meaning: "done", Why: "it says so", Native: faults}
	address  = core.Row{Protocol: "toy", Layer: "fault", Value: "0x05", Symbol: "Address", Meaning: "no such address", Codes: codes(10105), Remedy: core.Fix, Scope: core.Item, Quality: core.Bad, Why: "it says so", Native: faults}
	unlisted = core.Row{Protocol: "toy", Layer: "fault", Value: "*", Meaning: "not listed", Codes: codes(3000), Remedy: core.Fix, Scope: core.Item, Quality: core.Bad, Fallback: true, Why: "nobody knows", Native: faults}
	low      = core.Row{Protocol: "toy", Layer: "word", Value: "0x00000007", Symbol: "Low", Meaning: "the lowest", Codes: codes(3000), Remedy: core.Reconnect, Scope: core.Session, Quality: core.Bad, Why: "it says so", Native: words}
	middle   = core.Row{Protocol: "toy", Layer: "word", Value: "0x00100000..0x001FFFFF", Meaning: "a range", Codes: codes(3009), Remedy: core.Retry, Scope: core.Request, Quality: core.Bad, Fallback: true, Why: "it says so", Native: words}
	rest     = core.Row{Protocol: "toy", Layer: "word", Value: "*", Meaning: "not listed", Codes: codes(3000), Remedy: core.Retry, Scope: core.Request, Quality: core.Bad, Fallback: true, Why: "nobody knows", Native: words}
	gone     = core.Row{Protocol: "toy", Layer: "event", Value: "-", Symbol: "Gone", Meaning: "it is gone", Codes: codes(3002), Remedy: core.Reconnect, Scope: core.Connection, Quality: core.Bad, Why: "it is", Native: core.Native{As: core.As[event]}}

	faults = core.Native{Bits: 8, As: core.As[fault], Is: func(s core.Status, target error) bool {
		t, ok := target.(fault)
		return ok && fault(s.Value())&^mark == t&^mark
	}}
	words = core.Native{Bits: 32, As: core.As[word]}
)

func (f fault) Error() string { return "fault" }
func (w word) Error() string  { return w.Status().Text() }
func (e event) Error() string { return e.Status().Text() }

func (f fault) Status() core.Status {
	row := &unlisted
	switch f &^ mark {
	case 0:
		row = &success
	case 5:
		row = &address
	}
	return core.NewStatus(row, int64(f))
}

func (w word) Status() core.Status {
	row := &rest
	switch {
	case w == 7:
		row = &low
	case 0x00100000 <= w && w <= 0x001FFFFF:
		row = &middle
	}
	return core.NewStatus(row, int64(w))
}

func (e event) Status() core.Status {
	if e != 1 {
		return core.Status{}
	}
	return core.NewStatus(&gone, int64(e))
}

func rows(yield func(core.Row) bool) {
	for _, row := range []*core.Row{&success, &address, &unlisted, &low, &middle, &rest, &gone} {
		if !yield(*row) {
			return
		}
	}
}

const layers = "layer\tkind\ttype\tbits\nfault\ttype\tFault\t8\nword\ttype\tWord\t32\nevent\tevent\t-\t-\n"

func faultField() laws.Field[fault] {
	return laws.Field[fault]{Layers: []string{"fault"}, Status: fault.Status, Canon: func(f fault) fault { return f &^ mark }}
}

func wordField() laws.Field[word] {
	return laws.Field[word]{Layers: []string{"word"}, Status: word.Status}
}

// in runs the rest of a test in a directory with these files.
func in(t *testing.T, files map[string]string) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
	}
	back, err := os.Getwd()
	require.NoError(t, err)
	require.NoError(t, os.Chdir(dir))
	t.Cleanup(func() { _ = os.Chdir(back) })
}

func cover(t *testing.T) *laws.Coverage {
	t.Helper()
	in(t, map[string]string{"layers.tsv": layers})
	return laws.Cover(t, rows)
}
