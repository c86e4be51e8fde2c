package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/fieldstatus/fieldstatus/core/devicetest"

	"github.com/fieldstatus/fieldstatus/examples/southbound"
)

// A device is what the failing devices of all protocols can do.
type device interface {
	Addr() string
	Fail(native error, when ...devicetest.When)
	FailItem(address string, native error, when ...devicetest.When)
	Break(fault devicetest.Fault, when ...devicetest.When)
	Delay(d time.Duration, when ...devicetest.When)
	Refuse()
	Recover()
}

// A protocol is a driver and the device that goes with it.
type protocol struct {
	name     string
	driver   func(address string, timeout time.Duration, settings json.RawMessage) (southbound.Driver, error)
	start    func(t testing.TB) device
	set      func(d device, tag southbound.Tag, value any) error // gives a device a value
	troubles []trouble
}

// protocols returns all of them.
func protocols() []*protocol {
	return []*protocol{s7Protocol(), opcuaProtocol(), finsProtocol(), enipProtocol(), knxProtocol(), focasProtocol()}
}

func protocolNamed(name string) *protocol {
	all := protocols()
	if i := slices.IndexFunc(all, func(p *protocol) bool { return p.name == name }); i >= 0 {
		return all[i]
	}
	return nil
}

func protocolNames() []string {
	var names []string
	for _, p := range protocols() {
		names = append(names, p.name)
	}
	return names
}

// configured sets fields of a driver from the configuration.
func configured[D southbound.Driver](driver D, settings json.RawMessage) (southbound.Driver, error) {
	if len(settings) == 0 {
		return driver, nil
	}
	d := json.NewDecoder(bytes.NewReader(settings))
	d.DisallowUnknownFields()
	if err := d.Decode(&driver); err != nil {
		return nil, fmt.Errorf("settings: %w", err)
	}
	return driver, nil
}
