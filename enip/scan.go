package enip

import (
	"encoding/binary"
	"io"

	"github.com/fieldstatus/fieldstatus/core"
)

const (
	headerSize = 24
	// maxLength bounds the Length of the header: CIP Volume 2 allows 65535
	// bytes for the whole message.
	maxLength = 65511
)

// ScanFrames is a [bufio.SplitFunc] that cuts a TCP stream into frames: 24 bytes
// of header and as many more as it announces. Give the scanner a buffer of
// 65535 bytes.
//
// A stream that is not EtherNet/IP fails at its second byte, with a 3009: all
// commands are below 0x0100. A command that CIP does not know passes only
// without a body, which is how devices refuse it. A stream that ends inside a
// frame gives [io.ErrUnexpectedEOF].
func ScanFrames(data []byte, atEOF bool) (advance int, token []byte, err error) {
	if len(data) >= 2 && data[1] != 0 {
		return 0, nil, badFrame(0, "not an EtherNet/IP command")
	}
	if len(data) >= 4 {
		length := int(binary.LittleEndian.Uint16(data[2:]))
		switch {
		case length > maxLength:
			return 0, nil, badFrame(2, "length beyond 65511")
		case length > 0 && !Command(binary.LittleEndian.Uint16(data)).known():
			return 0, nil, badFrame(0, "unknown command with a body")
		case len(data) >= headerSize+length:
			return headerSize + length, data[: headerSize+length : headerSize+length], nil
		}
	}
	if atEOF && len(data) > 0 {
		return 0, nil, io.ErrUnexpectedEOF
	}
	return 0, nil, nil
}

// badFrame returns the 3009 of a frame that breaks the rules.
func badFrame(offset int, reason string) error {
	return core.BadFrame(core.FrameMalformed.Status(), offset, reason)
}
