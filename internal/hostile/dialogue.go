package hostile

import (
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/fieldstatus/fieldstatus/core"
)

// A Frame is one frame of a script.
type Frame struct {
	Sent bool
	Data []byte
}

// AppendFrame appends a frame to a script, which is what [Checker.Dialogue]
// plays: a byte that is odd for what the client sends, two for the length, and the
// frame.
func AppendFrame(script []byte, f Frame) []byte {
	way := byte(0)
	if f.Sent {
		way = 1
	}
	n := min(len(f.Data), 0xFFFF)
	return append(binary.LittleEndian.AppendUint16(append(script, way), uint16(n)), f.Data[:n]...)
}

// cut returns the first frame of a script. Its length may lie.
func cut(script []byte) (f Frame, rest []byte, ok bool) {
	if len(script) < 3 {
		return f, nil, false
	}
	n := min(int(binary.LittleEndian.Uint16(script[1:])), len(script)-3)
	return Frame{Sent: script[0]&1 == 1, Data: script[3 : 3+n : 3+n]}, script[3+n:], true
}

// Dialogue plays a script to a conversation and checks what comes out. A second
// conversation gets the same frames in a buffer that is overwritten at once, and
// has to say the same: no frame is kept. What was answered is not answered again by
// the same frame, unless [Face.Repeats] allows it.
func (c *Checker) Dialogue(script []byte) error {
	one, two := c.Hear(c.Open()), c.Open()
	for step := 0; ; step++ {
		f, rest, ok := cut(script)
		if !ok {
			break
		}
		script = rest
		c.before = append(c.before[:0], f.Data...)
		var err error
		if f.Sent {
			err = one.Send(f.Data)
			two.Sent(c.before)
		} else {
			err = c.hearBoth(&one, two, f.Data)
		}
		if err == nil && one.Exchange() != two.Exchange() {
			err = fmt.Errorf("%+v, and %+v in a buffer that is used again", one.Exchange(), two.Exchange())
		}
		if err != nil {
			return fmt.Errorf("frame %d: %w", step, err)
		}
		scramble(c.before)
	}
	if n := Retained(one.Conversation); n > c.Bound {
		return fmt.Errorf("%d bytes are retained, more than %d", n, c.Bound)
	}
	return nil
}

// hearBoth gives a frame of the device to both conversations, to the second one
// out of c.before.
func (c *Checker) hearBoth(one *Hearing, two Conversation, frame []byte) error {
	got, outcome, violated := one.Receive(frame)
	if violated != nil {
		return violated
	}
	again, err := two.Received(c.twin[:0], c.before)
	c.twin = again
	if secondOutcome, _ := c.Outcome(again, err, one.given); secondOutcome != outcome || !slices.Equal(got, again) {
		return fmt.Errorf("%v, and %v, %v in a buffer that is used again", got, again, err)
	}
	x := one.Exchange()
	if outcome != Succeeded || c.Repeats || x.Open || !one.asked(x) {
		return nil
	}
	if got, err := one.Received(nil, frame); err == nil && got[0].Code(core.Read) == core.OK && one.Exchange().ID == x.ID {
		return fmt.Errorf("request %d is answered twice: %v", x.ID, got)
	}
	two.Received(nil, c.before)
	return nil
}

func scramble(b []byte) {
	for i := range b {
		b[i] = 0xA5
	}
}
