package s7

import (
	"bytes"
	"errors"
	"io"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
)

// seeds adds every frame of the .frames files.
func seeds(f *testing.F, add func(frame []byte)) {
	stanzas, err := coretest.ReadFrames(os.DirFS("testdata"), "*.frames")
	require.NoError(f, err)
	for _, s := range stanzas {
		for _, frame := range s.Frames {
			add(frame.Data)
		}
	}
}

// checkResult checks what every decoder promises: documented codes, and only
// the errors that are announced.
func checkResult(t *testing.T, statuses []core.Status, err error, frame []byte) {
	for _, s := range statuses {
		for _, op := range []core.Op{core.Other, core.Connect, core.Read, core.Write} {
			assert.True(t, s.Code(op).Documented())
		}
		assert.NotZero(t, s)
	}
	if err == nil || err == core.ErrNotResponse || err == core.ErrIncomplete {
		return
	}
	var e *core.Error
	require.ErrorAs(t, err, &e)
	assert.Contains(t, []core.Code{core.PluginProtocolParseFailed, core.PluginMessageDisorder, core.S7COTPDisconnected, core.S7Disconnected}, e.Code)
	var cause *core.FrameError
	require.ErrorAs(t, err, &cause)
	assert.GreaterOrEqual(t, cause.Offset, 0)
	assert.NotEmpty(t, cause.Reason)
}

func FuzzParse(f *testing.F) {
	seeds(f, func(frame []byte) { f.Add(frame) })
	f.Fuzz(func(t *testing.T, frame []byte) {
		before := bytes.Clone(frame)
		statuses, err := AppendStatuses(nil, frame)
		checkResult(t, statuses, err, frame)
		r, errParse := ParseResponse(frame)
		assert.Equal(t, errParse, err, "both agree")
		if err != nil {
			assert.Empty(t, statuses)
			assert.Error(t, r.Err(core.Read), "an empty response is no success")
			return
		}
		n := 0
		for i, item := range r.Items() {
			assert.Equal(t, n, i)
			assert.NotZero(t, item.Status(len(item.Data())+1))
			n++
		}
		assert.Equal(t, r.Len(), n)
		assert.Len(t, statuses, max(1, n))
		assert.Equal(t, r.Status().Code(core.Read) == core.OK, r.Err(core.Read) == nil)
		assert.LessOrEqual(t, len(r.Payload()), len(frame))
		r.TPDUSize()
		r.PayloadStatus(1)
		assert.Equal(t, before, frame, "the frame is only read")
	})
}

func FuzzScanFrames(f *testing.F) {
	seeds(f, func(frame []byte) { f.Add(append(bytes.Clone(frame), frame...)) })
	f.Fuzz(func(t *testing.T, data []byte) {
		rest := data
		for {
			n, token, err := ScanFrames(rest, true)
			if err != nil {
				if err != io.ErrUnexpectedEOF {
					checkResult(t, nil, err, rest)
				}
				return
			}
			if n == 0 {
				assert.Empty(t, rest)
				return
			}
			require.Equal(t, rest[:n], token)
			if err := new(segment).parse(token); err != nil {
				for _, fault := range []Event{TPKTBadVersion, TPKTLengthTooSmall, TPKTTruncated} {
					assert.False(t, errors.Is(err, fault), "a token is a TPKT")
				}
			}
			for cut := range n {
				short, _, err := ScanFrames(rest[:cut], false)
				require.Zero(t, short)
				require.NoError(t, err)
			}
			rest = rest[n:]
		}
	})
}

// The input is a stream of TPKTs whose second, reserved byte says who sends.
func FuzzConversation(f *testing.F) {
	stanzas, err := coretest.ReadFrames(os.DirFS("testdata"), "*.frames")
	require.NoError(f, err)
	for _, s := range stanzas {
		var stream []byte
		for _, frame := range s.Frames {
			data := bytes.Clone(frame.Data)
			if frame.Sent && len(data) > 1 {
				data[1] = 1
			}
			stream = append(stream, data...)
		}
		f.Add(stream)
	}
	f.Fuzz(func(t *testing.T, stream []byte) {
		var c Conversation
		var statuses []core.Status
		for len(stream) > 0 {
			n, frame, err := ScanFrames(stream, true)
			if err != nil || n == 0 {
				frame, n = stream, len(stream)
			}
			if len(frame) > 1 && frame[1] == 1 {
				c.Sent(frame)
			} else {
				statuses, err = c.Received(statuses[:0], frame)
				checkResult(t, statuses, err, frame)
				if err == nil {
					assert.NotEmpty(t, statuses)
				}
			}
			assert.LessOrEqual(t, c.n, maxPending)
			assert.LessOrEqual(t, len(c.received.buf), maxPDU)
			stream = stream[n:]
		}
	})
}

func FuzzExchange(f *testing.F) {
	stanzas, err := coretest.ReadFrames(os.DirFS("testdata"), "*.frames")
	require.NoError(f, err)
	for _, s := range stanzas {
		if n := len(s.Frames); n > 1 && s.Frames[n-2].Sent {
			f.Add(s.Frames[n-2].Data, s.Frames[n-1].Data)
		}
	}
	f.Fuzz(func(t *testing.T, request, response []byte) {
		var x Exchange
		err := x.Verify(request, response)
		if err != nil {
			assert.NotEqual(t, core.OK, core.CodeOf(err))
			assert.Equal(t, err, x.Err())
		}
		if len(response) == 0 || x.Err() != nil {
			return
		}
		assert.NotEmpty(t, x.Statuses(), "what is no failure has statuses")
	})
}

func FuzzTranslate(f *testing.F) {
	for row := range Rows() {
		f.Add(row.Symbol)
	}
	f.Fuzz(func(t *testing.T, text string) {
		cause := errors.New(text)
		for _, op := range []core.Op{core.Other, core.Connect, core.Read, core.Write} {
			err := Translate(op, cause)
			require.Error(t, err)
			assert.True(t, core.CodeOf(err).Documented())
			assert.ErrorIs(t, err, cause)
			assert.Equal(t, err, Translate(op, err))
		}
	})
}
