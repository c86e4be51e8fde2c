package cli

import (
	"strconv"
	"strings"

	"github.com/fieldstatus/fieldstatus/core"
)

// advice says in words what to do.
func advice(r core.Remedy, s core.Scope) string {
	switch r {
	case core.Retry:
		return "repeat the request after a pause"
	case core.Reconnect:
		if s == core.Session {
			return "reopen the session"
		}
		return "reconnect"
	case core.Fix:
		switch s {
		case core.Item:
			return "fix the tag"
		case core.Request:
			return "fix the request or the device"
		}
		return "fix the configuration"
	}
	return "nothing to do"
}

// affected says in words how much is concerned.
func affected(s core.Scope) string {
	switch s {
	case core.Item:
		return "this tag"
	case core.Request:
		return "all tags of the request"
	case core.Session:
		return "everything on the session"
	}
	return "everything on the connection"
}

// usable says in words what the quality means.
func usable(q core.Quality) string {
	switch q {
	case core.Good:
		return "good"
	case core.Uncertain:
		return "uncertain: there is a value, but the device doubts it"
	}
	return "bad: there is no value to use"
}

// codeText returns number and documented text.
func codeText(c core.Code) string {
	if c == core.OK {
		return "0 Success"
	}
	return c.Error()
}

// ops is the order in which exceptions by operation are told.
var ops = [...]core.Op{core.Connect, core.Read, core.Write}

// exceptions returns what differs from the code of core.Other.
func exceptions(codes [4]core.Code) map[string]core.Code {
	by := make(map[string]core.Code)
	for _, op := range ops {
		if codes[op] != codes[core.Other] {
			by[op.String()] = codes[op]
		}
	}
	return by
}

// codesText returns all codes of a row: "3000, write 3001".
func codesText(codes [4]core.Code) string {
	var b strings.Builder
	b.WriteString(strconv.Itoa(int(codes[core.Other])))
	for _, op := range ops {
		if c := codes[op]; c != codes[core.Other] {
			b.WriteString(", " + op.String() + " " + strconv.Itoa(int(c)))
		}
	}
	return b.String()
}

// orDash stands in for what a table leaves empty.
func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}
