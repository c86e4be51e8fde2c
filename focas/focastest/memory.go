package focastest

import "github.com/fieldstatus/fieldstatus/focas"

// A memory holds what was set and written.
type memory struct {
	values []value
	cells  map[cell][]byte
}

// A value is the payload of all blocks that an address stands for.
type value struct {
	address address
	payload []byte
}

// A cell is a macro variable, or a byte of a PMC area.
type cell struct {
	path   uint16
	pmc    bool
	area   int32 // of the PMC
	number int32
}

// Sizes of cells in bytes: a macro variable has a number, its base and its
// decimals.
const (
	macroSize = 8
	pmcSize   = 1
)

// usualSize is how many bytes a known command answers, ranges aside.
var usualSize = map[uint16]int{
	0x000E: 40, 0x0018: 18, 0x0019: 14, 0x001A: 4, 0x001C: 8, 0x001D: 4,
	0x0024: 8, 0x0025: 8, 0x0026: 64, 0x0098: 64, 0x00E1: 64, pathCommand: 0,
}

func (a address) cell(number int32) (c cell, size int) {
	if a.command == readPMC || a.command == writePMC {
		return cell{path: a.path, pmc: true, area: a.args[2], number: number}, pmcSize
	}
	return cell{path: a.path, number: number}, macroSize
}

// set stores a value. Ranges take as many cells as it fills.
func (m *memory) set(a address, payload []byte) {
	if !a.ranged() {
		m.values = append(m.values, value{a, append([]byte{}, payload...)})
		return
	}
	for number := a.args[0]; len(payload) > 0; number++ {
		c, size := a.cell(number)
		n := min(size, len(payload))
		stored := make([]byte, size)
		copy(stored, payload[:n])
		m.cells[c] = stored
		payload = payload[n:]
	}
}

// read returns the payload of a block, and the status of one that the device
// refuses by itself.
func (m *memory) read(a address) (payload []byte, refused Status) {
	if a.command == readMacro || a.command == readPMC {
		return m.readRange(a)
	}
	found := -1
	for i, v := range m.values {
		if v.address.covers(a) && (found < 0 || v.address.given >= m.values[found].address.given) {
			found = i
		}
	}
	if found >= 0 {
		return m.values[found].payload, Status{}
	}
	size, known := usualSize[a.command]
	if !known {
		return nil, Status{Code: focas.WireCode(focas.EWFunc)}
	}
	return make([]byte, size), Status{}
}

func (m *memory) readRange(a address) ([]byte, Status) {
	payload := []byte{}
	for number := int64(a.args[0]); number <= int64(a.args[1]); number++ {
		c, size := a.cell(int32(number))
		if len(payload)+size > maxBody-emptyBody {
			return nil, Status{Code: focas.WireCode(focas.EWLength)}
		}
		if stored := m.cells[c]; stored != nil {
			payload = append(payload, stored...)
		} else {
			payload = append(payload, make([]byte, size)...)
		}
	}
	return payload, Status{}
}

// known reports whether a command is one that the device carries out.
func (m *memory) known(a address) bool {
	if a.ranged() {
		return true
	}
	_, refused := m.read(a)
	return refused == (Status{})
}

// write stores the data of a block that writes: as much as its range has room for.
func (m *memory) write(a address, data []byte) {
	_, size := a.cell(0)
	room := (int64(a.args[1]) - int64(a.args[0]) + 1) * int64(size)
	m.set(a, data[:min(int64(len(data)), room)])
}
