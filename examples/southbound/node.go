package southbound

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/gateway"
)

// A Reading is the answer for one tag in one cycle.
type Reading struct {
	Tag Tag
	Result
	Time   time.Time // when the device, or its silence, gave the answer
	Cycles uint64    // in which the tag had an answer: a fresh one, or a failure that stands
	Asked  uint64    // times that the device was asked for it

	cycle uint64 // of the answer
}

// A Node polls one device. Its methods are safe for concurrent use; requests go
// out one at a time.
type Node struct {
	name string
	o    Options

	busy  sync.Mutex // held while the device is talked to
	line  line
	marks []mark // one for each tag

	mu       sync.Mutex // held for short
	readings []Reading
	link     gateway.Link
	cycles   uint64
}

// New returns a node for the tags of a device. It connects at the first Poll or
// Write.
func New(name string, driver Driver, tags []Tag, o Options) *Node {
	o = o.withDefaults()
	n := &Node{name: name, o: o, line: line{driver: driver, o: o}, marks: make([]mark, len(tags))}
	for _, tag := range tags {
		notReady := &core.Error{Code: core.PluginTagNotReady, Op: core.Read, Tag: tag.Name}
		n.readings = append(n.readings, Reading{Tag: tag, Result: Result{Err: notReady}})
	}
	return n
}

// Name returns the name of the node.
func (n *Node) Name() string { return n.name }

// Readings returns the answer that stands for each tag, 3011 before the first.
func (n *Node) Readings() []Reading {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.readings)
}

// State returns what the gateway reports about the node.
func (n *Node) State() gateway.NodeState {
	n.mu.Lock()
	defer n.mu.Unlock()
	return gateway.NodeState{Node: n.name, Link: n.link, Running: gateway.Running}
}

// Cycles returns how often the node was polled.
func (n *Node) Cycles() uint64 {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.cycles
}

// Close closes the link. A later Poll or Write opens it again.
func (n *Node) Close() error {
	n.busy.Lock()
	defer n.busy.Unlock()
	err := n.line.close()
	n.setLink()
	return err
}

// Poll asks for the tags that are due and returns an answer for every tag. When
// ctx ends, the answers are those that stood before, and the cycle does not count.
func (n *Node) Poll(ctx context.Context) []Reading {
	n.busy.Lock()
	defer n.busy.Unlock()
	n.mu.Lock()
	n.cycles++
	n.mu.Unlock()
	var due []int
	for i := range n.marks {
		if n.marks[i].due() {
			due = append(due, i)
		}
	}
	if len(due) > 0 {
		if err := n.open(ctx); err == nil && n.read(ctx, due) {
			n.line.fine()
		}
	}
	n.count(ctx.Err() != nil)
	return n.Readings()
}

// count notes which tags have an answer in this cycle.
func (n *Node) count(stopped bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if stopped {
		n.cycles--
		return
	}
	for i := range n.readings {
		r := &n.readings[i]
		if r.cycle == n.cycles || n.marks[i].err != nil {
			r.Cycles++
		}
	}
}

// read asks for tags, and halves the request when one of them spoils it. It
// reports whether it has all answers, and a link that still stands.
func (n *Node) read(ctx context.Context, due []int) bool {
	limited, cancel := context.WithTimeout(ctx, n.o.Timeout)
	defer cancel()
	results, err := n.line.link.Read(limited, n.tags(due))
	switch {
	case ctx.Err() != nil:
		return false // the caller stopped, the device did nothing wrong
	case err != nil && core.RemedyOf(err) == core.Fix && core.ScopeOf(err) < core.Session && len(due) > 1:
		return n.read(ctx, due[:len(due)/2]) && n.read(ctx, due[len(due)/2:])
	case err == nil && len(results) != len(due):
		err = core.FrameForeign.Status().Err(core.Read) // an answer to something else
	}
	if err != nil {
		results = slices.Repeat([]Result{{Err: err}}, len(due))
	}
	for j, i := range due {
		n.marks[i].set(results[j].Err, n.o)
		n.answer(i, results[j])
	}
	for _, r := range results {
		if r.Err != nil && core.ScopeOf(r.Err) >= core.Session {
			n.lost(r.Err)
			return false
		}
	}
	return true
}

// Write writes one tag. It repeats what failed only where that cannot write
// twice.
func (n *Node) Write(ctx context.Context, name string, value any) error {
	tag, err := n.writable(name)
	if err == nil {
		value, err = tag.Type.Convert(value)
	}
	if err != nil {
		return core.Tagged(name, err)
	}
	pause := n.o.Retry
	for attempt := 1; ; attempt++ {
		err := n.write(ctx, tag, value)
		if err == nil || attempt == n.o.Attempts || core.RemedyOf(err) == core.Fix || !core.Repeatable(err) {
			return core.Tagged(name, err)
		}
		select {
		case <-ctx.Done():
			return core.Tagged(name, err)
		case <-time.After(pause):
			pause *= 2
		}
	}
}

func (n *Node) write(ctx context.Context, tag Tag, value any) error {
	n.busy.Lock()
	defer n.busy.Unlock()
	if err := n.open(ctx); err != nil {
		return unsent(err)
	}
	limited, cancel := context.WithTimeout(ctx, n.o.Timeout)
	defer cancel()
	err := n.line.link.Write(limited, tag, value)
	if err != nil && ctx.Err() == nil && core.ScopeOf(err) >= core.Session {
		n.lost(err)
	}
	return err
}

// unsent returns what keeps the link closed as the answer to a write. It may have
// been a write that closed it, but of this one nothing was sent: the failure of
// another request, and silence, are only the cause of its own 3002. What refuses to
// connect, wants a pause or a person says so about this write as well.
func unsent(err error) error {
	var e *core.Error
	if !errors.As(err, &e) {
		return err
	}
	another := e.Op != core.Connect && core.RemedyOf(err) == core.Reconnect
	if another || e.Code == core.PluginDeviceNotResponding {
		return &core.Error{Code: core.PluginNotConnected, Op: core.Connect, Err: err}
	}
	c := *e
	c.Op = core.Connect
	return &c
}

// open opens the link. What keeps it closed is the answer for every tag.
func (n *Node) open(ctx context.Context) error {
	err := n.line.open(ctx)
	if err != nil && ctx.Err() == nil {
		n.answerAll(err)
	}
	n.setLink()
	return err
}

// lost says that a failure concerns every tag. Each is due again: what was wrong
// with it may be mended when the link is back.
func (n *Node) lost(err error) {
	n.line.lost(err)
	clear(n.marks)
	n.setLink()
	n.answerAll(err)
}

func (n *Node) setLink() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.link = gateway.Disconnected
	if n.line.link != nil && n.line.down.err == nil {
		n.link = gateway.Connected
	}
}

func (n *Node) tags(due []int) []Tag {
	n.mu.Lock()
	defer n.mu.Unlock()
	tags := make([]Tag, len(due))
	for j, i := range due {
		tags[j] = n.readings[i].Tag
		n.readings[i].Asked++
	}
	return tags
}

// writable returns the tag with a name, when it may be written.
func (n *Node) writable(name string) (Tag, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	i := slices.IndexFunc(n.readings, func(r Reading) bool { return r.Tag.Name == name })
	switch {
	case i < 0:
		return Tag{}, &core.Error{Code: core.TagNotExist, Op: core.Write}
	case n.readings[i].Tag.ReadOnly:
		return Tag{}, &core.Error{Code: core.PluginTagNotWritable, Op: core.Write}
	}
	return n.readings[i].Tag, nil
}

func (n *Node) answer(i int, r Result) {
	n.mu.Lock()
	defer n.mu.Unlock()
	reading := &n.readings[i]
	r.Err = core.Tagged(reading.Tag.Name, r.Err)
	reading.Result, reading.Time, reading.cycle = r, time.Now(), n.cycles
}

func (n *Node) answerAll(err error) {
	for i := range n.readings {
		n.answer(i, Result{Err: err})
	}
}
