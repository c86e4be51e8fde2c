package fins

import (
	"bytes"
	"io"
)

// Host Link carries a FINS message as text, two hexadecimal digits a byte:
// @ unit FA, in a response the end code of the frame, the message, FCS, * CR
// (W227-E1-2, 1-4). A command has one digit, the response wait time, in place of
// the end code. The short form of the FINS header, for a host that is wired
// straight to a CPU port, is not read.
const (
	hostLinkCode     = 3                    // where FA stands
	hostLinkEnd      = 5                    // where the end code stands
	hostLinkResponse = 7                    // where the message of a response begins
	hostLinkCommand  = 6                    // where the message of a command begins
	hostLinkTail     = 4                    // FCS, *, CR
	hostLinkMax      = 1115                 // characters of the longest frame
	hostLinkMin      = hostLinkResponse + 4 // of the shortest one, a refusal without message
)

// isHostLink tells a Host Link frame from a FINS message without framing: in
// the latter the second byte is 0.
func isHostLink(frame []byte) bool {
	return len(frame) > 1 && frame[0] == '@' && frame[1] != 0
}

// parseHostLink reads a Host Link frame with a FINS message in it. The message
// of a response may be missing when the end code of the frame is not 0. Commands
// and responses differ by one character, and so in parity.
func parseHostLink(frame []byte) (end HostLinkEndCode, m message, f fault) {
	if f = checkHostLink(frame); f.reason != "" {
		return end, m, f
	}
	text := frame[hostLinkResponse : len(frame)-hostLinkTail]
	if len(text)%2 != 0 {
		if m, f = parseHostLinkCommand(frame); f.reason != "" || m.isResponse() {
			f = fault{hostLinkResponse, "odd number of hexadecimal digits"}
		}
		return end, m, f
	}
	v, ok := hexByte(frame[hostLinkEnd:])
	if !ok {
		return end, m, fault{hostLinkEnd, "Host Link end code is not hexadecimal"}
	}
	end = HostLinkEndCode(v)
	if end != HostLinkNormalCompletion && len(text) == 0 {
		return end, m, f
	}
	if m, f = parseHex(text); f.reason != "" {
		f.offset = hostLinkResponse + 2*f.offset
	}
	return end, m, f
}

// parseHostLinkCommand reads a Host Link frame with a FINS command in it.
func parseHostLinkCommand(frame []byte) (message, fault) {
	if f := checkHostLink(frame); f.reason != "" {
		return message{}, f
	}
	text := frame[hostLinkCommand : len(frame)-hostLinkTail]
	if len(text)%2 != 0 {
		return message{}, fault{hostLinkCommand, "odd number of hexadecimal digits"}
	}
	return parseHex(text)
}

// checkHostLink checks what commands and responses have in common.
func checkHostLink(frame []byte) fault {
	n := len(frame)
	switch {
	case n < hostLinkMin:
		return fault{n, "shorter than a Host Link frame"}
	case n > hostLinkMax:
		return fault{hostLinkMax, "longer than a Host Link frame"}
	case frame[n-1] != '\r' || frame[n-2] != '*':
		return fault{n - 2, "Host Link frame does not end with * and CR"}
	case frame[hostLinkCode] != 'F' || frame[hostLinkCode+1] != 'A':
		return fault{hostLinkCode, "Host Link frame without FINS: header code is not FA"}
	}
	if _, ok := hexByte(frame[1:]); !ok {
		return fault{1, "Host Link unit number is not hexadecimal"}
	}
	fcs, ok := hexByte(frame[n-hostLinkTail:])
	var sum byte
	for _, c := range frame[:n-hostLinkTail] {
		sum ^= c
	}
	if !ok || fcs != sum {
		return fault{n - hostLinkTail, "Host Link FCS is wrong"}
	}
	return fault{}
}

// parseHex reads a message that stands in a frame as hexadecimal text, two
// characters a byte.
func parseHex(text []byte) (message, fault) {
	for i, c := range text {
		if hexDigit(c) > 15 {
			return message{}, fault{i / 2, "not a hexadecimal digit"}
		}
	}
	var head [headBytes]byte
	for i := range min(headBytes, len(text)/2) {
		head[i], _ = hexByte(text[2*i:])
	}
	if len(text) > 0 && head[0]&0x80 == 0 {
		return message{}, fault{0, "short form of the FINS header"}
	}
	m, f := parseMessage(&head, len(text)/2)
	if f.reason == "" {
		m.text, m.hex = text[2*m.textAt():], true
	}
	return m, f
}

// ScanHostLinkFrames is a [bufio.SplitFunc] that cuts what comes from a serial
// line into Host Link frames. Bytes that are not Host Link end it with 3009 at
// the first one; the end of the stream inside a frame is [io.ErrUnexpectedEOF].
func ScanHostLinkFrames(data []byte, atEOF bool) (advance int, token []byte, err error) {
	if len(data) > 0 && data[0] != '@' {
		return 0, nil, badFrame(fault{0, "no Host Link frame"})
	}
	if i := bytes.IndexByte(data[:min(len(data), hostLinkMax)], '\r'); i >= 0 {
		return i + 1, data[: i+1 : i+1], nil
	}
	switch {
	case len(data) >= hostLinkMax:
		return 0, nil, badFrame(fault{hostLinkMax, "longer than a Host Link frame"})
	case atEOF && len(data) > 0:
		return 0, nil, io.ErrUnexpectedEOF
	}
	return 0, nil, nil
}

// hexByte reads two digits.
func hexByte(b []byte) (byte, bool) {
	if len(b) < 2 {
		return 0, false
	}
	hi, lo := hexDigit(b[0]), hexDigit(b[1])
	return hi<<4 | lo&15, hi <= 15 && lo <= 15
}

// hexDigit returns the value of a digit, or a number above 15.
func hexDigit(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10
	}
	return 0xFF
}
