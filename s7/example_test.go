package s7_test

import (
	"bufio"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"

	"github.com/robinson/gos7"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/s7"
)

func unhex(s string) []byte {
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		panic(err)
	}
	return b
}

// device listens on loopback and answers every request behind the setup with
// answer.
func device(answer string) (addr string, stop func()) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	go func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		s := bufio.NewScanner(c)
		s.Split(s7.ScanFrames)
		answers := []string{"0300001611d00001000100c0010ac1020100c2020102", "0300001b02f080320300000400000800000000f0000001000101e0"}
		for s.Scan() {
			if answers = append(answers, answer); len(answers[0]) > 0 {
				c.Write(unhex(answers[0]))
			}
			answers = answers[1:]
		}
	}()
	return l.Addr().String(), func() { l.Close() }
}

// A driver reads a tag with gos7. The device refuses it: PUT/GET access is off.
// gos7's own error would only say that 19 bytes are not enough.
func Example() {
	addr, stop := device("0300001302f080320200000500000000008104")
	defer stop()

	read := func() error {
		handler := gos7.NewTCPClientHandler(addr, 0, 1)
		defer handler.Close()
		if err := handler.Connect(); err != nil {
			return s7.Translate(core.Connect, err)
		}
		var x s7.Exchange
		client := gos7.NewClient2(&x, handler)
		value := make([]byte, 4)
		err := client.AGReadDB(1, 0, 4, value)
		return core.Tagged("motor.speed", s7.Translate(core.Read, err))
	}

	err := read()
	fmt.Println(err)
	fmt.Println("code:", int(core.CodeOf(err)))
	fmt.Println("what to do:", core.RemedyOf(err), "- scope:", core.ScopeOf(err))
	fmt.Println("check:", core.StatusOf(err).Hint())
	// Output:
	// read motor.speed: 10103 Object has no access permission (s7 header-error 0x8104 Code7FunNotAvailable)
	// code: 10103
	// what to do: fix - scope: request
	// check: S7-1200/1500: permit access with PUT/GET in the CPU properties. Otherwise check protection level and password.
}

// Several tags in one request: each has an outcome of its own.
func ExampleExchange_ItemErr() {
	addr, stop := device("0300002302f080 3203000005000002000e 0000 0403 ff04001001f4 01000000 ff040000")
	defer stop()

	handler := gos7.NewTCPClientHandler(addr, 0, 1)
	defer handler.Close()
	if err := handler.Connect(); err != nil {
		fmt.Println(err)
		return
	}
	items := make([]gos7.S7DataItem, 3)
	for i := range items {
		items[i] = gos7.S7DataItem{Area: 0x84, WordLen: 0x02, DBNumber: 1, Start: 2 * i, Amount: 2, Data: make([]byte, 2)}
	}
	var x s7.Exchange
	if err := gos7.NewClient2(&x, handler).AGReadMulti(items, len(items)); err != nil {
		fmt.Println(s7.Translate(core.Read, err))
		return
	}
	for i := range items {
		fmt.Printf("item %d: gos7 says %q, the device %v\n", i, items[i].Error, x.ItemErr(i))
	}
	// Output:
	// item 0: gos7 says "", the device <nil>
	// item 1: gos7 says "CLI : function refused by CPU (Unknown error)", the device read: 10101 Hardware error (s7 item-return 0x01 HardwareFault)
	// item 2: gos7 says "", the device read: 10152 No value (s7 data-shape EmptyValue)
}

// The errors of the network, and gos7's own, have codes too.
func ExampleTranslate() {
	for _, err := range []error{
		s7.Translate(core.Connect, &net.OpError{Op: "dial", Net: "tcp", Err: os.ErrDeadlineExceeded}),
		s7.Translate(core.Connect, io.EOF),
		s7.Translate(core.Read, io.EOF),
		s7.Translate(core.Read, os.ErrDeadlineExceeded),
		s7.Translate(core.Read, errors.New(gos7.ErrorText(0x00900000))),
	} {
		fmt.Println(int(core.CodeOf(err)), core.RemedyOf(err), core.StatusOf(err).Symbol())
	}
	// Output:
	// 3002 reconnect DialTimeout
	// 10150 reconnect COTPHandshakeFailed
	// 10150 reconnect EOF
	// 3015 reconnect ReadTimeout
	// 10105 fix errCliAddressOutOfRange
}

// A driver with frames of its own looks at each item with the length its tag needs.
func ExampleParseResponse() {
	r, err := s7.ParseResponse(unhex("0300002502f080 32030000050000020010 0000 0403 ff0400101122 05000000 ff0400102233"))
	if err == nil {
		err = r.Err(core.Read)
	}
	if err != nil {
		fmt.Println(err)
		return
	}
	for i, item := range r.Items() {
		fmt.Println(i, item.Status([]int{2, 2, 4}[i]).Err(core.Read))
	}
	// Output:
	// 0 <nil>
	// 1 read: 10105 Invalid address (s7 item-return 0x05 AddressOutOfRange)
	// 2 read: 10153 Value length is too short (s7 data-shape ShortValue)
}

// A conversation knows what was asked: here four bytes, of which two come.
func ExampleConversation() {
	var c s7.Conversation
	c.Sent(unhex("0300001f02f080 320100000500000e0000 0401 120a10020004000184000000"))
	statuses, err := c.Received(nil, unhex("0300001b02f080 32030000050000020006 0000 0401 ff0400101122"))
	fmt.Println(statuses, err, c.Exchange().Op)
	// Output:
	// [s7 data-shape ShortValue] <nil> read
}
