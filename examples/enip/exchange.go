package enip

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/danomagnum/gologix"

	"github.com/fieldstatus/fieldstatus/core"
	enipstatus "github.com/fieldstatus/fieldstatus/enip"
)

// fit returns how many requests fit into one Multiple Service Packet, and their
// replies into its answer.
func fit(requests [][]byte, size int) int {
	const head, offset, reply = 10, 2, 4 + 2 + 8 // a reply has a status, a type, and 8 bytes at most
	size -= head
	for n, request := range requests {
		if size -= offset + max(len(request), reply); size < 0 {
			return max(1, n)
		}
	}
	return len(requests)
}

// exchange sends requests in one Multiple Service Packet and returns the reply to
// each.
func exchange(client *gologix.Client, requests [][]byte) (replies []enipstatus.Reply, err error) {
	defer recovered(core.Read, &err)
	messageRouter := []byte{0x20, 0x02, 0x24, 0x01} // class 2, instance 1
	item, err := client.GenericCIPMessage(gologix.CIPService_MultipleService, messageRouter, packet(requests))
	if item == nil { // else err only says that the status is none of success
		return nil, err
	}
	response, err := enipstatus.ParseResponse(frame(item.Data))
	if errors.Is(err, core.ErrNotResponse) {
		return nil, core.FrameForeign.Status().Err(core.Read)
	}
	if err != nil {
		return nil, err
	}
	if err := response.Err(core.Read); err != nil {
		return nil, err
	}
	for _, item := range response.Items() {
		replies = append(replies, item.Reply)
	}
	if len(replies) != len(requests) {
		return nil, core.FrameForeign.Status().Wrap(core.Read, fmt.Errorf("%d replies to %d requests", len(replies), len(requests)))
	}
	return replies, nil
}

// packet returns the data of a Multiple Service Packet: the number of requests,
// where each begins, and the requests.
func packet(requests [][]byte) []byte {
	data := binary.LittleEndian.AppendUint16(nil, uint16(len(requests)))
	at := 2 + 2*len(requests)
	for _, request := range requests {
		data = binary.LittleEndian.AppendUint16(data, uint16(at))
		at += len(request)
	}
	for _, request := range requests {
		data = append(data, request...)
	}
	return data
}

// frame puts what gologix has taken off in front of a connected data item, which
// begins with its sequence count.
func frame(item []byte) []byte {
	const sendUnitData = 0x70
	const header, items = 24, 6 + 2 + 4 + 4 + 4
	b := make([]byte, header+items, header+items+len(item))
	binary.LittleEndian.PutUint16(b, sendUnitData)
	binary.LittleEndian.PutUint16(b[2:], uint16(items+len(item)))
	b[header+6] = 2                                             // items
	copy(b[header+8:], []byte{0xA1, 0, 4, 0, 0, 0, 0, 0, 0xB1}) // the connection, and the data
	binary.LittleEndian.PutUint16(b[header+18:], uint16(len(item)))
	return append(b, item...)
}

// recovered turns a panic of gologix, which trusts the counts of a reply, into the
// 3009 that it is.
func recovered(op core.Op, err *error) {
	if p := recover(); p != nil {
		*err = core.FrameMalformed.Status().Wrap(op, fmt.Errorf("gologix: %v", p))
	}
}
