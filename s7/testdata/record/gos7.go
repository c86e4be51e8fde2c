package main

import (
	"encoding/hex"
	"log"
	"strings"
	"time"

	"github.com/robinson/gos7"
)

const (
	areaDB    = 0x84
	areaTimer = 0x1D
	typeBit   = 0x01
	typeByte  = 0x02
	typeInt   = 0x05
	typeReal  = 0x08
	typeTimer = 0x1D
)

// gos7Cases runs calls and raw requests of gos7, each on a connection of its own.
func gos7Cases(addr string) {
	buf := make([]byte, 1024)
	item := func(wordLen, db, start, amount int) gos7.S7DataItem {
		return gos7.S7DataItem{Area: areaDB, WordLen: wordLen, DBNumber: db, Start: start, Amount: amount, Data: make([]byte, 64)}
	}
	for _, c := range []struct {
		name string
		call func(gos7.Client, *gos7.TCPClientHandler) error
	}{
		{"reads four bytes", func(c gos7.Client, _ *gos7.TCPClientHandler) error { return c.AGReadDB(1, 0, 4, buf) }},
		{"reads a timer", func(c gos7.Client, _ *gos7.TCPClientHandler) error { return c.AGReadTM(1, 1, buf) }},
		{"reads a missing DB", func(c gos7.Client, _ *gos7.TCPClientHandler) error { return c.AGReadDB(99, 0, 4, buf) }},
		{"reads beyond the end", func(c gos7.Client, _ *gos7.TCPClientHandler) error { return c.AGReadDB(2, 16, 4, buf) }},
		{"reads nothing", raw("0300001f02f080320100000500000e00000401120a10020000000184000000")},
		{"reads as many bytes as the PDU is long", raw("0300001f02f080320100000500000e00000401120a100201e0000184000000")},
		{"reads several items", func(c gos7.Client, _ *gos7.TCPClientHandler) error {
			return c.AGReadMulti([]gos7.S7DataItem{item(typeByte, 1, 0, 3), item(typeByte, 99, 0, 4), item(typeByte, 2, 16, 4), item(typeBit, 1, 0, 1), item(typeReal, 1, 4, 1), item(typeInt, 1, 8, 1)}, 6)
		}},
		{"writes four bytes", func(c gos7.Client, _ *gos7.TCPClientHandler) error { return c.AGWriteDB(1, 0, 4, buf) }},
		{"writes several items", func(c gos7.Client, _ *gos7.TCPClientHandler) error {
			return c.AGWriteMulti([]gos7.S7DataItem{item(typeByte, 1, 0, 2), item(typeByte, 99, 0, 4), item(typeByte, 2, 16, 4)}, 3)
		}},
		{"writes two bytes where four are announced", raw("0300002502f080320100000500000e00060501120a10020004000184000000000400100102")},
		{"writes a type that does not exist", raw("0300002402f080320100000500000e00050501120a107700010001840000000004000801")},
		{"asks for a status list that the CPU lacks", raw("0300002102f080320700000500000800080001120411440100ff09000499990000")},
		{"asks for the protection level", func(c gos7.Client, _ *gos7.TCPClientHandler) error { _, err := c.GetProtection(); return err }},
		{"asks for a block that is there", func(c gos7.Client, _ *gos7.TCPClientHandler) error { _, err := c.GetAgBlockInfo(65, 1); return err }},
		{"asks for a block that is missing", func(c gos7.Client, _ *gos7.TCPClientHandler) error { _, err := c.GetAgBlockInfo(65, 99); return err }},
		{"lists blocks", func(c gos7.Client, _ *gos7.TCPClientHandler) error { _, err := c.PGListBlocks(); return err }},
		{"sets a password", func(c gos7.Client, _ *gos7.TCPClientHandler) error { return c.SetSessionPassword("secret") }},
		{"reads the clock", func(c gos7.Client, _ *gos7.TCPClientHandler) error { _, err := c.PGClockWrite(); return err }},
		{"stops the CPU", func(c gos7.Client, _ *gos7.TCPClientHandler) error { return c.PLCStop() }},
		{"starts the CPU", func(c gos7.Client, _ *gos7.TCPClientHandler) error { return c.PLCHotStart() }},
		{"starts an upload", raw("0300002302f080320100000600001200001d00000000000000095f3042303030303041")},
		{"starts a download", raw("0300002302f080320100000600001200001a00000000000000095f3042303030303041")},
		{"disconnects", raw("0300000b06800000000100")},
	} {
		handler := gos7.NewTCPClientHandler(addr, 0, 2)
		handler.Timeout = 2 * time.Second
		say("# gos7 %s", c.name)
		if err := handler.Connect(); err != nil {
			log.Fatal(err)
		}
		err := c.call(gos7.NewClient(handler), handler)
		time.Sleep(50 * time.Millisecond) // what gos7 does not wait for
		say("# gos7 says %v\n", err)
		handler.Close()
	}
}

// raw sends a request that gos7 has no call for.
func raw(request string) func(gos7.Client, *gos7.TCPClientHandler) error {
	frame, err := hex.DecodeString(strings.ReplaceAll(request, " ", ""))
	if err != nil {
		log.Fatal(err)
	}
	return func(_ gos7.Client, h *gos7.TCPClientHandler) error {
		_, err := h.Send(frame)
		return err
	}
}
