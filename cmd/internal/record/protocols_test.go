package record

import (
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/cmd/internal/fake"
	"github.com/fieldstatus/fieldstatus/cmd/internal/protocol"
	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
)

// recorder returns a Recorder that serves nothing, and whose decoder is this
// goroutine.
func recorder(t testing.TB, p *protocol.Protocol, all bool) (*Recorder, *disk) {
	t.Helper()
	f, err := os.CreateTemp(t.TempDir(), "*.frames")
	require.NoError(t, err)
	t.Cleanup(func() { f.Close() })
	d := &disk{File: f, room: 1 << 40}
	return recorderTo(d, p, all), d
}

func recorderTo(s sink, p *protocol.Protocol, all bool) *Recorder {
	return &Recorder{
		Options: Options{Protocol: p, To: "device", Version: "test", All: all, Output: newFile("my.frames", s), Now: time.Now},
		noted:   map[string]bool{},
	}
}

// A memory is a file that costs nothing.
type memory []byte

func (m *memory) WriteAt(b []byte, at int64) (int, error) {
	*m = append((*m)[:at], b...)
	return len(b), nil
}

func (m *memory) Truncate(size int64) error {
	*m = (*m)[:size]
	return nil
}

func (m *memory) Close() error { return nil }

// play gives a decoder the frames of a stanza as one connection.
func play(r *Recorder, s coretest.Stanza, datagram bool) {
	d := r.dialogue(datagram)
	for _, f := range s.Frames {
		r.decode(event{dialogue: d, data: f.Data, fromDevice: !f.Sent, time: time.Unix(0, 0)})
	}
	r.decode(event{dialogue: d, fromDevice: true, ended: true})
}

// What our own cases hold, of each protocol, is recorded as such a case again
// when it comes along a wire: with the same statuses, and runnable on its own.
func TestCasesOfAllProtocols(t *testing.T) {
	for _, p := range protocol.All() {
		if p.Scan == nil {
			continue
		}
		t.Run(p.Name, func(t *testing.T) {
			cases, err := coretest.ReadFrames(os.DirFS("../../../"+p.Name+"/testdata"), "*.frames")
			require.NoError(t, err)
			failures, exact, other := 0, 0, 0
			for _, s := range cases {
				request := false
				for _, f := range s.Frames {
					request = request || f.Sent
				}
				if !request || s.Check(p.New()) != nil {
					continue // alone, or for a conversation that knows more
				}
				failed := false
				for _, e := range s.Expect {
					failed = failed || e.Err == nil && e.Code != core.OK
				}
				if !failed {
					continue
				}
				failures++
				r, d := recorder(t, p, false)
				play(r, s, len(p.TCP) > 0 && len(p.UDP) > 0 && p.Datagrams && s.Frames[0].Data[0] != 'F')
				got := written(t, d)
				for _, g := range got {
					require.NoError(t, g.Check(p.New()), s.Name)
				}
				if n := len(got); n > 0 && assert.ObjectsAreEqual(codes(s.Expect), codes(got[n-1].Expect)) {
					exact++
					continue
				}
				other++
				t.Logf("%s:%d %s: %+v; have %d", s.File, s.Line, s.Name, r.Counts(), len(got))
			}
			t.Logf("%d failing cases with a request: %d recorded the same, %d not", failures, exact, other)
			require.Positive(t, failures)
			assert.LessOrEqual(t, 10*other, failures, "at most one in ten is lost")
		})
	}
}

func codes(expect []coretest.Expect) (all []core.Code) {
	for _, e := range expect {
		all = append(all, e.Code)
	}
	return all
}

func written(t testing.TB, d *disk) []coretest.Stanza {
	t.Helper()
	data, err := os.ReadFile(d.Name())
	require.NoError(t, err)
	stanzas, err := coretest.ParseFrames("my.frames", data)
	require.NoError(t, err)
	return stanzas
}

// Whatever comes along, what is written can be read and run, and nothing is
// left half done.
func FuzzDialogue(f *testing.F) {
	f.Add(uint8(0), []byte("F!\x00\x06r\x05"), []byte("F!\x00\x07a\x05\x05"))
	f.Add(uint8(0), []byte("F!\x00\x06r\x05F!\x00\x06w\x06"), []byte("F!\x00\x07p\x05\x05F!\x00\x07a\x05\x05F!"))
	protocols := []*protocol.Protocol{fake.Protocol}
	for _, p := range protocol.All() {
		if p.Scan == nil {
			continue
		}
		protocols = append(protocols, p)
		cases, err := coretest.ReadFrames(os.DirFS("../../../"+p.Name+"/testdata"), "*.frames")
		require.NoError(f, err)
		for i, s := range cases {
			if i%20 == 0 && len(s.Frames) > 1 {
				f.Add(uint8(len(protocols)-1), s.Frames[0].Data, s.Frames[1].Data)
			}
		}
	}
	f.Fuzz(func(t *testing.T, which uint8, sent, received []byte) {
		p := protocols[int(which)%len(protocols)]
		var file memory
		r := recorderTo(&file, p, which >= 128)
		for _, datagram := range []bool{false, true} {
			play(r, coretest.Stanza{Frames: []coretest.Frame{{Sent: true, Data: sent}, {Data: received}, {Sent: true, Data: sent}, {Data: received}}}, datagram)
		}
		stanzas, err := coretest.ParseFrames("my.frames", file)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range stanzas {
			if err := s.Check(p.New()); err != nil {
				t.Fatal(err)
			}
		}
		if r.noted["internal error: the decoder failed on a frame, which is left out; please report it"] {
			t.Fatal("the decoder failed")
		}
	})
}
