package devicetest

import (
	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
)

// Replay answers the next requests with what was recorded: one stanza for each
// request, in order, with everything that the stanza received behind the last
// frame that it sent. The transaction number is the one of the request. Behind
// the last stanza the device answers by itself again.
//
// A stanza whose op is connect is for the handshake: each request of it gets what
// the stanza received behind its next sent frame, until the stanza is used up.
// Requests of the other kind wait for no such stanza, and are answered by the
// device itself.
//
//	stanzas, err := coretest.ReadFrames(os.DirFS("testdata"), "plant.frames")
//	plc.Replay(stanzas...)
func (s *Server) Replay(stanzas ...coretest.Stanza) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.replay = append(s.replay, stanzas...)
}

// replayed takes what the next stanza has for a request, if it is for one of its
// kind.
func (s *Server) replayed(session Session, q Request, request []byte) (answer []byte, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.replay) == 0 || (s.replay[0].Op == core.Connect) != (q.Op == core.Connect) {
		return nil, false
	}
	frames := s.replay[0].Frames
	if q.Op != core.Connect {
		s.replay = s.replay[1:]
		return adopt(session, behindLastSent(frames), request), true
	}
	for len(frames) > 0 && frames[0].Sent {
		frames = frames[1:]
	}
	n := 0
	for n < len(frames) && !frames[n].Sent {
		n++
	}
	if s.replay[0].Frames = frames[n:]; n == len(frames) {
		s.replay = s.replay[1:]
	}
	return adopt(session, frames[:n], request), true
}

func behindLastSent(frames []coretest.Frame) []coretest.Frame {
	for i := len(frames) - 1; i >= 0; i-- {
		if frames[i].Sent {
			return frames[i+1:]
		}
	}
	return frames
}

func adopt(session Session, received []coretest.Frame, request []byte) []byte {
	answer := []byte{}
	for _, f := range received {
		answer = append(answer, session.Adopt(append([]byte(nil), f.Data...), request)...)
	}
	return answer
}
