package enip

import (
	"encoding/binary"
	"encoding/hex"
	"strings"
)

// Frames for tests, built from the layouts of CIP Volume 2.

// frame returns a message with a header of its own.
func frame(command Command, session uint32, status EncapsulationStatus, context string, body []byte) []byte {
	b := binary.LittleEndian.AppendUint16(nil, uint16(command))
	b = binary.LittleEndian.AppendUint16(b, uint16(len(body)))
	b = binary.LittleEndian.AppendUint32(b, session)
	b = binary.LittleEndian.AppendUint32(b, uint32(status))
	b = append(b, (context + "\x00\x00\x00\x00\x00\x00\x00\x00")[:8]...)
	return append(append(b, 0, 0, 0, 0), body...)
}

// unconnected returns a CIP message in SendRRData.
func unconnected(context, message string) []byte {
	m := unhex(message)
	body := append(unhex("00000000 0000 0200 0000 0000 b200"), byte(len(m)), byte(len(m)>>8))
	return frame(SendRRData, 1, 0, context, append(body, m...))
}

// onConnection returns a CIP message in SendUnitData.
func onConnection(sequence uint16, message string) []byte {
	m := unhex(message)
	body := append(unhex("00000000 0000 0200 a100 0400 04030201 b100"), byte(len(m)+2), byte((len(m)+2)>>8), byte(sequence), byte(sequence>>8))
	return frame(SendUnitData, 1, 0, "", append(body, m...))
}

func unhex(s string) []byte {
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		panic(err)
	}
	return b
}

// Requests for a tag and to the Connection Manager.
const (
	readTag      = "4c 04 9105 5370656564 00 0100"
	readFragment = "52 04 9105 5370656564 00 0a00 00000000"
	writeTag     = "4d 04 9105 5370656564 00 c300 0100 0700"
	modifyTag    = "4e 04 9105 5370656564 00 0100 01 00"
	forwardOpen  = "54 02 2006 2401 07f9 00000000 19000200 0100 4d00 01000000 03000000 80841e00 f443 80841e00 f443 a3 03 0100 2002 2401"
	forwardClose = "4e 02 2006 2401 07f9 0100 4d00 01000000 03 00 0100 2002 2401"
)
