package fins

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/fieldstatus/fieldstatus/core"
)

func TestAnswerLengths(t *testing.T) {
	for _, c := range []struct {
		name    string
		command Command
		params  string
		want    length
	}{
		{"words", MemoryAreaRead, "82006400000a", length{20, true}},
		{"all words there are", MemoryAreaRead, "82000000ffff", length{131070, true}},
		{"bits", MemoryAreaRead, "300064000010", length{16, true}},
		{"words with forced status", MemoryAreaRead, "f00064000003", length{12, true}},
		{"area of unknown element size", MemoryAreaRead, "e1006400000a", length{}},
		{"parameters cut off", MemoryAreaRead, "8200640000", length{}},
		{"no parameters", MemoryAreaRead, "", length{}},
		{"items", MultipleMemoryAreaRead, "8200010030000203", length{5, true}},
		{"one item of unknown size", MultipleMemoryAreaRead, "82000100e1000203", length{}},
		{"items cut off", MultipleMemoryAreaRead, "820001003000", length{}},
		{"clock", ClockRead, "", length{7, false}},
		{"write", MemoryAreaWrite, "8200640000021234abcd", length{}},
		{"unknown", 0x2701, "0001", length{}},
	} {
		assert.Equal(t, c.want, c.command.answer(unhex(c.params)), c.name)
	}
	assert.True(t, length{7, false}.holds(8) && !length{7, false}.holds(6))
	assert.True(t, length{7, true}.holds(7) && !length{7, true}.holds(8))
	assert.True(t, length{}.holds(0) && length{}.holds(1000))
}

// The area codes of the manuals, by the bytes of an element: W227-E1-2 and W342,
// 5-2-2.
func TestElementSizes(t *testing.T) {
	sizes := map[int]int{}
	for size, codes := range map[int][][2]int{
		1: {{0x00, 0x02}, {0x06, 0x07}, {0x09, 0x09}, {0x20, 0x2F}, {0x30, 0x33}, {0x46, 0x46}, {0x49, 0x49}, {0x70, 0x72}},
		2: {{0x80, 0x82}, {0x89, 0x89}, {0x90, 0x98}, {0xA0, 0xAF}, {0xB0, 0xB3}, {0xBC, 0xBC}},
		4: {{0xDC, 0xDC}, {0xF0, 0xF2}},
	} {
		for _, r := range codes {
			for code := r[0]; code <= r[1]; code++ {
				sizes[code] = size
			}
		}
	}
	for code := range 256 {
		assert.Equal(t, sizes[code], elementSize(byte(code)), "%02X", code)
	}
}

func TestOps(t *testing.T) {
	for op, commands := range map[core.Op][]Command{
		core.Read:  {MemoryAreaRead, MultipleMemoryAreaRead, ControllerStatusRead, ClockRead, 0x2202},
		core.Write: {MemoryAreaWrite, MemoryAreaFill, MemoryAreaTransfer, Run, Stop, ClockWrite, 0x0403, 0x2301},
		core.Other: {0x0801, 0x2701, 0x2803, 0xFFFF},
	} {
		for _, c := range commands {
			assert.Equal(t, op, c.op(), "%04X", uint16(c))
		}
	}
}
