package record

import (
	"bytes"
	"fmt"

	"github.com/fieldstatus/fieldstatus/internal/wire"
)

// kindOf returns what a request asks for, without the addresses and numbers
// that differ from one request to the next. It only tells repeats apart: for
// what it cannot read it returns the same for all.
func kindOf(protocol string, frame []byte) string {
	switch protocol {
	case "s7":
		return s7Kind(frame)
	case "opcua":
		return opcuaKind(frame)
	case "fins":
		return finsKind(frame)
	case "enip":
		return enipKind(frame)
	case "knx":
		return knxKind(frame)
	case "focas":
		return focasKind(frame)
	}
	return ""
}

// s7Kind is the kind of TPDU, then message type and function, or function group
// and subfunction.
func s7Kind(frame []byte) string {
	r := wire.NewReader(frame)
	r.Skip(4)
	head := r.Sub(int(r.Uint8()))
	tpdu := head.Uint8() & 0xF0
	r.Skip(1)
	rosctr := r.Uint8()
	r.Skip(8)
	function := r.Uint8()
	if tpdu != 0xF0 || r.Failed() {
		return fmt.Sprintf("%02x", tpdu)
	}
	if rosctr == 7 {
		r.Skip(4)
		return fmt.Sprintf("%02x %02x%02x", rosctr, r.Uint8(), r.Uint8())
	}
	return fmt.Sprintf("%02x %02x", rosctr, function)
}

// opcuaKind is the type of message and the numeric type of the service.
func opcuaKind(frame []byte) string {
	r := wire.NewReader(frame)
	message := string(r.Bytes(3))
	if message != "MSG" {
		return message
	}
	r.Skip(1 + 4 + 4 + 4 + 4 + 4) // final, size, channel, token, sequence, request
	switch r.Uint8() {
	case 0:
		return fmt.Sprint(message, r.Uint8())
	case 1:
		r.Skip(1)
		return fmt.Sprint(message, r.Uint16LE())
	case 2:
		r.Skip(2)
		return fmt.Sprint(message, r.Uint32LE())
	}
	return message
}

// finsMessage returns where the FINS message begins in a frame.
func finsMessage(frame []byte) int {
	if bytes.HasPrefix(frame, []byte("FINS")) {
		return min(16, len(frame))
	}
	return 0
}

// finsKind is the command code, behind the command of FINS/TCP.
func finsKind(frame []byte) string {
	if bytes.HasPrefix(frame, []byte("@")) { // Host Link: header code and FINS header vary with the line
		return "@"
	}
	at := finsMessage(frame)
	r := wire.NewReader(frame[at:])
	r.Skip(10)
	command := r.Uint16BE()
	if at == 0 {
		return fmt.Sprintf("%04x", command)
	}
	tcp := wire.NewReader(frame)
	tcp.Skip(8)
	return fmt.Sprintf("tcp %d %04x", tcp.Uint32BE(), command)
}

// enipKind is the encapsulation command, and service and class of the CIP
// request; that inside for an Unconnected Send.
func enipKind(frame []byte) string {
	r := wire.NewReader(frame)
	command := r.Uint16LE()
	if command != 0x6F && command != 0x70 {
		return fmt.Sprintf("%04x", command)
	}
	r.Skip(22 + 6) // header, interface handle, timeout
	for range int(r.Uint16LE()) {
		kind := r.Uint16LE()
		item := r.Sub(int(r.Uint16LE()))
		if r.Failed() {
			break
		}
		if kind == 0xB1 {
			item.Skip(2) // sequence count
		}
		if kind == 0xB1 || kind == 0xB2 {
			return fmt.Sprintf("%04x %s", command, cipKind(item.Rest(), true))
		}
	}
	return fmt.Sprintf("%04x", command)
}

func cipKind(message []byte, outside bool) string {
	r := wire.NewReader(message)
	service := r.Uint8()
	path := r.Bytes(2 * int(r.Uint8()))
	class := ""
	if len(path) >= 2 && path[0] == 0x20 {
		class = fmt.Sprintf(" %02x", path[1])
	}
	switch {
	case service == 0x52 && class == " 06" && outside:
		r.Skip(2)
		return "sent " + cipKind(r.Bytes(int(r.Uint16LE())), false)
	case service == 0x4B && class == " 67":
		r.Skip(int(r.Uint8()) - 1)
		command := r.Uint8()
		r.Skip(3)
		return fmt.Sprintf("pccc %02x %02x", command, r.Uint8())
	}
	return fmt.Sprintf("%02x%s", service, class)
}

// knxKind is the service, and of a cEMI message its code with the application
// service of a telegram or the object and property of a local device management.
func knxKind(frame []byte) string {
	r := wire.NewReader(frame)
	r.Skip(2)
	service := r.Uint16BE()
	r.Skip(2)
	switch service {
	case 0x0310, 0x0420:
		r.Skip(4) // connection header
	case 0x0530:
	default:
		return fmt.Sprintf("%04x", service)
	}
	message := r.Uint8()
	if message != 0x11 && message != 0x29 {
		return fmt.Sprintf("%04x %02x", service, message)
	}
	r.Skip(int(r.Uint8()) + 7) // additional information; control fields, addresses, length
	application := r.Uint16BE() & 0x03FF
	if top := application & 0x03C0; top != 0x02C0 && top != 0x03C0 {
		application = top // the lower bits are the value
	}
	return fmt.Sprintf("%04x %02x %03x", service, message, application)
}

// focasKind is the function, and the commands of its blocks.
func focasKind(frame []byte) string {
	r := wire.NewReader(frame)
	r.Skip(6)
	function := r.Uint8()
	kind := fmt.Sprintf("%02x", function)
	r.Skip(3)
	if function != 0x21 {
		return kind
	}
	for range min(int(r.Uint16BE()), 128) {
		block := r.Sub(int(r.Uint16BE()) - 2)
		block.Skip(4)
		command := block.Uint16BE()
		if r.Failed() || block.Failed() {
			break
		}
		kind += fmt.Sprintf(" %04x", command)
	}
	return kind
}
