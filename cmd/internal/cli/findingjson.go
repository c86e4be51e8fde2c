package cli

import (
	"time"

	"github.com/fieldstatus/fieldstatus/cmd/internal/decode"
	"github.com/fieldstatus/fieldstatus/core"
)

// A findingJSON is a finding as decode prints it.
type findingJSON struct {
	Packet   int          `json:"packet"`
	Time     string       `json:"time,omitempty"`
	Src      string       `json:"src,omitempty"`
	Dst      string       `json:"dst,omitempty"`
	Protocol string       `json:"protocol"`
	Layer    string       `json:"layer"`
	Value    *int64       `json:"value"` // null for an outcome that has no number
	Extended *int64       `json:"extended,omitempty"`
	Symbol   string       `json:"symbol"`
	Code     core.Code    `json:"code"`
	Name     string       `json:"name"`
	Message  string       `json:"message"`
	Remedy   core.Remedy  `json:"remedy"`
	Scope    core.Scope   `json:"scope"`
	Quality  core.Quality `json:"quality"`
	Hint     string       `json:"hint,omitempty"`
	Op       core.Op      `json:"op"`
	Item     *int         `json:"item,omitempty"`
}

func findingToJSON(f *decode.Finding) findingJSON {
	r := f.Status.Row()
	code := f.Code()
	j := findingJSON{
		Packet: f.Packet, Protocol: f.Protocol.Name,
		Layer: r.Layer, Symbol: r.Symbol,
		Code: code, Name: code.Name(), Message: code.Message(),
		Remedy: r.Remedy, Scope: r.Scope, Quality: r.Quality, Hint: r.Hint, Op: f.Op,
	}
	if !f.Time.IsZero() {
		j.Time = f.Time.UTC().Format(time.RFC3339Nano)
	}
	if f.Src.IsValid() {
		j.Src, j.Dst = f.Src.String(), f.Dst.String()
	}
	if r.Native.Bits != 0 {
		value := f.Status.Value()
		j.Value = &value
	}
	if x, ok := f.Status.Extended(); ok {
		j.Extended = &x
	}
	if f.Item >= 0 {
		j.Item = &f.Item
	}
	return j
}
