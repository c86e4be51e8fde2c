package record

import "bufio"

const (
	// maxFrame is the longest frame that is waited for.
	maxFrame = 1 << 20
	// enough is how many frames in a row must have been right, where the stream
	// was not followed from its start, before bytes that are none are taken for
	// a fault of the sender.
	enough = 3
)

// A splitter cuts one direction of a TCP connection into frames.
type splitter struct {
	scan    bufio.SplitFunc
	frame   func(data []byte)            // gets every frame
	garbage func(data []byte, sure bool) // gets bytes that are none; sure: by a fault of the sender

	buf    []byte
	lost   bool // where frames begin is not known
	inStep int  // frames since then
	solid  bool // the stream was followed from its start
}

// add takes the bytes of one read. Senders write whole frames, so that a stream
// that is lost is picked up again where one begins with a read.
func (s *splitter) add(data []byte) {
	if s.lost {
		s.buf, s.lost, s.inStep = nil, false, 0
	}
	s.buf = append(s.buf, data...)
	for len(s.buf) > 0 {
		n, token, err := s.scan(s.buf, false)
		switch {
		case err != nil || n < 0 || n > len(s.buf) || n == 0 && len(s.buf) > maxFrame:
			s.giveUp(err != nil)
			return
		case n == 0:
			return
		case token != nil:
			s.inStep++
			s.frame(append([]byte(nil), token...))
		}
		s.buf = s.buf[n:]
	}
	s.buf = nil
}

// giveUp hands out what is there as bytes that are no frame.
func (s *splitter) giveUp(wrong bool) {
	data := s.buf
	sure := wrong && (s.solid || s.inStep >= enough)
	s.buf, s.lost, s.solid = nil, true, false
	s.garbage(data, sure)
}

// end is called when the direction is over. A frame that is cut off by that is
// handed out as garbage.
func (s *splitter) end() {
	if len(s.buf) > 0 && !s.lost {
		s.giveUp(true)
	}
}

// miss says that bytes are missing here.
func (s *splitter) miss() { s.buf, s.lost, s.solid = nil, true, false }
