package fins_test

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/fieldstatus/fieldstatus/core"
	finsstatus "github.com/fieldstatus/fieldstatus/fins"
)

// A client reads the DM area of a PLC over FINS/TCP.
type client struct {
	conn   net.Conn
	frames *bufio.Scanner
	talk   finsstatus.Conversation
	local  byte // FINS node numbers, known after the handshake
	remote byte
	sid    byte
}

// connect opens a session over a connection that has been dialed.
func connect(conn net.Conn) (*client, error) {
	c := &client{conn: conn, frames: bufio.NewScanner(conn)}
	c.frames.Split(finsstatus.ScanFrames)
	answer, _, err := c.ask(core.Connect, 0, make([]byte, 4)) // 0: please give me a node number
	if err != nil {
		return nil, err
	}
	local, remote, _ := answer.Nodes()
	c.local, c.remote = byte(local), byte(remote)
	return c, nil
}

// readDM returns n words from an address on, and how good they are.
func (c *client) readDM(address, n uint16) ([]byte, core.Quality, error) {
	c.sid++
	command := []byte{0x80, 0, 2, 0, c.remote, 0, 0, c.local, 0, c.sid, 0x01, 0x01, 0x82}
	command = binary.BigEndian.AppendUint16(command, address)
	command = append(command, 0)
	command = binary.BigEndian.AppendUint16(command, n)
	answer, status, err := c.ask(core.Read, 2, command)
	if err != nil {
		return nil, core.Bad, core.Tagged(fmt.Sprintf("D%d", address), err)
	}
	return answer.Data(), status.Quality(), nil
}

// ask sends a FINS/TCP frame and waits for its response.
func (c *client) ask(op core.Op, command uint32, body []byte) (answer finsstatus.Response, status core.Status, err error) {
	frame := append([]byte("FINS"), make([]byte, 12)...)
	binary.BigEndian.PutUint32(frame[4:], uint32(8+len(body)))
	binary.BigEndian.PutUint32(frame[8:], command)
	frame = append(frame, body...)
	if err := c.conn.SetDeadline(time.Now().Add(2 * time.Second)); err != nil {
		return answer, status, finsstatus.Translate(op, err)
	}
	if _, err := c.conn.Write(frame); err != nil {
		return answer, status, finsstatus.Translate(op, err)
	}
	c.talk.Sent(frame)
	asked := c.talk.Exchange().ID
	for c.frames.Scan() {
		statuses, err := c.talk.Received(nil, c.frames.Bytes())
		switch {
		case errors.Is(err, core.ErrNotResponse):
			continue // a command of the PLC, or the answer to somebody else
		case err != nil:
			return answer, status, finsstatus.Translate(op, err)
		case c.talk.Exchange().ID != asked && statuses[0].Scope() < core.Connection:
			continue // late, to a command that was given up
		}
		answer, _ = finsstatus.ParseResponse(c.frames.Bytes())
		return answer, statuses[0], statuses[0].Err(op)
	}
	if err = c.frames.Err(); err == nil {
		err = io.EOF
	}
	return answer, status, finsstatus.Translate(op, err)
}

// The read path of a small FINS/TCP client: what the PLC says, what its CPU
// flags say, and what happens to the connection all come out as documented codes.
func Example() {
	here, there := net.Pipe()
	go plc(there)
	c, err := connect(here)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, address := range []uint16{100, 101, 40000, 102} {
		data, quality, err := c.readDM(address, 1)
		switch {
		case err != nil:
			fmt.Println(err)
			fmt.Println("    then:", core.RemedyOf(err), core.ScopeOf(err))
		default:
			fmt.Printf("D%d = %d, %v\n", address, binary.BigEndian.Uint16(data), quality)
		}
	}
	// Output:
	// D100 = 4660, good
	// D101 = 4660, uncertain
	// read D40000: 10508 Parameter error (fins end-code 0x1143 AddressRangeError)
	//     then: fix request
	// read D102: 10500 fins connection disconnected (fins link Disconnected): EOF
	//     then: reconnect connection
}

// plc accepts a handshake and answers three reads: the second with the fatal
// flag, the third with a refusal. Then it hangs up.
func plc(conn net.Conn) {
	defer conn.Close()
	frames := bufio.NewScanner(conn)
	frames.Split(finsstatus.ScanFrames)
	for _, end := range []string{"", "\x00\x00\x12\x34", "\x00\x80\x12\x34", "\x11\x43"} {
		if !frames.Scan() {
			return
		}
		answer := "FINS\x00\x00\x00\x10\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x02\x00\x00\x00\x0a"
		if end != "" {
			sid := frames.Bytes()[25:26]
			answer = "FINS\x00\x00\x00" + string(rune(20+len(end))) + "\x00\x00\x00\x02\x00\x00\x00\x00" +
				"\xc0\x00\x02\x00\x02\x00\x00\x0a\x00" + string(sid) + "\x01\x01" + end
		}
		if _, err := conn.Write([]byte(answer)); err != nil {
			return
		}
	}
	frames.Scan()
}

// A datagram is a frame. The amount of data is checked by who knows it.
func ExampleParseResponse() {
	datagram := []byte("\xc0\x00\x02\x00\x02\x00\x00\x0a\x00\x01\x01\x01\x82\x05\x01\x03")
	response, err := finsstatus.ParseResponse(datagram)
	if err != nil {
		fmt.Println(err)
		return
	}
	status := response.Status(4)
	fmt.Println(status.Err(core.Read))
	network, node, ok := finsstatus.Location(status)
	fmt.Println("found by network", network, "node", node, ok)
	// Output:
	// read: 10503 Target node error (fins end-code 0x8205/0x0103 ResponseTimeout)
	// found by network 1 node 3 true
}

// With a client library there are only its errors.
func ExampleTranslate() {
	err := errors.New("error reported by destination, end code 0x1104") // of l1va/gofins
	err = finsstatus.Translate(core.Read, err)
	fmt.Println(core.CodeOf(err))
	fmt.Println(errors.Is(err, finsstatus.AddressRangeExceeded), core.RemedyOf(err))
	// Output:
	// 10508 Parameter error
	// true fix
}

func ExampleStrict() {
	status := finsstatus.EndCode(0x0080).Status()
	fmt.Println(status.Code(core.Read), status.Quality())
	fmt.Println(finsstatus.Strict(status).Err(core.Read))
	// Output:
	// 0 Success uncertain
	// read: 10504 Controller error (fins sres-flag 0x0080 FatalCPUUnitError)
}
