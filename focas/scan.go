package focas

import "io"

// ScanFrames is a [bufio.SplitFunc] that splits a stream into frames. It serves
// both directions of a connection.
//
// A stream that does not start with A0A0A0A0, has a direction that does not
// exist, or announces a body longer than the protocol version allows ends at
// once with an *[core.Error] (3009): what follows cannot be told apart any more,
// and FANUC's library gives up there as well. The end of the stream inside a
// frame is [io.ErrUnexpectedEOF].
//
// The longest frame from a CNC has 4960 bytes. Requests are bounded by their
// length field alone (65545 bytes), so a [bufio.Scanner] needs a larger buffer
// than its own only to read those of unusual clients.
func ScanFrames(data []byte, atEOF bool) (advance int, token []byte, err error) {
	if err := checkHeader(data); err != nil {
		return 0, nil, err
	}
	if len(data) >= headerSize {
		if n := headerSize + readHeader(data).length; len(data) >= n {
			return n, data[:n:n], nil
		}
	}
	if atEOF && len(data) > 0 {
		return 0, nil, io.ErrUnexpectedEOF
	}
	return 0, nil, nil
}
