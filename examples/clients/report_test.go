package clients

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strings"
	"sync"
	"testing"

	"github.com/fieldstatus/fieldstatus/internal/leaks"
)

var update = flag.Bool("update", false, "write docs/clients.md")

// A row is one line of docs/clients.md: a failure that a device produced, what a
// client made of it, and what came out.
type row struct {
	Protocol   string
	Code       string // the documented code that the device's failure stands for
	Device     string // how the device produced it
	Client     string // which client saw it, with version
	Handed     string // what that client handed over
	Translated string // what Translate made of it
	Raw        string // what the raw path gives where the client lost the code, else ""
}

func (r row) key() string { return strings.Join([]string{r.Protocol, r.Client, r.Code, r.Device}, "|") }

func (r row) String() string {
	cells := []string{r.Protocol, r.Code, r.Device, r.Client, "`" + r.Handed + "`", r.Translated, r.Raw}
	for i, cell := range cells {
		cells[i] = strings.ReplaceAll(strings.Join(strings.Fields(cell), " "), "|", `\|`)
	}
	return "| " + strings.Join(cells, " | ") + " |"
}

var reported struct {
	sync.Mutex
	rows map[string]string // the line of each key
}

var varying = regexp.MustCompile(`(127\.0\.0\.1|\[::1\]):\d+`)

// report notes a row for docs/clients.md. What differs from run to run, such as
// ports, is left out.
func report(t *testing.T, r row) {
	t.Helper()
	if t.Failed() {
		return
	}
	r.Handed = varying.ReplaceAllString(r.Handed, "device")
	reported.Lock()
	defer reported.Unlock()
	if reported.rows == nil {
		reported.rows = map[string]string{}
	}
	if line, ok := reported.rows[r.key()]; ok && line != r.String() {
		t.Errorf("two different rows for %s:\n%s\n%s", r.key(), line, r)
	}
	reported.rows[r.key()] = r.String()
}

const head = `# What client libraries make of failures

Written by the tests of examples/clients (` + "`go test ./examples/clients -update`" + `): each row ran.
A device of this module produced the failure, the client saw it, and the error
that it handed over was given to Translate. The last column stands where the
client loses the code: what the raw path (s7.Exchange, the response structs,
ParseResponse or a Conversation) gives.

| protocol | documented code | the device | client | handed over | Translate | raw path |
|---|---|---|---|---|---|---|
`

func TestMain(m *testing.M) {
	status := leaks.Run(m)
	if status == 0 && flag.Lookup("test.run").Value.String() == "" {
		status = checkDocument(filepath.Join("..", "..", "docs", "clients.md"))
	}
	os.Exit(status)
}

// checkDocument compares the rows with the document. Rows of clients that did
// not run here are kept.
func checkDocument(file string) int {
	old, err := os.ReadFile(file)
	if err != nil && !*update {
		fmt.Println(err)
		return 1
	}
	lines := map[string]bool{}
	clients := map[string]bool{}
	for _, line := range reported.rows {
		lines[line] = true
		clients[cell(line, 1)+cell(line, 4)] = true
	}
	for _, line := range strings.Split(string(old), "\n") {
		if strings.HasPrefix(line, "| ") && !strings.HasPrefix(line, "| protocol") && !clients[cell(line, 1)+cell(line, 4)] {
			lines[line] = true
		}
	}
	sorted := make([]string, 0, len(lines))
	for line := range lines {
		sorted = append(sorted, line)
	}
	sort.Strings(sorted)
	text := head + strings.Join(sorted, "\n") + "\n"
	if text == string(old) {
		return 0
	}
	if *update {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			fmt.Println(err)
			return 1
		}
		return 0
	}
	was := strings.Split(string(old), "\n")
	for _, line := range strings.Split(text, "\n") {
		if !slices.Contains(was, line) {
			fmt.Println("new:  ", line)
		}
	}
	is := strings.Split(text, "\n")
	for _, line := range was {
		if !slices.Contains(is, line) {
			fmt.Println("gone: ", line)
		}
	}
	fmt.Println("docs/clients.md does not say what happened: look at the rows, then run go test ./examples/clients -update")
	return 1
}

// cell returns the i-th cell of a table line, from 1.
func cell(line string, i int) string {
	cells := strings.Split(strings.ReplaceAll(line, `\|`, "\x00"), "|")
	if i >= len(cells) {
		return ""
	}
	return strings.TrimSpace(cells[i])
}
