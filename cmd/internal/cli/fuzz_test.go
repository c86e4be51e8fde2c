package cli

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/fieldstatus/fieldstatus/cmd/internal/protocol"
)

// FuzzExplain: whatever is asked, there is an answer or one line that says why
// not, and with --json each line is an object. A code in which no status ends has no
// lines then.
func FuzzExplain(f *testing.F) {
	for _, args := range [][2]string{
		{"fins", "0x1143"}, {"opcua", "BadNodeIdUnknown"}, {"enip", "0x01/0x0204"}, {"focas", "-16"}, {"focas", "-16/9/1"}, {"s7", "CPU : Item not available"},
		{"10508", ""}, {"S7AddressInvalid", ""}, {"read tcp 192.0.2.1:102: i/o timeout", ""}, {"knx", "-"}, {"net", "EOF"}, {"nona11", "x"},
	} {
		f.Add(args[0], args[1], false)
		f.Add(args[0], args[1], true)
	}
	f.Fuzz(func(t *testing.T, first, second string, asJSON bool) {
		args := []string{"explain"}
		if asJSON {
			args = append(args, "--json")
		}
		args = append(args, "--", first)
		if second != "" {
			args = append(args, second)
		}
		var out, err bytes.Buffer
		a := &app{in: strings.NewReader(""), out: &out, err: &err, getenv: func(string) string { return "" }, protocols: protocol.All(), location: time.UTC}
		switch status := a.run(args); {
		case strings.Contains(err.String(), "internal error"):
			t.Fatal(err.String())
		case status == exitOK && (out.Len() == 0 && !asJSON || err.Len() > 0):
			t.Fatalf("success with %q, %q", out.String(), err.String())
		case status != exitOK && strings.Count(err.String(), "\n") != 1:
			t.Fatalf("status %d with %q", status, err.String())
		}
		if !asJSON {
			return
		}
		for line := range bytes.Lines(out.Bytes()) {
			if !json.Valid(line) {
				t.Fatalf("%q is no JSON", line)
			}
		}
	})
}

// FuzzParseHex: bytes that can be read print as what reads back the same.
func FuzzParseHex(f *testing.F) {
	for _, s := range []string{"0300001b", "03 00:00,1b", `\x03\x00`, "{0x03, 0x00}", "3", "0x", "xyz"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		pieces, err := parseHex([]string{text})
		if err != nil {
			if len(pieces) > 0 || err.Error() == "" {
				t.Fatalf("%d pieces and %v", len(pieces), err)
			}
			return
		}
		again, err := parseHex([]string{hex.EncodeToString(pieces[0])})
		if err != nil || len(pieces) != 1 || !bytes.Equal(again[0], pieces[0]) {
			t.Fatalf("%q is %x, which reads back as %x, %v", text, pieces, again, err)
		}
	})
}
