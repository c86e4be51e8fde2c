package opcua

import (
	"strconv"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/internal/wire"
)

// A chunk is one frame of the transport (OPC 10000-6 6.7.2 and 7.1.2): the
// whole of a small message, or a piece of a large one.
type chunk struct {
	kind      kind
	final     byte   // 'F', 'C' for a piece in the middle, 'A' for an abort
	policy    []byte // of OPN: URI of the security policy
	requestID uint32 // of OPN, MSG and CLO
	payload   []byte // behind all headers
	at        int    // of the payload in the frame
}

// A kind is the message type of a chunk.
type kind uint8

const (
	kindNone kind = iota
	kindHEL
	kindACK
	kindERR
	kindRHE
	kindOPN
	kindMSG
	kindCLO
)

func kindOf(frame []byte) kind {
	if len(frame) < 3 {
		return kindNone
	}
	switch string(frame[:3]) {
	case "HEL":
		return kindHEL
	case "ACK":
		return kindACK
	case "ERR":
		return kindERR
	case "RHE":
		return kindRHE
	case "OPN":
		return kindOPN
	case "MSG":
		return kindMSG
	case "CLO":
		return kindCLO
	}
	return kindNone
}

const (
	headerSize   = 8       // type, chunk type, size
	errorSize    = 16      // header, error, length of the reason
	messageSize  = 24      // header, channel, token, sequence number, request id
	ackSize      = 28      // header and five numbers
	maxChunkSize = 1 << 24 // far above the buffers that peers agree on, 64 KiB as a rule

	policyPrefix = "http://opcfoundation.org/UA/SecurityPolicy#"
	policyNone   = policyPrefix + "None"
)

// minSize is the smallest size that a frame of this type can have.
func (k kind) minSize() int {
	switch k {
	case kindERR:
		return errorSize
	case kindMSG, kindCLO:
		return messageSize
	case kindACK:
		return ackSize
	}
	return headerSize
}

func malformed(offset int, reason string) error {
	return core.BadFrame(core.FrameMalformed.Status(), offset, reason)
}

// parseChunk reads the headers of one frame.
func parseChunk(frame []byte) (chunk, error) {
	c := chunk{kind: kindOf(frame)}
	switch {
	case c.kind == kindNone:
		return c, malformed(0, "no OPC UA message type")
	case len(frame) < headerSize:
		return c, malformed(len(frame), "header is cut off")
	}
	switch c.final = frame[3]; c.final {
	case 'F':
	case 'C', 'A':
		if c.kind == kindMSG || c.kind == kindOPN || c.kind == kindCLO {
			break
		}
		fallthrough
	default:
		return c, malformed(3, "no chunk type of this message")
	}
	r := wire.NewReader(frame)
	r.Skip(4)
	size := int64(r.Uint32LE())
	switch {
	case size < int64(c.kind.minSize()):
		return c, malformed(4, "size is smaller than the headers of the message")
	case size > int64(len(frame)):
		return c, malformed(4, "frame is shorter than its size says")
	case size < int64(len(frame)):
		return c, malformed(4, "frame is longer than its size says")
	}
	switch c.kind {
	case kindOPN:
		r.Skip(4)
		c.readAsymmetric(&r)
	case kindMSG, kindCLO:
		r.Skip(12)
		c.requestID = r.Uint32LE()
	}
	c.at = r.Offset()
	c.payload = r.Rest()
	if r.Failed() {
		return c, malformed(c.at, "security header is cut off")
	}
	return c, nil
}

// readAsymmetric reads the security and sequence headers of an OPN message.
// The latter is encrypted along with the message unless the policy is None.
func (c *chunk) readAsymmetric(r *wire.Reader) {
	c.policy = readString(r)
	skipString(r) // certificate of the sender
	skipString(r) // thumbprint of the receiver
	if c.secured() {
		return
	}
	r.Skip(4)
	c.requestID = r.Uint32LE()
}

// secured reports whether the header of an OPN names a policy that protects
// the messages of the channel.
func (c *chunk) secured() bool { return len(c.policy) > 0 && string(c.policy) != policyNone }

// An EncryptedError says that a message cannot be read: everything behind its
// headers is protected by the security policy of its channel, and only the
// client holds the keys. It is no failure of the device: errors.Is finds
// [core.ErrNotResponse] in it.
type EncryptedError struct {
	Policy string // URI of the security policy, "" when it was not seen
}

// Error says why nothing can be read, and names the policy when it was seen.
func (e *EncryptedError) Error() string {
	if e == nil {
		return "<nil>"
	}
	if e.Policy == "" {
		return "opcua: encrypted message: only the client can read it"
	}
	return "opcua: encrypted message: only the client can read it (security policy " + strconv.Quote(e.Policy) + ")"
}

// Is reports whether target is [core.ErrNotResponse].
func (e *EncryptedError) Is(target error) bool { return target == core.ErrNotResponse }
