package fins

import (
	"encoding/binary"
	"fmt"
	"io"

	"github.com/fieldstatus/fieldstatus/core"
)

// The header of FINS/TCP: magic, length of what follows the length, command,
// error code (W421-E1-04, 7-4).
const (
	tcpMagic      = "FINS"
	tcpLengthEnd  = 8
	tcpHeaderSize = 16
	tcpMinLength  = 8
	// The longest frame that the manual allows has the length 2020. What is a
	// little longer still comes from a FINS/TCP peer, what is much longer does not.
	tcpMaxLength = 4096
	tcpNodes     = 8 // client and server node address in a handshake answer
)

// A tcpFrame is the header of a FINS/TCP frame and what follows it.
type tcpFrame struct {
	command TCPCommand
	err     TCPError
	body    []byte
}

// parseTCP reads a complete FINS/TCP frame, magic included.
func parseTCP(frame []byte) (tcpFrame, fault) {
	if len(frame) < tcpHeaderSize {
		return tcpFrame{}, fault{len(frame), "shorter than a FINS/TCP header"}
	}
	n := binary.BigEndian.Uint32(frame[4:])
	switch {
	case n < tcpMinLength || n > tcpMaxLength:
		return tcpFrame{}, fault{4, "FINS/TCP length out of range"}
	case int(n) != len(frame)-tcpLengthEnd:
		return tcpFrame{}, fault{4, "FINS/TCP length is not that of the frame"}
	}
	return tcpFrame{
		command: TCPCommand(binary.BigEndian.Uint32(frame[8:])),
		err:     TCPError(binary.BigEndian.Uint32(frame[12:])),
		body:    frame[tcpHeaderSize:],
	}, fault{}
}

// ScanFrames is a [bufio.SplitFunc] that cuts a FINS/TCP stream into frames.
// Bytes that are not FINS/TCP end it with 3009 at the first one; the end of the
// stream inside a frame is [io.ErrUnexpectedEOF]. Over UDP one datagram is one
// frame.
func ScanFrames(data []byte, atEOF bool) (advance int, token []byte, err error) {
	for i := 0; i < len(data) && i < len(tcpMagic); i++ {
		if data[i] != tcpMagic[i] {
			return 0, nil, badFrame(fault{i, "no FINS/TCP magic"})
		}
	}
	if len(data) >= tcpLengthEnd {
		n := binary.BigEndian.Uint32(data[4:])
		if n < tcpMinLength || n > tcpMaxLength {
			return 0, nil, badFrame(fault{4, fmt.Sprintf("FINS/TCP length %d out of range", n)})
		}
		if end := tcpLengthEnd + int(n); len(data) >= end {
			return end, data[:end:end], nil
		}
	}
	if atEOF && len(data) > 0 {
		return 0, nil, io.ErrUnexpectedEOF
	}
	return 0, nil, nil
}

// badFrame is the error of a frame that breaks the rules of the protocol.
func badFrame(f fault) error {
	return core.BadFrame(core.FrameMalformed.Status(), f.offset, f.reason)
}
