package judge

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestCompare: the comparison itself misses nothing.
func TestCompare(t *testing.T) {
	item := func(v int64) claim { return numbered("item", v) }
	good := claim{layer: "item", more: -1, good: true}
	soft := claim{layer: "fault", text: "reserved", fault: true, soft: true, more: -1}
	for _, tt := range []struct {
		name         string
		ours, theirs []claim
		agreed       int
		broken       bool
		differ       []difference
	}{
		{"nothing", nil, nil, 0, false, nil},
		{"the same", []claim{item(1), item(2)}, []claim{item(1), item(2)}, 2, false, nil},
		{"another value", []claim{item(1), item(2)}, []claim{item(1), item(3)}, 1, false, []difference{{"item 0x2", "item 0x3"}}},
		{"another order", []claim{item(1), item(2)}, []claim{item(2), item(1)}, 0, false, []difference{{"item 0x1", "item 0x2"}, {"item 0x2", "item 0x1"}}},
		{"another layer", []claim{item(1)}, []claim{numbered("header", 1)}, 0, false, []difference{{"item 0x1", "header 0x1"}}},
		{"another second value", []claim{{layer: "item", value: 1, more: 2}}, []claim{item(1)}, 0, false, []difference{{"item 0x1/0x2", "item 0x1"}}},
		{"one less", []claim{item(1), item(3)}, []claim{item(1), item(2), item(3)}, 2, false, []difference{{"", "item 0x2"}}},
		{"one more", []claim{item(1), item(2), item(3)}, []claim{item(1), item(3)}, 2, false, []difference{{"item 0x2", ""}}},
		{"broken for both", []claim{broken("a")}, []claim{item(1), malformed}, 0, true, nil},
		{"broken for us", []claim{broken("a")}, []claim{item(1)}, 0, false, []difference{{"fault: a", "status in item"}}},
		{"broken for them", []claim{good}, []claim{malformed}, 0, false, []difference{{"success in item", "fault: malformed"}}},
		{"broken for them behind it", []claim{item(1)}, []claim{item(1), malformed}, 1, false, []difference{{"status in item", "fault: malformed behind the statuses"}}},
		{"a fault that leaves the rest", []claim{item(1)}, []claim{soft, item(2)}, 0, false, []difference{{"status in item", "fault: reserved"}, {"item 0x1", "item 0x2"}}},
		{"not read by them", []claim{item(1)}, []claim{notDissected}, 0, false, []difference{{"status in item", "fault: not dissected"}}},
		{"awaited by both", nil, []claim{notDissected}, 0, false, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			assert.Equal(t, comparison{tt.agreed, tt.broken, tt.differ}, compare(tt.ours, tt.theirs))
		})
	}
}
