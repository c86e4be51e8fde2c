package focas

import (
	"bytes"
	"errors"
	"testing"

	"github.com/fieldstatus/fieldstatus/core"
)

func seed(f *testing.F) {
	for _, s := range stanzas(f) {
		for _, frame := range s.Frames {
			f.Add(frame.Data)
		}
	}
}

// checkOutcome holds what every decoder promises: statuses with documented
// codes, or one of the three kinds of error.
func checkOutcome(t *testing.T, statuses []core.Status, err error) {
	t.Helper()
	for _, s := range statuses {
		if s == (core.Status{}) || !s.Code(core.Read).Documented() || !s.Code(core.Write).Documented() {
			t.Fatalf("status %s with code %v", s, s.Code(core.Read))
		}
	}
	switch {
	case err == nil:
		if len(statuses) == 0 {
			t.Fatal("neither statuses nor an error")
		}
	case err == core.ErrNotResponse:
	default:
		var frame *core.FrameError
		if len(statuses) > 0 || core.CodeOf(err) != core.PluginProtocolParseFailed || !errors.As(err, &frame) || frame.Offset < 0 {
			t.Fatalf("%d statuses and %v", len(statuses), err)
		}
	}
}

func FuzzAppendStatuses(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, frame []byte) {
		before := bytes.Clone(frame)
		statuses, err := AppendStatuses(nil, frame)
		checkOutcome(t, statuses, err)
		if !bytes.Equal(before, frame) {
			t.Fatal("the frame was changed")
		}
		var frameErr *core.FrameError
		if errors.As(err, &frameErr) && frameErr.Offset > len(frame) {
			t.Fatalf("offset %d in %d bytes", frameErr.Offset, len(frame))
		}
		r, err := ParseResponse(frame)
		n := 0
		for i, item := range r.Items() {
			if i != n || item.Status() != statuses[i] {
				t.Fatalf("block %d has %s, and its status is %s", i, item.Status(), statuses[i])
			}
			if len(item.Payload()) > len(frame) {
				t.Fatal("payload longer than the frame")
			}
			n++
		}
		if n != r.Len() {
			t.Fatalf("%d blocks, %d said", n, r.Len())
		}
		if err == nil && n == 0 && r.Status() != statuses[0] {
			t.Fatalf("%s is not %s", r.Status(), statuses[0])
		}
	})
}

func FuzzScanFrames(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, stream []byte) {
		rest := stream
		for len(rest) > 0 {
			n, token, err := ScanFrames(rest, true)
			if err != nil {
				if n != 0 || token != nil {
					t.Fatalf("%d bytes and %v", n, err)
				}
				return
			}
			if n < headerSize || n > len(rest) || !bytes.Equal(token, rest[:n]) {
				t.Fatalf("%d of %d bytes", n, len(rest))
			}
			if more, again, err := ScanFrames(token, false); more != n || len(again) != n || err != nil {
				t.Fatalf("the frame alone gives %d bytes, %v", more, err)
			}
			for cut := range n {
				if m, token, err := ScanFrames(rest[:cut], false); m != 0 || token != nil || err != nil {
					t.Fatalf("the first %d bytes of a frame give %d bytes, %v", cut, m, err)
				}
			}
			rest = rest[n:]
		}
	})
}

func FuzzConversation(f *testing.F) {
	for _, s := range stanzas(f) {
		sent, received := []byte(nil), []byte(nil)
		for _, frame := range s.Frames {
			if frame.Sent {
				sent = frame.Data
			} else {
				received = frame.Data
			}
		}
		f.Add(sent, received, received)
	}
	f.Fuzz(func(t *testing.T, sent, first, second []byte) {
		var lone Conversation
		alone, errAlone := AppendStatuses(nil, first)
		statuses, err := lone.Received(nil, first)
		if len(alone) != len(statuses) || (errAlone == nil) != (err == nil) {
			t.Fatalf("without a request %d statuses, %v; alone %d, %v", len(statuses), err, len(alone), errAlone)
		}
		var c Conversation
		c.Sent(sent)
		x := c.Exchange()
		if x.Open && x.ID == 0 {
			t.Fatalf("%+v", x)
		}
		for _, frame := range [][]byte{first, second} {
			statuses, err := c.Received(nil, frame)
			checkOutcome(t, statuses, err)
			if y := c.Exchange(); y.ID != 0 && (y.ID != x.ID || y.Op != x.Op || y.Open) {
				t.Fatalf("%+v after %+v", y, x)
			}
		}
	})
}

func FuzzTranslate(f *testing.F) {
	for _, text := range []string{"cnc_rdparam failed (6)", "go_cnc_sysinfo rc=-16", "focas: cnc_actf: EW_UNKNOWN(21)", "EW_OK", ""} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		cause := errors.New(text)
		for _, op := range []core.Op{core.Other, core.Read, core.Write} {
			err := Translate(op, cause)
			switch core.CodeOf(err) {
			case core.FOCASError, core.PluginNotConnected, core.PluginProtocolParseFailed, core.PluginTagNotReadable, core.PluginTagNotWritable:
			default:
				t.Fatalf("%q: %v", text, err)
			}
			if !errors.Is(err, cause) || Translate(op, err) != err {
				t.Fatalf("%q: %v", text, err)
			}
		}
	})
}
