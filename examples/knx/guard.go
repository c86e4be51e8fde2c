package knx

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"

	"github.com/vapourismo/knx-go/knx/knxnet"

	"github.com/fieldstatus/fieldstatus/core"
	knxstatus "github.com/fieldstatus/fieldstatus/knx"
)

// A guard stands between knx-go and a gateway, and passes on what they say to
// each other. It ends the channel, and says why, where knx-go would
//
//   - panic, in a goroutine where nobody can recover it: a frame that is too short;
//   - not tell: a full gateway, a refused heartbeat, a lost socket;
//   - reconnect by itself, unseen, with a data race: a gateway that ends the channel
//     or does not answer heartbeats;
//   - leave a goroutine behind: frames that come while it stops.
type guard struct {
	near *net.UDPConn // knx-go's side, on loopback
	far  net.Conn     // the gateway's
	wait sync.WaitGroup
	dead chan struct{} // closed when there is no channel any more

	mu       sync.Mutex
	err      error // why it is dead
	knxGo    netip.AddrPort
	channel  uint8
	open     bool
	sequence uint8 // of the telegram that knx-go sent last
	awaited  bool  // its acknowledgement is
}

func newGuard(ctx context.Context, gateway string) (*guard, error) {
	far, err := new(net.Dialer).DialContext(ctx, "udp4", gateway)
	if err != nil {
		return nil, err
	}
	if far.RemoteAddr().(*net.UDPAddr).IP.IsMulticast() {
		_ = far.Close() // nothing was sent
		return nil, errors.New("cannot tunnel to multicast address")
	}
	near, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		_ = far.Close() // nothing was sent
		return nil, err
	}
	g := &guard{near: near, far: far, dead: make(chan struct{})}
	g.wait.Add(2)
	go g.toGateway()
	go g.toKNXGo()
	return g, nil
}

// addr is where knx-go finds its gateway.
func (g *guard) addr() string { return g.near.LocalAddr().String() }

// cause returns why the guard is dead.
func (g *guard) cause() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.err
}

// heard says that knx-go waits for no acknowledgement any more, and returns why the
// guard is dead, nil when it is not. When there was none, KNX wants the channel to
// end.
func (g *guard) heard() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.awaited {
		g.awaited = false
		g.end(knxstatus.TunnelAckTimeout.Status().Err(core.Other))
	}
	return g.err
}

// close ends the guard, behind which knx-go cannot stay: its socket breaks.
func (g *guard) close() {
	g.fail(net.ErrClosed)
	_ = g.near.Close() // a second time it fails
	g.wait.Wait()
}

// fail ends the channel, and lets the gateway know. From now on knx-go is told that
// there is no such channel, so that it does not wait. The first error counts.
func (g *guard) fail(err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.end(err)
}

// end is fail with the lock held.
func (g *guard) end(err error) {
	if g.err != nil {
		return
	}
	if g.open {
		g.tell(&knxnet.DiscReq{Channel: g.channel, Control: knxnet.HostInfo{Protocol: knxnet.UDP4}})
	}
	g.err = err
	close(g.dead)
	_ = g.far.Close()
	g.refuse()
}

// tell sends a frame of its own, which is a courtesy: the gateway would find out.
func (g *guard) tell(service knxnet.ServicePackable) {
	_, _ = g.far.Write(packed(service))
}

// refuse answers what knx-go waits for.
func (g *guard) refuse() {
	if !g.awaited {
		return
	}
	g.awaited = false
	refusal := &knxnet.TunnelRes{Channel: g.channel, SeqNumber: g.sequence, Status: knxnet.ErrConnectionID}
	_, _ = g.near.WriteToUDPAddrPort(packed(refusal), g.knxGo) // else it waits for its time to be up
}

func packed(service knxnet.ServicePackable) []byte {
	frame := make([]byte, knxnet.Size(service))
	knxnet.Pack(frame, service)
	return frame
}

// toGateway passes on what knx-go sends.
func (g *guard) toGateway() {
	defer g.wait.Done()
	var buf [2048]byte
	for {
		n, peer, err := g.near.ReadFromUDPAddrPort(buf[:])
		if err != nil {
			g.fail(err)
			return
		}
		if err := g.sent(peer, buf[:n]); err != nil {
			g.fail(err)
		}
	}
}

// sent looks at a frame of knx-go.
func (g *guard) sent(peer netip.AddrPort, frame []byte) error {
	var service knxnet.Service
	if _, err := knxnet.Unpack(frame, &service); err != nil {
		return err // of its own frame
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	switch s := service.(type) {
	case *knxnet.ConnReq:
		g.knxGo = peer
		if g.open {
			return knxstatus.HeartbeatFailed.Status().Err(core.Other) // it gives the channel up
		}
	case *knxnet.TunnelReq:
		if s.SeqNumber != g.sequence { // else knx-go repeats itself, and may have its answer
			g.sequence, g.awaited = s.SeqNumber, true
		}
	}
	if g.err != nil {
		g.refuse()
		return nil
	}
	_, err := g.far.Write(frame)
	return err
}

// toKNXGo passes on what the gateway sends.
func (g *guard) toKNXGo() {
	defer g.wait.Done()
	var buf [2048]byte
	for {
		n, err := g.far.Read(buf[:])
		if err == nil {
			err = g.received(buf[:n])
		}
		if err != nil {
			g.fail(err)
			return
		}
	}
}

// received looks at a frame of the gateway.
func (g *guard) received(frame []byte) error {
	response, err := knxstatus.ParseResponse(frame)
	var broken *core.FrameError
	if errors.As(err, &broken) && !errors.Is(err, knxstatus.FrameUnknownMessageCode) {
		// Nobody acknowledges the frame, whatever is wrong with it.
		return core.BadFrame(core.FrameMalformed.Status(), broken.Offset, broken.Reason)
	}
	service, err := unpack(frame)
	if err != nil {
		return err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	switch s := service.(type) {
	case *knxnet.ConnRes:
		if s.Status != knxnet.NoError {
			return response.Err(core.Connect)
		}
		if g.open {
			return nil // a repetition
		}
		g.channel, g.open, g.sequence = s.Channel, true, 0xFF // so that the first is another
	case *knxnet.ConnStateRes:
		if s.Status != knxnet.NoError {
			return response.Err(core.Other)
		}
	case *knxnet.DiscReq:
		g.tell(&knxnet.DiscRes{Channel: s.Channel})
		g.open = false
		return response.Err(core.Other)
	case *knxnet.TunnelRes:
		switch {
		case s.SeqNumber == g.sequence && g.awaited:
			g.awaited = false
		case s.SeqNumber == g.sequence, s.SeqNumber == g.sequence-1:
			return nil // a repetition
		default:
			return core.BadFrame(core.FrameForeign.Status(), 8, "acknowledgement of another sequence counter")
		}
	}
	if g.err == nil {
		_, err = g.near.WriteToUDPAddrPort(frame, g.knxGo)
	}
	return err
}

// unpack tries what knx-go will do with a frame.
func unpack(frame []byte) (service knxnet.Service, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = core.BadFrame(core.FrameMalformed.Status(), 0, fmt.Sprint("knx-go panics: ", r))
		}
	}()
	if _, err := knxnet.Unpack(frame, &service); err != nil {
		return nil, core.BadFrame(core.FrameMalformed.Status(), 0, err.Error())
	}
	return service, nil
}
