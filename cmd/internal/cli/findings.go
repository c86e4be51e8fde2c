package cli

import (
	"bufio"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/fieldstatus/fieldstatus/cmd/internal/decode"
	"github.com/fieldstatus/fieldstatus/core"
)

// A findings prints what a decoding finds, as it comes.
type findings struct {
	w        *bufio.Writer // keeps the first error for finish
	all      bool          // successes and requests without an answer as well
	json     bool
	location *time.Location
	table    table
	hinted   map[string]bool // statuses whose hint stands further up

	failed     map[string]int // by protocol
	unanswered int
	good       int
	first      time.Time
}

// maxHinted bounds hinted. There are fewer rows than that in all tables.
const maxHinted = 4096

// newFindings returns the output of decode. captured says that the findings
// have times and addresses.
func (a *app) newFindings(w *bufio.Writer, all, json, captured bool) *findings {
	f := &findings{
		w: w, all: all, json: json, location: a.location,
		hinted: make(map[string]bool), failed: make(map[string]int),
	}
	f.table = table{
		w: w, style: a.styleOf(a.out), max: width(a.out),
		head:  []string{"PACKET", "TIME", "FROM -> TO", "OP", "STATUS", "CODE", "WHAT TO DO"},
		right: []bool{true, false, false, false, false, false, false},
		fold:  4,
	}
	if !captured {
		f.table.head = []string{"FRAME", "OP", "STATUS", "CODE", "WHAT TO DO"}
		f.table.right = []bool{true, false, false, false, false}
		f.table.fold = 2
	}
	return f
}

func (f *findings) report(x decode.Finding) {
	switch {
	case x.Unanswered:
		f.unanswered++
	case x.Failed():
		f.failed[x.Protocol.Name]++
	default:
		f.good++
	}
	if !f.all && !x.Failed() {
		return
	}
	if f.json {
		_ = encoder(f.w).Encode(findingToJSON(&x))
		return
	}
	f.table.add(f.row(&x))
}

func (f *findings) row(x *decode.Finding) tableRow {
	code := x.Code()
	cells := []string{strconv.Itoa(x.Packet)}
	if x.Src.IsValid() {
		cells = append(cells, f.time(x.Time), x.Src.String()+" -> "+x.Dst.String())
	}
	cells = append(cells, x.Op.String(), statusText(x), codeText(code), advice(x.Status.Remedy(), x.Status.Scope()))
	if x.Unanswered {
		cells[len(cells)-2] = "would be " + codeText(code)
	}
	s := f.table.style
	codeColumn := len(cells) - 2
	r := tableRow{cells: cells, paint: func(column int, text string) string {
		if column == codeColumn && x.Failed() {
			return s.red(text)
		}
		return text
	}}
	if hint := x.Status.Hint(); hint != "" {
		key := x.Status.Layer() + x.Status.Row().Value + x.Status.Symbol() + x.Protocol.Name
		if !f.hinted[key] && len(f.hinted) < maxHinted {
			f.hinted[key] = true
			r.below = []string{s.dim("check: " + hint)}
		}
	}
	return r
}

func (f *findings) time(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	if f.first.IsZero() {
		f.first = t
	}
	return t.In(f.location).Format("15:04:05.000000")
}

// statusText returns the native status with its item, or what stands in for it.
func statusText(x *decode.Finding) string {
	text := x.Status.String()
	if x.Status.Protocol() != x.Protocol.Name {
		text = x.Protocol.Name + ": " + strings.TrimPrefix(text, x.Status.Protocol()+" ")
	}
	if x.Unanswered {
		return x.Protocol.Name + ": no answer in the capture"
	}
	if x.Item >= 0 {
		text += " [" + strconv.Itoa(x.Item) + "]"
	}
	var fault *core.FrameError
	if errors.As(x.Cause, &fault) {
		text += " (" + fault.Error() + ")"
	}
	return text
}

// failures returns how many findings were failures.
func (f *findings) failures() int {
	n := 0
	for _, count := range f.failed {
		n += count
	}
	return n
}

// show writes what has been found so far.
func (f *findings) show() {
	f.table.flush()
	_ = f.w.Flush()
}

// finish writes what is pending and, for people, a summary in one line. of
// tells what was looked at: "128 packets".
func (f *findings) finish(of string) error {
	f.table.flush()
	if !f.json {
		if f.table.released {
			f.w.WriteByte('\n')
		}
		f.w.WriteString(f.summary(of) + "\n")
	}
	return f.w.Flush()
}

func (f *findings) summary(of string) string {
	var b strings.Builder
	switch n := f.failures(); n {
	case 0:
		b.WriteString("No failures")
	default:
		b.WriteString(plural(n, "failure", "failures"))
		if len(f.failed) > 1 {
			var parts []string
			for name, count := range f.failed {
				parts = append(parts, fmt.Sprintf("%s %d", name, count))
			}
			slices.Sort(parts)
			b.WriteString(" (" + strings.Join(parts, ", ") + ")")
		}
	}
	b.WriteString(", " + plural(f.good, "success", "successes"))
	if f.unanswered > 0 {
		b.WriteString(", " + plural(f.unanswered, "request", "requests") + " without an answer")
	}
	b.WriteString(" in " + of)
	if !f.first.IsZero() {
		b.WriteString(f.first.In(f.location).Format(", 2006-01-02 MST"))
	}
	return b.String() + "."
}
