package opcuatest

import (
	"context"
	"fmt"
	"net"
	"runtime"
	"sync"
	"time"

	"github.com/gopcua/opcua/server"
	"github.com/gopcua/opcua/ua"
)

// A backend is one of gopcua's servers, in the hands of one device.
type backend struct {
	server *server.Server
	addr   string
	cancel context.CancelFunc
	ctx    *runContext

	mu        sync.Mutex
	nodes     map[string]*node
	monitored bool // a subscription was made: its goroutines end when they like
}

// stopped has the backends of closed devices. Making a server takes half a
// second and much longer with the race detector, starting one again takes none.
var stopped struct {
	sync.Mutex
	backends []*backend
}

// attempts is how often a port may be taken by another process between being
// chosen and being used.
const attempts = 5

// takeBackend returns a server that runs.
func takeBackend() (*backend, error) {
	var err error
	for range attempts {
		var b *backend
		stopped.Lock()
		if n := len(stopped.backends); n > 0 {
			b, stopped.backends = stopped.backends[n-1], stopped.backends[:n-1]
		}
		stopped.Unlock()
		if b == nil {
			if b, err = newBackend(); err != nil {
				return nil, err
			}
		}
		if err = b.start(); err == nil {
			return b, nil
		}
	}
	return nil, fmt.Errorf("opcuatest: cannot start the server: %w", err)
}

func newBackend() (*backend, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	b := &backend{addr: l.Addr().String()}
	if err := l.Close(); err != nil {
		return nil, err
	}
	// The address of the server is part of its configuration, so that the port
	// has to be known before.
	b.server = server.New(
		server.EndPoint("127.0.0.1", l.Addr().(*net.TCPAddr).Port),
		server.EnableSecurity("None", ua.MessageSecurityModeNone),
		server.EnableAuthMode(ua.UserTokenTypeAnonymous),
	)
	for range namespaces {
		b.server.AddNamespace(&space{backend: b})
	}
	b.registerSubscriptions()
	return b, nil
}

func (b *backend) start() error {
	b.mu.Lock()
	b.nodes = map[string]*node{}
	b.mu.Unlock()
	ctx, cancel := context.WithCancel(context.Background())
	b.ctx, b.cancel = &runContext{Context: ctx, ended: make(chan struct{})}, cancel
	return b.server.Start(b.ctx)
}

// release stops the server and keeps it for the next device. All connections to
// it have been closed: a server that still reads from one would never end it.
func (b *backend) release() {
	b.mu.Lock()
	monitored := b.monitored
	b.mu.Unlock()
	if monitored {
		for _, id := range b.subscriptions() {
			b.server.SubscriptionService.DeleteSubscription(id)
		}
	}
	_ = b.server.Close()
	b.cancel()
	select {
	case <-b.ctx.ended:
	case <-time.After(time.Second):
		return
	}
	if !monitored { // else a goroutine of a subscription may still look at its fields
		stopped.Lock()
		stopped.backends = append(stopped.backends, b)
		stopped.Unlock()
	}
	// gopcua's server forgets connections that have ended without closing their
	// sockets (RegisterConn in server/channel_broker.go never calls Close): they
	// stay until the garbage collector finds them. Tests that compare file
	// descriptors before and after shall not see them.
	runtime.GC()
}

func (b *backend) subscriptions() (ids []uint32) {
	s := b.server.SubscriptionService
	s.Mu.Lock()
	defer s.Mu.Unlock()
	for id := range s.Subs {
		ids = append(ids, id)
	}
	return ids
}

// A runContext tells when the goroutine that answers requests has seen that it
// is over. It is the only one left that asks for the error of the context.
type runContext struct {
	context.Context
	once  sync.Once
	ended chan struct{}
}

func (c *runContext) Err() error {
	err := c.Context.Err()
	if err != nil {
		c.once.Do(func() { close(c.ended) })
	}
	return err
}
