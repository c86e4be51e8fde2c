package enip

import (
	"encoding/binary"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/internal/wire"
)

// A Response is one response frame, read without its request. It is a view of
// the frame: it aliases the bytes, allocates nothing, and must not outlive them.
type Response struct {
	header
	empty        bool // no body
	hasReply     bool
	connected    bool
	connectionID uint32
	sequence     uint16
	reply        Reply
}

// A header is the encapsulation header of a request or response.
//
// Source: CIP Volume 2, Chapter 2-3.1.
type header struct {
	command Command
	session uint32
	status  EncapsulationStatus
	context [8]byte
}

// parseHeader reads the header of a frame that is as long as it says, and
// returns the body.
func parseHeader(frame []byte) (h header, body []byte, offset int, fault string) {
	r := wire.NewReader(frame)
	h.command = Command(r.Uint16LE())
	length := int(r.Uint16LE())
	h.session = r.Uint32LE()
	h.status = EncapsulationStatus(r.Uint32LE())
	copy(h.context[:], r.Bytes(8))
	options := r.Uint32LE()
	switch {
	case r.Failed():
		return h, nil, len(frame), "shorter than the 24 bytes of a header"
	case !h.command.known() && (length != 0 || h.status == EncapsulationSuccess):
		return h, nil, 0, "unknown command" // devices echo one only to refuse it
	case length > maxLength:
		return h, nil, 2, "length beyond 65511"
	case length != r.Len():
		return h, nil, 2, "length differs from the bytes there are"
	case options != 0:
		return h, nil, 20, "options other than 0"
	}
	return h, r.Rest(), 0, ""
}

// A packet is what the common packet format holds for one message.
//
// Source: CIP Volume 2, Chapter 2-6.
type packet struct {
	message      []byte
	at           int // offset of the message in the frame
	connected    bool
	connectionID uint32
	sequence     uint16
}

// Types of the items of the common packet format.
const (
	itemConnectedAddress = 0x00A1
	itemConnectedData    = 0x00B1
	itemUnconnectedData  = 0x00B2
)

// parsePacket finds the message among the items, by type: their number and
// order differ between devices. The offset of a fault counts in the frame.
func parsePacket(body []byte) (p packet, offset int, fault string) {
	r := wire.NewReader(body)
	r.Skip(6) // interface handle and timeout
	found := false
	for n := int(r.Uint16LE()); n > 0; n-- {
		at := headerSize + r.Offset()
		kind := r.Uint16LE()
		data := r.Bytes(int(r.Uint16LE()))
		if r.Failed() {
			return p, at, "item beyond the end of the frame"
		}
		switch kind {
		case itemConnectedAddress:
			if len(data) < 4 {
				return p, at, "connected address shorter than 4 bytes"
			}
			p.connectionID = binary.LittleEndian.Uint32(data)
		case itemConnectedData, itemUnconnectedData:
			if found {
				continue
			}
			found = true
			p.at = at + 4
			if p.connected = kind == itemConnectedData; p.connected {
				if len(data) < 2 {
					return p, at, "connected data without a sequence count"
				}
				p.sequence = binary.LittleEndian.Uint16(data)
				data = data[2:]
				p.at += 2
			}
			p.message = data
		}
	}
	switch {
	case r.Failed():
		return p, headerSize, "body shorter than interface handle, timeout and item count"
	case !found:
		return p, headerSize, "no data item"
	}
	return p, 0, ""
}

// ParseResponse reads a response frame. A request, or a message that the peer
// sends on its own, gives [core.ErrNotResponse]; bytes that break the rules give
// an *[core.Error] with 3009 and a [core.FrameError] as its cause.
//
// Frames of the session commands look alike in both directions. Those without a
// body, and a RegisterSession with the handle 0, count as requests here.
func ParseResponse(frame []byte) (Response, error) {
	var r Response
	if err := r.parse(frame); err != nil {
		return Response{}, err
	}
	return r, nil
}

// parse is ParseResponse.
func (r *Response) parse(frame []byte) error {
	if err := r.parseAnswer(frame); err != nil {
		return err
	}
	if r.looksLikeRequest() {
		return core.ErrNotResponse
	}
	return nil
}

// looksLikeRequest reports whether a frame of a session command is a request.
func (r *Response) looksLikeRequest() bool {
	if r.hasReply || r.status != EncapsulationSuccess {
		return false
	}
	return r.empty || r.command == RegisterSession && r.session == 0
}

// parseAnswer reads a frame that a device has sent.
func (r *Response) parseAnswer(frame []byte) error {
	h, body, offset, fault := parseHeader(frame)
	if fault != "" {
		return badFrame(offset, fault)
	}
	*r = Response{header: h, empty: len(body) == 0}
	switch {
	case h.command == NOP || h.command == UnRegisterSession:
		return core.ErrNotResponse
	case h.status != EncapsulationSuccess:
		return nil // what stands in the body of a refusal means nothing
	case h.command == RegisterSession:
		if len(body) < 4 {
			return badFrame(headerSize, "RegisterSession without version and options")
		}
		return nil
	case h.command != SendRRData && h.command != SendUnitData:
		return nil
	}
	p, offset, fault := parsePacket(body)
	if fault != "" {
		return badFrame(offset, fault)
	}
	if len(p.message) > 0 && p.message[0]&replyBit == 0 {
		return core.ErrNotResponse
	}
	if r.reply, fault = parseReply(p.message); fault != "" {
		return badFrame(p.at, fault)
	}
	r.reply.at = p.at
	r.hasReply, r.connected, r.connectionID, r.sequence = true, p.connected, p.connectionID, p.sequence
	return nil
}

// Command returns the command of the header, which echoes that of the request.
func (r Response) Command() Command { return r.command }

// Session returns the session handle of the header.
func (r Response) Session() uint32 { return r.session }

// Encapsulation returns the status of the header. When it is not
// EncapsulationSuccess the frame carries no reply.
func (r Response) Encapsulation() EncapsulationStatus { return r.status }

// SenderContext returns the eight bytes that the device echoes from the request,
// if it does: Logix and others send zeros.
func (r Response) SenderContext() [8]byte { return r.context }

// Connected returns connection ID and sequence count of a reply on a CIP
// connection, and whether it is one.
func (r Response) Connected() (connectionID uint32, sequence uint16, ok bool) {
	return r.connectionID, r.sequence, r.connected
}

// Reply returns the CIP reply, and whether the frame carries one.
func (r Response) Reply() (Reply, bool) { return r.reply, r.hasReply }

// Status returns the outcome of the response as a whole. A container of items
// that failed has its own status, 0x1E or 0x0A.
func (r Response) Status() core.Status {
	if !r.hasReply {
		return r.status.Status()
	}
	return r.reply.Status()
}

// Err returns the failure of the whole response; items are not looked at. A
// Multiple Service Packet or attribute list whose items can be read is no
// failure as a whole, whatever its general status says: each of its items has a
// status of its own. General status 0x06 is one (10706); a caller that goes on
// asking looks at [Reply.More] first.
//
// With [core.Connect] every refusal of RegisterSession is 10799, and every
// general status 0x01, the answer to Forward Open, is 10797.
func (r Response) Err(op core.Op) error {
	if !r.hasReply {
		s := r.status.Status()
		return withOp(s.Err(headerOp(op, r.command)), op)
	}
	if r.reply.shapeOf() != shapeNone {
		c, fault := r.reply.items(nil)
		switch {
		case fault == "" && (c.count > 0 || r.reply.general == Success):
			return nil
		case r.reply.general == Success && r.reply.service == serviceMultiple:
			return withOp(badFrame(r.reply.at, fault), op)
		}
	}
	return r.reply.Status().Err(op)
}

// headerOp is the op that decides about a status of the header: only a refused
// RegisterSession means that there is no session.
func headerOp(op core.Op, command Command) core.Op {
	if op == core.Connect && command != RegisterSession {
		return core.Other
	}
	return op
}

// withOp sets the op of a fresh error, whose code is already right.
func withOp(err error, op core.Op) error {
	if e, ok := err.(*core.Error); ok {
		e.Op = op
	}
	return err
}

// AppendStatuses appends the statuses of a response frame that is read without
// its request: one for each item of a Multiple Service Packet or attribute list,
// one for anything else. Its errors are those of [ParseResponse]. It does not
// allocate when dst has room.
func AppendStatuses(dst []core.Status, frame []byte) ([]core.Status, error) {
	var r Response
	if err := r.parse(frame); err != nil {
		return dst, err
	}
	if !r.hasReply {
		return append(dst, r.status.Status()), nil
	}
	return r.reply.appendStatuses(dst, nil)
}

// appendStatuses appends the status of each item, or that of the reply. ids are
// the attributes that were asked for, when that is known.
func (r *Reply) appendStatuses(dst []core.Status, ids []uint16) ([]core.Status, error) {
	c, fault := r.items(ids)
	switch {
	case fault == "" && c.count > 0:
		return c.appendItems(dst), nil
	case fault != "" && c.shape == shapeNone && r.service == serviceMultiple && r.general == Success:
		return dst, badFrame(r.at, fault)
	}
	return append(dst, r.status()), nil
}
