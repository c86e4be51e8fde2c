//go:build unix

package decode

import (
	"bufio"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"
	"github.com/gopacket/gopacket/reassembly"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/cmd/internal/capture"
	"github.com/fieldstatus/fieldstatus/cmd/internal/protocol"
	"github.com/fieldstatus/fieldstatus/cmd/internal/traffic"
	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
)

// BenchmarkLargeCapture decodes a capture that holds the frames of all protocols
// over and over, and reads and reassembles it with gopacket alone, in turns. It
// reports the throughput of both, how many times the time of gopacket decoding takes
// (bound: twice) by the clock and by the processors, and the most memory that the heap
// had in use, which it holds to maxHeap whatever the size of the capture. Both run in
// one goroutine; a second processor collects garbage at most. Processor time is that
// of all threads, the garbage collector's too; it is much the same on a busy machine,
// on which the clock tells something by the median of several runs only.
//
// Each stanza is a connection. With polls=1 it is played once, so that most
// packets open or close connections, which no plant does; with polls=20 it goes on,
// as a driver does that asks again and again.
//
// The captures have a gigabyte with FIELDSTATUS_LONG=1, and a few megabytes without.
func BenchmarkLargeCapture(b *testing.B) {
	for _, polls := range []int{1, 20} {
		b.Run("polls="+strconv.Itoa(polls), func(b *testing.B) { benchmarkLarge(b, polls) })
	}
}

// maxHeap is what decoding may use: all connections that are followed at a time,
// with what limits.go lets them keep.
const maxHeap = 256 << 20

func benchmarkLarge(b *testing.B, polls int) {
	size := int64(4 << 20)
	if os.Getenv("FIELDSTATUS_LONG") != "" {
		size = 1 << 30
	}
	name := filepath.Join(b.TempDir(), "large.pcap")
	writeLarge(b, name, size, polls)
	var alone, decoded spent
	var peak uint64
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		runtime.GC() // what the other one has left behind is not counted
		alone.add(func() { reassemble(b, name) })
		runtime.GC()
		heap := watchHeap()
		decoded.add(func() { decodeLarge(b, name) })
		peak = max(peak, heap())
	}
	b.StopTimer()
	if peak > maxHeap {
		b.Errorf("%d MB of heap in use", peak>>20)
	}
	megabytes := float64(b.N) * float64(size) / 1e6
	b.ReportMetric(megabytes/decoded.wall.Seconds(), "MB/s")
	b.ReportMetric(megabytes/alone.wall.Seconds(), "MB/s-gopacket")
	b.ReportMetric(float64(decoded.wall)/float64(alone.wall), "times-gopacket-clock")
	b.ReportMetric(float64(decoded.processor)/float64(alone.processor), "times-gopacket")
	b.ReportMetric(float64(peak)/1e6, "MB-heap")
	b.ReportMetric(float64(decoded.wall)/float64(b.N), "ns/op")
}

// spent is time on the clock, and of the processors.
type spent struct{ wall, processor time.Duration }

func (s *spent) add(f func()) {
	start, before := time.Now(), processorTime()
	f()
	s.wall += time.Since(start)
	s.processor += processorTime() - before
}

func processorTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// decodeLarge is what the command does with a capture, without the printing.
func decodeLarge(b *testing.B, name string) {
	r, end := openCapture(b, name)
	defer end()
	findings := 0
	e := NewEngine(NewPorts(protocol.All()), func(Finding) { findings++ })
	require.NoError(b, e.Run(r))
	require.NotZero(b, findings)
	require.Greater(b, e.Notes.Frames, e.Notes.Packets/8, "most of what was sent was read")
}

// reassemble reads a capture and puts its TCP streams together for nobody, as the
// documentation of gopacket tells to do it fast: without copying packets, with one
// parser for known layers, and ending idle connections now and then.
func reassemble(b *testing.B, name string) {
	f, err := os.Open(name)
	require.NoError(b, err)
	defer f.Close()
	r, err := pcapgo.NewReader(bufio.NewReaderSize(f, 1<<16))
	require.NoError(b, err)
	var (
		ethernet layers.Ethernet
		ip       layers.IPv4
		tcp      layers.TCP
		udp      layers.UDP
		payload  gopacket.Payload
	)
	parser := gopacket.NewDecodingLayerParser(layers.LayerTypeEthernet, &ethernet, &ip, &tcp, &udp, &payload)
	parser.IgnoreUnsupported = true // what gopacket knows of the protocols above
	decoded := make([]gopacket.LayerType, 0, 8)
	a := reassembly.NewAssembler(reassembly.NewStreamPool(idle{}))
	var flushed time.Time
	for {
		data, info, err := r.ZeroCopyReadPacketData()
		if err == io.EOF {
			break
		}
		if err == nil {
			err = parser.DecodeLayers(data, &decoded)
		}
		if err != nil {
			b.Fatal(err)
		}
		if slices.Contains(decoded, layers.LayerTypeTCP) {
			a.AssembleWithContext(ip.NetworkFlow(), &tcp, at(info))
		}
		if info.Timestamp.Sub(flushed) > time.Second {
			a.FlushCloseOlderThan(info.Timestamp.Add(-time.Second))
			flushed = info.Timestamp
		}
	}
	a.FlushAll()
}

// idle is a stream, and the factory of it, that does nothing.
type idle struct{}

func (i idle) New(gopacket.Flow, gopacket.Flow, *layers.TCP, reassembly.AssemblerContext) reassembly.Stream {
	return i
}

func (idle) Accept(*layers.TCP, gopacket.CaptureInfo, reassembly.TCPFlowDirection, reassembly.Sequence, *bool, reassembly.AssemblerContext) bool {
	return true
}
func (idle) ReassembledSG(reassembly.ScatterGather, reassembly.AssemblerContext) {}
func (idle) ReassemblyComplete(reassembly.AssemblerContext) bool                 { return true }

// at is the context of a packet.
type at gopacket.CaptureInfo

func (t at) GetCaptureInfo() gopacket.CaptureInfo { return gopacket.CaptureInfo(t) }

func openCapture(b *testing.B, name string) (r *capture.Reader, end func()) {
	f, err := os.Open(name)
	require.NoError(b, err)
	r, err = capture.NewReader(f)
	require.NoError(b, err)
	return r, func() { f.Close() }
}

// watchHeap looks at the heap ten times a second, and returns a function that
// ends this and tells the most that was in use.
func watchHeap() (peak func() uint64) {
	stop, result := make(chan struct{}), make(chan uint64)
	go func() {
		var most uint64
		tick := time.NewTicker(100 * time.Millisecond)
		defer tick.Stop()
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapInuse)
			select {
			case <-tick.C:
			case <-stop:
				result <- most
				return
			}
		}
	}()
	return func() uint64 { close(stop); return <-result }
}

// writeLarge writes a capture of at least size bytes: a connection for each stanza
// of all protocols, and all of that from one client after the other.
func writeLarge(b *testing.B, name string, size int64, polls int) {
	f, err := os.Create(name)
	require.NoError(b, err)
	defer f.Close()
	buffered := bufio.NewWriterSize(f, 1<<20)
	w := pcapgo.NewWriter(buffered)
	require.NoError(b, w.WriteFileHeader(1<<16, layers.LinkTypeEthernet))
	once := allStanzas(b, polls)
	now := traffic.Start
	for client, written := uint32(0), int64(0); written < size; client++ {
		for _, p := range once.Packets {
			setClient(p.Data, client)
			now = now.Add(100 * time.Microsecond)
			if err := w.WritePacket(gopacket.CaptureInfo{Timestamp: now, CaptureLength: len(p.Data), Length: len(p.Data)}, p.Data); err != nil {
				b.Fatal(err)
			}
			written += int64(len(p.Data)) + 16
		}
	}
	require.NoError(b, buffered.Flush())
}

// Addresses in the packets of the large capture. Only the client's changes.
var (
	largeServer = netip.MustParseAddr("198.51.100.1")
	largeClient = netip.MustParseAddr("10.0.0.0")
)

// setClient writes the client into an Ethernet packet of IPv4, which has 10.0.0.0
// or another client there. The checksums, which nobody looks at, get wrong.
func setClient(packet []byte, client uint32) {
	const src, dst = 14 + 12, 14 + 16
	at := src
	if packet[at] != 10 {
		at = dst
	}
	packet[at+1], packet[at+2], packet[at+3] = byte(client>>16), byte(client>>8), byte(client)
}

// allStanzas returns a capture with a connection for each stanza of all protocols.
func allStanzas(b *testing.B, polls int) *traffic.Capture {
	c := traffic.New()
	port := uint16(20000)
	for _, p := range protocol.All() {
		stanzas, err := coretest.ReadFrames(os.DirFS(filepath.Join("..", "..", "..", p.Name, "testdata")), "*.frames")
		if err != nil || len(stanzas) == 0 {
			continue // no frames of their own: the network, NON A11
		}
		for _, s := range stanzas {
			if s.Expect[0].Code == core.PluginProtocolParseFailed {
				continue // a sixth of the stanzas breaks the rules, and hardly a packet of a plant
			}
			port++
			client := netip.AddrPortFrom(largeClient, port)
			if overUDP(p, s) {
				server := netip.AddrPortFrom(largeServer, p.UDP[0])
				play(s, polls, func(d []byte) { c.UDP(client, server, d) }, func(d []byte) { c.UDP(server, client, d) })
				continue
			}
			conn := c.Conn(client, netip.AddrPortFrom(largeServer, p.TCP[0])).Open()
			play(s, polls, conn.Send, conn.Reply)
			conn.Close()
		}
	}
	require.Greater(b, port, uint16(20400), "stanzas")
	return c
}

func play(s coretest.Stanza, times int, send, reply func([]byte)) {
	for range times {
		for _, f := range s.Frames {
			if f.Sent {
				send(f.Data)
			} else {
				reply(f.Data)
			}
		}
	}
}

// overUDP reports whether the frames of a stanza are datagrams.
func overUDP(p *protocol.Protocol, s coretest.Stanza) bool {
	return len(p.UDP) > 0 && !strings.HasPrefix(string(s.Frames[0].Data), "FINS")
}
