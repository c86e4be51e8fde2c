package focastest

import (
	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/devicetest"
	"github.com/fieldstatus/fieldstatus/focas"
)

// A session is one connection of a client. It reads each frame once, in Read.
type session struct {
	device     *Device
	connection focas.Connection // 0 until it is opened
	q          request
}

// Read tells what a frame asks.
func (s *session) Read(frame []byte) devicetest.Request {
	s.q = readRequest(frame)
	q := devicetest.Request{}
	var c focas.Conversation
	c.Sent(frame)
	q.Op = c.Exchange().Op
	switch {
	case s.q.direction != focas.DirRequest && s.q.direction != focas.DirStream:
	case s.q.function == focas.FuncOpen, s.q.function == focas.FuncClose:
		q.Op, q.Understood = core.Connect, true
	case s.q.function == focas.FuncCommand:
		q.Understood = s.q.blocks != nil
		s.device.mu.Lock()
		for _, b := range s.q.blocks {
			q.Items = append(q.Items, b.address.String())
			q.Understood = q.Understood && s.device.memory.known(b.address)
		}
		s.device.mu.Unlock()
	case step(s.q.function) != "":
		q.Items, q.Understood = []string{step(s.q.function)}, true
	}
	return q
}

// Answer returns the frames to send.
func (s *session) Answer(_ []byte, p devicetest.Plan) []byte {
	s.device.mu.Lock()
	defer s.device.mu.Unlock()
	f := s.q.function
	switch {
	case s.q.direction != focas.DirRequest && s.q.direction != focas.DirStream:
		return nil
	case f == focas.FuncOpen:
		return s.answerOpen()
	case f == focas.FuncClose:
		return s.answerClose()
	case f.Connection() != s.connection:
		return nil // a CNC hangs up on functions of the other connection
	case f != focas.FuncCommand && step(f) == "":
		return nil // nothing that a client asks
	}
	if answer := s.refusal(p); answer != nil {
		return answer
	}
	if f == focas.FuncCommand {
		return s.answerBlocks(p)
	}
	return s.answerStep(p)
}

func (s *session) answerOpen() []byte {
	switch refuse := s.device.refuseOpen; {
	case refuse != nil:
		return receipt(focas.FuncOpen, Status{Code: *refuse})
	case s.q.connection != focas.TransferConnection && s.q.connection != focas.CommandConnection:
		return receipt(focas.FuncOpen, Status{Code: focas.WireCode(focas.EWAttrib)})
	}
	s.connection = s.q.connection
	return opened()
}

func (s *session) answerClose() []byte {
	if refuse := s.device.refuseClose; refuse != nil {
		return receipt(focas.FuncClose, Status{Code: *refuse})
	}
	s.connection = 0
	return frame(focas.FuncClose, focas.DirAnswer, nil)
}

// refusal is what stands in place of the whole answer, or nil: given for the
// request, or for one of its items.
func (s *session) refusal(p devicetest.Plan) []byte {
	for _, native := range append([]error{p.Native}, p.Items...) {
		switch e := native.(type) {
		case Receipt:
			return receipt(s.q.function, Status(e))
		case Abort:
			return frame(focas.FuncAbort, focas.DirReceipt, Status(e).body())
		case AbortLater:
			notice := frame(focas.FuncAbortLater, focas.DirReceipt, Status(e).body())
			if s.q.function == focas.FuncCommand {
				return append(notice, s.answerBlocks(devicetest.Plan{})...)
			}
			return append(notice, s.answerStep(devicetest.Plan{})...)
		}
	}
	return nil
}

// itemStatus is the status that was asked for in item i.
func itemStatus(p devicetest.Plan, i int) (Status, bool) {
	native := p.Native
	if i < len(p.Items) && p.Items[i] != nil {
		native = p.Items[i]
	}
	return statusOf(native)
}

// answerBlocks answers a request for commands. What contradicts itself, as a
// range that ends before it begins, is refused as a whole.
func (s *session) answerBlocks(p devicetest.Plan) []byte {
	unacceptable := Status{focas.WireCode(focas.EWProtocol), focas.Detail{ErrNo: 1}}
	if len(s.q.blocks) == 0 {
		return receipt(focas.FuncCommand, unacceptable)
	}
	for i, b := range s.q.blocks {
		if _, failed := itemStatus(p, i); !failed && b.address.ranged() && b.address.args[1] < b.address.args[0] {
			return receipt(focas.FuncCommand, unacceptable) // and nothing was written
		}
	}
	body := []byte{byte(len(s.q.blocks) >> 8), byte(len(s.q.blocks))}
	for i, b := range s.q.blocks {
		status, failed := itemStatus(p, i)
		if failed {
			body = b.append(body, status, nil)
			continue
		}
		if b.address.command == writeMacro || b.address.command == writePMC {
			s.device.memory.write(b.address, b.data)
			body = b.append(body, Status{}, nil)
			continue
		}
		payload, refused := s.device.memory.read(b.address)
		body = b.append(body, refused, payload)
	}
	if len(body) > maxBody {
		return receipt(focas.FuncCommand, Status{Code: focas.WireCode(focas.EWLength)})
	}
	return frame(focas.FuncCommand, focas.DirAnswer, body)
}

// answerStep answers a step of a program transfer. Downloads succeed, uploads
// are refused.
func (s *session) answerStep(p devicetest.Plan) []byte {
	status, failed := itemStatus(p, 0)
	switch f := s.q.function; {
	case f == focas.FuncDownloadData && failed:
		return frame(focas.FuncAbort, focas.DirReceipt, status.body()) // there is no other way to say it
	case f == focas.FuncDownloadData:
		return []byte{}
	case failed:
		return receipt(f, status)
	case f == focas.FuncDownloadStart:
		return frame(f, focas.DirAnswer, make([]byte, 256))
	case f == focas.FuncDownloadEnd:
		return receipt(f, Status{})
	}
	return receipt(s.q.function, Status{Code: focas.WireCode(focas.EWFunc)})
}
