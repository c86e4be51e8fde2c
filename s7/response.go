package s7

import (
	"iter"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/internal/wire"
)

// A Response is a view of one response: an answer to Setup Communication, Read
// Var, Write Var, a command or a userdata request, or a TPDU of COTP itself. It
// aliases the frame and allocates nothing.
type Response struct {
	seg   segment
	pdu   pdu
	count int // items
}

// ParseResponse reads one frame, a whole TPKT. It returns
//
//   - [core.ErrNotResponse] for a request, for what the device sends on its own
//     (cyclic data, diagnostics, mode transitions), and for an empty DT;
//   - [core.ErrIncomplete] for a fragment that others follow, which a
//     [Conversation] joins;
//   - an *[core.Error] with the code 3009 for everything that breaks the rules.
//     S7comm-plus is named in it.
//
// All items are checked here, so that [Response.Items] cannot fail.
func ParseResponse(frame []byte) (Response, error) {
	var r Response
	err := r.parse(frame)
	if err == nil {
		err = r.checkItems()
	}
	if err != nil {
		return Response{}, err
	}
	return r, nil
}

// parse is ParseResponse without a look at the items.
func (r *Response) parse(frame []byte) error {
	if err := r.seg.parse(frame); err != nil {
		return err
	}
	switch r.seg.tpdu.kind() {
	case ConnectRequestTPDU:
		return core.ErrNotResponse
	case DataTPDU:
		switch {
		case !r.seg.last:
			return core.ErrIncomplete
		case len(r.seg.payload) == 0:
			return core.ErrNotResponse
		}
		return r.parsePayload(r.seg.payload, r.seg.offset)
	}
	return nil
}

// parsePayload reads the PDU in a DT, or in several joined ones.
func (r *Response) parsePayload(b []byte, at int) error {
	p := &r.pdu
	if err := p.parse(b, at); err != nil {
		return err
	}
	switch p.rosctr {
	case job:
		return core.ErrNotResponse
	case ack:
		return nil
	case userdata:
		return r.checkUserdata()
	}
	if p.err != HeaderNoError {
		return nil // nothing behind the error counts, and there need not be anything
	}
	switch p.function() {
	case noFunction:
		return fault{SectionLengthMismatch, p.paramAt, "the answer names no function"}.err()
	case setup:
		if len(p.params) < setupLength {
			return fault{SectionLengthMismatch, p.paramAt, "the parameters of the setup are cut short"}.err()
		}
	case readVar, writeVar:
		if len(p.params) < 2 {
			return fault{SectionLengthMismatch, p.paramAt, "the answer does not say how many items it has"}.err()
		}
		if r.count = int(p.params[1]); r.count == 0 && len(p.data) > 0 {
			return fault{SectionLengthMismatch, p.dataAt, "items follow where none are announced"}.err()
		}
	}
	return nil
}

// checkUserdata checks a userdata message.
func (r *Response) checkUserdata() error {
	p := &r.pdu
	if kind, _, _, ok := p.user(); ok && kind != userResponse {
		return core.ErrNotResponse
	}
	if len(p.params) < userResponses {
		return fault{SectionLengthMismatch, p.paramAt, "the parameters of the response are cut short"}.err()
	}
	if r.ParamError() != ParamNoError || len(p.data) == 0 {
		return nil
	}
	d := wire.NewReader(p.data)
	code, size, length := UserdataReturn(d.Uint8()), d.Uint8(), int(d.Uint16BE())
	if d.Failed() {
		return fault{LengthBeyondPDU, p.dataAt, "the header of the data section is cut short"}.err()
	}
	if code != UserdataSuccess {
		return nil
	}
	n, ok := dataLength(size, length, d.Len())
	switch {
	case !ok:
		return fault{UnknownTransportSize, p.dataAt + 1, "the transport size of the payload is unknown"}.err()
	case n > d.Len():
		return fault{LengthBeyondPDU, p.dataAt + 2, "the payload is longer than the rest of the PDU"}.err()
	}
	return nil
}

// checkItems reads all items once.
func (r *Response) checkItems() error {
	if r.count == 0 {
		return nil
	}
	s := r.items()
	off := 0
	for range r.count {
		_, _, end, ok := s.next(off)
		if !ok {
			return s.fault.err()
		}
		off = end
	}
	if !s.end(off) {
		return s.fault.err()
	}
	return nil
}

func (r *Response) items() items {
	return items{data: r.pdu.data, write: r.pdu.params[0] == writeVar, at: r.pdu.dataAt}
}

// TPDU returns the type of the COTP TPDU. Everything but a DT has no S7 PDU.
func (r Response) TPDU() TPDU { return r.seg.tpdu }

// TPDUSize returns the size that a connection confirm grants, and whether it
// names one.
func (r Response) TPDUSize() (size TPDUSize, ok bool) {
	p := wire.NewReader(r.seg.params)
	for p.Len() > 0 {
		code := p.Uint8()
		value := p.Bytes(int(p.Uint8()))
		if code == 0xC0 && len(value) == 1 {
			return TPDUSize(value[0]), true
		}
	}
	return 0, false
}

// Reference returns the PDU reference, which the device copies from the request.
func (r Response) Reference() uint16 { return r.pdu.ref }

// HeaderError returns the error word of an Ack or Ack_Data, and HeaderNoError
// for everything else.
func (r Response) HeaderError() HeaderError { return r.pdu.err }

// ParamError returns the error code of a userdata response, and ParamNoError
// for everything else.
func (r Response) ParamError() ParamError {
	if r.pdu.rosctr != userdata {
		return ParamNoError
	}
	p := wire.NewReader(r.pdu.params)
	p.Skip(10)
	return ParamError(p.Uint16BE())
}

// PDULength returns the PDU length that a Setup Communication settled, in
// bytes and without the seven bytes of TPKT and COTP; 0 for everything else.
// Devices grant 240 and more.
func (r Response) PDULength() int {
	if !r.isSetup() || r.pdu.err != HeaderNoError {
		return 0
	}
	p := wire.NewReader(r.pdu.params)
	p.Skip(6)
	return int(p.Uint16BE())
}

func (r *Response) isSetup() bool { return r.pdu.function() == setup }

// More reports whether a userdata response is one part of an answer whose next
// part has to be asked for with another request.
func (r Response) More() bool {
	return r.pdu.rosctr == userdata && len(r.pdu.params) >= userResponses && r.pdu.params[9] == 1
}

// Payload returns what a userdata response delivers: a system status list, a
// clock, the description of a block. It aliases the frame.
func (r Response) Payload() []byte {
	if r.pdu.rosctr != userdata || r.ParamError() != ParamNoError {
		return nil
	}
	d := wire.NewReader(r.pdu.data)
	code, size, length := UserdataReturn(d.Uint8()), d.Uint8(), int(d.Uint16BE())
	n, ok := dataLength(size, length, d.Len())
	if code != UserdataSuccess || !ok {
		return nil
	}
	return d.Bytes(n)
}

// Len returns the number of items: 0 for everything but a successful answer to
// Read Var or Write Var.
func (r Response) Len() int { return r.count }

// Items returns the items in the order of the request.
func (r Response) Items() iter.Seq2[int, Item] {
	return func(yield func(int, Item) bool) {
		if r.count == 0 {
			return
		}
		s, off := r.items(), 0
		for i := range r.count {
			code, data, end, ok := s.next(off)
			if !ok || !yield(i, Item{code: code, write: s.write, data: data}) {
				return
			}
			off = end
		}
	}
}

// Status returns the outcome of the response as a whole. Items are not looked
// at: they have statuses of their own. Of several statuses in one frame it is
// the first failure, in the order in which they stand.
func (r Response) Status() core.Status {
	switch r.seg.tpdu.kind() {
	case DataTPDU:
	case DisconnectRequestTPDU:
		return DisconnectReason(r.seg.reason).Status()
	case ErrorTPDU:
		return RejectCause(r.seg.reason).Status()
	default:
		return r.seg.tpdu.Status()
	}
	if r.pdu.rosctr == userdata {
		if e := r.ParamError(); e != ParamNoError || len(r.pdu.data) == 0 {
			return e.Status()
		}
		return UserdataReturn(r.pdu.data[0]).Status()
	}
	switch function := r.pdu.function(); {
	case r.isSetup() && r.PDULength() == 0:
		return r.setupFailed(S7SetupFailed)
	case r.pdu.err != HeaderNoError:
	case (function == piService || function == plcStop) && len(r.pdu.params) > 1 && r.pdu.params[1] != 0:
		return ControlStatus(r.pdu.params[1]).Status()
	}
	return r.pdu.err.Status()
}

// setupFailed is the event of an association that was not set up, with the
// error word as second value.
func (r *Response) setupFailed(e Event) core.Status {
	s := e.Status()
	if r.pdu.err != HeaderNoError {
		s = s.WithExtended(uint32(r.pdu.err))
	}
	return s
}

// PayloadStatus is Status for a userdata response whose payload the caller
// needs. want is the number of bytes: a success without a payload is then
// [MissingPayload] (10152), with fewer bytes [ShortValue] (10153).
func (r Response) PayloadStatus(want int) core.Status {
	s := r.Status()
	if n := len(r.Payload()); r.pdu.rosctr == userdata && s.Code(core.Read) == core.OK && n < want {
		if n == 0 {
			return MissingPayload.Status()
		}
		return ShortValue.Status()
	}
	return s
}

// Err returns the failure of the whole response, nil when there is none; items
// are not looked at. A header error with op [core.Connect] is the refusal of
// Setup Communication: 10151, with the [HeaderError] as its cause.
func (r Response) Err(op core.Op) error {
	if r.pdu.err != HeaderNoError && (op == core.Connect || r.isSetup()) {
		return r.setupFailed(S7SetupFailed).Wrap(op, r.pdu.err)
	}
	return r.Status().Err(op)
}
