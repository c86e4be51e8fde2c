package record

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/cmd/internal/fake"
	"github.com/fieldstatus/fieldstatus/cmd/internal/protocol"
	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
)

func sent(kind, id byte) coretest.Frame {
	return coretest.Frame{Sent: true, Data: fake.Frame(kind, id)}
}

func received(kind, id byte, body ...byte) coretest.Frame {
	return coretest.Frame{Data: fake.Frame(kind, id, body...)}
}

// What becomes of frames: which request an answer belongs to, and which frames
// make up the exchange.
func TestDialogue(t *testing.T) {
	for name, test := range map[string]struct {
		frames []coretest.Frame
		name   string // of the only stanza
		want   []coretest.Frame
		counts Counts
	}{
		"a request that was repeated": {
			[]coretest.Frame{sent('r', 5), sent('r', 5), received('a', 5, 5)},
			"read: status 0x05 Bad", []coretest.Frame{sent('r', 5), sent('r', 5), received('a', 5, 5)},
			Counts{Exchanges: 1, Failures: 1, Written: 1},
		},
		"a number that was used before": {
			[]coretest.Frame{sent('n', 5), sent('r', 5), received('a', 5, 5)},
			"read: status 0x05 Bad", []coretest.Frame{sent('r', 5), received('a', 5, 5)},
			Counts{Exchanges: 1, Failures: 1, Written: 1},
		},
		"a broken answer to nobody is one to the last request": {
			[]coretest.Frame{sent('w', 4), sent('r', 5), received('?', 0)},
			"read: frame Wrong", []coretest.Frame{sent('r', 5), received('?', 0)},
			Counts{Exchanges: 1, Failures: 1, Written: 1, Unanswered: 2},
		},
		"the end is one as well": {
			[]coretest.Frame{sent('w', 4), sent('r', 5), received('c', 0)},
			"read: end End", []coretest.Frame{sent('r', 5), received('c', 0)},
			Counts{Exchanges: 1, Failures: 1, Written: 1}, // nothing else is awaited behind it
		},
		"a status of nobody is none": {
			[]coretest.Frame{sent('r', 5), received('a', 0, 5)},
			"other: status 0x05 Bad", []coretest.Frame{received('a', 0, 5)},
			Counts{Exchanges: 1, Failures: 1, Written: 1, Unanswered: 1},
		},
		"no request is waiting": {
			[]coretest.Frame{sent('r', 5), received('a', 5, 0), received('?', 0)},
			"other: frame Wrong", []coretest.Frame{received('?', 0)},
			Counts{Exchanges: 2, Failures: 1, Written: 1},
		},
	} {
		t.Run(name, func(t *testing.T) {
			r, d := recorder(t, fake.Protocol, false)
			play(r, coretest.Stanza{Frames: test.frames}, false)
			stanzas := written(t, d)
			require.Len(t, stanzas, 1)
			assert.Equal(t, test.name, stanzas[0].Name)
			assert.Equal(t, test.want, stanzas[0].Frames)
			assert.Equal(t, test.counts, r.Counts())
		})
	}
}

// sessions is the fake protocol with an opening: exchange 1 connects, and
// without its answer nothing else is understood.
func sessions() *protocol.Protocol {
	p := *fake.Protocol
	p.Endpoint = nil // it wants the fake conversation itself
	p.New = func() protocol.Conversation { return &session{Conversation: fake.Protocol.New()} }
	return &p
}

type session struct {
	protocol.Conversation
	open bool
}

func (s *session) Received(dst []core.Status, b []byte) ([]core.Status, error) {
	dst, err := s.Conversation.Received(dst, b)
	if s.Exchange().Op == core.Connect {
		s.open = err == nil
	} else if !s.open {
		return nil, core.ErrNotResponse
	}
	return dst, err
}

func (s *session) Exchange() core.Exchange {
	x := s.Conversation.Exchange()
	if x.ID == 1 {
		x.Op = core.Connect
	}
	return x
}

// A failure that needs the opening of its connection to be understood comes
// with it, however long ago that was.
func TestOpeningIsKept(t *testing.T) {
	r, d := recorder(t, sessions(), false)
	opening := []coretest.Frame{sent('r', 1), received('a', 1, 0)}
	exchange := []coretest.Frame{sent('r', 5), received('a', 5, 5)}
	s := coretest.Stanza{Frames: opening}
	for range maxLog {
		s.Frames = append(s.Frames, sent('w', 4), received('a', 4, 0))
	}
	s.Frames = append(s.Frames, exchange...)
	play(r, s, false)
	stanzas := written(t, d)
	require.Len(t, stanzas, 1, "%+v", r.Counts())
	assert.Equal(t, append(opening, exchange...), stanzas[0].Frames)
}

// forgetful is a conversation that does not tell what a broken answer was to.
type forgetful struct{ protocol.Conversation }

func (f *forgetful) Exchange() core.Exchange {
	x := f.Conversation.Exchange()
	if !x.Open {
		x.Op = core.Other
	}
	return x
}

// A broken answer is recorded under the operation that its conversation tells,
// since it is compared with what the conversation tells again.
func TestOperationOfABrokenAnswer(t *testing.T) {
	p := *fake.Protocol
	p.Endpoint = nil // it wants the fake conversation itself
	p.New = func() protocol.Conversation { return &forgetful{fake.Protocol.New()} }
	r, d := recorder(t, &p, false)
	play(r, coretest.Stanza{Frames: []coretest.Frame{sent('r', 5), received('?', 5)}}, false)
	stanzas := written(t, d)
	require.Len(t, stanzas, 1, "%+v", r.Counts())
	assert.Equal(t, "other: frame Wrong", stanzas[0].Name)
}

// A datagram is cut into the frames that it holds. What cannot be cut is one.
func TestDatagramsAreCut(t *testing.T) {
	const keepAlive = "keep alive"
	p := *fake.Protocol
	scans := 0
	p.Scan = func(data []byte, atEOF bool) (int, []byte, error) {
		scans++
		require.Less(t, scans, 1000, "cutting has no end")
		switch {
		case bytes.HasPrefix(data, []byte(keepAlive)):
			return len(keepAlive), nil, nil // is skipped
		case string(data) == "wait":
			return 0, nil, nil
		case string(data) == "beyond":
			return len(data) + 1, data, nil
		}
		return fake.Scan(data, atEOF)
	}
	two := string(fake.Frame('r', 5)) + string(fake.Frame('r', 6))
	for data, want := range map[string][]string{
		two:                          {two[:6], two[6:]},
		two[:6]:                      {two[:6]},
		two[:9]:                      {two[:6], two[6:9]},
		keepAlive:                    nil,
		keepAlive + two[:6]:          {two[:6]},
		two[:6] + keepAlive:          {two[:6]},
		"wait":                       {"wait"},
		"beyond":                     {"beyond"},
		"no frame":                   {"no frame"},
		two[:6] + "no frame " + two:  {two[:6], "no frame " + two},
		two[:6] + "wait" + two[:6]:   {two[:6], "wait" + two[:6]},
		two[:6] + "beyond" + two[:6]: {two[:6], "beyond" + two[:6]},
	} {
		r, _ := recorder(t, &p, false)
		d := r.dialogue(true)
		r.decode(event{dialogue: d, data: []byte(data), time: time.Unix(0, 0)})
		assert.Equal(t, want, entryNames(d.log.entries), "%q", data)
	}
}
