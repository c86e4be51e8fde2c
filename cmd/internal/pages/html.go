package pages

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"html/template"

	"github.com/fieldstatus/fieldstatus/internal/tables"
)

//go:embed search.html
var searchHTML string

// searchRow is a row as the search page has it; short names keep the page small.
type searchRow struct {
	P string         `json:"p"` // protocol
	L string         `json:"l"` // layer
	V string         `json:"v"`
	S string         `json:"s,omitempty"`
	M string         `json:"m"`
	C int            `json:"c"`
	O map[string]int `json:"o,omitempty"` // codes by op
	R string         `json:"r"`
	A string         `json:"a"` // scope: what is affected
	Q string         `json:"q"`
	U bool           `json:"u,omitempty"`
	H string         `json:"h,omitempty"`
	W string         `json:"w"`
	D bool           `json:"d,omitempty"` // decided by the package
}

type searchCode struct {
	C int    `json:"c"`
	N string `json:"n"`
	T string `json:"t"`
	Z string `json:"z"`
	X string `json:"x"` // section
	H string `json:"h,omitempty"`
	R string `json:"r"`
	A string `json:"a"`
}

// searchPage is one self-contained file: style, data and program are in it.
func searchPage(d *data) ([]byte, error) {
	var page struct {
		Codes []searchCode `json:"codes"`
		Rows  []searchRow  `json:"rows"`
	}
	for _, c := range d.Codes {
		page.Codes = append(page.Codes, searchCode{C: int(c.Code), N: c.Name(), T: c.Message(), Z: c.Chinese, X: string(c.Section()), H: c.HTTP, R: c.Remedy().String(), A: c.Scope().String()})
	}
	var protocols []string
	for _, p := range d.Protocols {
		protocols = append(protocols, p.Name)
		for _, l := range p.Layers {
			for _, row := range l.Rows {
				page.Rows = append(page.Rows, newSearchRow(p.Name, row))
			}
		}
		for _, o := range p.Outcomes {
			row := newSearchRow(p.Name, o.Row)
			row.D = true
			page.Rows = append(page.Rows, row)
		}
	}
	data, err := json.Marshal(page)
	if err != nil {
		return nil, err
	}
	t, err := template.New("search").Parse(searchHTML)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	// Marshal escapes <, > and &, so that no text can end the script element.
	err = t.Execute(&b, map[string]any{"Data": template.JS(data), "Protocols": protocols})
	return b.Bytes(), err
}

func newSearchRow(protocol string, row tables.Row) searchRow {
	return searchRow{P: protocol, L: row.Layer, V: row.Value, S: symbol(row), M: row.Meaning, C: row.Code, O: row.ByOp, R: row.Remedy, A: row.Scope, Q: row.Quality, U: row.Unsure, H: row.Hint, W: row.Why}
}
