package fins

import (
	"errors"
	"testing"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/internal/hostile"
)

// face is what this package promises about hostile bytes.
func face() hostile.Face {
	return hostile.Face{
		Append: AppendStatuses, Scan: ScanFrames, Open: func() hostile.Conversation { return new(Conversation) },
		Faults: []core.Code{core.PluginMessageDisorder, core.FINSDisconnected},
		Views:  views,
		Enough: enough,
		Mend:   hostile.FINS,
		Bound:  16 << 10,
	}
}

func views(frame []byte) [][]byte {
	r, err := ParseResponse(frame)
	if err != nil || framingOf(frame) == overHostLink {
		return nil // text is decoded into bytes of its own
	}
	return [][]byte{r.Data()}
}

// enough: a datagram has no length, so that a response without its command is
// complete behind the end code. A conversation knows better.
func enough(frame []byte) int {
	if framingOf(frame) == overUDP {
		return responseSize
	}
	return 0
}

func TestMemoryIsBounded(t *testing.T) { hostile.Flood(t, face()) }

func FuzzParseResponse(f *testing.F) {
	hostile.FuzzFrames(f, hostile.NewChecker(face()), func(t *testing.T, frame []byte) {
		r, err := ParseResponse(frame)
		if err != nil {
			return
		}
		s := r.Status(AnyLength)
		if (r.Err(core.Read) == nil) != (s.Code(core.Read) == core.OK) {
			t.Fatalf("%x: %v, but %v", frame, s, r.Err(core.Read))
		}
		if r.Err(core.Read) == nil && r.EndCode().Plain() != NormalCompletion {
			t.Fatalf("%x: a success with %v", frame, r.EndCode())
		}
		if n := len(r.Data()); n > len(frame) || r.hasMessage && r.Err(core.Read) == nil && r.Status(n).Code(core.Read) != core.OK {
			t.Fatalf("%x: %d bytes of data", frame, n)
		}
	})
}

func FuzzScanFrames(f *testing.F) {
	checker := hostile.NewChecker(face())
	hostile.FuzzStreams(f, func(stream []byte) error {
		if n, token, _ := ScanFrames(stream, true); n > 0 {
			if _, fault := parseTCP(token); fault.reason != "" {
				return errors.New("a frame that is none: " + fault.reason)
			}
		}
		return checker.Stream(stream)
	})
}

func FuzzScanHostLinkFrames(f *testing.F) {
	hostile.FuzzStreams(f, func(stream []byte) error { return hostile.Split(ScanHostLinkFrames, stream) })
}

func FuzzConversation(f *testing.F) {
	hostile.FuzzScripts(f, hostile.NewChecker(face()))
}

// FuzzAnswer: where the command tells how long a success is, no part of one is a
// success.
func FuzzAnswer(f *testing.F) {
	for _, s := range hostile.Stanzas(f) {
		if n := len(s.Frames); n > 1 && s.Frames[n-2].Sent {
			f.Add(s.Frames[n-2].Data, s.Frames[n-1].Data)
		}
	}
	var c, trial Conversation
	statuses := make([]core.Status, 0, 1)
	f.Fuzz(func(t *testing.T, command, answer []byte) {
		c = Conversation{}
		c.Sent(command)
		if !c.Exchange().Open || c.handshake != 0 || !c.awaited[c.newest].answer.exact {
			return
		}
		trial = c
		got, err := trial.Received(statuses, answer)
		if err != nil || got[0].Code(core.Read) != core.OK {
			return
		}
		for n := range len(answer) {
			trial = c
			if got, err := trial.Received(statuses, answer[:n]); err == nil && got[0].Code(core.Read) == core.OK {
				t.Fatalf("%x: %d of %d bytes are a success", answer, n, len(answer))
			}
		}
	})
}

func FuzzTranslate(f *testing.F) {
	for _, c := range clientErrors() {
		f.Add(c.err.Error())
	}
	f.Fuzz(func(t *testing.T, text string) {
		cause := errors.New(text)
		for _, op := range []core.Op{core.Other, core.Connect, core.Read, core.Write} {
			err := Translate(op, cause)
			if err == nil {
				if op == core.Read {
					t.Fatalf("%q: a read without a value became a success", text)
				}
				continue
			}
			if !errors.Is(err, cause) || !core.CodeOf(err).Documented() || Translate(op, err) != err {
				t.Fatalf("%q: %v", text, err)
			}
		}
	})
}
