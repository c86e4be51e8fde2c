package device

import "github.com/fieldstatus/fieldstatus/core/coretest"

// Replay answers the next requests with what was recorded: one stanza for each
// request, in order, with everything that the stanza received behind the last
// frame that it sent. The transaction number is the one of the request. Behind
// the last stanza the device answers by itself again.
//
//	stanzas, err := coretest.ReadFrames(os.DirFS("testdata"), "plant.frames")
//	plc.Replay(stanzas...)
func (s *Server) Replay(stanzas ...coretest.Stanza) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.replay = append(s.replay, stanzas...)
}

// replayed takes the next stanza, if there is one, for a request.
func (s *Server) replayed(session Session, request []byte) (answer []byte, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.replay) == 0 {
		return nil, false
	}
	stanza := s.replay[0]
	s.replay = s.replay[1:]
	for _, f := range stanza.Frames {
		if f.Sent {
			answer = nil
			continue
		}
		answer = append(answer, session.Adopt(append([]byte(nil), f.Data...), request)...)
	}
	return answer, true
}
