package drivertest

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
	"github.com/fieldstatus/fieldstatus/core/gateway"

	"github.com/fieldstatus/fieldstatus/examples/southbound"
)

// A Reach says whom a failure of the first tag concerns besides.
type Reach uint8

// How far failures reach.
const (
	Alone   Reach = iota // nobody: the other tags are good
	All                  // the other tags have the same code, and the link stands
	Lost                 // the same, and the link is lost
	Refused              // the same, and there was no link: the device fails before anybody connects
)

// A Failure is what a device does, and what becomes of it. A package makes a type
// of its own of it, so that a row of its table needs no names:
//
//	type failure drivertest.Failure[*s7test.Device]
//
//	for name, c := range map[string]failure{
//		"close": {fault(s7test.Close), core.S7COTPDisconnected, s7status.EOF, core.Reconnect, drivertest.Lost},
//	} {
//		t.Run(name, func(t *testing.T) {
//			plc, driver := start(t)
//			drivertest.Failure[*s7test.Device](c).Require(t, plc, driver, tags)
//		})
//	}
type Failure[D Device] struct {
	Fail   func(D)
	Code   core.Code   // of the first tag
	Status error       // the native one, nil when there is none to compare
	Remedy core.Remedy // of the first tag
	Reach  Reach
}

// Require makes the device fail and ends the test unless that becomes of it, and
// all tags are good again when the device has recovered. mend does what Recover
// does not: it gives the device values again that the failure has changed.
func (f Failure[D]) Require(t *testing.T, device D, driver southbound.Driver, tags []southbound.Tag, mend ...func()) {
	t.Helper()
	node := NewNode(t, driver, tags)
	if f.Reach != Refused {
		RequireGood(t, node)
	}
	f.Fail(device)
	readings := node.Poll(context.Background())
	f.require(t, readings[0].Err)
	others, link := f.Code, gateway.Disconnected
	switch f.Reach {
	case Alone:
		others, link = core.OK, gateway.Connected
	case All:
		link = gateway.Connected
	}
	for _, r := range readings[1:] {
		coretest.RequireCode(t, r.Err, others)
	}
	assert.Equal(t, link, node.State().Link)
	if f.Reach == Refused {
		unsent := f.Code
		if unsent == core.PluginDeviceNotResponding { // to what has not been sent, nothing is silent
			unsent = core.PluginNotConnected
		}
		coretest.RequireCode(t, node.Write(context.Background(), tags[0].Name, 1), unsent)
		assert.Equal(t, gateway.Disconnected, node.State().Link)
		assert.Empty(t, device.Requests())
	}
	device.Recover()
	for _, again := range mend {
		again()
	}
	RequireGood(t, node)
}

func (f Failure[D]) require(t *testing.T, err error) {
	t.Helper()
	coretest.RequireCode(t, err, f.Code)
	if f.Status != nil {
		coretest.RequireStatus(t, err, f.Status)
	}
	coretest.RequireRemedy(t, err, f.Remedy)
	if f.Reach == Lost {
		assert.GreaterOrEqual(t, core.ScopeOf(err), core.Session, "%v", err)
	}
}
