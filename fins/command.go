package fins

import (
	"encoding/binary"

	"github.com/fieldstatus/fieldstatus/core"
)

// A Command is a FINS command code: MRC in the upper byte, SRC in the lower
// (W227-E1-2, chapter 5).
type Command uint16

// Commands on memory, operating mode and clock.
const (
	MemoryAreaRead         Command = 0x0101 // words or bits in a row
	MemoryAreaWrite        Command = 0x0102 // words or bits in a row
	MemoryAreaFill         Command = 0x0103 // one word to all words of a range
	MultipleMemoryAreaRead Command = 0x0104 // words and bits anywhere, each behind its area code
	MemoryAreaTransfer     Command = 0x0105 // words from one place in the PLC to another
	Run                    Command = 0x0401 // to RUN or MONITOR mode
	Stop                   Command = 0x0402 // to PROGRAM mode
	ControllerStatusRead   Command = 0x0601 // mode, error flags and message
	ClockRead              Command = 0x0701 // seven bytes in BCD
	ClockWrite             Command = 0x0702 // the same, seconds and weekday are optional
)

// op tells what a command attempts. Whatever changes the device is a write.
func (c Command) op() core.Op {
	switch c {
	case MemoryAreaRead, MultipleMemoryAreaRead, ControllerStatusRead, ClockRead,
		0x0201, 0x0306, // parameter area, program area
		0x0501, 0x0502, 0x0620, // controller data, connection data, cycle time
		0x2102, 0x2140, // error log, access log
		0x2201, 0x2202: // file names, single file
		return core.Read
	case MemoryAreaWrite, MemoryAreaFill, MemoryAreaTransfer, Run, Stop, ClockWrite,
		0x0202, 0x0203, // parameter area write, clear
		0x0304, 0x0305, 0x0307, 0x0308, // program area protect, protect clear, write, clear
		0x0403,                 // reset of the unit
		0x0C01, 0x0C02, 0x0C03, // access right acquire, take, release
		0x2101, 0x2103, 0x2141, // error clear, error log clear, access log clear
		0x2203, 0x2204, 0x2205, 0x2207, 0x2208, 0x220A, 0x220B, 0x220C, 0x2215, // files
		0x2301, 0x2302: // forced set and reset, cancel
		return core.Write
	}
	return core.Other
}

// A length is how much data a success has to bring.
type length struct {
	bytes int
	exact bool // more is as wrong as less
}

// AnyLength as the wanted number of bytes accepts every amount of data.
const AnyLength = -1

func (l length) holds(n int) bool { return n >= l.bytes && (!l.exact || n == l.bytes) }

// answer tells how much data a success of the command has to bring when params
// follow the command code. What it does not know it does not demand.
func (c Command) answer(params []byte) length {
	switch c {
	case MemoryAreaRead:
		if len(params) != itemSize+2 {
			return length{}
		}
		if size := elementSize(params[0]); size > 0 {
			return length{size * int(binary.BigEndian.Uint16(params[itemSize:])), true}
		}
	case MultipleMemoryAreaRead: // each item comes with its area code in front
		total := 0
		for ; len(params) >= itemSize; params = params[itemSize:] {
			size := elementSize(params[0])
			if size == 0 {
				return length{}
			}
			total += 1 + size
		}
		if len(params) == 0 {
			return length{total, true}
		}
	case ClockRead:
		return length{bytes: 7}
	case ControllerStatusRead:
		return length{bytes: 26}
	}
	return length{}
}

// elementSize returns how many bytes an element of a memory area has in a
// response, 0 for area codes that it does not know (W227-E1-2, 5-2-2; W342,
// 5-2-2). Bits and completion flags take one byte, words two, words with forced
// status and index registers four.
func elementSize(area byte) int {
	switch {
	case area == 0x00, area == 0x01, area == 0x02, area == 0x06, area == 0x07, area == 0x09, area == 0x46, area == 0x49,
		area >= 0x20 && area <= 0x2F, area >= 0x30 && area <= 0x33, area >= 0x70 && area <= 0x72:
		return 1
	case area == 0x80, area == 0x81, area == 0x82, area == 0x89, area == 0xBC,
		area >= 0x90 && area <= 0x98, area >= 0xA0 && area <= 0xAF, area >= 0xB0 && area <= 0xB3:
		return 2
	case area == 0xDC, area >= 0xF0 && area <= 0xF2:
		return 4
	}
	return 0
}
