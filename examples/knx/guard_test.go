package knx

import (
	"context"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/vapourismo/knx-go/knx/knxnet"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
	knxstatus "github.com/fieldstatus/fieldstatus/knx"
)

// A rig has a guard with a test on both sides.
type rig struct {
	t       *testing.T
	guard   *guard
	knxGo   net.Conn
	gateway net.PacketConn
}

func newRig(t *testing.T) *rig {
	t.Helper()
	gateway, err := net.ListenPacket("udp4", "127.0.0.1:0")
	require.NoError(t, err)
	g, err := newGuard(context.Background(), gateway.LocalAddr().String())
	require.NoError(t, err)
	knxGo, err := net.Dial("udp4", g.addr())
	require.NoError(t, err)
	t.Cleanup(func() {
		g.close()
		require.NoError(t, gateway.Close())
		require.NoError(t, knxGo.Close())
	})
	return &rig{t, g, knxGo, gateway}
}

// asks lets knx-go send a frame, and expects it at the gateway.
func (r *rig) asks(frame []byte) {
	r.t.Helper()
	_, err := r.knxGo.Write(frame)
	require.NoError(r.t, err)
	assert.Equal(r.t, frame, r.atGateway())
}

func (r *rig) atGateway() []byte {
	r.t.Helper()
	buf := make([]byte, 100)
	require.NoError(r.t, r.gateway.SetReadDeadline(time.Now().Add(5*time.Second)))
	n, _, err := r.gateway.ReadFrom(buf)
	require.NoError(r.t, err)
	return buf[:n]
}

// answers lets the gateway send a frame.
func (r *rig) answers(frame []byte) {
	r.t.Helper()
	_, err := r.gateway.WriteTo(frame, r.guard.far.LocalAddr())
	require.NoError(r.t, err)
}

// atKNXGo expects a frame at knx-go.
func (r *rig) atKNXGo(want []byte) {
	r.t.Helper()
	buf := make([]byte, 100)
	require.NoError(r.t, r.knxGo.SetReadDeadline(time.Now().Add(5*time.Second)))
	n, err := r.knxGo.Read(buf)
	require.NoError(r.t, err)
	assert.Equal(r.t, want, buf[:n])
}

func (r *rig) dies(want error) {
	r.t.Helper()
	select {
	case <-r.guard.dead:
		coretest.RequireStatus(r.t, r.guard.cause(), want)
	case <-time.After(5 * time.Second):
		require.Fail(r.t, "the guard does not end the channel")
	}
}

const noHost = "0801000000000000"

// Frames of channel 4.
var (
	connect      = frame(0x0205, noHost+noHost+"04040200")
	connected    = frame(0x0206, "0400"+noHost+"04041101")
	state        = frame(0x0207, "0400"+noHost)
	disconnect   = frame(0x0209, "0400"+noHost)
	disconnected = frame(0x020A, "0400")
)

func read(sequence string) []byte {
	return frame(0x0420, "0404"+sequence+"00 1100bce000000a03010000")
}
func acknowledged(sequence string) []byte { return frame(0x0421, "0404"+sequence+"00") }

func (r *rig) open() {
	r.t.Helper()
	r.asks(connect)
	r.answers(connected)
	r.atKNXGo(connected)
}

func TestGuardPassesOn(t *testing.T) {
	r := newRig(t)
	r.open()
	r.answers(connected) // again: knx-go would not take it
	r.asks(read("00"))
	r.answers(acknowledged("00"))
	r.answers(acknowledged("00")) // again
	r.atKNXGo(acknowledged("00"))
	r.asks(read("00"))            // again: it was on its way
	r.answers(acknowledged("00")) // again
	r.asks(read("01"))
	r.asks(read("01"))            // again
	r.answers(acknowledged("00")) // again
	unknown := frame(0x0420, "04040000 ff00")
	r.answers(unknown) // for knx-go to ignore
	r.answers(acknowledged("01"))
	r.atKNXGo(unknown)
	r.atKNXGo(acknowledged("01"))
	r.asks(state)
	r.answers(frame(0x0208, "0400"))
	r.atKNXGo(frame(0x0208, "0400"))
	r.guard.close()
	assert.Equal(t, disconnect, r.atGateway())
}

func TestGuardEndsTheChannel(t *testing.T) {
	for name, c := range map[string]struct {
		sent, received []byte
		want           error
		last           []byte // that the gateway gets
	}{
		"heartbeat refused":        {state, frame(0x0208, "0421"), knxstatus.EConnectionID, disconnect},
		"disconnected":             {state, disconnect, knxstatus.DisconnectRequest, disconnected},
		"acknowledgement in front": {read("00"), acknowledged("07"), core.FrameForeign, disconnect},
		"too short for knx-go":     {state, frame(0x0206, "07"), core.FrameMalformed, disconnect},
		"telegram too short":       {state, frame(0x0420, "04040000 29c8bce000000a03010081"), core.FrameMalformed, disconnect},
		"no KNX":                   {state, []byte("HTTP/1.1 400 Bad Request\r\n\r\n"), core.FrameMalformed, disconnect},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.open()
			r.asks(c.sent)
			r.answers(c.received)
			r.dies(c.want)
			assert.Equal(t, c.last, r.atGateway())
			refusal := func(sequence string) []byte { return frame(0x0421, "0404"+sequence+"21") }
			if c.sent[3] == 0x20 {
				r.atKNXGo(refusal("00"))
			}
			_, err := r.knxGo.Write(read("05"))
			require.NoError(t, err)
			r.atKNXGo(refusal("05"))
		})
	}
}

// TestGuardSeesReconnects, which knx-go begins when nobody answers its heartbeat.
func TestGuardSeesReconnects(t *testing.T) {
	r := newRig(t)
	r.open()
	_, err := r.knxGo.Write(connect)
	require.NoError(t, err)
	r.dies(knxstatus.HeartbeatFailed)
	assert.Equal(t, disconnect, r.atGateway())
}

// TestGuardTriesFrames: what knx-go cannot read is not passed on, whoever finds it.
func TestGuardTriesFrames(t *testing.T) {
	var service knxnet.Service
	_, want := knxnet.Unpack([]byte("no KNX"), &service)
	require.Error(t, want)
	_, err := unpack([]byte("no KNX"))
	coretest.RequireStatus(t, err, core.FrameMalformed)
	require.ErrorContains(t, err, want.Error())
}
