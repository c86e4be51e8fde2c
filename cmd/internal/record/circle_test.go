package record

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/robinson/gos7"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
	"github.com/fieldstatus/fieldstatus/s7"
	"github.com/fieldstatus/fieldstatus/s7/s7test"
)

// readWords is a driver: it connects with gos7 and reads two bytes at each
// address of DB 1.
func readWords(t *testing.T, addr string, starts ...int) (errs []error) {
	t.Helper()
	h := gos7.NewTCPClientHandler(addr, 0, 2)
	h.Timeout = 5 * time.Second
	defer h.Close() // a refused handshake leaves the connection open
	if err := h.Connect(); err != nil {
		return []error{s7.Translate(core.Connect, err)}
	}
	for _, start := range starts {
		var x s7.Exchange
		errs = append(errs, s7.Translate(core.Read, gos7.NewClient2(&x, h).AGReadDB(1, start, 2, make([]byte, 2))))
	}
	return errs
}

// What fails at a plant is recorded on its way to a real client, and fails in
// the same way in a unit test: as frames, and through the client again.
func TestCircle(t *testing.T) {
	plant := s7test.NewDevice(t)
	plant.Set("DB1.DBW0", []byte{0x12, 0x34})
	plant.FailItem("DB1.DBW4", s7.AddressOutOfRange)
	plant.FailItem("DB1.DBW6", s7.HardwareFault)
	plant.FailItem("DB1.DBW8", s7.HeaderError(0x8104))

	// Recorded between client and device.
	dir := t.TempDir()
	out, err := Create(filepath.Join(dir, "plant.frames"), "s7", false)
	require.NoError(t, err)
	p, err := Listen(context.Background(), "127.0.0.1:0", false)
	require.NoError(t, err)
	r := New(Options{Protocol: protocolNamed(t, "s7"), To: plant.Addr(), Version: "test", Output: out})
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- r.Serve(ctx, p) }()
	recorded := readWords(t, p.Addr().String(), 0, 4, 6, 8, 4)
	cancel()
	require.NoError(t, <-ended)
	r.Close()
	require.NoError(t, out.Close())
	require.Len(t, recorded, 5)
	coretest.RequireCode(t, recorded[0], core.OK)
	coretest.RequireStatus(t, recorded[1], s7.AddressOutOfRange)
	coretest.RequireStatus(t, recorded[2], s7.HardwareFault)
	coretest.RequireStatus(t, recorded[3], s7.HeaderError(0x8104))
	assert.Equal(t, Counts{Opened: 1, Exchanges: 7, Failures: 4, Written: 3, Repeats: 1}, r.Counts())

	// Loaded, and run as any user of coretest does.
	coretest.RunFrames(t, os.DirFS(dir), "*.frames", func(coretest.Stanza) coretest.Conversation { return new(s7.Conversation) })
	stanzas, err := coretest.ReadFrames(os.DirFS(dir), "*.frames")
	require.NoError(t, err)
	require.Len(t, stanzas, 3)
	assert.Equal(t, "read: item-return 0x05 AddressOutOfRange", stanzas[0].Name)
	assert.Equal(t, core.Read, stanzas[0].Op)
	assert.Equal(t, []int{2}, stanzas[0].Want.Bytes)

	// Replayed by a device that fails by nothing else, to the same client.
	replay := s7test.NewDevice(t)
	replay.Replay(stanzas...)
	again := readWords(t, replay.Addr(), 4, 6, 8, 4)
	require.Len(t, again, 4)
	for i, err := range recorded[1:4] {
		assert.Equal(t, core.CodeOf(err), core.CodeOf(again[i]))
		assert.Equal(t, core.StatusOf(err), core.StatusOf(again[i]))
		assert.Equal(t, err.Error(), again[i].Error())
	}
	coretest.RequireCode(t, again[3], core.OK)
}

// Handshakes that are refused are exchanges too.
func TestRefusedHandshakes(t *testing.T) {
	for name, refuse := range map[string]func(*s7test.Device){
		"COTP": func(d *s7test.Device) { d.RefuseConnect(3) },
		"S7":   func(d *s7test.Device) { d.RefuseSetup(0x8104) },
	} {
		t.Run(name, func(t *testing.T) {
			plant := s7test.NewDevice(t)
			refuse(plant)
			x := start(t, Options{Protocol: protocolNamed(t, "s7"), To: plant.Addr()}, false)
			errs := readWords(t, x.addr, 0)
			require.Error(t, errs[0])
			stanzas := x.stop()
			require.Len(t, stanzas, 1)
			assert.Equal(t, core.Connect, stanzas[0].Op)
			assert.NoError(t, stanzas[0].Check(new(s7.Conversation)))
			assert.NotEqual(t, core.OK, stanzas[0].Expect[0].Code)
		})
	}
}
