package pages

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/internal/tables"
)

const made = "<!-- Made from the tables by go generate; edit them, not this page. -->\n\n"

// what each remedy and scope means for a person.
var (
	remedyText = map[string]string{"none": "nothing", "retry": "ask again after a pause", "reconnect": "reconnect", "fix": "change something, asking again is useless"}
	scopeText  = map[string]string{"item": "one tag", "request": "all tags of the request", "session": "the session", "connection": "everything on the connection"}
)

// protocolPage lists every native status of a protocol, layer by layer.
func protocolPage(p protocol) []byte {
	var b bytes.Buffer
	rows := 0
	for _, l := range p.Layers {
		rows += len(l.Rows)
	}
	fmt.Fprintf(&b, "%s# %s: %s\n\n", made, p.Name, p.Title)
	fmt.Fprintf(&b, "%d outcomes in %d layers. A layer is the field or situation that a native status stands in. [All documented codes](codes.md).\n\n", rows, len(p.Layers))
	b.WriteString("*retry* is to ask again after a pause, *reconnect* to reopen what is affected, *fix* that asking again is useless until a person has changed something. Behind *unsure* a write may have been carried out all the same.\n\n")
	for _, l := range p.Layers {
		fmt.Fprintf(&b, "- [%s](#%s) %s\n", l.Name, l.Name, cell(l.Title))
	}
	for _, l := range p.Layers {
		fmt.Fprintf(&b, "\n## %s\n\n`%s` %s. Source: %s.\n\n", l.Name, l.Name, strings.TrimSuffix(l.Title, "."), strings.TrimSuffix(l.Source, "."))
		b.WriteString("| value | symbol | meaning | code | do | affects | value is | check | why |\n|---|---|---|---|---|---|---|---|---|\n")
		for _, row := range l.Rows {
			fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s | %s | %s | %s | %s |\n", cell(row.Value), literal(symbol(row)), cell(row.Meaning), codeText(row),
				do(row), row.Scope, row.Quality, cell(row.Hint), cell(row.Why))
		}
		if u := l.Unknown; u != nil {
			fmt.Fprintf(&b, "| any other | | %s | %s | %s | %s | %s | | %s |\n", u.Meaning, codeText(*u), do(*u), u.Scope, u.Quality, u.Why)
		}
		if l.Else != "" {
			fmt.Fprintf(&b, "| any other | | what it means in [%s](#%s) | | | | | | |\n", l.Else, l.Else)
		}
	}
	if p.Outcomes != nil {
		ownSection(&b, p)
	}
	return b.Bytes()
}

// ownAnchor is where a page has what the package decides on by itself.
const ownAnchor = "decided-by-the-package"

// ownSection lists the outcomes that the package decides on by itself.
func ownSection(b *bytes.Buffer, p protocol) {
	b.WriteString("\n## Decided by the package\n\nNo native value leads to these by the table alone: what a strict driver makes of a success, what a client library has lost, what happens while a connection is opened, what is found before anything is sent. `Outcomes` lists them; `Rows` does not.\n")
	if p.Own != nil {
		b.WriteString("\n")
	}
	for _, l := range p.Own {
		fmt.Fprintf(b, "- `%s` %s. Source: %s.\n", l.Name, strings.TrimSuffix(cell(l.Title), "."), strings.TrimSuffix(l.Source, "."))
	}
	b.WriteString("\n| layer | value | symbol | meaning | code | do | affects | value is | check | why |\n|---|---|---|---|---|---|---|---|---|---|\n")
	for _, o := range p.Outcomes {
		fmt.Fprintf(b, "| %s | `%s` | %s | %s | %s | %s | %s | %s | %s | %s |\n", o.Layer, cell(o.Value), literal(symbol(o.Row)), cell(o.Meaning), codeText(o.Row),
			do(o.Row), o.Scope, o.Quality, cell(o.Hint), cell(o.Why))
	}
}

// codesPage lists every documented code, and for those that devices lead to, how.
func codesPage(d *data) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s# The documented codes\n\n", made)
	b.WriteString("The numbers that the gateway's HTTP and MQTT APIs carry in `error`. *HTTP* is the status with which the gateway answers a failed command; a write must not be answered with a number that has none, since that ends the gateway's process (see `gateway.ForWrite`). ")
	b.WriteString("Behind the tables stand the codes that devices lead to, with every native status that ends there; behind *unsure* a write may have been carried out all the same.\n")
	section := core.Section("")
	for _, c := range d.Codes {
		if c.Section() != section {
			section = c.Section()
			fmt.Fprintf(&b, "\n## %s\n\n| code | name | text | 中文 | HTTP | do | affects |\n|---|---|---|---|---|---|---|\n", section)
		}
		number := fmt.Sprint(int(c.Code))
		if len(c.Ends) > 0 {
			number = fmt.Sprintf("[%d](#%d)", c.Code, c.Code)
		}
		fmt.Fprintf(&b, "| %s | `%s` | %s | %s | %s | %s | %s |\n", number, c.Name(), cell(c.Message()), cell(c.Chinese), c.HTTP, remedyText[c.Remedy().String()], scopeText[c.Scope().String()])
	}
	b.WriteString("\n# What ends where\n")
	for _, c := range d.Codes {
		if len(c.Ends) == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n## %d\n\n**%s** · %s · %s\n", c.Code, c.Name(), c.Message(), c.Chinese)
		if hints := hintsOf(c.Ends); len(hints) > 0 {
			b.WriteString("\nWhat to check, from the native statuses below:\n\n")
			for _, h := range hints {
				fmt.Fprintf(&b, "- %s\n", h)
			}
		}
		b.WriteString("\n| protocol | layer | value | symbol | when | meaning | do |\n|---|---|---|---|---|---|---|\n")
		for _, e := range c.Ends {
			fmt.Fprintf(&b, "| [%s](%s.md#%s) | %s | `%s` | %s | %s | %s | %s |\n", e.Protocol, e.Protocol, e.Anchor, e.Layer, cell(e.Value), literal(symbol(e.Row)), e.When, cell(e.Meaning), do(e.Row))
		}
	}
	return b.Bytes()
}

// hintsOf returns the hints of statuses, each once, in their order.
func hintsOf(ends []end) []string {
	var hints []string
	seen := map[string]bool{"": true}
	for _, e := range ends {
		if !seen[e.Hint] {
			seen[e.Hint] = true
			hints = append(hints, e.Hint)
		}
	}
	return hints
}

// do is the remedy of a row, and whether a write may have been carried out.
func do(row tables.Row) string {
	if row.Unsure {
		return row.Remedy + ", unsure"
	}
	return row.Remedy
}

// cell keeps a text inside its cell of a table.
func cell(s string) string {
	return strings.NewReplacer("|", `\|`, "<", "&lt;", "*", `\*`).Replace(s)
}

// literal writes a name in the type of code, nothing for no name.
func literal(s string) string {
	if s == "" {
		return ""
	}
	return "`" + strings.ReplaceAll(s, "|", `\|`) + "`"
}
