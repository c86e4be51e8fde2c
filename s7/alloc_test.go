package s7

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
)

// twentyItems is an answer with twenty words, and the request for them.
func twentyItems() (request, answer []byte) {
	params, data := []byte{readVar, 20}, []byte(nil)
	for i := range 20 {
		params = append(params, 0x12, 10, 0x10, 2, 0, 2, 0, 1, 0x84, 0, 0, byte(16*i))
		data = append(data, 0xFF, 4, 0, 16, byte(i), byte(i))
	}
	request = append([]byte{0x32, job, 0, 0, 5, 0, byte(len(params) >> 8), byte(len(params)), 0, 0}, params...)
	return frame(request), answerPDU(0, []byte{readVar, 20}, data)
}

func allocs(f func()) float64 { return testing.AllocsPerRun(100, f) }

var (
	sinkCode core.Code
	sinkErr  error
)

func TestAllocations(t *testing.T) {
	assert.Zero(t, allocs(func() { sinkCode = AddressOutOfRange.Status().Code(core.Read) }), "Status and Code")
	assert.Zero(t, allocs(func() { sinkCode = HeaderError(0x8399).Status().Code(core.Write) }), "Status and Code, by class")
	assert.EqualValues(t, 1, allocs(func() { sinkErr = AddressOutOfRange.Status().Err(core.Read) }), "Err")

	request, answer := twentyItems()
	dst := make([]core.Status, 0, 32)
	assert.Zero(t, allocs(func() { dst, sinkErr = AppendStatuses(dst[:0], answer) }), "AppendStatuses")
	require.NoError(t, sinkErr)
	require.Len(t, dst, 20)

	assert.Zero(t, allocs(func() {
		r, err := ParseResponse(answer)
		sinkErr = err
		for _, item := range r.Items() {
			sinkCode = item.Status(2).Code(core.Read)
		}
	}), "ParseResponse and Items")
	require.NoError(t, sinkErr)

	var c Conversation
	assert.Zero(t, allocs(func() {
		c.Sent(request)
		dst, sinkErr = c.Received(dst[:0], answer)
	}), "Conversation, once it is warm")
	require.NoError(t, sinkErr)
	require.Len(t, dst, 20)

	var x Exchange
	assert.Zero(t, allocs(func() { sinkErr = x.look(new(gos7Request), false, answer); x.statuses = x.statuses[:0] }), "Exchange, once it is warm")
}
