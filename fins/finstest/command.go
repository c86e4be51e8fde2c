package finstest

import (
	"encoding/binary"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/fins"
)

// A command is a FINS command that has been read.
type command struct {
	code       fins.Command
	op         core.Op
	items      []address
	value      []byte       // to be written
	refusal    fins.EndCode // what is wrong with the command itself
	understood bool
}

const (
	commandSize = 12 // header and command code
	elementSize = 4  // area code, word, bit
	maxResponse = 2012
)

func readCommand(message []byte) command {
	c := command{code: fins.Command(binary.BigEndian.Uint16(message[10:])), op: core.Other, understood: true}
	params := message[commandSize:]
	switch c.code {
	case fins.MemoryAreaRead:
		c.op = core.Read
		c.readRange(params, 0)
	case fins.MemoryAreaWrite:
		c.op = core.Write
		c.readRange(params, -1)
	case fins.MemoryAreaFill:
		c.op = core.Write
		c.readRange(params, 2)
	case fins.MultipleMemoryAreaRead:
		c.op = core.Read
		c.readElements(params)
	case fins.MemoryAreaTransfer:
		c.op = core.Write
		c.readTransfer(params)
	case fins.Run, fins.Stop:
		c.op, c.items = core.Write, []address{{name: mode}}
		c.value = []byte{programMode}
		if c.code == fins.Run {
			c.value[0] = monitorMode // unless the command names another one
			if len(params) > 2 {
				c.value[0] = params[2]
			}
		}
	case fins.ControllerStatusRead:
		c.op, c.items = core.Read, []address{{name: status}}
	case fins.ClockRead:
		c.op, c.items = core.Read, []address{{name: clock}}
	case fins.ClockWrite:
		c.op, c.items, c.value = core.Write, []address{{name: clock}}, params
		switch {
		case len(params) < 5:
			c.refusal = fins.CommandTooShort
		case len(params) > 7:
			c.refusal = fins.CommandTooLong
		}
	default:
		c.refusal, c.understood = fins.UndefinedCommand, false
	}
	return c
}

// add adds an element, or notes that there is no such area.
func (c *command) add(b []byte, count int) (a address, ok bool) {
	a, ok = element(b, count)
	switch {
	case !ok:
		c.refusal, c.understood = fins.AreaClassificationMissing, false
		return a, false
	case a.bit > 15:
		c.refusal = fins.AddressRangeError
		return a, false
	}
	if a.outside() {
		c.refusal = fins.AddressRangeExceeded
	}
	c.items = append(c.items, a)
	return a, true
}

// readRange reads an element, a count, and as many bytes of value, or as many as
// the count demands.
func (c *command) readRange(params []byte, value int) {
	if len(params) < elementSize+2 {
		c.refusal = fins.CommandTooShort
		return
	}
	count := int(binary.BigEndian.Uint16(params[elementSize:]))
	a, ok := c.add(params, count)
	if !ok {
		return
	}
	c.value = params[elementSize+2:]
	size := a.size()
	switch {
	case value < 0 && len(c.value) != size:
		c.refusal = fins.ElementsDataMismatch
	case len(c.value) < value:
		c.refusal = fins.CommandTooShort
	case value >= 0 && len(c.value) > value:
		c.refusal = fins.CommandTooLong
	case c.code == fins.MemoryAreaRead && responseSize+size > maxResponse:
		c.refusal = fins.ResponseTooLong
	case c.code == fins.MemoryAreaFill && a.kind != words:
		c.refusal = fins.AreaClassificationMissing
	}
}

// size returns how many bytes a value has.
func (a address) size() int {
	if a.kind == words {
		return 2 * a.count
	}
	return a.count
}

func (c *command) readElements(params []byte) {
	if len(params) == 0 {
		c.refusal = fins.CommandTooShort
	}
	size := responseSize
	for ; len(params) >= elementSize; params = params[elementSize:] {
		a, _ := c.add(params, 1)
		size += 1 + a.size()
		c.value = append(c.value, params[0]) // the area code, which comes back
	}
	switch {
	case len(params) != 0:
		c.refusal = fins.CommandFormatError
	case c.refusal == 0 && size > maxResponse:
		c.refusal = fins.ResponseTooLong
	}
}

// readTransfer reads source, destination and a count of words.
func (c *command) readTransfer(params []byte) {
	if len(params) != 2*elementSize+2 {
		c.refusal = fins.CommandFormatError
		return
	}
	count := int(binary.BigEndian.Uint16(params[2*elementSize:]))
	for _, b := range [][]byte{params, params[elementSize:]} {
		if a, ok := c.add(b, count); ok && a.kind != words {
			c.refusal = fins.AreaClassificationMissing
		}
	}
}

// do carries a command out.
func (d *Device) do(c command) (fins.EndCode, []byte) {
	if c.refusal != fins.NormalCompletion {
		return c.refusal, nil
	}
	switch c.code {
	case fins.MemoryAreaFill:
		for i := range c.items[0].count {
			d.write(address{area: c.items[0].area, word: c.items[0].word + i, count: 1}, c.value)
		}
	case fins.MultipleMemoryAreaRead:
		var data []byte
		for i, a := range c.items {
			data = append(append(data, c.value[i]), d.read(a)...)
		}
		return fins.NormalCompletion, data
	case fins.MemoryAreaTransfer:
		d.write(c.items[1], d.read(c.items[0]))
	default:
		if c.op == core.Read {
			return fins.NormalCompletion, d.read(c.items[0])
		}
		d.write(c.items[0], c.value)
	}
	return fins.NormalCompletion, nil
}
