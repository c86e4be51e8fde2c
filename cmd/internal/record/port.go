package record

import (
	"context"
	"net"
)

// A Port is where the driver connects to.
type Port struct {
	tcp net.Listener
	udp net.PacketConn
}

// Listen opens a port, of UDP or of TCP.
func Listen(ctx context.Context, address string, udp bool) (p Port, err error) {
	var config net.ListenConfig
	if udp {
		p.udp, err = config.ListenPacket(ctx, "udp", address)
	} else {
		p.tcp, err = config.Listen(ctx, "tcp", address)
	}
	return p, err
}

// Addr returns the address, with the port that was chosen when it was left open.
func (p Port) Addr() net.Addr {
	if p.udp != nil {
		return p.udp.LocalAddr()
	}
	return p.tcp.Addr()
}

// Close closes a port that was not served. Serve does it by itself.
func (p Port) Close() error {
	if p.udp != nil {
		return p.udp.Close()
	}
	return p.tcp.Close()
}

// Serve passes on what comes to a port until ctx ends. It then closes the port
// and everything that it has opened, and returns nil when nothing of that runs
// any more.
func (r *Recorder) Serve(ctx context.Context, p Port) error {
	if p.udp != nil {
		return r.serveUDP(ctx, p.udp.(*net.UDPConn))
	}
	return r.serveTCP(ctx, p.tcp)
}
