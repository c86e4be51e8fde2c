package focastest

import (
	"github.com/fieldstatus/fieldstatus/focas"
	"github.com/fieldstatus/fieldstatus/internal/wire"
)

// A request is what a frame of a client asks.
type request struct {
	function   focas.Function
	direction  focas.Direction
	connection focas.Connection // of an open request
	blocks     []block          // of commands, nil when they contradict their count
}

// A block is one block of a request for commands.
type block struct {
	device  uint16
	address address
	data    []byte // behind the arguments
}

// readRequest reads a whole frame.
func readRequest(frame []byte) request {
	r := wire.NewReader(frame)
	r.Skip(6)
	q := request{function: focas.Function(r.Uint8()), direction: focas.Direction(r.Uint8())}
	r.Skip(2)
	switch q.function {
	case focas.FuncOpen:
		q.connection = focas.Connection(r.Uint16BE())
	case focas.FuncCommand:
		q.readBlocks(r)
	}
	return q
}

// readBlocks reads blocks of the form length, device, path, command, five
// arguments, data. Arguments that are left out are 0.
func (q *request) readBlocks(r wire.Reader) {
	var blocks []block
	for range int(r.Uint16BE()) {
		b := r.Sub(int(r.Uint16BE()) - 2)
		one := block{device: b.Uint16BE()}
		one.address.path, one.address.command = b.Uint16BE(), b.Uint16BE()
		if b.Failed() || r.Failed() {
			return
		}
		for i := 0; i < argCount && b.Len() >= 4; i++ {
			one.address.args[i] = int32(b.Uint32BE())
		}
		one.data = append([]byte{}, b.Rest()...)
		blocks = append(blocks, one)
	}
	if r.Len() == 0 {
		q.blocks = blocks
	}
}

// step is the name of a step of a program transfer.
func step(f focas.Function) string {
	switch f {
	case focas.FuncDownloadStart:
		return "download start"
	case focas.FuncDownloadData:
		return "download data"
	case focas.FuncDownloadEnd:
		return "download end"
	case focas.FuncUploadStart:
		return "upload start"
	case focas.FuncUploadData:
		return "upload data"
	case focas.FuncUploadEnd, focas.FuncUploadStop:
		return "upload end"
	}
	return ""
}
