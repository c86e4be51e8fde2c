package decode

import (
	"bytes"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/cmd/internal/fake"
	"github.com/fieldstatus/fieldstatus/cmd/internal/protocol"
	"github.com/fieldstatus/fieldstatus/core"
)

// enveloped is a protocol whose frames are datagrams, and have an envelope of two
// bytes in a stream, as those of FINS have.
var enveloped = &protocol.Protocol{
	Name: "enveloped", UDP: []uint16{777}, Datagrams: true,
	New: fake.Protocol.New, Translate: fake.Protocol.Translate,
	Scan: func(data []byte, atEOF bool) (int, []byte, error) {
		if !bytes.HasPrefix(data, []byte("//")) {
			return 0, nil, errors.New("no envelope")
		}
		n, token, err := fake.Scan(data[2:], atEOF)
		return n + 2, token, err
	},
}

func TestBytes(t *testing.T) {
	request, answer := frameOf('w', 1), frameOf('a', 1, 7, 0)
	for name, test := range map[string]struct {
		protocol *protocol.Protocol
		pieces   [][]byte
		want     []line
		frames   int
		silent   int
		err      string
	}{
		"nothing":    {protocol: fake.Protocol},
		"an answer":  {fake.Protocol, [][]byte{answer}, []line{{1, "Bad", core.Other, 0}, {1, "Good", core.Other, 1}}, 1, 0, ""},
		"a request":  {fake.Protocol, [][]byte{request}, nil, 1, 1, ""},
		"both":       {fake.Protocol, [][]byte{request, answer}, []line{{2, "Bad", core.Write, 0}, {2, "Good", core.Write, 1}}, 2, 1, ""},
		"in a piece": {fake.Protocol, [][]byte{join(request, answer)}, []line{{2, "Bad", core.Write, 0}, {2, "Good", core.Write, 1}}, 2, 1, ""},
		"a notice between them": {fake.Protocol, [][]byte{request, frameOf('n', 0), answer[:3], answer[3:]},
			[]line{{3, "Bad", core.Write, 0}, {3, "Good", core.Write, 1}}, 3, 2, ""},
		"the second one is not complete": {fake.Protocol, [][]byte{answer, answer[:5]},
			[]line{{1, "Bad", core.Other, 0}, {1, "Good", core.Other, 1}}, 2, 0, "frame 2 is not complete: 5 bytes are not enough"},
		"garbage behind it": {fake.Protocol, [][]byte{request, []byte("garbage"), answer},
			[]line{{2, "Wrong", core.Write, -1}}, 2, 1, ""},
		"in envelopes": {enveloped, [][]byte{join([]byte("//"), request, []byte("//")), answer},
			[]line{{2, "Bad", core.Write, 0}, {2, "Good", core.Write, 1}}, 2, 1, ""},
		"as datagrams":       {enveloped, [][]byte{frameOf('w', 1, 0, 0), answer}, []line{{2, "Bad", core.Write, 0}, {2, "Good", core.Write, 1}}, 2, 1, ""},
		"too short for some": {enveloped, [][]byte{answer[:minDatagram-1], answer[minDatagram-1:]}, []line{{1, "Bad", core.Other, 0}, {1, "Good", core.Other, 1}}, 1, 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var found []Finding
			frames, silent, err := Bytes(test.protocol, test.pieces, func(f Finding) { found = append(found, f) })
			if test.err == "" {
				require.NoError(t, err)
			} else {
				require.EqualError(t, err, test.err)
			}
			assert.Equal(t, test.want, lines(found))
			assert.Equal(t, test.frames, frames)
			assert.Equal(t, test.silent, silent)
		})
	}
}

// A split function that neither finds a frame nor says why, or takes more than
// there is, gets no second chance.
func TestBytesThatCannotBeSplit(t *testing.T) {
	for _, n := range []int{-1, 0, 4} {
		p := *fake.Protocol
		p.Scan = func(data []byte, _ bool) (int, []byte, error) { return n, data, nil }
		frames, silent, err := Bytes(&p, [][]byte{[]byte("abc")}, func(Finding) { t.Error("a finding") })
		require.EqualError(t, err, "frame 1 is not complete: 3 bytes are not enough", n)
		assert.Equal(t, 1, frames)
		assert.Zero(t, silent)
	}
}
