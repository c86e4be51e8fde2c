package record

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A queue takes what fits to the last byte, and ends in any case. Who missed
// something learns of it with the next event.
func TestQueueIsBounded(t *testing.T) {
	q := queue{wake: make(chan struct{}, 1)}
	d := &dialogue{}
	assert.True(t, q.push(event{dialogue: d, data: make([]byte, maxQueued-2*eventCost)}))
	require.True(t, q.push(event{dialogue: d}), "exactly as much as there is room for")
	assert.False(t, q.push(event{dialogue: d}))
	assert.True(t, q.push(event{dialogue: d, ended: true}))
	for _, gap := range []bool{false, false, true} {
		e, ok := q.pop()
		assert.True(t, ok)
		assert.Equal(t, gap, e.gap)
	}
	assert.Zero(t, q.bytes)
	assert.True(t, q.push(event{dialogue: d}), "there is room again")
	q.close()
	e, ok := q.pop()
	assert.True(t, ok, "what is there is worked off")
	assert.False(t, e.gap, "the gap was told")
	_, ok = q.pop()
	assert.False(t, ok)
}
