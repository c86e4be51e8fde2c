package core

import (
	"encoding/json"
	"log/slog"
)

// A statusJSON is the form of a status in JSON. Its members are those that the
// fieldstatus command prints.
type statusJSON struct {
	Op       *Op     `json:"op,omitempty"`
	Tag      string  `json:"tag,omitempty"`
	Protocol string  `json:"protocol,omitempty"`
	Layer    string  `json:"layer,omitempty"`
	Value    *int64  `json:"value,omitempty"`
	Extended *int64  `json:"extended,omitempty"`
	Symbol   string  `json:"symbol,omitempty"`
	Code     Code    `json:"code"`
	Name     string  `json:"name,omitempty"`
	Message  string  `json:"message,omitempty"`
	Remedy   Remedy  `json:"remedy"`
	Scope    Scope   `json:"scope"`
	Quality  Quality `json:"quality"`
	Hint     string  `json:"hint,omitempty"`
	Cause    string  `json:"cause,omitempty"`
}

func (s Status) json(code Code) statusJSON {
	r := s.table()
	j := statusJSON{
		Protocol: r.Protocol, Layer: r.Layer, Symbol: r.Symbol,
		Code: code, Name: code.Name(), Message: code.Message(),
		Remedy: r.Remedy, Scope: r.Scope, Quality: r.Quality, Hint: r.Hint,
	}
	if r.Native.Bits != 0 {
		j.Value = &s.value
	}
	if x, ok := s.Extended(); ok {
		j.Extended = &x
	}
	return j
}

// MarshalJSON writes the status with the code of [Other], its text, remedy,
// scope, quality and hint.
func (s Status) MarshalJSON() ([]byte, error) { return json.Marshal(s.json(s.Code(Other))) }

// LogValue returns the status as a group of attributes.
func (s Status) LogValue() slog.Value {
	r := s.table()
	attrs := make([]slog.Attr, 0, 4)
	if s.row != nil {
		attrs = append(attrs, slog.String("protocol", r.Protocol), slog.String("layer", r.Layer), slog.String("native", s.Native()))
	}
	return slog.GroupValue(append(attrs, slog.Int("code", int(s.Code(Other))))...)
}

// MarshalJSON writes the members of the status, the error's own code, op, tag
// and the text of the cause. A nil error is null.
func (e *Error) MarshalJSON() ([]byte, error) {
	if e == nil {
		return []byte("null"), nil
	}
	j := e.Status.json(e.code())
	j.Remedy, j.Scope = RemedyOf(e), ScopeOf(e)
	j.Op, j.Tag = &e.Op, e.Tag
	if e.Err != nil {
		j.Cause = e.Err.Error()
	}
	return json.Marshal(j)
}

// LogValue returns the error as a group of attributes: code, text, what the
// device said, what to do, and the cause.
func (e *Error) LogValue() slog.Value {
	if e == nil {
		return slog.AnyValue(nil)
	}
	code := e.code()
	attrs := make([]slog.Attr, 0, 10)
	attrs = append(attrs, slog.Int("code", int(code)), slog.String("message", code.Message()), slog.String("op", e.Op.String()))
	if e.Tag != "" {
		attrs = append(attrs, slog.String("tag", e.Tag))
	}
	if e.Status.row != nil {
		r := e.Status.row
		attrs = append(attrs, slog.String("protocol", r.Protocol), slog.String("layer", r.Layer), slog.String("native", e.Status.Native()))
	}
	attrs = append(attrs, slog.String("remedy", RemedyOf(e).String()), slog.String("scope", ScopeOf(e).String()))
	if e.Err != nil {
		attrs = append(attrs, slog.String("cause", e.Err.Error()))
	}
	return slog.GroupValue(attrs...)
}
