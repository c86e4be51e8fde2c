package fins

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"testing"

	"github.com/fieldstatus/fieldstatus/core"
)

func seedFrames(f *testing.F, add func(frame []byte)) {
	for _, s := range stanzas(f) {
		for _, frame := range s.Frames {
			add(frame.Data)
		}
	}
}

// checkError: an error is one of the two that are no failures, or says where
// the fault is.
func checkError(t *testing.T, frame []byte, err error) {
	if err == nil || err == core.ErrNotResponse {
		return
	}
	var e *core.Error
	var fault *core.FrameError
	if !errors.As(err, &e) || !errors.As(err, &fault) {
		t.Fatalf("%x: %v", frame, err)
	}
	if fault.Offset < 0 || fault.Offset > len(frame) {
		t.Fatalf("%x: offset %d", frame, fault.Offset)
	}
	if code := core.CodeOf(err); code != core.PluginProtocolParseFailed && code != core.PluginMessageDisorder && code != core.FINSDisconnected {
		t.Fatalf("%x: code %v", frame, code)
	}
}

func FuzzParseResponse(f *testing.F) {
	seedFrames(f, func(frame []byte) { f.Add(frame) })
	f.Fuzz(func(t *testing.T, frame []byte) {
		before := bytes.Clone(frame)
		r, err := ParseResponse(frame)
		checkError(t, frame, err)
		got, appendErr := AppendStatuses(nil, frame)
		if (err == nil) != (appendErr == nil) || (err == nil) != (len(got) == 1) {
			t.Fatalf("%x: %v, %v, %v", frame, err, appendErr, got)
		}
		if !bytes.Equal(before, frame) {
			t.Fatal("the frame was written to")
		}
		if err != nil {
			return
		}
		if s := r.Status(AnyLength); s != got[0] || !s.Code(core.Read).Documented() || (r.Err(core.Read) == nil) != (s.Code(core.Read) == core.OK) {
			t.Fatalf("%x: %v", frame, s)
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
	seedFrames(f, func(frame []byte) { f.Add(frame) })
	f.Fuzz(func(t *testing.T, stream []byte) {
		for name, split := range map[string]bufio.SplitFunc{"TCP": ScanFrames, "Host Link": ScanHostLinkFrames} {
			s := bufio.NewScanner(bytes.NewReader(stream))
			s.Split(split)
			n := 0
			for s.Scan() {
				if !bytes.Equal(s.Bytes(), stream[n:n+len(s.Bytes())]) || len(s.Bytes()) == 0 {
					t.Fatalf("%s: a token that is not the next piece", name)
				}
				n += len(s.Bytes())
				if name == "TCP" {
					if _, fault := parseTCP(s.Bytes()); fault.reason != "" {
						t.Fatalf("a frame that is none: %s", fault.reason)
					}
				}
			}
			if err := s.Err(); err != io.ErrUnexpectedEOF {
				checkError(t, stream, err)
			}
			if (s.Err() == nil) != (n == len(stream)) {
				t.Fatalf("%s: %d of %d bytes, %v", name, n, len(stream), s.Err())
			}
		}
	})
}

// FuzzConversation plays frames of both directions: each has a byte for its
// direction and one for its length in front.
func FuzzConversation(f *testing.F) {
	for _, s := range stanzas(f) {
		var script []byte
		for _, frame := range s.Frames {
			if len(frame.Data) > 255 {
				continue
			}
			way := byte(0)
			if frame.Sent {
				way = 1
			}
			script = append(append(script, way, byte(len(frame.Data))), frame.Data...)
		}
		f.Add(script)
	}
	f.Fuzz(func(t *testing.T, script []byte) {
		var c Conversation
		open := map[uint64]bool{}
		for len(script) > 1 {
			way, n := script[0], min(int(script[1]), len(script)-2)
			frame := script[2 : 2+n]
			script = script[2+n:]
			if way == 1 {
				c.Sent(frame)
				if x := c.Exchange(); x.Open {
					open[x.ID] = true
				}
				continue
			}
			got, err := c.Received(nil, frame)
			checkError(t, frame, err)
			if (err == nil) != (len(got) == 1) {
				t.Fatalf("%x: %v, %v", frame, got, err)
			}
			x := c.Exchange()
			if x.ID != 0 && !open[x.ID] || x.Open {
				t.Fatalf("%x answers %+v, which is not open", frame, x)
			}
			delete(open, x.ID)
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
