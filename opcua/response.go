package opcua

import (
	"iter"

	"github.com/gopcua/opcua/ua"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/internal/wire"
)

// A Response is a view of one response: an answer to a service request, an
// acknowledgement, an ERR message or an abort chunk. It aliases the frame.
type Response struct {
	status    core.Status
	code      ua.StatusCode
	kind      kind
	aborted   bool
	nullable  bool // the request asked for attributes that may be null
	typeID    uint32
	requestID uint32
	handle    uint32
	reason    []byte
	results   []byte // everything behind the response header
	at        int    // of the results in the message
}

// ParseResponse reads a response that stands in one frame, and checks it up to
// the last status in it. For the pieces of a message in several chunks it
// returns [core.ErrIncomplete]; [Conversation] puts them together. Requests and
// greetings give [core.ErrNotResponse], and so does the [EncryptedError] of a
// message that cannot be read. Anything else is a *[core.Error] with code 3009.
func ParseResponse(frame []byte) (Response, error) {
	r, err := parseFrame(frame)
	if err != nil {
		return Response{}, err
	}
	if w := r.walk(func(core.Status) bool { return true }); w.Failed() {
		return Response{}, r.cut(&w)
	}
	return r, nil
}

// AppendStatuses appends the statuses of a response that stands in one frame:
// one for every item of its results or notifications, in their order and
// successes too, or one for the response when there are none or the whole
// request failed. The errors are those of [ParseResponse].
func AppendStatuses(dst []core.Status, frame []byte) ([]core.Status, error) {
	r, err := parseFrame(frame)
	if err != nil {
		return dst, err
	}
	return r.appendStatuses(dst)
}

// parseFrame is ParseResponse without the check of the results.
func parseFrame(frame []byte) (Response, error) {
	c, err := parseChunk(frame)
	if err != nil {
		return Response{}, err
	}
	return c.response()
}

// response reads the response in a chunk.
func (c *chunk) response() (Response, error) {
	switch c.kind {
	case kindACK:
		return Response{kind: kindACK, status: Status(good)}, nil
	case kindERR:
		return parseError(c.payload, c.at)
	case kindOPN, kindMSG:
		switch {
		case c.secured():
			return Response{}, &EncryptedError{Policy: string(c.policy)}
		case c.final == 'C':
			return Response{}, core.ErrIncomplete
		case c.final == 'A':
			return parseAbort(c)
		}
		r, err := parseMessage(c.payload, c.at)
		r.kind, r.requestID = c.kind, c.requestID
		return r, err
	}
	return Response{}, core.ErrNotResponse // HEL, RHE, CLO
}

// parseError reads the body of an ERR message (OPC 10000-6 7.1.2.5).
//
// node-opcua sends refused OPN requests as an ERR whose body is that of an OPN:
// the channel id in place of the error, the security policy in place of the
// reason, and behind them the ServiceFault that says why.
func parseError(payload []byte, at int) (Response, error) {
	r := wire.NewReader(payload)
	code := ua.StatusCode(r.Uint32LE())
	reason := readString(&r)
	if r.Failed() {
		return Response{}, malformed(at+r.Offset(), "reason of the error is cut off")
	}
	if string(reason[:min(len(reason), len(policyPrefix))]) == policyPrefix {
		return parseRefusal(payload, at), nil
	}
	return Response{kind: kindERR, code: code, status: errorStatus(code), reason: reason}, nil
}

// parseRefusal reads an ERR message with the body of an OPN. The fault in it
// can be read when the policy is None; otherwise all that is known is that the
// security of the channel was refused.
func parseRefusal(payload []byte, at int) Response {
	refused := Response{kind: kindERR, code: badSecurityChecksFailed, status: Status(badSecurityChecksFailed)}
	var c chunk
	r := wire.NewReader(payload)
	r.Skip(4)
	c.readAsymmetric(&r)
	if c.secured() || r.Failed() {
		return refused
	}
	at += r.Offset()
	fault, err := parseMessage(r.Rest(), at)
	if err != nil || !isBad(fault.code) {
		return refused
	}
	fault.kind, fault.requestID = kindERR, c.requestID
	return fault
}

// parseAbort reads the body of an abort chunk (OPC 10000-6 6.7.3).
func parseAbort(c *chunk) (Response, error) {
	r := wire.NewReader(c.payload)
	code := ua.StatusCode(r.Uint32LE())
	reason := readString(&r)
	if r.Failed() {
		return Response{}, malformed(c.at+r.Offset(), "abort chunk is cut off")
	}
	return Response{kind: c.kind, aborted: true, requestID: c.requestID, code: code, status: abortStatus(code), reason: reason}, nil
}

// parseMessage reads the type and the response header of a whole message,
// which begins at byte at of what the caller knows as the frame.
func parseMessage(payload []byte, at int) (Response, error) {
	r := wire.NewReader(payload)
	id := readNodeID(&r)
	if r.Failed() {
		return Response{}, malformed(at+r.Offset(), "type of the message is cut off or no node id (encrypted, or not the first chunk)")
	}
	if isRequest(id) {
		return Response{}, core.ErrNotResponse
	}
	if _, ok := resultsOf(id); !ok {
		return Response{}, core.BadFrame(Status(badUnknownResponse), at, "no response has this type (encrypted, or not the first chunk)")
	}
	res := Response{kind: kindMSG, typeID: id}
	r.Skip(8) // timestamp
	res.handle = r.Uint32LE()
	res.code = ua.StatusCode(r.Uint32LE())
	skipDiagnosticInfo(&r)
	skipStrings(&r)
	skipExtensionObject(&r)
	res.at = at + r.Offset()
	res.results = r.Rest()
	if r.Failed() {
		return Response{}, malformed(res.at, "response header is cut off")
	}
	res.status = ServiceStatus(res.code)
	if id == idServiceFault && !isBad(res.code) {
		return Response{}, core.BadFrame(Status(badUnknownResponse), at, "fault without an error in it")
	}
	return res, nil
}

// Err returns the failure of the whole response, or nil. Items are not looked
// at.
func (r Response) Err(op core.Op) error { return r.status.Err(op) }

// Status returns the outcome of the response as a whole: its service result,
// or the error of an ERR message or abort chunk. Items are not looked at.
func (r Response) Status() core.Status { return r.status }

// ServiceResult returns the StatusCode that Status is about, as it came. For
// an ERR message whose error is no error, Status says 3002 all the same.
func (r Response) ServiceResult() ua.StatusCode { return r.code }

// Fatal reports whether the peer closes the connection after this message: it
// does so after every ERR, whatever the scope of its status is elsewhere.
func (r Response) Fatal() bool { return r.kind == kindERR }

// Reason returns the words that a server adds to an ERR message or an abort
// chunk, "" when there are none.
func (r Response) Reason() string { return string(r.reason) }

// TypeID returns the number of the response's type, that of its binary
// encoding: 634 for a ReadResponse, 397 for a ServiceFault. It is 0 for an
// acknowledgement, an ERR message and an abort chunk.
func (r Response) TypeID() uint32 { return r.typeID }

// RequestID returns the number of the request on its channel, 0 where there is
// none.
func (r Response) RequestID() uint32 { return r.requestID }

// RequestHandle returns the number that the client gave the request.
func (r Response) RequestHandle() uint32 { return r.handle }

// Items returns the outcomes of the items of the response with their indexes:
// of operations, or of the notifications of a PublishResponse. There are none
// when the request as a whole failed.
func (r Response) Items() iter.Seq2[int, core.Status] {
	return func(yield func(int, core.Status) bool) {
		i := -1
		r.walk(func(s core.Status) bool {
			i++
			return yield(i, s)
		})
	}
}

func (r *Response) appendStatuses(dst []core.Status) ([]core.Status, error) {
	n := len(dst)
	dst, err := r.appendItems(dst, anyNumber)
	if err == nil && len(dst) == n {
		dst = append(dst, r.status)
	}
	return dst, err
}

// appendItems appends the outcomes of all items. It stops behind the first one
// that is more than limit.
func (r *Response) appendItems(dst []core.Status, limit int) ([]core.Status, error) {
	n := len(dst)
	w := r.walk(func(s core.Status) bool {
		dst = append(dst, s)
		return len(dst)-n <= limit
	})
	if w.Failed() {
		return dst[:n], r.cut(&w)
	}
	return dst, nil
}

func (r *Response) cut(w *wire.Reader) error {
	return malformed(r.at+w.Offset(), "results are cut off or no values of OPC UA")
}
