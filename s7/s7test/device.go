package s7test

import (
	"sync"
	"testing"

	"github.com/fieldstatus/fieldstatus/core/devicetest"
	"github.com/fieldstatus/fieldstatus/s7"
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

// A Request is one request that the device has seen.
type Request = devicetest.Request

// maxArea is the size of an area in bytes.
const maxArea = 1 << 16

// A Device is an S7 device on loopback. Its address, the rules that make
// requests fail, the requests seen and the replay of recordings are those of the
// embedded [devicetest.Server].
type Device struct {
	*devicetest.Server
	t testing.TB

	mu            sync.Mutex
	memory        map[uint32][]byte // by area and DB number
	refuseConnect s7.DisconnectReason
	refuseSetup   s7.HeaderError
	refusing      bool // refuseConnect may be 0, which is a reason too
}

// NewDevice starts a device on a free port of 127.0.0.1. It ends with the test.
func NewDevice(t testing.TB) *Device {
	t.Helper()
	d := &Device{t: t, memory: map[uint32][]byte{}}
	d.Server = devicetest.Listen(t, s7.ScanFrames, func() devicetest.Session { return &session{device: d} })
	d.Match(match)
	return d
}

// Set stores a value at an address: DB1.DBX0.1, DB1.DBW4, DB1.DBB4[10], MB0,
// M0.1, IB0, QB0, C5, T5. A bit is set when the last bit of value is. It panics
// when the address is none, since that is a mistake of the test.
func (d *Device) Set(addr string, value []byte) {
	a, err := parseAddress(addr)
	if err != nil {
		panic(err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.write(a, value)
}

// Value returns what is stored at an address, in the form that Set takes: what
// was set last, or written by the driver under test. It panics when the address is
// none.
func (d *Device) Value(addr string) []byte {
	a, err := parseAddress(addr)
	if err != nil {
		panic(err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	value, _ := d.read(a)
	return value
}

// RefuseConnect answers the COTP connection request with a disconnect request,
// until Recover.
func (d *Device) RefuseConnect(reason s7.DisconnectReason) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.refuseConnect, d.refusing = reason, true
}

// RefuseSetup answers Setup Communication with an error, until Recover.
func (d *Device) RefuseSetup(e s7.HeaderError) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.refuseSetup = e
}

// Recover drops all rules and refusals, and opens the port again. Values stay.
func (d *Device) Recover() {
	d.mu.Lock()
	d.refusing, d.refuseSetup = false, 0
	d.mu.Unlock()
	d.Server.Recover()
}

// area returns the bytes of an address's area.
func (d *Device) area(a address) []byte {
	key := uint32(a.area)<<16 | uint32(a.db)
	if d.memory[key] == nil {
		d.memory[key] = make([]byte, maxArea)
	}
	return d.memory[key]
}

// read returns the bytes of an address, a single bit as one byte. ok is false
// behind the end of the area.
func (d *Device) read(a address) (value []byte, ok bool) {
	if !a.fits() {
		return nil, false
	}
	area := d.area(a)
	if a.bits == 1 {
		return []byte{area[a.first/8] >> (a.first % 8) & 1}, true
	}
	return append([]byte(nil), area[a.first/8:(a.first+a.bits+7)/8]...), true
}

// write stores as much of value as the address holds.
func (d *Device) write(a address, value []byte) (ok bool) {
	if !a.fits() {
		return false
	}
	area := d.area(a)
	if a.bits == 1 {
		mask := byte(1) << (a.first % 8)
		area[a.first/8] &^= mask
		if len(value) > 0 && value[len(value)-1]&1 != 0 {
			area[a.first/8] |= mask
		}
		return true
	}
	copy(area[a.first/8:(a.first+a.bits+7)/8], value)
	return true
}
