package cli

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/pcapgo"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// packetsOf returns the packets of a capture, which all have one link type.
func packetsOf(t *testing.T, name string) (*pcapgo.Writer, *bytes.Buffer, [][]byte, []gopacket.CaptureInfo) {
	t.Helper()
	file, err := os.ReadFile(filepath.Join(captures, filepath.FromSlash(name)))
	require.NoError(t, err)
	var out bytes.Buffer
	w := pcapgo.NewWriter(&out)
	var source interface {
		ReadPacketData() ([]byte, gopacket.CaptureInfo, error)
	}
	if r, err := pcapgo.NewReader(bytes.NewReader(file)); err == nil {
		source = r
		require.NoError(t, w.WriteFileHeader(1<<16, r.LinkType()))
	} else {
		r, err := pcapgo.NewNgReader(bytes.NewReader(file), pcapgo.DefaultNgReaderOptions)
		require.NoError(t, err)
		source = r
		require.NoError(t, w.WriteFileHeader(1<<16, r.LinkType()))
	}
	var packets [][]byte
	var infos []gopacket.CaptureInfo
	for {
		data, info, err := source.ReadPacketData()
		if err != nil {
			return w, &out, packets, infos
		}
		info.InterfaceIndex = 0
		packets, infos = append(packets, data), append(infos, info)
	}
}

// TestMutilatedCaptures cuts, shortens, repeats and loses packets. What is left
// must show what the whole capture shows: no failure is invented.
func TestMutilatedCaptures(t *testing.T) {
	// An item of length 0 is empty unless the request is known, which asked for none.
	noRequest := map[string]string{"96 bytes of each packet": "s7/snap7server_gos7_failures.pcapng 179:EmptyValue"}
	for name, mutilate := range map[string]func([]packet) []packet{
		"from a quarter on":        func(p []packet) []packet { return p[len(p)/4:] },
		"from the middle on":       func(p []packet) []packet { return p[len(p)/2:] },
		"from three quarters on":   func(p []packet) []packet { return p[len(p)*3/4:] },
		"the first half":           func(p []packet) []packet { return p[:len(p)/2] },
		"68 bytes of each packet":  snap(68),
		"96 bytes of each packet":  snap(96),
		"140 bytes of each packet": snap(140),
		"each packet twice": func(p []packet) []packet {
			var twice []packet
			for _, x := range p {
				twice = append(twice, x, x)
			}
			return twice
		},
		"without each fifth": func(p []packet) []packet {
			return slices.DeleteFunc(slices.Clone(p), func(x packet) bool { return x.from%5 == 0 })
		},
		"without each seventh": func(p []packet) []packet {
			return slices.DeleteFunc(slices.Clone(p), func(x packet) bool { return x.from%7 == 0 })
		},
		"neighbours exchanged": func(p []packet) []packet {
			p = slices.Clone(p)
			for i := 0; i+1 < len(p); i += 2 {
				p[i], p[i+1] = p[i+1], p[i]
			}
			return p
		},
	} {
		t.Run(name, func(t *testing.T) {
			total, same := 0, 0
			for _, file := range captureFiles(t) {
				if strings.HasPrefix(name, "without") && overUDP(file) {
					continue // a datagram that is not in the capture may just as well have been lost
				}
				whole := make(map[mark]bool)
				for line := range strings.Lines(decodeReal(t, file, "--json").out) {
					var f findingJSON
					require.NoError(t, json.Unmarshal([]byte(line), &f))
					whole[markOf(f)] = true
				}
				w, out, datas, infos := packetsOf(t, file)
				var packets []packet
				for i := range datas {
					packets = append(packets, packet{datas[i], infos[i], i + 1})
				}
				packets = mutilate(packets)
				for _, p := range packets {
					require.NoError(t, w.WritePacket(p.info, p.data))
				}
				part := filepath.Join(t.TempDir(), "part.pcap")
				require.NoError(t, os.WriteFile(part, out.Bytes(), 0o644))
				args := []string{"decode", "--json", part}
				for prefix, flags := range portsOf {
					if strings.HasPrefix(file, prefix) {
						args = append(args, flags...)
					}
				}
				r := runReal(t, args...)
				require.Equal(t, exitOK, r.status, r.err)
				for line := range strings.Lines(r.out) {
					var f findingJSON
					require.NoError(t, json.Unmarshal([]byte(line), &f))
					f.Packet = packets[f.Packet-1].from
					total++
					if whole[markOf(f)] {
						same++
					} else if noRequest[name] != file+" "+markOf(f).String() {
						assert.Failf(t, "invented", "%s: %s", file, line)
					}
				}
			}
			t.Logf("%d of %d failures are the same", same, total)
		})
	}
}

func overUDP(file string) bool {
	return strings.HasPrefix(file, "knx/") || strings.HasPrefix(file, "fins/") && !strings.Contains(file, "tcp")
}

type packet struct {
	data []byte
	info gopacket.CaptureInfo
	from int // number in the whole capture
}

// snap shortens packets as a snapshot length does.
func snap(n int) func([]packet) []packet {
	return func(packets []packet) []packet {
		packets = slices.Clone(packets)
		for i := range packets {
			p := &packets[i]
			p.data = p.data[:min(n, len(p.data))]
			p.info.CaptureLength = len(p.data)
		}
		return packets
	}
}
