package pages

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/gateway"
	"github.com/fieldstatus/fieldstatus/internal/tables"
)

// Packages are the packages with tables, in the order of the documentation.
var packages = []struct{ name, title string }{
	{"s7", "Siemens S7 over ISO-on-TCP"},
	{"opcua", "OPC UA over TCP"},
	{"fins", "Omron FINS"},
	{"enip", "EtherNet/IP with CIP and PCCC"},
	{"knx", "KNXnet/IP with cEMI"},
	{"focas", "FANUC FOCAS"},
	{"nona11", "NON A11"},
	{"core", "The network below all protocols"},
}

// A protocol is one package's table.
type protocol struct {
	Name, Title string
	Layers      []layer
	Own         []tables.Layer   // of outcomes alone
	Outcomes    []tables.Outcome // what the package decides on by itself
}

type layer struct {
	tables.Layer
	Rows []tables.Row
}

// A code is a documented code with everything that ends in it.
type code struct {
	core.Code
	Chinese string
	HTTP    string
	Ends    []end
}

// An end is a native status that ends in a code.
type end struct {
	Protocol string
	tables.Row
	When   string // for which ops, "" for all
	Anchor string // where the page of the protocol has it
}

// data is what all pages are made from.
type data struct {
	Protocols []protocol
	Codes     []code
}

// load reads the tables of the module in root.
func load(root string) (*data, error) {
	cat, err := tables.LoadCatalogue(filepath.Join(root, "core", "catalogue.tsv"))
	if err != nil {
		return nil, err
	}
	d := &data{}
	ends := map[core.Code][]end{}
	for _, pkg := range packages {
		t, err := tables.Load(filepath.Join(root, pkg.name), cat)
		if err != nil {
			return nil, err
		}
		p := protocol{Name: t.Protocol, Title: pkg.title}
		p.Outcomes = t.Outcomes
		for _, l := range t.Layers {
			if l.Kind == "own" {
				p.Own = append(p.Own, l)
				continue
			}
			in := layer{Layer: l}
			for _, row := range t.Rows {
				if row.Layer == l.Name {
					in.Rows = append(in.Rows, row)
				}
			}
			p.Layers = append(p.Layers, in)
		}
		d.Protocols = append(d.Protocols, p)
		for _, row := range t.Rows {
			for c, when := range answers(row) {
				ends[c] = append(ends[c], end{Protocol: t.Protocol, Row: row, When: when, Anchor: row.Layer})
			}
		}
		for _, o := range t.Outcomes {
			for c, when := range answers(o.Row) {
				ends[c] = append(ends[c], end{Protocol: t.Protocol, Row: o.Row, When: when, Anchor: ownAnchor})
			}
		}
	}
	for c := range core.Codes() {
		zh, _ := c.MessageIn("zh")
		in := code{Code: c, Chinese: zh, Ends: ends[c]}
		if status, ok := gateway.HTTPStatus(c); ok {
			in.HTTP = fmt.Sprint(status)
		}
		d.Codes = append(d.Codes, in)
	}
	return d, nil
}

var ops = []string{"other", "connect", "read", "write"}

// answers returns the codes of a row with the ops that lead there.
func answers(row tables.Row) map[core.Code]string {
	by := map[core.Code][]string{}
	for _, op := range ops {
		c := row.Code
		if other, ok := row.ByOp[op]; ok {
			c = other
		}
		by[core.Code(c)] = append(by[core.Code(c)], op)
	}
	when := map[core.Code]string{}
	for c, ops := range by {
		if len(by) == 1 {
			ops = nil
		}
		when[c] = strings.Join(ops, ", ")
	}
	return when
}

// symbol is the symbol of a row, "" where the table has a dash.
func symbol(row tables.Row) string {
	if row.Symbol == "-" {
		return ""
	}
	return row.Symbol
}

// codeText gives the codes of a row: "3000, write 3001".
func codeText(row tables.Row) string {
	text := fmt.Sprint(row.Code)
	for _, op := range ops {
		if c, ok := row.ByOp[op]; ok {
			text += fmt.Sprintf(", %s %d", op, c)
		}
	}
	return text
}
