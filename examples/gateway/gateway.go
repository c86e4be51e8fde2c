package main

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/fieldstatus/fieldstatus/core/gateway"

	"github.com/fieldstatus/fieldstatus/examples/southbound"
)

// A Gateway polls nodes.
type Gateway struct {
	nodes []*node
	stage *stage
}

// A node is a device with its driver and, when it is one of this process, the
// device itself.
type node struct {
	*southbound.Node
	config   NodeConfig
	protocol *protocol
	timeout  time.Duration // of a request
	device   device        // nil when it is somewhere else

	mu      sync.Mutex
	trouble string // that the device has; "" for none
}

// newGateway starts the devices of this process and makes a node for each device,
// with the patience o where the configuration says nothing else.
func newGateway(c *Config, o southbound.Options) (*Gateway, error) {
	g := &Gateway{stage: &stage{}}
	for _, config := range c.Nodes {
		o := o
		o.Timeout = cmp.Or(config.timeout, o.Timeout)
		n := &node{config: config, protocol: protocolNamed(config.Protocol), timeout: o.Timeout}
		address := config.Address
		if address == "" {
			if err := try(func() { n.device = n.protocol.start(g.stage) }); err != nil {
				g.Close()
				return nil, fmt.Errorf("node %s: %w", config.Name, err)
			}
			address = n.device.Addr()
		}
		driver, err := n.protocol.driver(address, o.Timeout, config.Settings)
		if err == nil {
			err = n.setValues(0)
		}
		if err != nil {
			g.Close()
			return nil, fmt.Errorf("node %s: %w", config.Name, err)
		}
		n.Node = southbound.New(config.Name, driver, config.tags(), o)
		g.nodes = append(g.nodes, n)
	}
	return g, nil
}

// Close closes all links and ends the devices. Run has returned by then.
func (g *Gateway) Close() {
	for _, n := range g.nodes {
		_ = n.Node.Close() // the device may have left
	}
	g.stage.close()
}

// Run polls until ctx ends.
func (g *Gateway) Run(ctx context.Context) {
	var polling sync.WaitGroup
	for _, n := range g.nodes {
		polling.Go(func() { n.run(ctx) })
	}
	polling.Wait()
}

func (n *node) run(ctx context.Context) {
	tick := time.NewTicker(n.config.interval)
	defer tick.Stop()
	started := time.Now()
	changes := newJournal(n, slog.Default())
	for {
		_ = n.setValues(time.Since(started)) // worked at the start
		readings := n.Poll(ctx)
		if ctx.Err() == nil {
			changes.note(n.State().Link, readings)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// setValues gives the device in this process its values: all of them at the
// start, and those that swing from then on.
func (n *node) setValues(age time.Duration) error {
	if n.device == nil {
		return nil
	}
	for _, tag := range n.config.Tags {
		value := tag.Value
		if base, ok := value.(float64); ok && tag.Swing != 0 {
			digits := 100.0
			if tag.Type != southbound.Float && tag.Type != southbound.Double {
				digits = 1
			}
			value = math.Round((base+tag.Swing*math.Sin(age.Seconds()))*digits) / digits
		} else if age > 0 || value == nil {
			continue
		}
		typed, err := tag.Type.Convert(value)
		if err == nil {
			if refused := try(func() { err = n.protocol.set(n.device, tag.Tag, typed) }); refused != nil {
				err = refused // the address is none
			}
		}
		if err != nil {
			return fmt.Errorf("tag %s: %w", tag.Name, err)
		}
	}
	return nil
}

// afflict makes the device fail in one of the ways of its protocol, or recover
// when id is "". It reports whether the device knows how.
func (n *node) afflict(id string) bool {
	if n.device == nil {
		return false
	}
	i := slices.IndexFunc(n.protocol.troubles, func(t trouble) bool { return t.ID == id })
	if i < 0 && id != "" {
		return false
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.device.Recover()
	n.trouble = id
	if i >= 0 {
		n.protocol.troubles[i].cause(n)
	}
	return true
}

func (n *node) afflicted() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.trouble
}

// node returns the node with a name, nil for none.
func (g *Gateway) node(name string) *node {
	i := slices.IndexFunc(g.nodes, func(n *node) bool { return n.Name() == name })
	if i < 0 {
		return nil
	}
	return g.nodes[i]
}

// report is the state report about all nodes.
func (g *Gateway) report() gateway.StateReport {
	r := gateway.StateReport{Timestamp: time.Now().UnixMilli()}
	for _, n := range g.nodes {
		r.States = append(r.States, n.State())
	}
	return r
}

// upload is the group of a node in the format "values".
func (n *node) upload() gateway.Values {
	tags := gateway.Tags{Timestamp: time.Now().UnixMilli(), Node: n.Name(), Group: n.config.Group, Items: items(n.Readings())}
	return tags.Values()
}

func items(readings []southbound.Reading) []gateway.Item {
	list := make([]gateway.Item, len(readings))
	for i, r := range readings {
		list[i] = gateway.NewItem(r.Tag.Name, r.Value, r.Err)
	}
	return list
}
