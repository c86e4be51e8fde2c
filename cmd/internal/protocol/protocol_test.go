package protocol_test

import (
	"errors"
	"io"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/cmd/internal/protocol"
	"github.com/fieldstatus/fieldstatus/core"
)

func TestTable(t *testing.T) {
	names := make(map[string]bool)
	ports := make(map[string]bool)
	for _, p := range protocol.All() {
		assert.False(t, names[p.Name], p.Name)
		names[p.Name] = true
		assert.NotEmpty(t, p.Title)
		rows := 0
		for r := range p.Rows() {
			assert.Equal(t, p.Name, r.Protocol)
			rows++
		}
		assert.Positive(t, rows, p.Name)
		answers := 0
		for r, own := range p.Answers() {
			assert.Equal(t, p.Name, r.Protocol)
			assert.Equal(t, answers >= rows, own, "%s: first the table", p.Name)
			if answers++; answers > rows+1 {
				break
			}
		}
		if p.Outcomes == nil {
			assert.Equal(t, rows, answers, p.Name)
		} else {
			assert.Greater(t, answers, rows, p.Name)
		}
		for _, port := range p.TCP {
			key := "tcp " + strconv.Itoa(int(port))
			assert.False(t, ports[key], "%s: port %d has an owner", p.Name, port)
			ports[key] = true
		}
		require.Equal(t, p.Scan == nil, p.New == nil, p.Name)
		require.Equal(t, p.Scan == nil, len(p.TCP)+len(p.UDP) == 0, p.Name)
		assert.NotZero(t, core.CodeOf(p.Translate(core.Read, io.EOF)), p.Name)
		assert.NoError(t, p.Translate(core.Read, nil), p.Name)
	}
	all := protocol.All()
	all[0] = nil
	assert.NotNil(t, protocol.All()[0], "the table belongs to nobody")
}

// What the frames of nobody are is an error or no response, never a success.
func TestNothingIsNoSuccess(t *testing.T) {
	for _, p := range protocol.All() {
		if p.New == nil {
			continue
		}
		for _, frame := range [][]byte{nil, {0}, make([]byte, 64), []byte("GET / HTTP/1.1\r\n\r\n")} {
			statuses, err := p.New().Received(nil, frame)
			if err == nil {
				for _, s := range statuses {
					assert.NotZero(t, s.Code(core.Other), "%s %x: %v", p.Name, frame, s)
				}
				continue
			}
			if !errors.Is(err, core.ErrNotResponse) && !errors.Is(err, core.ErrIncomplete) {
				assert.NotZero(t, core.CodeOf(err), "%s %x", p.Name, frame)
			}
		}
	}
}

// What a protocol reads out of a number agrees with its table, where that lists
// the number.
func TestNativesAgreeWithTheTable(t *testing.T) {
	for _, p := range protocol.All() {
		if p.Natives == nil {
			continue
		}
		compared := 0
		for r := range p.Rows() {
			value, err := strconv.ParseInt(r.Value, 0, 64)
			if err != nil {
				continue // a range, a pair, an event
			}
			for _, s := range p.Natives([]int64{value}) {
				if s.Layer() != r.Layer || !s.Known() {
					continue
				}
				compared++
				for op := core.Other; op <= core.Write; op++ {
					assert.Equal(t, r.Code(op), s.Code(op), "%s %s %s", p.Name, r.Layer, r.Value)
				}
			}
		}
		t.Logf("%s: %d", p.Name, compared)
	}
	for _, p := range protocol.All() {
		if p.Natives == nil {
			continue
		}
		for _, values := range [][]int64{nil, {-1 << 62}, {1 << 62}, {1, 2, 3}, {-1, -1}, {1 << 40, 1 << 40}, {0xF0, 0x1FF}} {
			for _, s := range p.Natives(values) {
				assert.Equal(t, p.Name, s.Protocol())
			}
		}
	}
}

// The status code of gopcua prints itself; nothing else is taken for one.
func TestPasted(t *testing.T) {
	for _, p := range protocol.All() {
		if p.Pasted == nil {
			continue
		}
		for _, text := range []string{"", "0x", "0x80340000", "end code 0x1103", "x (0x80340000)", "0x80340000)", "(0xFFFFFFFFFF)"} {
			assert.NoError(t, p.Pasted(text), text)
		}
	}
}
