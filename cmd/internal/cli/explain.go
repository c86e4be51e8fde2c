package cli

import (
	"bufio"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/fieldstatus/fieldstatus/cmd/internal/protocol"
	"github.com/fieldstatus/fieldstatus/core"
)

func (a *app) explainCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "explain protocol status | code | 'error text'",
		Short: "Tell what a status, a documented code or an error text means",
		Long: `Explain tells what a status means, which documented code it ends in, what to do and
what to check. Give it

  a protocol and a native status: a number, a pair of numbers, or the standard's name,
  which does without the protocol;
  a documented code, by number or name: it lists every status that ends in it;
  the text of an error, in quotes: of a driver with this library, of a client library,
  or of the network.

Numbers are decimal, or hexadecimal with 0x. A number that is in no table as a decimal
one is read as a hexadecimal one.`,
		Example: `  fieldstatus explain s7 0x05
  fieldstatus explain fins 0x1103
  fieldstatus explain enip 0x01/0x0204
  fieldstatus explain opcua BadNodeIdUnknown
  fieldstatus explain focas -16
  fieldstatus explain 10508
  fieldstatus explain 'dial tcp 192.0.2.1:102: connect: connection refused'
  fieldstatus explain s7 'CPU : Item not available'`,
		Args:              wantArgs(1, -1, "give a protocol and a status, a documented code, or an error text in quotes"),
		ValidArgsFunction: a.completeExplain,
		RunE: func(_ *cobra.Command, args []string) error {
			w := bufio.NewWriter(a.out)
			e := explainer{app: a, w: w, style: a.styleOf(a.out), json: asJSON}
			if err := e.explain(args); err != nil {
				return err
			}
			return w.Flush()
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object per line, as list does")
	return cmd
}

// An explainer prints what is known about one argument.
type explainer struct {
	app   *app
	w     *bufio.Writer
	style style
	json  bool
}

func (e *explainer) explain(args []string) error {
	if found := e.app.printed(strings.Join(args, " ")); len(found) > 0 {
		return e.answers(found)
	}
	if p := e.app.protocol(args[0]); p != nil {
		if len(args) == 1 {
			return fmt.Errorf("give a status of %s as well, such as %q; or list all with: fieldstatus list %s", p.Name, example(p), p.Name)
		}
		return e.native(p, strings.Join(args[1:], " "))
	}
	text := strings.Join(args, " ")
	code, err := core.ParseCode(text)
	switch {
	case err == nil && code.Documented():
		return e.code(code, e.app.protocols)
	case len(args) == 2 && !strings.Contains(args[0], " "):
		return e.app.unknownProtocol(args[0])
	}
	if err = e.text(text, e.app.protocols); err == nil {
		return nil
	}
	if found := e.app.bySymbol(text); len(found) > 0 {
		return e.answers(found)
	}
	if names := e.app.listing(text); len(names) > 0 {
		return fmt.Errorf("%s is no documented code, and as a status it belongs to %s: give the protocol as well, such as: fieldstatus explain %s %s", text, strings.Join(names, ", "), names[0], text)
	}
	if isNumber(text) {
		return fmt.Errorf("%s is no documented code; see fieldstatus list codes", text)
	}
	return err
}

func isNumber(s string) bool {
	_, err := strconv.Atoi(strings.TrimSpace(s))
	return err == nil
}

// example returns a status of the protocol that is no success.
func example(p *protocol.Protocol) string {
	for r := range p.Rows() {
		if r.Codes[core.Other] != core.OK {
			if r.Value != "-" {
				return r.Value
			}
			return r.Symbol
		}
	}
	return "0x01"
}

// native explains what somebody typed after a protocol's name.
func (e *explainer) native(p *protocol.Protocol, text string) error {
	if values, ok := parseValues(text); ok {
		found := byValue(p, values)
		if listed(found) {
			return e.answers(found)
		}
		if c := core.Code(values[0]); len(values) == 1 && c.Documented() && isNumber(text) {
			return e.code(c, []*protocol.Protocol{p})
		}
		if !strings.HasPrefix(strings.ToLower(text), "0x") {
			if values, ok := parseHexValues(text); ok {
				if hex := byValue(p, values); listed(hex) {
					return e.answers(hex)
				}
			}
		}
		if len(found) > 0 {
			return e.answers(found)
		}
		return fmt.Errorf("%s has no status %s; see fieldstatus list %s", p.Name, text, p.Name)
	}
	if found := bySymbol(p, text); len(found) > 0 {
		return e.answers(found)
	}
	if values, ok := parseHexValues(text); ok { // 0A is a number as well
		found := byValue(p, values)
		if !strings.ContainsAny(text, "0123456789") {
			found = slices.DeleteFunc(found, func(f answer) bool { return f.row.Fallback }) // bad is rather a word
		}
		if listed(found) {
			return e.answers(found)
		}
	}
	if code, err := core.ParseCode(text); err == nil && code.Documented() {
		return e.code(code, []*protocol.Protocol{p})
	}
	err := e.text(text, []*protocol.Protocol{p})
	if err != nil && !strings.Contains(text, " ") {
		if symbols := similar(p, text); len(symbols) > 0 {
			return fmt.Errorf("%s has no status %q; did you mean %s?", p.Name, text, strings.Join(symbols, ", "))
		}
		return fmt.Errorf("%s has no status %q; see fieldstatus list %s", p.Name, text, p.Name)
	}
	return err
}

// listed reports whether a table names at least one of the values.
func listed(found []answer) bool {
	for _, f := range found {
		if !f.row.Fallback || f.status == nil && strings.Contains(f.row.Value, "..") {
			return true
		}
	}
	return false
}

func (e *explainer) answers(found []answer) error {
	for i, f := range found {
		if e.json {
			if err := encoder(e.w).Encode(rowToJSON(f.row)); err != nil {
				return err
			}
			continue
		}
		if i > 0 {
			e.w.WriteByte('\n')
		}
		title := f.row.Protocol + " " + f.row.Layer + " " + rowNative(f.row)
		if f.status != nil {
			title = f.status.String()
		}
		if f.own {
			title += ", decided by fieldstatus"
		}
		e.block(title, f.row, ops[:])
	}
	return nil
}

// rowNative returns value and symbol of a row.
func rowNative(r core.Row) string {
	switch {
	case r.Value == "-" || r.Value == "":
		return r.Symbol
	case r.Symbol == "":
		return r.Value
	}
	return r.Value + " " + r.Symbol
}

// block prints everything that a row says.
func (e *explainer) block(title string, r core.Row, by []core.Op) {
	fmt.Fprintln(e.w, e.style.bold(title))
	line := func(name, text string) {
		if text != "" {
			fmt.Fprintf(e.w, "  %s %s\n", e.style.dim(fmt.Sprintf("%-8s", name)), text)
		}
	}
	code := func(c core.Code) string {
		if c == core.OK {
			return codeText(c)
		}
		return e.style.red(codeText(c)) + " (" + c.Name() + ")"
	}
	line("means", r.Meaning)
	line("code", code(r.Codes[core.Other]))
	for _, op := range by {
		if c := r.Codes[op]; c != r.Codes[core.Other] {
			line("", e.style.dim("on "+op.String()+": ")+code(c))
		}
	}
	line("do", advice(r.Remedy, r.Scope))
	line("affects", affected(r.Scope))
	line("value", usable(r.Quality))
	if r.Unsure {
		line("writes", "may have been carried out all the same: do not repeat one blindly")
	}
	line("check", r.Hint)
	line("why", r.Why)
}

// code explains a documented code: everything that ends in it.
func (e *explainer) code(c core.Code, protocols []*protocol.Protocol) error {
	var rows []core.Row
	for _, p := range protocols {
		for r := range p.Answers() {
			for _, by := range r.Codes {
				if by == c {
					rows = append(rows, r)
					break
				}
			}
		}
	}
	if e.json {
		for _, r := range rows {
			if err := encoder(e.w).Encode(rowToJSON(r)); err != nil {
				return err
			}
		}
		return nil
	}
	fmt.Fprintln(e.w, e.style.bold(codeText(c)))
	line := func(name, text string) {
		fmt.Fprintf(e.w, "  %s %s\n", e.style.dim(fmt.Sprintf("%-8s", name)), text)
	}
	line("name", c.Name())
	if zh, ok := c.MessageIn("zh"); ok && zh != "" {
		line("chinese", zh)
	}
	if c != core.OK {
		line("section", string(c.Section()))
		line("do", advice(c.Remedy(), c.Scope()))
		line("affects", affected(c.Scope()))
	}
	if len(rows) == 0 {
		fmt.Fprintf(e.w, "\nNo status of %s ends in this code.\n", strings.Join(names(protocols), ", "))
		return nil
	}
	fmt.Fprintf(e.w, "\n%s in this code:\n\n", plural(len(rows), "status ends", "statuses end"))
	t := table{w: e.w, style: e.style, head: []string{"PROTOCOL", "LAYER", "VALUE", "SYMBOL", "WHEN", "MEANING"}, right: make([]bool, 6)}
	for _, r := range rows {
		t.add(tableRow{cells: []string{r.Protocol, r.Layer, r.Value, orDash(r.Symbol), when(r, c), r.Meaning}})
	}
	t.flush()
	return nil
}

// when tells after which operations a row ends in a code.
func when(r core.Row, c core.Code) string {
	var by []string
	for _, op := range ops {
		if r.Codes[op] == c {
			by = append(by, op.String())
		}
	}
	if len(by) == len(ops) {
		return "always"
	}
	return strings.Join(by, ", ")
}

func names(protocols []*protocol.Protocol) []string {
	var n []string
	for _, p := range protocols {
		n = append(n, p.Name)
	}
	return n
}

// text explains the text of an error.
func (e *explainer) text(text string, protocols []*protocol.Protocol) error {
	pasted := pastedError(text)
	text = pasted.Error()
	var network *core.Status
	found := 0
	for _, p := range protocols {
		err := pasted
		if p.Pasted != nil {
			if typed := p.Pasted(text); typed != nil {
				err = typed
			}
		}
		status, cause, recognised := recognise(p, err)
		if !recognised {
			continue
		}
		if status.Protocol() != p.Name {
			network = &status // the same for all protocols
			continue
		}
		if err := e.recognised(status, cause, found); err != nil {
			return err
		}
		found++
	}
	if network != nil && found == 0 {
		return e.recognised(*network, nil, 0)
	}
	if found == 0 {
		of := "any protocol's clients or of the network"
		if len(protocols) == 1 {
			of = protocols[0].Name + "'s clients or of the network"
		}
		return fmt.Errorf("%q is no known error text of %s; paste the whole text, or give a protocol and a status", text, of)
	}
	return nil
}

// errNobodys has a text that no client prints.
var errNobodys = errors.New("\x00 a text that no client prints")

// recognise asks a protocol about an error. What it answers to any text does
// not count.
func recognise(p *protocol.Protocol, pasted error) (status core.Status, cause error, ok bool) {
	err := p.Translate(core.Other, pasted)
	if err == nil {
		return core.Status{}, nil, false
	}
	var e *core.Error
	if !errors.As(err, &e) || e.Status.Protocol() == "" {
		return core.Status{}, nil, false
	}
	if e.Status == core.StatusOf(p.Translate(core.Other, errNobodys)) {
		return core.Status{}, nil, false
	}
	var fault *core.FrameError
	if errors.As(err, &fault) {
		cause = fault
	}
	return e.Status, cause, true
}

func (e *explainer) recognised(s core.Status, cause error, before int) error {
	r := s.Row()
	if e.json {
		return encoder(e.w).Encode(rowToJSON(r))
	}
	if before > 0 {
		e.w.WriteByte('\n')
	}
	title := s.String()
	if cause != nil {
		title += ": " + cause.Error()
	}
	e.block(title, r, ops[:])
	return nil
}
