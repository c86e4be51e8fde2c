package decode

import (
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
	"os"
	"sort"
	"syscall"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/reassembly"

	"github.com/fieldstatus/fieldstatus/cmd/internal/capture"
	"github.com/fieldstatus/fieldstatus/core"
)

// A segment is what the reassembly knows about the packet that brought some
// bytes. It hands it back with them.
type segment struct {
	info     gopacket.CaptureInfo
	self     [1]any // what info.AncillaryData points to: the segment itself
	packet   int
	src, dst netip.AddrPort
	ack      uint32
	size     int  // of the payload
	missing  int  // bytes at the end of the payload that were not captured
	kept     bool // somebody holds on to the segment longer than the packet is dealt with
}

// A moment is what outlasts a segment.
type moment struct {
	packet int // from 1
	time   time.Time
	ack    uint32
}

func (s *segment) moment() moment { return moment{s.packet, s.info.Timestamp, s.ack} }

// GetCaptureInfo implements [reassembly.AssemblerContext].
func (s *segment) GetCaptureInfo() gopacket.CaptureInfo { return s.info }

func newSegment(packet int, t time.Time, src, dst netip.AddrPort) *segment {
	s := new(segment)
	s.self[0] = s
	s.info.AncillaryData = s.self[:]
	s.set(packet, t, src, dst)
	return s
}

// set makes s the segment of a packet that has come in full, and that nobody keeps.
func (s *segment) set(packet int, t time.Time, src, dst netip.AddrPort) {
	s.info.Timestamp, s.packet, s.src, s.dst = t, packet, src, dst
	s.ack, s.size, s.missing, s.kept = 0, 0, 0, false
}

// segment returns a segment for a packet: the one of the packet before, unless it
// was kept.
func (e *Engine) segment(p *capture.Packet) *segment {
	if e.spare == nil || e.spare.kept {
		e.spare = newSegment(p.Number, p.Time, p.Src, p.Dst)
	} else {
		e.spare.set(p.Number, p.Time, p.Src, p.Dst)
	}
	return e.spare
}

func segmentOf(info gopacket.CaptureInfo) *segment {
	if len(info.AncillaryData) == 0 {
		return nil
	}
	s, _ := info.AncillaryData[0].(*segment)
	return s
}

// tcp takes a TCP packet.
func (e *Engine) tcp(p *capture.Packet) {
	ends := pair{p.Src, p.Dst}
	stream := e.stream(ends)
	if stream == nil {
		if _, known := e.sideOf(p.Src, p.Dst, false); !known {
			e.unknown(p, false)
			return
		}
	}
	e.Notes.Packets++
	if p.Time.After(e.now) {
		e.now = p.Time
	}
	tcp := p.Segment
	if stream == nil && !tcp.SYN && len(tcp.Payload)+p.Missing == 0 {
		return // nothing to begin a stream with; often the last ACK of the one before
	}
	if stream != nil && tcp.RST && (stream.directionFrom(p.Src).behind || stream.directionFrom(p.Dst).behind) {
		// A reset ends the stream at once: what waits must be taken before.
		e.inOrder(func() { e.assembler.FlushWithOptions(reassembly.FlushOptions{T: e.now.Add(time.Hour)}) })
	}
	if stream != nil && tcp.SYN && !tcp.ACK && stream.restarted(tcp.Seq) {
		// The same ports again: the capture missed how the connection before ended.
		e.abort(stream, p.Flow, p)
	}
	s := e.segment(p)
	s.ack = tcp.Ack
	if p.Missing > 0 {
		s.missing = p.Missing
		e.padded = append(append(e.padded[:0], tcp.Payload...), make([]byte, p.Missing)...)
		tcp.Payload = e.padded
	}
	s.size = len(tcp.Payload)
	e.assembler.AssembleWithContext(p.Flow, tcp, s)
	if tcp.RST {
		if stream := e.stream(ends); stream != nil && stream.reset {
			e.abort(stream, p.Flow, p)
		}
	}
	e.flush()
}

// stream finds a connection. Most packets belong to that of the packet before.
func (e *Engine) stream(ends pair) *tcpStream {
	back := ends.reverse()
	if s := e.recent; s != nil && (s.key == ends || s.key == back) {
		return s
	}
	s := e.streams[ends]
	if s == nil {
		s = e.streams[back]
	}
	e.recent = s
	return s
}

// abort ends both directions of a connection. The reassembly ends a direction
// only by a packet, so it gets one.
func (e *Engine) abort(stream *tcpStream, flow gopacket.Flow, p *capture.Packet) {
	stream.aborted = true
	for _, back := range []bool{false, true} {
		src, dst, flow := p.Src, p.Dst, flow
		if back {
			src, dst, flow = p.Dst, p.Src, flow.Reverse()
		}
		var header [20]byte
		binary.BigEndian.PutUint16(header[0:], src.Port())
		binary.BigEndian.PutUint16(header[2:], dst.Port())
		binary.BigEndian.PutUint32(header[4:], stream.directionFrom(src).next)
		header[12], header[13] = 5<<4, 0x04 // header length, RST
		var rst layers.TCP
		if err := rst.DecodeFromBytes(header[:], gopacket.NilDecodeFeedback); err != nil {
			continue
		}
		e.assembler.AssembleWithContext(flow, &rst, newSegment(p.Number, p.Time, src, dst))
	}
}

// flush lets the streams go on that have waited too long for a segment.
func (e *Engine) flush() {
	if !e.waiting {
		return
	}
	e.sinceFlush++
	if e.sinceFlush < flushPackets && e.now.Sub(e.flushed) < flushEvery {
		return
	}
	e.flushed, e.sinceFlush = e.now, 0
	limit := e.now.Add(-patience)
	if e.now.IsZero() {
		limit = time.Unix(0, 0)
	}
	e.waiting = !e.waitingSince.Before(limit)
	e.inOrder(func() {
		e.assembler.FlushWithOptions(reassembly.FlushOptions{T: limit})
		for s := range e.holding {
			s.release(limit)
		}
	})
}

// New implements [reassembly.StreamFactory].
func (e *Engine) New(_, _ gopacket.Flow, tcp *layers.TCP, ac reassembly.AssemblerContext) reassembly.Stream {
	s := segmentOf(ac.GetCaptureInfo())
	side, _ := e.sideOf(s.src, s.dst, false)
	if tcp.SYN {
		// The one who opens the connection is the client, whatever the ports say.
		side.toServer = !tcp.ACK
		server := s.dst
		if tcp.ACK {
			server = s.src
		}
		side.protocol, _ = e.ports.lookup(server.Port(), false)
	}
	if len(e.streams) >= maxStreams {
		e.makeRoom()
	}
	ends := pair{s.src, s.dst}
	if !side.toServer {
		ends = ends.reverse()
	}
	stream := e.spares.stream()
	stream.engine, stream.pair, stream.key, stream.firstFromServer = e, ends, pair{s.src, s.dst}, !side.toServer
	e.streams[stream.key] = stream
	if side.protocol == nil {
		return stream // a client that happens to use the port of a known server
	}
	stream.conversation = e.converse(side.protocol, ends)
	stream.begin()
	return stream
}

// makeRoom ends the connections that were idle for longest.
func (e *Engine) makeRoom() {
	for _, idle := range []time.Duration{10 * time.Minute, time.Minute, 10 * time.Second, time.Second, 0} {
		limit := e.now.Add(-idle)
		if idle == 0 {
			limit = e.now.Add(time.Hour)
		}
		before := len(e.streams)
		e.inOrder(func() { e.assembler.FlushWithOptions(reassembly.FlushOptions{T: limit, TC: limit}) })
		e.Notes.Forgotten += before - len(e.streams)
		if len(e.streams) < maxStreams*3/4 {
			return
		}
	}
}

// A tcpStream is one TCP connection.
type tcpStream struct {
	engine          *Engine
	key             pair // as in Engine.streams: source and destination of the first packet
	pair            pair // client and server
	firstFromServer bool
	conversation    *conversation // nil when the connection is of no interest
	directions      [2]*direction // from the client, from the server; nil without a conversation
	both            *[2]direction // what directions points to, or did before the stream was reused

	syns     int // of the client
	answered bool
	lastSyn  moment
	opened   bool   // synSeq is known
	synSeq   uint32 // sequence number of the client's SYN
	data     bool   // some payload was seen
	reset    bool   // a RST ended one direction
	aborted  bool   // the connection is being ended on behalf of a RST or a new SYN
}

// A direction is one half of a connection.
type direction struct {
	stream     *tcpStream
	framer     framer
	converse   func(frame) // gives a frame to the conversation
	fromServer bool
	started    bool    // first and next are known
	first      uint32  // sequence number of the first byte
	next       uint32  // sequence number of the next byte
	ended      bool    // no more bytes will come
	held       []event // what waits for the other direction
	last       moment  // of the last packet with FIN or RST
	reset      bool    // it was a RST
	behind     bool    // a segment came before its turn
}

// begin makes the directions of a connection that is of interest.
func (s *tcpStream) begin() {
	if s.both == nil {
		s.both = new([2]direction)
		for i := range s.both {
			d := &s.both[i]
			d.stream, d.fromServer = s, i == 1
			d.converse = func(f frame) { d.stream.conversation.frame(f, d.fromServer) }
		}
	}
	for i := range s.both {
		d := &s.both[i]
		d.framer.scan, d.framer.to = s.conversation.protocol.Scan, d
		d.framer.notes, d.framer.budget = &s.engine.Notes, &s.engine.buffered
		s.directions[i] = d
	}
}

// renew makes a direction a new one, but for the memory that it has.
func (d *direction) renew() {
	f := &d.framer
	*d = direction{
		stream: d.stream, fromServer: d.fromServer, converse: d.converse, held: emptied(d.held, maxSpareItems),
		framer: framer{
			space: emptied(f.space, maxSpareSpace), marks: emptied(f.marks, maxSpareItems),
			holes: emptied(f.holes, maxSpareItems), maybe: emptied(f.maybe, maxSpareItems),
		},
	}
}

func (d *direction) plausible(frame []byte) bool { return plausible(d.stream.conversation, frame) }

func (d *direction) emit(f frame) { d.stream.post(d, f, d.converse) }

func (d *direction) broken(f frame, err error) {
	if c := d.stream.conversation; d.fromServer {
		d.stream.post(d, f, func(f frame) { c.garbage(f, err) })
	}
}

func (d *direction) astray() {
	if d.fromServer {
		d.stream.conversation.lost()
	} else {
		d.stream.conversation.forget()
	}
}

func (s *tcpStream) directionFrom(src netip.AddrPort) *direction {
	d := s.directions[0]
	if src == s.pair.server {
		d = s.directions[1]
	}
	if d == nil {
		return &direction{}
	}
	return d
}

// restarted reports whether a SYN belongs to another connection than this one.
func (s *tcpStream) restarted(seq uint32) bool {
	return !s.opened || s.synSeq != seq
}

// Accept implements [reassembly.Stream].
func (s *tcpStream) Accept(tcp *layers.TCP, info gopacket.CaptureInfo, _ reassembly.TCPFlowDirection, next reassembly.Sequence, start *bool, _ reassembly.AssemblerContext) bool {
	from := segmentOf(info)
	from.kept = reassembly.Sequence(tcp.Seq) != next && !tcp.SYN // by the reassembly, when it comes before its turn
	if s.conversation == nil {
		return s.aborted
	}
	fromServer := from.src == s.pair.server
	d := s.directionFrom(from.src)
	if !s.aborted {
		s.handshake(tcp, from, fromServer)
	}
	switch {
	case d.started:
	case tcp.SYN:
		d.first = tcp.Seq + 1
		d.next, d.started = d.first, true
		d.framer.begin()
	default:
		*start = true // the capture began in mid-stream: so do we
		d.first = tcp.Seq
		d.next, d.started = d.first, true
		if !fromServer {
			s.conversation.missed()
		}
	}
	if !tcp.ACK {
		from.ack = s.other(d).next // some resets acknowledge nothing
	}
	ahead := int64(int32(tcp.Seq - d.next))
	if tcp.SYN {
		ahead = 0
	}
	if ahead > 0 {
		d.behind = true
		s.engine.waiting, s.engine.waitingSince = true, s.engine.now
	}
	if from.missing > 0 {
		end := d.framer.end() + ahead + int64(len(tcp.Payload))
		d.framer.hole(end-int64(from.missing), end)
	}
	if tcp.FIN || tcp.RST {
		d.last, d.reset = from.moment(), tcp.RST
	}
	return true
}

// handshake watches how the connection is made.
func (s *tcpStream) handshake(tcp *layers.TCP, from *segment, fromServer bool) {
	switch {
	case tcp.SYN && !tcp.ACK:
		s.syns++
		s.opened, s.synSeq, s.lastSyn = true, tcp.Seq, from.moment()
	case tcp.SYN:
		s.answered = true
		s.opened, s.synSeq = true, tcp.Ack-1
	case fromServer && tcp.RST && s.syns > 0 && !s.answered:
		s.answered = true
		s.dial(syscall.ECONNREFUSED, from.moment(), true)
	case fromServer:
		s.answered = true
	case len(tcp.Payload) > 0:
		s.data = true
	}
}

// dial reports that a connection was not made.
func (s *tcpStream) dial(cause error, at moment, fromServer bool) {
	f := Finding{Packet: at.packet, Time: at.time, Src: s.pair.client, Dst: s.pair.server, Protocol: s.conversation.protocol, Op: core.Connect}
	if fromServer {
		f.Src, f.Dst = f.Dst, f.Src
	}
	s.conversation.fault(f, &net.OpError{Op: "dial", Net: "tcp", Err: cause})
}

// ReassembledSG implements [reassembly.Stream].
func (s *tcpStream) ReassembledSG(sg reassembly.ScatterGather, ac reassembly.AssemblerContext) {
	if s.conversation == nil {
		return
	}
	dir, _, end, skip := sg.Info()
	fromServer := (dir == reassembly.TCPDirServerToClient) != s.firstFromServer
	d := s.directions[0]
	if fromServer {
		d = s.directions[1]
	}
	d.behind = false
	if skip > 0 {
		d.framer.gap(int64(skip))
		d.next += uint32(skip)
		s.drain() // what has waited for the missing bytes waits no longer
	}
	length, _ := sg.Lengths()
	if length > 0 {
		data := sg.Fetch(length)
		last, ok := ac.(*segment)
		if !ok || last.kept {
			last = segmentOf(sg.CaptureInfo(length - 1)) // not just the one that has come, in its turn
		}
		for i := 0; i < length; {
			from, j := last, length
			if last.size != length { // they came in several packets
				from = segmentOf(sg.CaptureInfo(i))
				j = segmentEnd(sg, from, i, length)
			}
			d.framer.add(data[i:j], from.packet, from.info.Timestamp, from.ack)
			i = j
		}
		d.next += uint32(length)
		d.framer.run()
	}
	if end {
		d.ended = true
		s.end(d)
	}
	s.drain()
}

// segmentEnd returns where the bytes end that came in the same packet as the
// one at i. They are contiguous.
func segmentEnd(sg reassembly.ScatterGather, from *segment, i, length int) int {
	return sort.Search(length, func(n int) bool { return n > i && segmentOf(sg.CaptureInfo(n)) != from })
}

// end is called when a direction has ended with FIN or RST.
func (s *tcpStream) end(d *direction) {
	if s.aborted || d.last.packet == 0 {
		d.framer.close(false)
		return
	}
	s.reset = s.reset || d.reset
	end := frame{packet: d.last.packet, time: d.last.time, end: d.framer.end(), ack: d.last.ack}
	err := d.framer.close(!d.reset)
	s.post(d, end, func(end frame) {
		if d.fromServer {
			s.conversation.closed(d.reset, err, end.packet, end.time)
		} else {
			s.conversation.gaveUp = true
		}
	})
}

// ReassemblyComplete implements [reassembly.Stream].
func (s *tcpStream) ReassemblyComplete(reassembly.AssemblerContext) bool {
	delete(s.engine.streams, s.key)
	s.engine.recent = nil
	s.engine.spares.giveStream(s)
	if s.conversation == nil {
		return true
	}
	s.release(time.Time{})
	if s.syns > 1 && !s.answered && !s.data {
		s.dial(os.ErrDeadlineExceeded, s.lastSyn, false)
	}
	for _, d := range s.directions {
		d.framer.close(false)
	}
	s.conversation.finish()
	return true
}

// plausible reports whether bytes from the middle of a stream are a frame: the
// protocol must be able to read them.
func plausible(c *conversation, data []byte) bool {
	_, err := c.protocol.New().Received(nil, data)
	var fault *core.FrameError
	return !errors.As(err, &fault)
}
