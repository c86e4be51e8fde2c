package cli

import (
	"bufio"
	"errors"
	"fmt"
	"iter"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/fieldstatus/fieldstatus/cmd/internal/protocol"
	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/gateway"
)

// A format is how list prints.
type format uint8

const (
	formatText format = iota
	formatJSON
	formatMarkdown
)

func (a *app) listCommand() *cobra.Command {
	var asJSON, asMarkdown bool
	cmd := &cobra.Command{
		Use:   "list [protocol | codes]",
		Short: "List the protocols, the statuses of one, or the documented codes",
		Long: `List prints the tables of this library.

Without an argument it lists the protocols. With the name of one it lists every native
status that it knows, the documented code that the status ends in, and why. With "codes"
it lists every documented code.`,
		Example: `  fieldstatus list
  fieldstatus list s7
  fieldstatus list opcua --json | jq 'select(.code == 10007)'
  fieldstatus list codes --markdown > codes.md`,
		Args: wantArgs(0, 1, "give one protocol, or codes"),
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return append(a.completeProtocols(), "codes\tthe documented codes"), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			f := formatText
			switch {
			case asJSON && asMarkdown:
				return errors.New("choose one of --json and --markdown")
			case asJSON:
				f = formatJSON
			case asMarkdown:
				f = formatMarkdown
			}
			switch {
			case len(args) == 0:
				return a.listProtocols(f)
			case args[0] == "codes":
				return a.listCodes(f)
			}
			p := a.protocol(args[0])
			if p == nil {
				return a.unknownProtocol(args[0], "codes")
			}
			return a.listRows(p, f)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object per line")
	cmd.Flags().BoolVar(&asMarkdown, "markdown", false, "print a Markdown table")
	return cmd
}

func (a *app) unknownProtocol(name string, more ...string) error {
	return fmt.Errorf("%q is no protocol; choose one of %s", name, strings.Join(append(a.protocolNames(), more...), ", "))
}

// print writes rows in one of the formats. head names the columns; object is
// asked for in JSON only.
func (a *app) print(f format, head []string, right []bool, rows iter.Seq2[[]string, func() any]) error {
	w := bufio.NewWriter(a.out)
	json := encoder(w)
	t := table{w: w, style: a.styleOf(a.out), head: upper(head), right: right}
	if f == formatMarkdown {
		writeMarkdown(w, head)
		rule := make([]string, len(head))
		for i := range rule {
			rule[i] = "---"
			if right[i] {
				rule[i] = "---:"
			}
		}
		writeMarkdown(w, rule)
	}
	for cells, object := range rows {
		switch f {
		case formatJSON:
			if err := json.Encode(object()); err != nil {
				return err
			}
		case formatMarkdown:
			for i := range cells {
				cells[i] = markdownEscape(cells[i])
			}
			writeMarkdown(w, cells)
		default:
			t.add(tableRow{cells: cells})
		}
	}
	t.flush()
	return w.Flush()
}

func upper(head []string) []string {
	up := make([]string, len(head))
	for i, h := range head {
		up[i] = strings.ToUpper(h)
	}
	return up
}

func writeMarkdown(w *bufio.Writer, cells []string) {
	w.WriteString("| " + strings.Join(cells, " | ") + " |\n")
}

// markdownEscape keeps a cell in its cell and its text as it is.
func markdownEscape(s string) string {
	return strings.NewReplacer("\\", "\\\\", "|", "\\|", "*", "\\*", "<", "&lt;", "_", "\\_", "`", "\\`").Replace(s)
}

func (a *app) listProtocols(f format) error {
	head := []string{"Protocol", "Rows", "Ports", "Title"}
	return a.print(f, head, []bool{false, true, false, false}, func(yield func([]string, func() any) bool) {
		for _, p := range a.protocols {
			rows := 0
			for range p.Rows() {
				rows++
			}
			cells := []string{p.Name, strconv.Itoa(rows), orDash(portsText(p)), p.Title}
			if !yield(cells, func() any {
				return protocolJSON{p.Name, p.Title, orEmpty(p.TCP), orEmpty(p.UDP), rows}
			}) {
				return
			}
		}
	})
}

func orEmpty(ports []uint16) []uint16 { return append([]uint16{}, ports...) }

// portsText returns "TCP 102" or "UDP 3671, TCP 3671".
func portsText(p *protocol.Protocol) string {
	var parts []string
	for _, port := range p.TCP {
		parts = append(parts, "TCP "+strconv.Itoa(int(port)))
	}
	for _, port := range p.UDP {
		parts = append(parts, "UDP "+strconv.Itoa(int(port)))
	}
	return strings.Join(parts, ", ")
}

func (a *app) listRows(p *protocol.Protocol, f format) error {
	head := []string{"Layer", "Value", "Symbol", "Code", "Remedy", "Scope", "Quality", "Meaning"}
	right := make([]bool, 8, 10)
	if f == formatMarkdown {
		head, right = append(head, "Hint", "Why"), append(right, false, false)
	}
	return a.print(f, head, right, func(yield func([]string, func() any) bool) {
		for r := range p.Rows() {
			cells := []string{
				r.Layer, r.Value, orDash(r.Symbol), codesText(r.Codes),
				r.Remedy.String(), r.Scope.String(), r.Quality.String(), r.Meaning,
			}
			if f == formatMarkdown {
				cells = append(cells, r.Hint, r.Why)
			}
			if !yield(cells, func() any { return rowToJSON(r) }) {
				return
			}
		}
	})
}

func (a *app) listCodes(f format) error {
	head := []string{"Section", "Code", "Name", "HTTP", "Remedy", "Scope", "Message"}
	right := []bool{false, true, false, false, false, false, false}
	if f == formatMarkdown {
		head, right = append(head, "Chinese"), append(right, false)
	}
	return a.print(f, head, right, func(yield func([]string, func() any) bool) {
		for c := range core.Codes() {
			zh, _ := c.MessageIn("zh")
			status, _ := gateway.HTTPStatus(c)
			http := "-"
			if status != 0 {
				http = strconv.Itoa(status)
			}
			cells := []string{
				string(c.Section()), strconv.Itoa(int(c)), c.Name(), http,
				c.Remedy().String(), c.Scope().String(), c.Message(),
			}
			if f == formatMarkdown {
				cells = append(cells, zh)
			}
			if !yield(cells, func() any {
				return codeJSON{c.Section(), c, c.Name(), c.Message(), zh, status, c.Remedy(), c.Scope()}
			}) {
				return
			}
		}
	})
}
