package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/cmd/internal/protocol"
	"github.com/fieldstatus/fieldstatus/core"
)

const captures = "../../testdata/captures"

// portsOf are the flags that a capture needs, by the start of its name.
var portsOf = map[string][]string{
	"s7/":           {"--port", "s7=10102-10103"},
	"knx/calimero-": {"--port", "knx=3681"},
}

// captureFiles returns the captures by the names that expect.tsv uses.
func captureFiles(t *testing.T) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(captures, "*", "*.pcap*"))
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	for i, p := range paths {
		paths[i] = filepath.ToSlash(strings.TrimPrefix(p, filepath.FromSlash(captures)+string(filepath.Separator)))
	}
	return paths
}

// decodeReal runs decode with the real protocols.
func decodeReal(t *testing.T, name string, args ...string) result {
	t.Helper()
	args = append([]string{"decode", filepath.Join(captures, filepath.FromSlash(name))}, args...)
	for prefix, flags := range portsOf {
		if strings.HasPrefix(name, prefix) {
			args = append(args, flags...)
		}
	}
	var out, err bytes.Buffer
	a := &app{
		in: strings.NewReader(""), out: &out, err: &err, getenv: func(string) string { return "" },
		protocols: protocol.All(), location: time.UTC,
	}
	status := a.run(args)
	return result{status, out.String(), err.String()}
}

// A mark is what one status of a packet is known by: its number as in
// expect.tsv, or the symbol of an outcome without a number.
type mark struct {
	packet int
	value  string
}

func (m mark) String() string { return fmt.Sprintf("%d:%s", m.packet, m.value) }

// markOf returns the mark of a line of decode. Numbers of signed fields are
// written as they are on the wire.
func markOf(f findingJSON) mark {
	switch {
	case f.Value == nil:
		return mark{f.Packet, f.Symbol}
	case *f.Value < 0:
		return mark{f.Packet, fmt.Sprintf("0x%x", uint16(*f.Value))}
	}
	return mark{f.Packet, fmt.Sprintf("0x%x", *f.Value)}
}

// expected returns the marks of expect.tsv, how often each is expected, by file.
func expected(t *testing.T) map[string]map[mark]int {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(captures, "expect.tsv"))
	require.NoError(t, err)
	by := make(map[string]map[mark]int)
	for i, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		cells := strings.Split(line, "\t")
		require.Len(t, cells, 5, line)
		if i == 0 {
			continue
		}
		packet, err := strconv.Atoi(cells[1])
		require.NoError(t, err)
		times, err := strconv.Atoi(cells[3])
		require.NoError(t, err)
		if by[cells[0]] == nil {
			by[cells[0]] = make(map[mark]int)
		}
		by[cells[0]][mark{packet, cells[2]}] = times
	}
	return by
}

// TestAgreement compares what decode finds with what others have found in the
// same captures, packet by packet. A failure that they do not show, or a number
// that decode does not report, has to be explained in differences.
func TestAgreement(t *testing.T) {
	want := expected(t)
	explained := make(map[string]string) // file, kind and mark: the reason
	for _, d := range differences {
		require.NotEmpty(t, d.reason)
		for word := range strings.FieldsSeq(d.marks) {
			key := d.file + " " + d.kind + " " + word
			require.NotContains(t, explained, key, "explained twice")
			explained[key] = d.reason
		}
	}
	compared, agreed := 0, 0
	var unexplained []string
	differ := func(file, kind string, m mark) {
		key := file + " " + kind + " " + m.String()
		if _, ok := explained[key]; !ok {
			unexplained = append(unexplained, key)
		}
		delete(explained, key)
	}
	for _, file := range captureFiles(t) {
		r := decodeReal(t, file, "--all", "--json")
		require.Equal(t, exitOK, r.status, "%s: %s", file, r.err)
		left := want[file] // what is expected and has not been found yet
		for line := range strings.Lines(r.out) {
			var f findingJSON
			require.NoError(t, json.Unmarshal([]byte(line), &f))
			m := markOf(f)
			switch {
			case left[m] > 0:
				left[m]--
				agreed++
			case f.Code != 0:
				differ(file, "extra", m)
			}
			compared++
		}
		for m, n := range left {
			for range n {
				differ(file, "absent", m)
			}
		}
	}
	slices.Sort(unexplained)
	assert.Empty(t, unexplained, "differences without a reason")
	var unused []string
	for key := range explained {
		unused = append(unused, key)
	}
	slices.Sort(unused)
	assert.Empty(t, unused, "reasons without a difference")
	for file := range want {
		assert.Contains(t, captureFiles(t), file)
	}
	t.Logf("%d statuses in %d captures, %d of them expected", compared, len(captureFiles(t)), agreed)
}

// The text output of the captures does not fail either, and names the same
// failures.
func TestCapturesAsText(t *testing.T) {
	for _, file := range captureFiles(t) {
		text := decodeReal(t, file)
		require.Equal(t, exitOK, text.status)
		asJSON := decodeReal(t, file, "--json")
		failures := strings.Count(asJSON.out, "\n")
		want := plural(failures, "failure", "failures")
		if failures == 0 {
			want = "No failures"
		}
		assert.Contains(t, text.out, want, file)
	}
}

// TestDocumentedCodes compares the codes of single frames of KNX, each from a
// section of the standard, with what the documentation says about them.
func TestDocumentedCodes(t *testing.T) {
	want := []core.Code{
		0, 0, 3002, 3002, 3002, 3002, 3002, 3002, 3009, 3002, // 1 to 10
		3002, 3002, 3000, 3002, 3012, 3002, 3012, 10200, 10200, 10200,
		3000, 3000, 3004, 3000, 3001, 3000, 3007, 3000, 3000, 3002,
		3004, 3008, 3000, 3002, 0, 3002, 0, 3009, 3009, 3009,
	}
	got := make([]core.Code, len(want))
	for line := range strings.Lines(decodeReal(t, "knx/examples-all.pcap", "--all", "--json").out) {
		var f findingJSON
		require.NoError(t, json.Unmarshal([]byte(line), &f))
		if got[f.Packet-1] == core.OK {
			got[f.Packet-1] = f.Code
		}
	}
	assert.Equal(t, want, got)
}
