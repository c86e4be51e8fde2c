package focas

import (
	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/internal/wire"
)

// The header has 10 bytes: A0A0A0A0, version (2), function, direction, length
// of the body (2).
const (
	headerSize = 10
	syncByte   = 0xA0
)

type header struct {
	version   uint16
	function  Function
	direction Direction
	length    int // of the body
}

// checkHeader returns what is wrong with the first bytes of a frame, which may
// be fewer than a header: a stream that is lost is told from its first bytes.
// The faults are those of FANUC's library, with the details that it gives.
func checkHeader(data []byte) error {
	for i := 0; i < len(data) && i < 4; i++ {
		if data[i] != syncByte {
			return core.BadFrame(fault(4, 0), i, "a frame starts with A0A0A0A0")
		}
	}
	if len(data) > 7 && (data[7] < 1 || data[7] > 4) {
		return core.BadFrame(fault(6, 0), 7, "the direction is 1, 2, 3 or 4")
	}
	if len(data) >= headerSize {
		if h := readHeader(data); h.length > h.limit() {
			return core.BadFrame(fault(7, 1), 8, "the body is longer than its protocol version allows")
		}
	}
	return nil
}

// readHeader reads a header that is complete.
func readHeader(data []byte) header {
	r := wire.NewReader(data)
	r.Skip(4)
	return header{r.Uint16BE(), Function(r.Uint8()), Direction(r.Uint8()), int(r.Uint16BE())}
}

// limit is the longest body that FANUC's library accepts from a CNC of this
// version. It does not bound what the library itself sends.
func (h header) limit() int {
	switch {
	case h.direction == DirRequest, h.direction == DirStream && h.version <= 1:
		return 0xFFFF
	case h.version <= 2:
		return 1450
	case h.version == 3:
		return 2910
	case h.version == 4:
		return 3470
	}
	return 4950
}

// fault is the status that FANUC's library gives a frame that it cannot read:
// EW_PROTOCOL with this detail.
func fault(errNo, errDtno int16) core.Status {
	d := Detail{errNo, errDtno}
	return core.NewStatus(rowLibDetail(int64(EWProtocol), int64(errNo), int64(errDtno)), int64(EWProtocol)).WithExtended(d.pair())
}

// malformed is the status of frames that the library takes, although they say
// two things at once.
func malformed() core.Status { return core.FrameMalformed.Status() }
