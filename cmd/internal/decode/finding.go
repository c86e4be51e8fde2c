package decode

import (
	"net/netip"
	"time"

	"github.com/fieldstatus/fieldstatus/cmd/internal/protocol"
	"github.com/fieldstatus/fieldstatus/core"
)

// A Finding is one status in the capture, good or bad, or a request that was
// left without an answer.
type Finding struct {
	Packet   int       // number of the packet that completes the frame, from 1
	Time     time.Time // of that packet; zero when the capture does not tell
	Src, Dst netip.AddrPort
	Protocol *protocol.Protocol
	Op       core.Op
	Status   core.Status
	Item     int   // index in the request, -1 when the status is that of the whole response
	Cause    error // what is wrong with a frame, nil for a status that the device sent
	// Unanswered says that Packet is a request to which the capture holds no
	// answer. Status is what a driver is told that waits for one.
	Unanswered bool
}

// Code returns the documented code.
func (f *Finding) Code() core.Code { return f.Status.Code(f.Op) }

// Failed reports whether the finding is a failure. A request without an answer
// is none: the capture may simply end too early.
func (f *Finding) Failed() bool { return !f.Unanswered && f.Code() != core.OK }
