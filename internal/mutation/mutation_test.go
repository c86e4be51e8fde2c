package mutation

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/fieldstatus/fieldstatus/core"
)

func row(value string, code core.Code, remedy core.Remedy, scope core.Scope, hint, why string) core.Row {
	return core.Row{Protocol: "toy", Layer: "fault", Value: value, Codes: [4]core.Code{code, code, code, code}, Remedy: remedy, Scope: scope, Quality: core.Bad, Hint: hint, Why: why}
}

func toy() []core.Row {
	return []core.Row{
		row("1", core.S7AddressInvalid, core.Fix, core.Item, "Check the address.", "an address"),
		row("2", core.S7AddressInvalid, core.Fix, core.Item, "Check the address.", "an address"),
		row("3", core.PluginNotConnected, core.Reconnect, core.Connection, "", "no connection"),
	}
}

func TestChangesAreNoticedAndPutBack(t *testing.T) {
	layers := map[string]core.Scope{"fault": core.Item}
	for name, c := range map[string]struct {
		law    Law
		change func(*core.Row)
	}{
		"valid":          {Valid, func(r *core.Row) { r.Remedy = core.Reconnect }},
		"undocumented":   {Valid, func(r *core.Row) { r.Codes[2] = 1 }},
		"quality":        {QualityOfCode(NeverUncertain), func(r *core.Row) { r.Quality = core.Good }},
		"doubt":          {QualityOfCode(NeverUncertain), func(r *core.Row) { r.Quality = core.Uncertain }},
		"codes":          {Codes(map[string]string{"fault": "1 10105, 3 3002"}), func(r *core.Row) { r.Codes = [4]core.Code{} }},
		"remedy of code": {RemedyOfCode(), func(r *core.Row) { r.Remedy = core.Retry }},
		"scope of layer": {ScopeOfLayer(layers), func(r *core.Row) { r.Scope = core.Session }},
		"same cause":     {SameCause(), func(r *core.Row) { r.Scope = core.Request }},
		"same reason":    {SameReason(), func(r *core.Row) { r.Codes = [4]core.Code{} }},
		"a test":         {Test("", func(t *testing.T) { t.FailNow() }), func(*core.Row) {}},
		"a test's panic": {Test("", func(*testing.T) { panic("x") }), func(*core.Row) {}},
		"all together":   {All("", func(rows []core.Row) error { return same(rows[0].Scope, rows[1].Scope) }), func(r *core.Row) { r.Scope = core.Session }},
		"one by one":     {Each("", func(r core.Row) error { return same(r.Remedy, core.Fix) }), func(r *core.Row) { r.Remedy = core.None }},
	} {
		rows := toy()
		assert.Equal(t, c.law.Name, noticed(rows, 0, c.change, nil, []Law{c.law}), name)
		c.law.Name = "noticed"
		assert.Equal(t, "noticed", noticed(rows, 0, c.change, nil, []Law{c.law}), name)
		assert.Equal(t, toy(), rows, name)
	}
	rows := toy()
	assert.Empty(t, noticed(rows, 0, func(r *core.Row) { r.Scope = core.Request }, nil, []Law{Valid, SameReason(), RemedyOfCode()}))
	assert.NoError(t, Test("", func(*testing.T) {}).holds(rows, whole))
	assert.NoError(t, Codes(map[string]string{"fault": "1 10105"}).holds(rows, whole))
	assert.ErrorContains(t, Codes(map[string]string{"fault": "a b 10105"}).holds(rows, whole), "1 rows are stated, 0 are there")
}

func same(a, b any) error {
	if a != b {
		return errors.New("they differ")
	}
	return nil
}

func TestChangesAreAllOthers(t *testing.T) {
	rows := toy()
	for answer, want := range map[Answer]int{Code: 1, Remedy: 3, Scope: 3, Quality: 2} {
		changes := answer.changes(rows, 0)
		assert.Len(t, changes, want, answer)
		for _, change := range changes {
			changed := rows[0]
			change(&changed)
			assert.NotEqual(t, answer.in(rows[0]), answer.in(changed), answer)
		}
	}
	assert.Len(t, Code.changes(rows[:2], 0), 1, "no other row, so a success")
}

func TestExceptionsAreNeeded(t *testing.T) {
	rows := toy()
	rows[1].Remedy = core.Retry
	one := Exception{Answer: Remedy, Of: "fault 2"}
	for name, c := range map[string]struct {
		law  Law
		want string
	}{
		"none":                {SameCause(), "remedy of fault 2 differs from fault 1"},
		"a row":               {SameCause(one), ""},
		"the other row":       {SameCause(Exception{Answer: Remedy, Of: "fault 1"}), ""},
		"another answer":      {SameCause(Exception{Answer: Scope, Of: "fault 2"}), "differs"},
		"a row that is alike": {SameCause(one, Exception{Answer: Scope, Of: "fault 1"}), "is no exception any more"},
		"a cause":             {SameCause(Exception{Answer: Remedy, Of: "fault: 10105: Check"}), ""},
		"a cause of alikes":   {SameCause(one, Exception{Answer: Scope, Of: "fault: 10105:"}), "is no exception any more"},
		"no such row":         {RemedyOfCode(one, Exception{Answer: Remedy, Of: "fault 9"}), "there is no such row"},
		"a rule":              {RemedyOfCode(), "fault 2: remedy retry"},
		"a rule, a row":       {RemedyOfCode(one), ""},
		"a rule, a code":      {RemedyOfCode(Exception{Answer: Remedy, Of: "10105:"}), ""},
		"a rule, needless":    {RemedyOfCode(one, Exception{Answer: Remedy, Of: "3002:"}), "is no exception any more"},
		"numbers":             {SameNumber([]string{"fault"}, []Answer{Remedy}), ""},
	} {
		err := c.law.holds(rows, whole)
		if c.want == "" {
			assert.NoError(t, err, name)
		} else {
			assert.ErrorContains(t, err, c.want, name)
		}
	}
	rows[1].Value = "0x0001"
	assert.ErrorContains(t, SameNumber([]string{"fault"}, []Answer{Remedy}).holds(rows, whole), "differs", "the same number, written otherwise")
	rows[1].Remedy = core.Fix
	assert.Error(t, SameCause(Exception{Answer: Remedy, Of: "fault 0x0001"}).holds(rows, 1), "a change that makes an exception needless")
}

func TestListOfTheUnnoticed(t *testing.T) {
	entry := Unnoticed{Layer: "fault", Remedy: 1, Why: "nothing says so"}
	missed := func(names ...string) map[string]map[Answer][]string {
		return map[string]map[Answer][]string{"fault": {Remedy: names}}
	}
	for name, c := range map[string]struct {
		listed []Unnoticed
		missed map[string]map[Answer][]string
		holds  bool
	}{
		"as listed":      {[]Unnoticed{entry}, missed("1"), true},
		"fewer":          {[]Unnoticed{{Layer: "fault", Remedy: 2, Why: "nothing says so"}}, missed("1"), true},
		"one more":       {[]Unnoticed{entry}, missed("1", "2"), false},
		"not listed":     {nil, missed("1"), false},
		"no reason":      {[]Unnoticed{{Layer: "fault", Remedy: 1}}, missed("1"), false},
		"none left":      {[]Unnoticed{entry}, nil, false},
		"a code":         {[]Unnoticed{entry}, map[string]map[Answer][]string{"fault": {Remedy: {"1"}, Code: {"1"}}}, false},
		"another answer": {[]Unnoticed{{Layer: "fault", Scope: 1, Why: "nothing says so"}}, missed("1"), false},
	} {
		assert.Equal(t, c.holds, failure(func(t *testing.T) { compare(t, c.listed, c.missed) }) == nil, name)
	}
}
