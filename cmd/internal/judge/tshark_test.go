package judge

import (
	"bufio"
	"bytes"
	"fmt"
	"html"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A node is a protocol or a field in Wireshark's tree of a packet.
type node struct {
	name  string
	proto bool
	depth int
	after string // the field in front of it
	text  string // as Wireshark shows the value, or its label when it shows none
	value int64  // 0 when the text is no number
	raw   int64  // of the bytes in which value is some bits
}

// version is the one that the tables of differences were written for.
const version = "4.0."

// needTshark skips the test where tshark is missing or reads frames otherwise.
func needTshark(t *testing.T) {
	t.Helper()
	out, err := exec.Command("tshark", "--version").Output()
	if err != nil {
		t.Skipf("nobody judges the decoders: tshark %s, in Debian's package of that name, is not installed", version+"x")
	}
	first, _, _ := strings.Cut(string(out), "\n")
	if !strings.HasPrefix(first, "TShark (Wireshark) "+version) {
		t.Skipf("nobody judges the decoders: the differences are those of tshark %s, and this is %s", version+"x", first)
	}
}

// tshark returns Wireshark's trees of those packets of a capture that pass the
// filter, by packet number. Fields are left out unless keep holds their names.
func tshark(t *testing.T, pcap []byte, j *judge) map[int][]node {
	t.Helper()
	args := []string{"-n", "-r", "-", "-T", "pdml", "-J", strings.Join(j.dissectors, " "), "-Y", j.filter()}
	cmd := exec.Command("tshark", args...)
	cmd.Env = append(os.Environ(), "WIRESHARK_CONFIG_DIR="+t.TempDir(), "LC_ALL=C") // nobody's own preferences
	cmd.Stdin = bytes.NewReader(pcap)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	trees, err := readPDML(bufio.NewReaderSize(out, 1<<16), j.fields)
	require.NoError(t, err)
	require.NoError(t, cmd.Wait(), stderr.String())
	return trees
}

// readPDML reads what tshark writes with -T pdml, which has one element a line.
func readPDML(r *bufio.Reader, keep map[string]bool) (map[int][]node, error) {
	trees := make(map[int][]node)
	packet, lines, last := 0, 0, ""
	scan := bufio.NewScanner(r)
	scan.Buffer(nil, 1<<24)
	for scan.Scan() {
		line := bytes.TrimLeft(scan.Bytes(), " ")
		depth := (len(scan.Bytes()) - len(line)) / 2
		lines++
		switch {
		case bytes.HasPrefix(line, []byte("<proto name=")):
			name := attribute(line, "name")
			if name != "geninfo" && packet != 0 {
				trees[packet] = append(trees[packet], node{name: name, proto: true, depth: depth})
			}
		case bytes.HasPrefix(line, []byte(`<field name="num"`)):
			n, err := strconv.Atoi(attribute(line, "show"))
			if err != nil {
				return nil, fmt.Errorf("line %d: %w", lines, err)
			}
			packet, last = n, ""
			trees[packet] = nil
		case bytes.HasPrefix(line, []byte("<field name=")):
			name := attribute(line, "name")
			if keep[name] {
				text := attribute(line, "show")
				if text == "" {
					text = attribute(line, "showname")
				}
				value, _ := strconv.ParseInt(text, 0, 64)
				raw, _ := strconv.ParseInt(attribute(line, "unmaskedvalue"), 16, 64)
				trees[packet] = append(trees[packet], node{name: name, depth: depth, after: last, text: text, value: value, raw: raw})
			}
			if !strings.HasPrefix(name, "_ws.") {
				last = name
			}
		}
	}
	return trees, scan.Err()
}

// attribute returns the value of an attribute.
func attribute(line []byte, name string) string {
	_, rest, ok := bytes.Cut(line, []byte(" "+name+`="`))
	if !ok {
		return ""
	}
	value, _, _ := bytes.Cut(rest, []byte(`"`))
	return html.UnescapeString(string(value))
}
