package knx

import "io"

// ScanFrames splits a TCP stream into frames. It is a [bufio.SplitFunc]. (A UDP
// datagram is one frame and needs no splitting.)
//
// A wrong header fails at its first wrong octet, since the start of the next
// frame cannot be found any more: close the connection. The end of the stream
// inside a frame is [io.ErrUnexpectedEOF].
func ScanFrames(data []byte, atEOF bool) (advance int, token []byte, err error) {
	switch {
	case len(data) == 0:
		return 0, nil, nil
	case data[0] != headerLength:
		return 0, nil, fault(FrameBadHeaderLength, 0, "header length is not 6")
	case len(data) > 1 && data[1] != headerVersion:
		return 0, nil, fault(FrameBadVersion, 1, "protocol version is not 1.0")
	}
	if len(data) >= headerLength {
		total := int(data[4])<<8 | int(data[5])
		if total < headerLength {
			return 0, nil, fault(FrameTotalLengthMismatch, 4, "total length is shorter than the header")
		}
		if len(data) >= total {
			return total, data[:total:total], nil
		}
	}
	if atEOF {
		return 0, nil, io.ErrUnexpectedEOF
	}
	return 0, nil, nil
}
