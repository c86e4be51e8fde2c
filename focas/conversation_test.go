package focas

import (
	"errors"
	"testing"

	"github.com/fieldstatus/fieldstatus/core"
)

// sentIn returns the sent frames of a stanza.
func sentIn(t *testing.T, name string) [][]byte {
	t.Helper()
	var frames [][]byte
	for _, s := range stanzas(t) {
		if s.Name == name {
			for _, f := range s.Frames {
				if f.Sent {
					frames = append(frames, f.Data)
				}
			}
		}
	}
	if frames == nil {
		t.Fatalf("no stanza %q that sends", name)
	}
	return frames
}

func TestExchange(t *testing.T) {
	var c Conversation
	step := func(what string, want core.Exchange) {
		t.Helper()
		if got := c.Exchange(); got != want {
			t.Errorf("%s: %+v, want %+v", what, got, want)
		}
	}
	step("nothing yet", core.Exchange{})
	c.Sent(sentIn(t, "open accepted")[0])
	step("open", core.Exchange{Op: core.Connect, ID: 1, Open: true})
	if c.Connection() != TransferConnection {
		t.Errorf("connection %v", c.Connection())
	}
	if _, err := c.Received(nil, stanza(t, "open accepted")); err != nil {
		t.Fatal(err)
	}
	step("open accepted", core.Exchange{Op: core.Connect, ID: 1})

	c.Sent(sentIn(t, "PMC write that is protected: 3004, while the same word is 3003 for a read")[0])
	step("PMC write", core.Exchange{Op: core.Write, ID: 2, Open: true})
	if _, err := c.Received(nil, stanza(t, "notice with a text, which answers nothing")); err != core.ErrNotResponse {
		t.Errorf("notice: %v", err)
	}
	step("notice", core.Exchange{})
	if _, err := c.Received(nil, stanza(t, "PMC write that is protected: 3004, while the same word is 3003 for a read")); err != nil {
		t.Fatal(err)
	}
	step("PMC write answered", core.Exchange{Op: core.Write, ID: 2})

	download := sentIn(t, "download end, program number registered already")
	c.Sent(download[0])
	step("download data", core.Exchange{Op: core.Write, ID: 3})
	c.Sent(download[1])
	step("download end", core.Exchange{Op: core.Write, ID: 4, Open: true})
	if _, err := c.Received(nil, stanza(t, "abort notice that waits for the answer")); err != core.ErrNotResponse {
		t.Errorf("abort: %v", err)
	}
	if _, err := c.Received(nil, []byte("garbage")); core.CodeOf(err) != core.PluginProtocolParseFailed {
		t.Errorf("garbage: %v", err)
	}
	step("garbage", core.Exchange{Op: core.Write, ID: 4})

	c.Sent([]byte("garbage"))
	step("garbage sent", core.Exchange{})
	c.Sent(stanza(t, "sequence number, success"))
	step("an answer sent", core.Exchange{})
}

// The open request says which connection of a session this is.
func TestConnectionOfTheOpenRequest(t *testing.T) {
	for n, want := range []Connection{0, TransferConnection, CommandConnection, 0} {
		var c Conversation
		c.Sent([]byte{0xA0, 0xA0, 0xA0, 0xA0, 0, 1, byte(FuncOpen), byte(DirRequest), 0, 2, 0, byte(n)})
		if c.Connection() != want {
			t.Errorf("%d: %v", n, c.Connection())
		}
	}
}

// An answer to other commands names the block that is out of place.
func TestAnswersToOtherCommands(t *testing.T) {
	frame := func(direction Direction, commands ...byte) []byte {
		body := []byte{0, byte(len(commands))}
		for _, command := range commands {
			body = append(body, 0, 16, 0, 1, 0, 1, 0, command, 0, 0, 0, 0, 0, 0, 0, 0)
		}
		return append([]byte{0xA0, 0xA0, 0xA0, 0xA0, 0, 3, 0x21, byte(direction), 0, byte(len(body))}, body...)
	}
	for _, tt := range []struct {
		asked, answered []byte
		at              int // 0: a good answer
	}{
		{[]byte{0x15, 0x1D}, []byte{0x15, 0x1D}, 0},
		{[]byte{0x15, 0x1D}, []byte{0x16, 0x1D}, 18},
		{[]byte{0x15, 0x1D}, []byte{0x15, 0x19}, 34},
		{[]byte{0x15, 0x1D}, []byte{0x15}, 10},
		{[]byte{0x15}, []byte{0x15, 0x1D}, 10},
	} {
		var c Conversation
		c.Sent(frame(DirRequest, tt.asked...))
		_, err := c.Received(nil, frame(DirAnswer, tt.answered...))
		var cause *core.FrameError
		if tt.at == 0 && err != nil || tt.at != 0 && (!errors.As(err, &cause) || cause.Offset != tt.at) {
			t.Errorf("asked %x, answered %x: %v", tt.asked, tt.answered, err)
		}
	}
}

// A request that got no answer does not wait for that of the next.
func TestRequestsReplaceEachOther(t *testing.T) {
	var c Conversation
	slow := sentIn(t, "two answers in a row, each for its own request")
	late := stanza(t, "two answers in a row, each for its own request")
	c.Sent(slow[1])
	c.Sent(sentIn(t, "sequence number, success")[0])
	if _, err := c.Received(nil, late); core.CodeOf(err) != core.PluginProtocolParseFailed || core.RemedyOf(err) != core.Reconnect {
		t.Errorf("late answer: %v", err)
	}
}

// Program text has no answer, whatever its direction says.
func TestDownloadDataIsNotAnswered(t *testing.T) {
	for _, direction := range []Direction{DirRequest, DirStream} {
		var c Conversation
		c.Sent([]byte{0xA0, 0xA0, 0xA0, 0xA0, 0, 1, byte(FuncDownloadData), byte(direction), 0, 1, '%'})
		if got := c.Exchange(); got != (core.Exchange{Op: core.Write, ID: 1}) {
			t.Errorf("direction %d: %+v", direction, got)
		}
	}
}

// An abort that was remembered is forgotten with its request.
func TestAbortBelongsToOneRequest(t *testing.T) {
	var c Conversation
	end := sentIn(t, "download end, program number registered already")[1]
	c.Sent(end)
	if _, err := c.Received(nil, stanza(t, "abort notice that waits for the answer")); err != core.ErrNotResponse {
		t.Fatal(err)
	}
	c.Sent(end)
	got, err := c.Received(nil, stanza(t, "the answer that it waited for, in itself a success"))
	if err != nil || len(got) != 1 || got[0].Code(core.Write) != core.OK {
		t.Errorf("%v, %v", got, err)
	}
}

// Without a request the op is taken from the answer.
func TestLoneFrames(t *testing.T) {
	for name, want := range map[string]core.Op{
		"sequence number, success": core.Read,
		"PMC write that is protected: 3004, while the same word is 3003 for a read": core.Write,
		"open refused": core.Connect,
		"abort notice in place of the answer to download end":                  core.Write,
		"request refused by a receipt: -17 of the CNC is no fault of the link": core.Other,
	} {
		var c Conversation
		frame := stanza(t, name)
		got, err := c.Received(nil, frame)
		alone, aloneErr := AppendStatuses(nil, frame)
		if err != nil || aloneErr != nil || len(got) != len(alone) || got[0] != alone[0] {
			t.Errorf("%s: %v, %v; alone %v, %v", name, got, err, alone, aloneErr)
		}
		if c.Exchange() != (core.Exchange{Op: want}) {
			t.Errorf("%s: %+v", name, c.Exchange())
		}
	}
}

// More blocks than are remembered are still counted.
func TestManyBlocks(t *testing.T) {
	const n = maxCommands + 10
	frame := func(direction Direction, size int, last byte) []byte {
		body := []byte{0, n}
		for i := range n {
			block := make([]byte, size)
			block[1], block[3], block[7] = byte(size), 1, 0x15
			if i == n-1 {
				block[7] = last
			}
			body = append(body, block...)
		}
		return append([]byte{0xA0, 0xA0, 0xA0, 0xA0, 0, 3, 0x21, byte(direction), byte(len(body) >> 8), byte(len(body))}, body...)
	}
	var c Conversation
	c.Sent(frame(DirRequest, 28, 0x15))
	if got, err := c.Received(nil, frame(DirAnswer, 16, 0x15)); err != nil || len(got) != n {
		t.Errorf("%d statuses, %v", len(got), err)
	}
	c.Sent(frame(DirRequest, 28, 0x16))
	if c.Exchange().Op != core.Write {
		t.Errorf("one write among reads is %v", c.Exchange().Op)
	}
}

// A request whose blocks contradict its count is no reason to fail: the CNC
// will say what it thinks of it.
func TestUnreadableRequest(t *testing.T) {
	var c Conversation
	c.Sent([]byte{0xA0, 0xA0, 0xA0, 0xA0, 0, 1, 0x21, 1, 0, 6, 0, 2, 0, 1, 0, 0})
	if !c.Exchange().Open {
		t.Error("the request is not waiting")
	}
	if got, err := c.Received(nil, stanza(t, "sequence number, success")); err != nil || len(got) != 1 {
		t.Errorf("%v, %v", got, err)
	}
}

// A request is a read or a write as a whole, as far as its commands are known.
func TestOpOfRequests(t *testing.T) {
	for _, tt := range []struct {
		commands []byte
		want     core.Op
	}{
		{[]byte{0x15}, core.Read},
		{[]byte{0x15, 0x1D}, core.Read},
		{[]byte{0x16, 0x15}, core.Write},
		{[]byte{0x15, 0x16}, core.Write},
		{[]byte{0x77}, core.Other},
		{[]byte{0x15, 0x77}, core.Other},
		{[]byte{0x77, 0x15}, core.Other},
		{[]byte{0x77, 0x16}, core.Write},
	} {
		frame := []byte{0xA0, 0xA0, 0xA0, 0xA0, 0, 1, 0x21, 1, 0, byte(2 + 8*len(tt.commands)), 0, byte(len(tt.commands))}
		for _, command := range tt.commands {
			frame = append(frame, 0, 8, 0, 1, 0, 1, 0, command)
		}
		var c Conversation
		c.Sent(frame)
		if got := c.Exchange(); got != (core.Exchange{Op: tt.want, ID: 1, Open: true}) {
			t.Errorf("%x: %+v", tt.commands, got)
		}
	}
}

// An abort notice without a fault that nobody waits for is no success of whatever
// else was asked.
func TestAbortWithoutFaultAnswersNothing(t *testing.T) {
	var c Conversation
	c.Sent(sentIn(t, "PMC write that is protected: 3004, while the same word is 3003 for a read")[0])
	notice := []byte{0xA0, 0xA0, 0xA0, 0xA0, 0, 2, byte(FuncAbort), byte(DirAnswer), 0, 8, 0, 0, 0, 0, 0, 0, 0, 0}
	if got, err := c.Received(nil, notice); err != core.ErrNotResponse || c.Exchange().ID != 0 {
		t.Errorf("%v, %v, %+v", got, err, c.Exchange())
	}
	notice[13] = byte(EWReject)
	if got, err := c.Received(nil, notice); err != nil || got[0].Value() != int64(EWReject) {
		t.Errorf("%v, %v", got, err)
	}
}
