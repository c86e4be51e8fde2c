package fins

import "encoding/binary"

// A message is a FINS command or response, whatever framing carries it: ten
// bytes of header, the command code, in a response the end code, and text
// (W227-E1-2, 1-3).
type message struct {
	head    [headBytes]byte // its first bytes
	size    int             // in bytes
	text    []byte          // behind the command code; of a response behind end code and location
	hex     bool            // the text is in hexadecimal characters
	located bool            // a relay error with its two bytes of location
}

// headBytes is what tells everything about a message: header, command code, end
// code, location.
const headBytes = 16

const (
	sidAt        = 9
	commandAt    = 10
	commandSize  = 12 // header and command code
	responseSize = 14 // the same with end code
	itemSize     = 4  // of a multiple memory area read: area, address, bit
)

// A fault says what is wrong with a message and at which of its bytes.
type fault struct {
	offset int
	reason string // "" when nothing is wrong
}

func (m *message) icf() byte        { return m.head[0] }
func (m *message) sid() byte        { return m.head[sidAt] }
func (m *message) command() Command { return Command(binary.BigEndian.Uint16(m.head[commandAt:])) }
func (m *message) endCode() EndCode { return EndCode(binary.BigEndian.Uint16(m.head[commandSize:])) }

// isResponse tests bit 6 of the ICF, as everybody should: bit 7 is set in both
// directions, and bit 0 is copied from the command by some devices.
func (m *message) isResponse() bool { return m.icf()&0x40 != 0 }

// wantsResponse reports whether a command will be answered at all.
func (m *message) wantsResponse() bool { return m.icf()&0x01 == 0 }

// parseMessage reads a message of size bytes. Its first bytes, up to headBytes,
// are in head.
func parseMessage(head *[headBytes]byte, size int) (message, fault) {
	m := message{head: *head, size: size}
	switch {
	case size < commandSize:
		return m, fault{size, "shorter than a FINS header and command code"}
	case m.head[1] != 0:
		return m, fault{1, "reserved byte of the FINS header is not 0"}
	case !m.isResponse() && m.icf()&0x3E != 0:
		return m, fault{0, "ICF is neither that of a command nor that of a response"}
	case m.isResponse() && size < responseSize:
		return m, fault{size, "response without an end code"}
	}
	m.located = m.isResponse() && m.endCode().Relay() && size >= headBytes
	return m, fault{}
}

// textAt returns where the text of the message begins.
func (m *message) textAt() int {
	switch {
	case m.located:
		return headBytes
	case m.isResponse():
		return responseSize
	}
	return commandSize
}

// parseBinary reads a message that stands in a frame as it is.
func parseBinary(data []byte) (message, fault) {
	var head [headBytes]byte
	copy(head[:], data)
	m, f := parseMessage(&head, len(data))
	if f.reason == "" {
		m.text = data[m.textAt():len(data):len(data)]
	}
	return m, f
}
