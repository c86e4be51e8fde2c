package mutation

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
)

// A Table is the table of one package with the checks that guard it.
type Table struct {
	// Rows are the rows that the lookups of the package answer with, those for
	// unlisted values included: not a copy.
	Rows []core.Row
	// Open returns the conversation that a stanza of testdata is played to. It is
	// nil in a package without frames.
	Open func(coretest.Stanza) coretest.Conversation
	// Laws are what is stated about rows without the table, beside [Valid].
	Laws []Law
	// Unnoticed are the changes that no check would notice, and why none can.
	Unnoticed []Unnoticed
}

// Unnoticed says in how many rows of a layer another remedy or scope is noticed by
// nothing. The numbers are limits: a row more is a failure, and so is an entry of
// which no row is left. There is no limit for codes: another one has to be noticed
// in every row.
type Unnoticed struct {
	Layer         string
	Remedy, Scope int
	Why           string
}

// Run changes every answer of every row to every other value, and for the code
// to those of the rows around it, and fails when a change goes unnoticed: always
// for a row that a frame reaches, and otherwise unless Unnoticed lists the answer
// for its layer.
func Run(t *testing.T, table Table) {
	laws := append([]Law{Valid}, table.Laws...)
	for _, law := range laws {
		if err := law.holds(table.Rows, whole); err != nil {
			t.Fatalf("%s, of the table as it is: %v", law.Name, err)
		}
	}
	frames := readFrames(t, table)
	total := map[Answer]*count{Code: {}, Remedy: {}, Scope: {}, Quality: {}}
	missed := map[string]map[Answer][]string{} // names of rows, by layer
	for i := range table.Rows {
		row := table.Rows[i]
		reached := frames[keyOf(row)]
		for _, answer := range answers {
			n := count{}
			for _, change := range answer.changes(table.Rows, i) {
				n.add(noticed(table.Rows, i, change, reached, laws))
			}
			total[answer].sum(n)
			switch {
			case n.unnoticed == 0:
			case reached != nil:
				t.Errorf("%s %s: frames reach this row, and another %s goes unnoticed all the same: let %s expect remedy, scope and quality, too", row.Layer, nameOf(row), answer, reached[0].Name)
			default:
				if missed[row.Layer] == nil {
					missed[row.Layer] = map[Answer][]string{}
				}
				missed[row.Layer][answer] = append(missed[row.Layer][answer], nameOf(row))
			}
		}
	}
	t.Logf("%d rows, %d of them reached by frames", len(table.Rows), len(frames))
	for _, answer := range answers {
		t.Logf("%-7s %v", answer, *total[answer])
	}
	compare(t, table.Unnoticed, missed)
}

// compare holds the rows that were missed against the list of them.
func compare(t *testing.T, listed []Unnoticed, missed map[string]map[Answer][]string) {
	for _, u := range listed {
		left := 0
		for answer, limit := range map[Answer]int{Remedy: u.Remedy, Scope: u.Scope} {
			names := missed[u.Layer][answer]
			left += len(names)
			delete(missed[u.Layer], answer)
			if len(names) > limit {
				t.Errorf("%s of %s: a change would go unnoticed in %d rows, %d are listed: %s", answer, u.Layer, len(names), limit, strings.Join(names, ", "))
			}
		}
		if left == 0 || u.Why == "" {
			t.Errorf("%s: %d rows in which a change would go unnoticed, because %q", u.Layer, left, u.Why)
		}
	}
	for layer, of := range missed {
		for answer, names := range of {
			t.Errorf("%s of %s: a change would go unnoticed in %d rows: %s", answer, layer, len(names), strings.Join(names, ", "))
		}
	}
}

// noticed makes the change, asks frames and laws, and puts the row back. It
// returns what noticed it, "" for nothing.
func noticed(rows []core.Row, i int, change func(*core.Row), frames []frame, laws []Law) string {
	before := rows[i]
	defer func() { rows[i] = before }()
	change(&rows[i])
	for _, f := range frames {
		if f.Check(f.open(f.Stanza)) != nil {
			return "frames"
		}
	}
	for _, law := range laws {
		if law.holds(rows, i) != nil {
			return law.Name
		}
	}
	return ""
}

// A key names a row. The reason is part of it, since a package may have a row of
// its own beside that of the table for one value.
type key struct{ layer, value, symbol, why string }

func keyOf(row core.Row) key { return key{row.Layer, row.Value, row.Symbol, row.Why} }

// A frame is a stanza that can be played.
type frame struct {
	coretest.Stanza
	open func(coretest.Stanza) coretest.Conversation
}

// readFrames returns the stanzas of testdata by the rows that they end in.
func readFrames(t *testing.T, table Table) map[key][]frame {
	if table.Open == nil {
		return nil
	}
	stanzas, err := coretest.ReadFrames(os.DirFS("testdata"), "*.frames")
	if err != nil {
		t.Fatal(err)
	}
	own := map[key]bool{}
	for _, row := range table.Rows {
		own[keyOf(row)] = true
	}
	reach := map[key][]frame{}
	for _, s := range stanzas {
		if err := s.Check(table.Open(s)); err != nil {
			t.Fatal(err)
		}
		done := map[key]bool{}
		statuses, err := s.Play(table.Open(s))
		if status := core.StatusOf(err); status != (core.Status{}) {
			statuses = append(statuses, status)
		}
		for _, status := range statuses {
			k := keyOf(status.Row())
			if status.Protocol() == table.Rows[0].Protocol && own[k] && !done[k] {
				done[k] = true
				reach[k] = append(reach[k], frame{s, table.Open})
			}
		}
	}
	return reach
}

// A count says how many changes were made, and what noticed them.
type count struct {
	changes, frames, laws, unnoticed int
}

func (c *count) add(by string) {
	c.changes++
	switch by {
	case "":
		c.unnoticed++
	case "frames":
		c.frames++
	default:
		c.laws++
	}
}

func (c *count) sum(d count) {
	c.changes += d.changes
	c.frames += d.frames
	c.laws += d.laws
	c.unnoticed += d.unnoticed
}

func (c count) String() string {
	return fmt.Sprintf("%d changes: %d noticed by frames, %d by laws, %d unnoticed", c.changes, c.frames, c.laws, c.unnoticed)
}
