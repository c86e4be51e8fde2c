package hostile

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"github.com/fieldstatus/fieldstatus/core"
)

// marker stands in front of the statuses of a frame, which have to leave it alone.
var marker = core.FrameForeign.Status()

// Glance reads a frame and checks what is cheap to check.
func (c *Checker) Glance(frame []byte) (Outcome, error) {
	c.statuses = append(c.statuses[:0], marker)
	got, err := c.Append(c.statuses, frame)
	if len(got) < 1 || got[0] != marker {
		return Malformed, errors.New("the statuses that were there are gone")
	}
	c.statuses = got
	return c.Outcome(got[1:], err, len(frame))
}

// Frame reads a frame and checks all that must be true of it, and once more of
// the same frame mended. frame may be overwritten meanwhile, but not beyond its end.
func (c *Checker) Frame(frame []byte) error {
	if err := c.frame(frame); err != nil || c.Mend == nil {
		return err
	}
	c.mended = append(c.mended[:0], frame...)
	mended := slices.Clip(c.mended)
	if c.Mend(mended); bytes.Equal(mended, frame) {
		return nil
	}
	if err := c.frame(mended); err != nil {
		return fmt.Errorf("mended, %x: %w", mended, err)
	}
	return nil
}

func (c *Checker) frame(frame []byte) error {
	c.before = append(c.before[:0], frame...)
	outcome, violated := c.Glance(frame)
	if violated != nil {
		return violated
	}
	if !bytes.Equal(c.before, frame) {
		return errors.New("the frame was written to")
	}
	if err := c.views(frame); err != nil {
		return err
	}
	if outcome == Succeeded || outcome == Failed {
		return c.pieces(frame)
	}
	return nil
}

// views checks that what is parsed lies inside the frame: every byte of it
// changes when all bytes of the frame do, and there is no room to write behind it.
func (c *Checker) views(frame []byte) error {
	if c.Views == nil {
		return nil
	}
	views := c.Views(frame)
	total := 0
	for _, v := range views {
		if cap(v) != len(v) && len(v) > 0 {
			return fmt.Errorf("a view of %d bytes with room for %d", len(v), cap(v))
		}
		total += len(v)
	}
	if total == 0 {
		return nil
	}
	held := make([]byte, 0, total)
	for _, v := range views {
		held = append(held, v...)
	}
	flip(frame)
	defer flip(frame)
	for _, v := range views {
		for i, b := range v {
			if held[i] != ^b {
				return fmt.Errorf("byte %d of a view of %d bytes does not lie in the frame", i, len(v))
			}
		}
		held = held[len(v):]
	}
	return nil
}

func flip(frame []byte) {
	for i := range frame {
		frame[i] = ^frame[i]
	}
}

// maxCuts is how many pieces of a frame are tried: all of a short one.
const maxCuts = 48

// pieces checks that no piece of a frame that gave statuses gives any, and that
// the frame with another byte behind it gives none.
func (c *Checker) pieces(frame []byte) error {
	enough, delimited := len(frame), true
	if c.Enough != nil {
		if n := c.Enough(frame); n > 0 {
			enough, delimited = n, false
		}
	}
	step := enough/maxCuts + 1
	for n := 0; n < enough; n += step {
		if err := c.Piece(frame[:n:n], frame); err != nil {
			return err
		}
	}
	if enough > 0 {
		if err := c.Piece(frame[:enough-1:enough-1], frame); err != nil {
			return err
		}
	}
	if !delimited {
		return nil
	}
	c.before = append(append(c.before[:0], frame...), 0)
	return c.Piece(c.before, frame)
}

// Piece checks that a piece of a frame that gave statuses gives none.
func (c *Checker) Piece(piece, frame []byte) error {
	switch outcome, violated := c.Glance(piece); {
	case violated != nil:
		return fmt.Errorf("%d of %d bytes: %w", len(piece), len(frame), violated)
	case outcome == Succeeded || outcome == Failed:
		return fmt.Errorf("%d of %d bytes give %v", len(piece), len(frame), c.statuses[1:])
	}
	return nil
}
