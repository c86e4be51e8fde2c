// Package drivertest holds what every southbound driver has to do, as a test that
// runs with the failing device of its protocol.
package drivertest

import (
	"bytes"
	"cmp"
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
	"github.com/fieldstatus/fieldstatus/core/devicetest"
	"github.com/fieldstatus/fieldstatus/core/gateway"

	"github.com/fieldstatus/fieldstatus/examples/southbound"
)

// A Device is the failing device of a protocol.
type Device interface {
	Fail(native error, when ...devicetest.When)
	FailItem(address string, native error, when ...devicetest.When)
	Break(fault devicetest.Fault, when ...devicetest.When)
	Delay(d time.Duration, when ...devicetest.When)
	Refuse()
	Drop()
	Recover()
	Requests() []devicetest.Request
}

// A Subject is a driver with its device.
type Subject struct {
	// Start returns a new device, which holds the values, and a driver for it.
	Start func(t testing.TB) (Device, southbound.Driver)

	Tags   []southbound.Tag // at least two that can be written
	Values []any            // of the tags, in the types of Go that belong to theirs

	// Unknown is how the device says that an address does not exist, and Code
	// what becomes of it. Its remedy is fix.
	Unknown error
	Code    core.Code

	// Silent is what becomes of a request that is never answered.
	Silent core.Code

	// Off is what becomes of a device that is switched off.
	Off core.Code

	// Address returns the name of an address in FailItem and Requests, where it
	// is not the same.
	Address func(string) string

	// Repeats says that the protocol itself sends a frame again that was not
	// acknowledged, which the device knows by the frame being the same.
	Repeats bool

	// Deaf says that the client library knows no context: a request goes on until
	// it is answered or its deadline has passed, also when the caller stops.
	Deaf bool

	// Timeout is for a device that does not answer; Impatience when 0.
	Timeout time.Duration
}

// Run runs the tests.
func Run(t *testing.T, s Subject) {
	s.Timeout = cmp.Or(s.Timeout, Impatience)
	if s.Address == nil {
		s.Address = func(address string) string { return address }
	}
	t.Run("values", s.values)
	t.Run("write", s.write)
	t.Run("a tag that does not exist", s.unknown)
	t.Run("device switched off", s.off)
	t.Run("connection lost", s.dropped)
	t.Run("garbage", s.garbage)
	t.Run("silence", s.silence)
	t.Run("write without an answer", s.unsure)
	t.Run("caller stops", s.canceled)
	t.Run("caller stops during a request", s.givenUp)
	t.Run("link", s.link)
}

// start returns a device and a node for it that asks again soon.
func (s Subject) start(t *testing.T, timeout time.Duration) (Device, *southbound.Node) {
	t.Helper()
	device, driver := s.Start(t)
	return device, newNode(t, driver, s.Tags, southbound.Options{
		Timeout: timeout, Retry: 5 * time.Millisecond, RetryMax: 20 * time.Millisecond, Probe: time.Hour,
	})
}

func (s Subject) values(t *testing.T) {
	_, node := s.start(t, Patience)
	for _, r := range node.Readings() {
		coretest.RequireCode(t, r.Err, core.PluginTagNotReady)
	}
	s.requireGood(t, node.Poll(context.Background()))
	assert.Equal(t, gateway.NodeState{Node: "plc", Link: gateway.Connected, Running: gateway.Running}, node.State())
}

func (s Subject) requireGood(t *testing.T, readings []southbound.Reading) {
	t.Helper()
	require.Len(t, readings, len(s.Tags))
	for i, r := range readings {
		require.NoError(t, r.Err)
		assert.Equal(t, core.Good, r.Quality())
		assert.Equal(t, s.Values[i], r.Value, r.Tag.Name)
	}
}

// requireRecovers polls until all tags are good.
func (s Subject) requireRecovers(t *testing.T, node *southbound.Node) {
	t.Helper()
	RequireGood(t, node)
	s.requireGood(t, node.Readings())
}

// write writes every tag that can be written, twice, so that each changes.
func (s Subject) write(t *testing.T) {
	_, node := s.start(t, Patience)
	for _, value := range []any{0, 1} {
		for _, tag := range s.Tags {
			if !tag.ReadOnly {
				require.NoError(t, node.Write(context.Background(), tag.Name, value), tag.Name)
			}
		}
		for _, r := range node.Poll(context.Background()) {
			require.NoError(t, r.Err)
			if want, err := r.Tag.Type.Convert(value); !r.Tag.ReadOnly {
				require.NoError(t, err)
				assert.Equal(t, want, r.Value, r.Tag.Name)
			}
		}
	}
	coretest.RequireCode(t, node.Write(context.Background(), "nobody", 1), core.TagNotExist)
	coretest.RequireCode(t, node.Write(context.Background(), s.Tags[0].Name, "text"), core.PluginTagTypeMismatch)
}

func (s Subject) unknown(t *testing.T) {
	device, node := s.start(t, Patience)
	bad := s.Address(s.Tags[1].Address)
	device.FailItem(bad, s.Unknown)
	for range 3 {
		for i, r := range node.Poll(context.Background()) {
			if i != 1 {
				require.NoError(t, r.Err, "a neighbour of the tag that does not exist")
				continue
			}
			coretest.RequireCode(t, r.Err, s.Code)
			coretest.RequireStatus(t, r.Err, s.Unknown)
			coretest.RequireRemedy(t, r.Err, core.Fix)
			require.ErrorContains(t, r.Err, s.Tags[1].Name)
		}
	}
	before := len(device.Requests())
	node.Poll(context.Background())
	later := device.Requests()[before:]
	require.NotEmpty(t, later)
	for _, request := range later {
		assert.NotContains(t, request.Items, bad, "asked again, although only a person can mend it")
	}

	writes := s.writes(device)
	err := node.Write(context.Background(), s.Tags[1].Name, s.Values[1])
	coretest.RequireStatus(t, err, s.Unknown)
	assert.Equal(t, writes+1, s.writes(device), "a write that was refused for good is not repeated")
}

func (s Subject) writes(device Device) int {
	n := 0
	var last []byte
	for _, request := range device.Requests() {
		again := s.Repeats && bytes.Equal(request.Raw, last)
		if request.Op == core.Write && !again {
			n++
		}
		last = request.Raw
	}
	return n
}

func (s Subject) off(t *testing.T) {
	device, node := s.start(t, Patience)
	s.requireGood(t, node.Poll(context.Background()))
	device.Refuse()
	require.Eventually(t, func() bool { // a lost connection first, a refused one then
		return core.CodeOf(node.Poll(context.Background())[0].Err) == s.Off
	}, Patience, 5*time.Millisecond)
	for _, r := range node.Poll(context.Background()) {
		coretest.RequireCode(t, r.Err, s.Off)
		coretest.RequireRemedy(t, r.Err, core.Reconnect)
		coretest.RequireScope(t, r.Err, core.Connection)
	}
	assert.Equal(t, gateway.Disconnected, node.State().Link)
	coretest.RequireCode(t, node.Write(context.Background(), s.Tags[0].Name, s.Values[0]), s.Off)

	device.Recover()
	s.requireRecovers(t, node)
	assert.Equal(t, gateway.Connected, node.State().Link)
}

func (s Subject) dropped(t *testing.T) {
	device, node := s.start(t, Patience)
	s.requireGood(t, node.Poll(context.Background()))
	device.Drop()
	s.requireRecovers(t, node)
}

func (s Subject) garbage(t *testing.T) {
	device, node := s.start(t, s.Timeout)
	s.requireGood(t, node.Poll(context.Background()))
	device.Break(devicetest.Garbage, devicetest.Next)
	require.Error(t, node.Poll(context.Background())[0].Err)
	device.Recover()
	s.requireRecovers(t, node)
}

func (s Subject) silence(t *testing.T) {
	device, node := s.start(t, s.Timeout)
	s.requireGood(t, node.Poll(context.Background()))
	device.Break(devicetest.Silence)
	started := time.Now()
	for range 2 { // what the driver does about the first must not hide the second
		coretest.RequireCode(t, node.Poll(context.Background())[0].Err, s.Silent)
	}
	assert.Less(t, time.Since(started), Patience, "the driver hangs with its device")
	device.Recover()
	s.requireRecovers(t, node)
}

// unsure: nobody knows whether the write has happened, so that it must not be
// sent again.
func (s Subject) unsure(t *testing.T) {
	device, node := s.start(t, s.Timeout)
	s.requireGood(t, node.Poll(context.Background()))
	device.Break(devicetest.Silence)
	err := node.Write(context.Background(), s.Tags[0].Name, s.Values[0])
	require.Error(t, err)
	assert.False(t, core.Repeatable(err), "%v", err)
	assert.Equal(t, 1, s.writes(device), "the write was repeated")
	_, known := gateway.HTTPStatus(gateway.WriteReply(err).Error)
	assert.True(t, known)
}

// canceled: when the caller stops, the device has done nothing wrong.
func (s Subject) canceled(t *testing.T) {
	_, node := s.start(t, Patience)
	s.requireGood(t, node.Poll(context.Background()))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	s.requireGood(t, node.Poll(ctx))
	s.requireRecovers(t, node)
}

// givenUp: the caller stops while the device owes an answer, which never comes, or
// comes when something else is asked for. That is no failure of the device, so that
// the next answer is good.
func (s Subject) givenUp(t *testing.T) {
	for name, owe := range map[string]func(Device){
		"no answer":   func(d Device) { d.Break(devicetest.Silence, devicetest.Next) },
		"late answer": func(d Device) { d.Delay(Impatience/2, devicetest.Next) },
	} {
		for what, ask := range map[string]func(context.Context, *southbound.Node){
			"read": func(ctx context.Context, node *southbound.Node) { node.Poll(ctx) },
			"write": func(ctx context.Context, node *southbound.Node) {
				_ = node.Write(ctx, s.Tags[0].Name, s.Values[0]) // may have been carried out
			},
		} {
			t.Run(name+" to a "+what, func(t *testing.T) {
				device, node := s.start(t, Patience)
				s.requireGood(t, node.Poll(context.Background()))
				owe(device)
				if s.Deaf && name == "no answer" { // a deadline is all that such a library sees
					ctx, cancel := context.WithTimeout(context.Background(), s.Timeout)
					defer cancel()
					ask(ctx, node)
				} else {
					s.stop(t, device, func(ctx context.Context) { ask(ctx, node) })
				}
				if !s.Deaf {
					s.requireGood(t, node.Readings()) // that stood before
				}
				s.requireGood(t, node.Poll(context.Background()))
				assert.Equal(t, gateway.Connected, node.State().Link)
				assert.LessOrEqual(t, s.writes(device), 1, "the write was repeated")
			})
		}
	}
}

// stop asks, and stops when the device has got the request.
func (s Subject) stop(t *testing.T, device Device, ask func(context.Context)) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	before := len(device.Requests())
	var asking sync.WaitGroup
	asking.Go(func() { ask(ctx) })
	assert.Eventually(t, func() bool { return len(device.Requests()) > before }, Patience, time.Millisecond)
	cancel()
	asking.Wait()
}

// link: nothing is sent when the caller has stopped, and the link can be used on,
// until it is closed.
func (s Subject) link(t *testing.T) {
	device, driver := s.Start(t)
	canceled, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := driver.Open(canceled)
	require.ErrorIs(t, err, context.Canceled)

	link, err := driver.Open(context.Background())
	require.NoError(t, err)
	t.Cleanup(func() { _ = link.Close() }) // closed below
	_, err = link.Read(canceled, s.Tags)
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorIs(t, link.Write(canceled, s.Tags[0], s.Values[0]), context.Canceled)
	assert.Empty(t, device.Requests())

	results, err := link.Read(context.Background(), s.Tags[:1])
	require.NoError(t, err)
	require.NoError(t, results[0].Err)
	assert.Equal(t, s.Values[0], results[0].Value)

	require.NoError(t, link.Close())
	_, err = link.Read(context.Background(), s.Tags)
	coretest.RequireRemedy(t, err, core.Reconnect)
	require.Error(t, link.Write(context.Background(), s.Tags[0], s.Values[0]))
	_ = link.Close() // once more does no harm, whatever it says
}
