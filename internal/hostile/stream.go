package hostile

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/fieldstatus/fieldstatus/core"
)

// Stream splits a stream and checks that every way in which it can arrive gives
// the same frames and the same end. Each frame is asked for with every number of
// bytes there can be, up to a bound, and with some beyond.
func (c *Checker) Stream(data []byte) error { return Split(c.Scan, data) }

// maxArrivals bounds how many numbers of bytes are tried one by one.
const maxArrivals = 256

// Split is [Checker.Stream] for a split function alone.
func Split(scan bufio.SplitFunc, data []byte) error {
	for rest := data; len(rest) > 0; {
		advance, token, err := scan(rest, true)
		if err != nil {
			if advance != 0 || token != nil {
				return fmt.Errorf("advance %d, a token of %d bytes and %v", advance, len(token), err)
			}
			return end(scan, rest, err)
		}
		switch {
		case advance <= 0 || advance > len(rest):
			return fmt.Errorf("advance %d of %d bytes", advance, len(rest))
		case !bytes.Equal(token, rest[:advance]):
			return fmt.Errorf("a token of %d bytes that is not the next %d", len(token), advance)
		case cap(token) != len(token):
			return fmt.Errorf("a token of %d bytes with room for %d", len(token), cap(token))
		}
		if err := waits(scan, rest, advance); err != nil {
			return err
		}
		for _, n := range [...]int{advance, min(advance+1, len(rest)), len(rest)} {
			if more, again, err := scan(rest[:n], false); more != advance || len(again) != advance || err != nil {
				return fmt.Errorf("with %d bytes the frame of %d is %d, %v", n, advance, more, err)
			}
		}
		rest = rest[advance:]
	}
	if advance, token, err := scan(nil, true); advance != 0 || token != nil || err != nil {
		return fmt.Errorf("the end gives %d, %x, %v", advance, token, err)
	}
	return nil
}

// waits checks that fewer than n bytes ask for more.
func waits(scan bufio.SplitFunc, rest []byte, n int) error {
	step := n/maxArrivals + 1
	for i := 0; i < n; i += step {
		if advance, token, err := scan(rest[:i], false); advance != 0 || token != nil || err != nil {
			return fmt.Errorf("the first %d of %d bytes give %d, %x, %v", i, n, advance, token, err)
		}
	}
	return nil
}

// end checks the error that ends a stream: it comes with the first byte that
// cannot be right, and stays. An end inside of a frame is io.ErrUnexpectedEOF.
func end(scan bufio.SplitFunc, rest []byte, err error) error {
	if err == io.ErrUnexpectedEOF {
		return waits(scan, rest, len(rest)+1)
	}
	var place *core.FrameError
	if core.CodeOf(err) != core.PluginProtocolParseFailed || !errors.As(err, &place) || place.Offset < 0 || place.Offset > len(rest) || place.Reason == "" {
		return fmt.Errorf("a stream ends with %T %v", err, err)
	}
	bad := false
	step := len(rest)/maxArrivals + 1
	for i := 0; i <= len(rest); i += step {
		advance, token, err := scan(rest[:i], false)
		if advance != 0 || token != nil {
			return fmt.Errorf("the first %d of %d bad bytes give a frame of %d", i, len(rest), advance)
		}
		var again *core.FrameError
		switch {
		case err == nil && bad:
			return fmt.Errorf("%d bytes are good again", i)
		case err == nil:
			continue
		case !errors.As(err, &again) || again.Offset != place.Offset:
			return fmt.Errorf("at %d bytes the stream ends with %v, and with all with %v", i, err, place)
		}
		bad = true
	}
	return nil
}
