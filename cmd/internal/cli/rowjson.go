package cli

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/fieldstatus/fieldstatus/core"
)

// A rowJSON is a row of a protocol's table as list prints it.
type rowJSON struct {
	Protocol string               `json:"protocol"`
	Layer    string               `json:"layer"`
	Value    any                  `json:"value"` // a number, or the table's text
	Symbol   string               `json:"symbol"`
	Meaning  string               `json:"meaning"`
	Code     core.Code            `json:"code"`
	ByOp     map[string]core.Code `json:"by_op"`
	Remedy   core.Remedy          `json:"remedy"`
	Scope    core.Scope           `json:"scope"`
	Quality  core.Quality         `json:"quality"`
	Unsure   bool                 `json:"unsure"`
	Hint     string               `json:"hint"`
	Why      string               `json:"why"`
}

func rowToJSON(r core.Row) rowJSON {
	j := rowJSON{
		Protocol: r.Protocol, Layer: r.Layer, Value: r.Value, Symbol: r.Symbol, Meaning: r.Meaning,
		Code: r.Codes[core.Other], ByOp: exceptions(r.Codes),
		Remedy: r.Remedy, Scope: r.Scope, Quality: r.Quality, Unsure: r.Unsure, Hint: r.Hint, Why: r.Why,
	}
	if n, ok := parseNumber(r.Value); ok {
		j.Value = n
	}
	if j.Symbol == "" {
		j.Symbol = "-" // as the tables write it
	}
	return j
}

// parseNumber reads a number as the tables write it.
func parseNumber(s string) (int64, bool) {
	if hex, ok := strings.CutPrefix(strings.ToLower(s), "0x"); ok {
		n, err := strconv.ParseUint(hex, 16, 63)
		return int64(n), err == nil
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil
}

// A codeJSON is a documented code as list codes prints it.
type codeJSON struct {
	Section    core.Section `json:"section"`
	Code       core.Code    `json:"code"`
	Name       string       `json:"name"`
	Message    string       `json:"message"`
	MessageZH  string       `json:"message_zh"`
	HTTPStatus int          `json:"http_status,omitempty"`
	Remedy     core.Remedy  `json:"remedy"`
	Scope      core.Scope   `json:"scope"`
}

// A protocolJSON is a protocol as list prints it.
type protocolJSON struct {
	Protocol string   `json:"protocol"`
	Title    string   `json:"title"`
	TCP      []uint16 `json:"tcp"`
	UDP      []uint16 `json:"udp"`
	Rows     int      `json:"rows"`
}

// encoder returns a JSON encoder that writes one object per line and leaves
// characters like < as they are.
func encoder(w interface{ Write([]byte) (int, error) }) *json.Encoder {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e
}
