package decode

import (
	"cmp"
	"container/list"
	"errors"
	"io"
	"net/netip"
	"slices"
	"time"

	"github.com/gopacket/gopacket/reassembly"

	"github.com/fieldstatus/fieldstatus/cmd/internal/capture"
)

// An Engine decodes one capture.
type Engine struct {
	Notes Notes

	ports  *Ports
	report func(Finding)

	assembler *reassembly.Assembler
	streams   map[pair]*tcpStream
	recent    *tcpStream // of the packet before, or nil
	spare     *segment   // see Engine.segment
	spares    spares
	holding   map[*tcpStream]bool // streams with events that wait
	padded    []byte              // a payload with zeros in place of what was not captured
	buffered  int                 // bytes in all framers

	now, flushed time.Time // in the time of the capture
	waiting      bool      // a stream waits for a missing segment
	waitingSince time.Time
	sinceFlush   int

	flows     flowTable
	endpoints map[endpoint]*conversation
	others    map[Port]int
}

// A Port is a port that belongs to no known protocol.
type Port struct {
	Number uint16
	UDP    bool
}

func (p Port) before(q Port) bool {
	return p.Number < q.Number || p.Number == q.Number && !p.UDP
}

// NewEngine returns an engine that calls report for every finding.
func NewEngine(ports *Ports, report func(Finding)) *Engine {
	e := &Engine{
		ports: ports, report: report,
		streams:   make(map[pair]*tcpStream),
		holding:   make(map[*tcpStream]bool),
		endpoints: make(map[endpoint]*conversation),
		others:    make(map[Port]int),
	}
	e.flows.limit = maxFlows
	e.flows.byKey = make(map[pair]*list.Element)
	e.flows.drop = func(f *udpFlow) {
		e.Notes.Forgotten++
		f.conversation.finish()
	}
	e.assembler = reassembly.NewAssembler(reassembly.NewStreamPool(e))
	e.assembler.MaxBufferedPagesPerConnection = maxQueuedPages
	e.assembler.MaxBufferedPagesTotal = maxQueuedPagesTotal
	return e
}

// Run decodes what is left of a capture. It returns the error that ended it
// early, if any; findings before it were reported.
func (e *Engine) Run(r *capture.Reader) error {
	for {
		p, err := r.Next()
		if err != nil {
			e.Finish()
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
		e.Packet(p)
	}
}

// Packet takes the next packet.
func (e *Engine) Packet(p *capture.Packet) {
	e.spares.ready()
	switch p.Kind {
	case capture.TCP:
		e.tcp(p)
	case capture.UDP:
		e.udp(p)
	case capture.Unreachable:
		e.unreachable(p)
	}
}

// Finish ends all connections. There are no packets after it.
func (e *Engine) Finish() {
	e.inOrder(func() {
		e.assembler.FlushAll()
		for _, s := range e.streams {
			s.ReassemblyComplete(nil)
		}
		for el := e.flows.order.Back(); el != nil; el = el.Prev() {
			el.Value.(*udpFlow).conversation.finish()
		}
	})
}

// inOrder runs f, which ends or continues several connections in no particular
// order, and reports what it finds in the order of the packets.
func (e *Engine) inOrder(f func()) {
	var found []Finding
	report := e.report
	e.report = func(f Finding) { found = append(found, f) }
	f()
	e.report = report
	slices.SortStableFunc(found, func(a, b Finding) int { return cmp.Compare(a.Packet, b.Packet) })
	for _, f := range found {
		report(f)
	}
}

func (e *Engine) sideOf(src, dst netip.AddrPort, udp bool) (side, bool) {
	srcProtocol, srcRank := e.ports.lookup(src.Port(), udp)
	dstProtocol, dstRank := e.ports.lookup(dst.Port(), udp)
	return sideOf(src, dst, srcProtocol, dstProtocol, srcRank, dstRank)
}

// unknown counts a packet that belongs to no known protocol, on the side that
// is more likely the server's.
func (e *Engine) unknown(p *capture.Packet, udp bool) {
	port := Port{min(p.Src.Port(), p.Dst.Port()), udp}
	if _, known := e.others[port]; known || len(e.others) < maxPorts {
		e.others[port]++
	}
}

// BusiestPort returns the port without a known protocol that most packets
// used, and their number. Of ports with the same number of packets it is the first.
func (e *Engine) BusiestPort() (busiest Port, packets int) {
	for port, n := range e.others {
		if n > packets || n == packets && port.before(busiest) {
			busiest, packets = port, n
		}
	}
	return busiest, packets
}
