package record

import (
	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
	"github.com/fieldstatus/fieldstatus/fins"
	"github.com/fieldstatus/fieldstatus/internal/wire"
)

// wantOf returns what the request of a stanza decided: the number of items, and
// the bytes of each where the protocol's requests tell.
func wantOf(protocol string, s coretest.Stanza) (w coretest.Want) {
	request := requestOf(s)
	if request == nil {
		return w
	}
	if len(s.Expect) > 1 {
		w.Items = len(s.Expect) // the conversation has compared it with the request
	}
	if s.Op != core.Read {
		return w
	}
	switch protocol {
	case "s7":
		w.Bytes = s7Bytes(request)
	case "fins":
		w.Bytes = finsBytes(request)
	}
	return w
}

// s7Bytes returns the lengths of the items of a Read Var.
func s7Bytes(frame []byte) (lengths []int) {
	r := wire.NewReader(frame)
	r.Skip(17) // TPKT, COTP, header of a job
	if r.Uint8() != 0x04 || frame[8] != 1 {
		return nil
	}
	for range int(r.Uint8()) {
		r.Skip(1)
		spec := r.Sub(int(r.Uint8()))
		syntax, size, count := spec.Uint8(), spec.Uint8(), int(spec.Uint16BE())
		bits := map[uint8]int{0x01: 1, 0x02: 8, 0x03: 8, 0x04: 16, 0x05: 16, 0x06: 32, 0x07: 32, 0x08: 32, 0x1C: 16, 0x1D: 16}[size]
		if r.Failed() || spec.Failed() || syntax != 0x10 || bits == 0 {
			return nil
		}
		lengths = append(lengths, (bits*count+7)/8)
	}
	return lengths
}

// finsBytes returns the length of a Memory Area Read of words or bits.
func finsBytes(frame []byte) []int {
	r := wire.NewReader(frame[finsMessage(frame):])
	r.Skip(10)
	command := fins.Command(r.Uint16BE())
	area := r.Uint8()
	r.Skip(3)
	count := int(r.Uint16BE())
	switch {
	case r.Failed() || command != fins.MemoryAreaRead:
		return nil
	case area == 0x82 || area >= 0xB0 && area <= 0xB3:
		return []int{2 * count}
	case area == 0x02 || area >= 0x30 && area <= 0x33:
		return []int{count}
	}
	return nil
}
