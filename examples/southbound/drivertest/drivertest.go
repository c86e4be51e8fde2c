// Package drivertest holds what every southbound driver has to do, as a test that
// runs with the failing device of its protocol.
package drivertest

import (
	"bytes"
	"context"
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

	// Timeout is the patience of the driver; 300 ms when 0.
	Timeout time.Duration
}

// Run runs the tests.
func Run(t *testing.T, s Subject) {
	if s.Timeout == 0 {
		s.Timeout = 300 * time.Millisecond
	}
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
}

// start returns a device and a node for it that asks again soon.
func (s Subject) start(t *testing.T) (Device, *southbound.Node) {
	t.Helper()
	device, driver := s.Start(t)
	node := southbound.New("plc", driver, s.Tags, southbound.Options{
		Timeout: s.Timeout, Retry: 5 * time.Millisecond, RetryMax: 20 * time.Millisecond, Probe: time.Hour,
	})
	t.Cleanup(func() { _ = node.Close() }) // the link may be gone
	return device, node
}

func (s Subject) values(t *testing.T) {
	_, node := s.start(t)
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
	var readings []southbound.Reading
	good := func() bool {
		readings = node.Poll(context.Background())
		for _, r := range readings {
			if r.Err != nil {
				return false
			}
		}
		return true
	}
	require.Eventually(t, good, 10*time.Second, 5*time.Millisecond, "the driver does not come back")
	s.requireGood(t, readings)
}

func (s Subject) write(t *testing.T) {
	_, node := s.start(t)
	require.NoError(t, node.Write(context.Background(), s.Tags[0].Name, s.Values[1]))
	readings := node.Poll(context.Background())
	require.NoError(t, readings[0].Err)
	want, err := s.Tags[0].Type.Convert(s.Values[1])
	require.NoError(t, err)
	assert.Equal(t, want, readings[0].Value)

	coretest.RequireCode(t, node.Write(context.Background(), "nobody", 1), core.TagNotExist)
	coretest.RequireCode(t, node.Write(context.Background(), s.Tags[0].Name, "text"), core.PluginTagTypeMismatch)
}

func (s Subject) unknown(t *testing.T) {
	device, node := s.start(t)
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

func (s Subject) requireAll(t *testing.T, readings []southbound.Reading, code core.Code) {
	t.Helper()
	for _, r := range readings {
		coretest.RequireCode(t, r.Err, code)
	}
}

func (s Subject) off(t *testing.T) {
	device, node := s.start(t)
	s.requireGood(t, node.Poll(context.Background()))
	device.Refuse()
	require.Eventually(t, func() bool { // a lost connection first, a refused one then
		return core.CodeOf(node.Poll(context.Background())[0].Err) == s.Off
	}, 10*time.Second, 5*time.Millisecond)
	s.requireAll(t, node.Poll(context.Background()), s.Off)
	assert.Equal(t, gateway.Disconnected, node.State().Link)
	coretest.RequireCode(t, node.Write(context.Background(), s.Tags[0].Name, s.Values[0]), s.Off)

	device.Recover()
	s.requireRecovers(t, node)
	assert.Equal(t, gateway.Connected, node.State().Link)
}

func (s Subject) dropped(t *testing.T) {
	device, node := s.start(t)
	s.requireGood(t, node.Poll(context.Background()))
	device.Drop()
	s.requireRecovers(t, node)
}

func (s Subject) garbage(t *testing.T) {
	device, node := s.start(t)
	s.requireGood(t, node.Poll(context.Background()))
	device.Break(devicetest.Garbage, devicetest.Next)
	require.Error(t, node.Poll(context.Background())[0].Err)
	device.Recover()
	s.requireRecovers(t, node)
}

func (s Subject) silence(t *testing.T) {
	device, node := s.start(t)
	s.requireGood(t, node.Poll(context.Background()))
	device.Break(devicetest.Silence)
	started := time.Now()
	readings := node.Poll(context.Background())
	coretest.RequireCode(t, readings[0].Err, s.Silent)
	assert.Less(t, time.Since(started), 5*time.Second, "the driver hangs with its device")
	device.Recover()
	s.requireRecovers(t, node)
}

// unsure: nobody knows whether the write has happened, so that it must not be
// sent again.
func (s Subject) unsure(t *testing.T) {
	device, node := s.start(t)
	s.requireGood(t, node.Poll(context.Background()))
	device.Break(devicetest.Silence)
	err := node.Write(context.Background(), s.Tags[0].Name, s.Values[0])
	require.Error(t, err)
	assert.False(t, core.Repeatable(err), "%v", err)
	assert.Equal(t, 1, s.writes(device), "the write was repeated")
	_, known := gateway.HTTPStatus(gateway.WriteReply(err).Error)
	assert.True(t, known)
}

func (s Subject) canceled(t *testing.T) {
	_, node := s.start(t)
	s.requireGood(t, node.Poll(context.Background()))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	s.requireGood(t, node.Poll(ctx)) // the device did nothing wrong
	s.requireRecovers(t, node)
}
