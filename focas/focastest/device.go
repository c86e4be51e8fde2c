package focastest

import (
	"fmt"
	"sync"
	"testing"

	"github.com/fieldstatus/fieldstatus/core/devicetest"
	"github.com/fieldstatus/fieldstatus/focas"
)

// A Fault is what a device does to the connection or to the frame.
type Fault = devicetest.Fault

// The faults; the constants of [devicetest] say what each does.
const (
	Silence     = devicetest.Silence
	Cut         = devicetest.Cut
	Close       = devicetest.Close
	Reset       = devicetest.Reset
	Garbage     = devicetest.Garbage
	Truncated   = devicetest.Truncated
	WrongLength = devicetest.WrongLength
	WrongID     = devicetest.WrongID
)

// A When says which requests a rule is for; When(n) is the n-th from now.
type When = devicetest.When

// Every request, or the next one.
const (
	Every = devicetest.Every
	Next  = devicetest.Next
)

// A Request is one request that the device has seen. Open and close are not in
// the list.
type Request = devicetest.Request

// A Device is a CNC on loopback. Its address, the rules that make
// requests fail, the requests seen and the replay of recordings are those of the
// embedded [devicetest.Server].
type Device struct {
	*devicetest.Server

	mu          sync.Mutex
	memory      memory
	refuseOpen  *focas.WireCode
	refuseClose *focas.WireCode
}

// NewDevice starts a device on a free port of 127.0.0.1. It ends with the test.
func NewDevice(t testing.TB) *Device {
	t.Helper()
	d := &Device{memory: memory{cells: map[cell][]byte{}}}
	d.Server = devicetest.Listen(t, focas.ScanFrames, func() devicetest.Session { return &session{device: d} })
	d.Match(match)
	return d
}

// Set stores the payload of the blocks that an address stands for, in the byte
// order of the wire, which is big endian. Where several are set for a block, the
// one with the most arguments counts, and of these the last.
//
// Macro variables ("0x0015 500") and PMC addresses ("0x8001 2204 2204 9") are
// filled from the first number on, 8 bytes for each variable and 1 for each PMC
// address, as far as the value reaches. It panics when the address is none, since
// that is a mistake of the test.
func (d *Device) Set(addr string, payload []byte) {
	a, err := parseAddress(addr)
	if err != nil {
		panic(err)
	}
	if !a.complete() {
		panic(fmt.Sprintf("focastest: address %q does not say where the value goes: macro variables need a number, PMC addresses two and an area", addr))
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.memory.set(a, payload)
}

// RefuseOpen answers the request that opens a connection with a status receipt,
// until Recover. FANUC's library returns EW_PROTOCOL then, whatever the status.
func (d *Device) RefuseOpen(code focas.WireCode) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.refuseOpen = &code
}

// RefuseClose answers the request that ends a connection with a status receipt,
// until Recover.
func (d *Device) RefuseClose(code focas.WireCode) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.refuseClose = &code
}

// Recover drops all rules and refusals, and opens the port again. Values stay.
func (d *Device) Recover() {
	d.mu.Lock()
	d.refuseOpen, d.refuseClose = nil, nil
	d.mu.Unlock()
	d.Server.Recover()
}
