package decode

import (
	"reflect"

	"github.com/fieldstatus/fieldstatus/cmd/internal/protocol"
)

// Spares are conversations and connections that have ended, for those that begin.
// Some conversations have several kilobytes; where most packets open or close a
// connection, allocating them and collecting them again would take a good part of
// the time.
type spares struct {
	dialogues map[*protocol.Protocol][]*dialogue
	streams   []*tcpStream

	// What has ended with the packet that is being dealt with. The reassembly and
	// the engine may still have it in hand.
	ended        []*dialogue
	endedStreams []*tcpStream
}

// give takes a dialogue that nobody continues.
func (s *spares) give(d *dialogue) {
	if len(s.ended) < maxSpares {
		s.ended = append(s.ended, d)
	}
}

// giveStream takes a connection that has ended.
func (s *spares) giveStream(stream *tcpStream) {
	if len(s.endedStreams) < maxSpares {
		s.endedStreams = append(s.endedStreams, stream)
	}
}

// ready makes new ones of what has ended with the packet before.
func (s *spares) ready() {
	if len(s.ended)+len(s.endedStreams) == 0 {
		return
	}
	for _, d := range s.ended {
		if len(s.dialogues[d.protocol]) == maxSpares {
			continue
		}
		if s.dialogues == nil {
			s.dialogues = make(map[*protocol.Protocol][]*dialogue)
		}
		d.renew()
		s.dialogues[d.protocol] = append(s.dialogues[d.protocol], d)
	}
	for _, stream := range s.endedStreams {
		if len(s.streams) < maxSpares {
			stream.renew()
			s.streams = append(s.streams, stream)
		}
	}
	s.ended, s.endedStreams = s.ended[:0], s.endedStreams[:0]
}

// dialogue returns a dialogue of a protocol that is as new, nil when none is left.
func (s *spares) dialogue(p *protocol.Protocol) *dialogue {
	left := s.dialogues[p]
	if len(left) == 0 {
		return nil
	}
	d := left[len(left)-1]
	s.dialogues[p] = left[:len(left)-1]
	return d
}

// stream returns a connection that is as new.
func (s *spares) stream() *tcpStream {
	if len(s.streams) == 0 {
		return new(tcpStream)
	}
	stream := s.streams[len(s.streams)-1]
	s.streams = s.streams[:len(s.streams)-1]
	return stream
}

// renew makes a dialogue a new one, but for the memory that it has.
func (d *dialogue) renew() {
	reflect.ValueOf(d.inner).Elem().SetZero() // which is what New returns
	*d = dialogue{
		engine: d.engine, protocol: d.protocol, inner: d.inner,
		open: emptied(d.open, maxSpareItems), statuses: emptied(d.statuses, maxSpareItems),
	}
}

// renew makes a connection a new one, but for the memory that it has.
func (s *tcpStream) renew() {
	*s = tcpStream{both: s.both}
	if s.both != nil {
		s.both[0].renew()
		s.both[1].renew()
	}
}

// emptied returns a slice without its elements, and without its memory when that
// has room for more than limit of them.
func emptied[T any](s []T, limit int) []T {
	if cap(s) > limit {
		return nil
	}
	return s[:0]
}
