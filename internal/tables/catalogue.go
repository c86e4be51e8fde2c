package tables

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

// A Code is one line of the catalogue: a documented code, or a range of them.
type Code struct {
	Section     string
	First, Last int
	Name        string
	Message     string // the documented text, byte for byte
	Chinese     string
	Remedy      string
	Scope       string
}

// A Catalogue holds every documented code.
type Catalogue struct {
	Codes []Code
}

var (
	remedies  = []string{"none", "retry", "reconnect", "fix"}
	scopes    = []string{"item", "request", "session", "connection"}
	qualities = []string{"good", "uncertain", "bad"}
)

// LoadCatalogue reads and checks a catalogue. The error is a [Complaints]
// when the file could be read.
func LoadCatalogue(file string) (*Catalogue, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	cat, bad := readCatalogue(file, data)
	return cat, bad.err()
}

func readCatalogue(file string, data []byte) (*Catalogue, Complaints) {
	records, bad := readTSV(file, data, "section", "code", "name", "message", "message_zh", "remedy", "scope")
	cat := &Catalogue{}
	names := map[string]int{}
	last := 0
	var err error
	for _, r := range records {
		first, end, isRange := strings.Cut(r.get("code"), "-")
		c := Code{Section: r.get("section"), Name: r.get("name"), Message: r.get("message"), Chinese: r.get("message_zh"), Remedy: r.get("remedy"), Scope: r.get("scope")}
		if c.First, err = strconv.Atoi(first); err != nil || c.First <= 0 {
			bad.addf(r, "code %q is no number above 0 and no range first-last", r.get("code"))
			continue
		}
		c.Last = c.First
		if isRange {
			if c.Last, err = strconv.Atoi(end); err != nil || c.Last <= c.First {
				bad.addf(r, "range %q must ascend", r.get("code"))
				continue
			}
		}
		if c.First <= last {
			bad.addf(r, "code %d stands behind %d: the catalogue ascends, each code once", c.First, last)
		}
		last = c.Last
		if name, ok := goName("", c.Name); !ok || name != c.Name {
			bad.addf(r, "name %q is no exported Go name", c.Name)
		}
		if other, ok := names[c.Name]; ok {
			bad.addf(r, "name %s already belongs to %d", c.Name, other)
		}
		names[c.Name] = c.First
		if c.Section == "" || c.Message == "" || c.Chinese == "" {
			bad.addf(r, "section, message and message_zh must not be empty")
		}
		checkAnswer(&bad, r, c.Remedy, c.Scope)
		cat.Codes = append(cat.Codes, c)
	}
	if len(cat.Codes) == 0 && len(bad) == 0 {
		bad.addf(record{file: file, line: 1}, "no codes")
	}
	return cat, bad
}

// checkAnswer checks the two columns that catalogue and tables have in common,
// and that a reconnect names something that can be reopened.
func checkAnswer(bad *Complaints, r record, remedy, scope string) {
	oneOf(bad, r, "remedy", remedy, remedies)
	oneOf(bad, r, "scope", scope, scopes)
	if remedy == "reconnect" && scope != "session" && scope != "connection" {
		bad.addf(r, "remedy reconnect needs scope session or connection: it says what to reopen; this row says %q", scope)
	}
}

func oneOf(bad *Complaints, r record, column, s string, allowed []string) {
	for _, a := range allowed {
		if s == a {
			return
		}
	}
	bad.addf(r, "column %s: %q is none of %s", column, s, strings.Join(allowed, ", "))
}

// Documented reports whether n is a documented code or 0.
func (c *Catalogue) Documented(n int) bool {
	if n == 0 {
		return true
	}
	for _, e := range c.Codes {
		if e.First <= n && n <= e.Last {
			return true
		}
	}
	return false
}

// goExpr is the Go spelling of a code: its constant, qualified for use outside
// package core, or the number inside a documented range.
func (c *Catalogue) goExpr(n int, qualifier string) string {
	if n == 0 {
		return qualifier + "OK"
	}
	for _, e := range c.Codes {
		if e.First == n && e.Last == n {
			return qualifier + e.Name
		}
	}
	return strconv.Itoa(n)
}

// text is the documented text of a code, for comments.
func (c *Catalogue) text(n int) string {
	if n == 0 {
		return "success"
	}
	for _, e := range c.Codes {
		if e.First <= n && n <= e.Last {
			return fmt.Sprintf("%d %s", n, e.Message)
		}
	}
	return strconv.Itoa(n)
}
