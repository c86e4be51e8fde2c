package capture

import (
	"fmt"
	"io"
)

// A Reader reads the packets of one capture.
type Reader struct {
	source  source
	number  int
	decoder decoder
	Skipped Skipped
}

// NewReader reads the head of a capture. The error wraps [ErrFormat] when the
// input is none.
func NewReader(r io.Reader) (*Reader, error) {
	s, err := newSource(r)
	if err != nil {
		return nil, err
	}
	return &Reader{source: s}, nil
}

// A DamagedError says that a capture ends in the middle of a packet or goes on
// with something that is none.
type DamagedError struct {
	After int // number of the last packet that was read
	Err   error
}

func (e *DamagedError) Error() string {
	return fmt.Sprintf("the capture is damaged after packet %d (%v)", e.After, e.Err)
}

func (e *DamagedError) Unwrap() error { return e.Err }

// Number returns the number of packets read so far, used or not.
func (r *Reader) Number() int { return r.number }

// Next returns the next packet that carries TCP or UDP. The error is io.EOF
// after the last packet, and a *[DamagedError] when the rest cannot be read.
func (r *Reader) Next() (*Packet, error) {
	for {
		data, info, link, err := r.source.next()
		if err == io.EOF {
			return nil, io.EOF
		}
		if err != nil {
			return nil, &DamagedError{After: r.number, Err: err}
		}
		r.number++
		if p := r.decoder.decode(data, info, link, &r.Skipped); p != nil {
			p.Number = r.number
			p.Time = info.Timestamp
			return p, nil
		}
	}
}
