package opcua

import (
	"encoding/binary"
	"io"
)

// ScanFrames is a [bufio.SplitFunc] that splits a stream into frames: one
// chunk each. Bytes that begin no frame are an error with code 3009 at the
// first byte that cannot be right, and an end inside of a frame is
// [io.ErrUnexpectedEOF]. The buffer of a [bufio.Scanner] must be made as large
// as the frames can be: 64 KiB as a rule, whatever HEL and ACK agree on.
func ScanFrames(data []byte, atEOF bool) (advance int, token []byte, err error) {
	if len(data) == 0 {
		return 0, nil, nil
	}
	if at := misfit(data); at >= 0 {
		return 0, nil, malformed(at, "no OPC UA message begins here")
	}
	if len(data) >= headerSize {
		size := binary.LittleEndian.Uint32(data[4:])
		switch {
		case size < uint32(kindOf(data).minSize()):
			return 0, nil, malformed(4, "size is smaller than the headers of the message")
		case size > maxChunkSize:
			return 0, nil, malformed(4, "size is larger than any chunk")
		case int(size) <= len(data):
			return int(size), data[:size:size], nil
		}
	}
	if atEOF {
		return 0, nil, io.ErrUnexpectedEOF
	}
	return 0, nil, nil
}

// misfit returns the position of the first byte that does not begin a frame,
// or -1 when all that is there can.
func misfit(data []byte) int {
	at := 0
	for _, start := range [...]string{"MSGF", "MSGC", "MSGA", "OPNF", "OPNC", "OPNA", "CLOF", "CLOC", "CLOA", "HELF", "ACKF", "ERRF", "RHEF"} {
		n := 0
		for n < len(start) && n < len(data) && data[n] == start[n] {
			n++
		}
		if n == len(start) || n == len(data) {
			return -1
		}
		at = max(at, n)
	}
	return at
}
