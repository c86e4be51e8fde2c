package focastest

import (
	"fmt"
	"strconv"
	"strings"
)

// Commands that name a range of numbers.
const (
	readMacro  = 0x0015
	writeMacro = 0x0016
	readPMC    = 0x8001
	writePMC   = 0x8002
)

// pathCommand takes the name of a folder.
const pathCommand = 0x00F0

// argCount is how many arguments of 32 bits a block has behind its command.
const argCount = 5

// An address names what a block asks for.
type address struct {
	path    uint16
	command uint16
	args    [argCount]int32
	given   int // arguments that were written; the others are 0 in a block
}

// parseAddress reads "0x0015 500 510" and "path 2 0x0015 500".
func parseAddress(s string) (address, error) {
	complain := fmt.Errorf(`focastest: address %q is none like "0x0015 500 510" or "path 2 0x8001 2204 2205 9"`, s)
	a := address{path: 1}
	words := strings.Fields(s)
	if len(words) > 1 && words[0] == "path" {
		n, err := strconv.ParseUint(words[1], 10, 16)
		if err != nil {
			return address{}, complain
		}
		a.path, words = uint16(n), words[2:]
	}
	if len(words) == 0 || len(words) > 1+argCount || !strings.HasPrefix(words[0], "0x") {
		return address{}, complain
	}
	command, err := strconv.ParseUint(words[0][2:], 16, 16)
	if err != nil {
		return address{}, complain
	}
	a.command, a.given = uint16(command), len(words)-1
	for i, word := range words[1:] {
		n, err := strconv.ParseInt(word, 10, 32)
		if err != nil {
			return address{}, complain
		}
		a.args[i] = int32(n)
	}
	return a, nil
}

// String returns the address in the form that parseAddress reads.
func (a address) String() string {
	var b strings.Builder
	if a.path != 1 {
		fmt.Fprintf(&b, "path %d ", a.path)
	}
	fmt.Fprintf(&b, "0x%04X", a.command)
	last := len(a.args)
	for last > 0 && a.args[last-1] == 0 {
		last--
	}
	for _, arg := range a.args[:last] {
		fmt.Fprintf(&b, " %d", arg)
	}
	return b.String()
}

// ranged reports whether the first two arguments are the ends of a range.
func (a address) ranged() bool {
	switch a.command {
	case readMacro, writeMacro, readPMC, writePMC:
		return true
	}
	return false
}

// complete reports whether an address of a range says where values go: from
// which number on, and in which PMC area.
func (a address) complete() bool {
	switch a.command {
	case readMacro, writeMacro:
		return a.given >= 1
	case readPMC, writePMC:
		return a.given >= 3
	}
	return true
}

// covers reports whether an address of a rule stands for that of a block.
func (a address) covers(block address) bool {
	if a.path != block.path || a.command != block.command {
		return false
	}
	from := 0
	if a.ranged() && a.given > 0 {
		last := a.args[0]
		if a.given > 1 {
			last = a.args[1]
		}
		if last < block.args[0] || block.args[1] < a.args[0] {
			return false
		}
		from = 2
	}
	for i := from; i < a.given; i++ {
		if a.args[i] != block.args[i] {
			return false
		}
	}
	return true
}

// match compares the address of a rule with that of a block, or the name of a
// step with that of a step.
func match(rule, item string) bool {
	if rule == item {
		return true
	}
	a, err := parseAddress(rule)
	b, err2 := parseAddress(item)
	return err == nil && err2 == nil && a.covers(b)
}
