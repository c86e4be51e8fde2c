// Package protocol is the table of what the command knows: one entry for each
// protocol package, over the face that they all show.
package protocol

import (
	"bufio"
	"iter"
	"net/netip"

	"github.com/fieldstatus/fieldstatus/core"
)

// A Conversation is what one client and one server say to each other.
type Conversation interface {
	Sent(frame []byte)
	Received(dst []core.Status, frame []byte) ([]core.Status, error)
	Exchange() core.Exchange
}

// A Protocol is one entry of the table.
type Protocol struct {
	Name  string
	Title string // in one line, for help texts

	TCP, UDP []uint16 // ports of servers, as registered or documented

	// Scan splits a TCP stream into frames, and a datagram where one may hold
	// several. It is nil for a protocol whose frames are not public.
	Scan bufio.SplitFunc
	// Datagrams says that a datagram is one frame, which Scan does not split.
	Datagrams bool
	// New returns the conversation of a new connection.
	New func() Conversation
	// Request tells requests from responses where both sides use the same port.
	// It is nil where the sender of the first frame is taken for the client.
	Request func(frame []byte) bool
	// Endpoint returns the further endpoint that the last frame of the
	// conversation has opened on the server. It is nil where there are none.
	Endpoint func(Conversation) (netip.AddrPort, bool)

	Rows func() iter.Seq[core.Row]
	// Outcomes returns the rows that the package decides on by itself. It is nil
	// where there are none.
	Outcomes  func() iter.Seq[core.Row]
	Translate func(op core.Op, err error) error
	// Pasted makes an error of the text of one, where clients return an error
	// that is recognised by its type. It may be nil, and return nil.
	Pasted func(text string) error
	// Natives returns the statuses of a number, or of a pair, in the layers
	// where the table does not say it all: flags, masks, second values. It may
	// be nil.
	Natives func(values []int64) []core.Status
}

// Answers returns the rows of the table and behind them, with own set, those that
// the package decides on by itself.
func (p *Protocol) Answers() iter.Seq2[core.Row, bool] {
	return func(yield func(row core.Row, own bool) bool) {
		for r := range p.Rows() {
			if !yield(r, false) {
				return
			}
		}
		if p.Outcomes == nil {
			return
		}
		for r := range p.Outcomes() {
			if !yield(r, true) {
				return
			}
		}
	}
}
