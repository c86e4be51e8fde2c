package eniptest

import (
	"strings"
	"sync"
	"testing"

	"github.com/fieldstatus/fieldstatus/core/devicetest"
	"github.com/fieldstatus/fieldstatus/enip"
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

// A Request is one request that the device has seen. Its items are tags as they
// were set, or attributes as @0x8B/1/5.
type Request = devicetest.Request

// A Device is an EtherNet/IP controller on loopback. Its address, the rules that make
// requests fail, the requests seen and the replay of recordings are those of the
// embedded [devicetest.Server].
type Device struct {
	*devicetest.Server
	t testing.TB

	mu            sync.Mutex
	tags          map[string]*tag // by name in lower case
	attributes    map[attribute][]byte
	handles       uint32 // sessions so far
	connections   uint32 // opened so far
	refuseSession enip.EncapsulationStatus
	refusing      bool  // refuseSession may be 0, which refuses too
	refuseOpen    error // native status, nil for none
}

// NewDevice starts a device on a free port of 127.0.0.1. It ends with the test.
func NewDevice(t testing.TB) *Device {
	t.Helper()
	d := &Device{t: t, tags: map[string]*tag{}, attributes: builtIn()}
	d.Server = devicetest.Listen(t, enip.ScanFrames, func() devicetest.Session { return &session{device: d, connections: map[uint32]connection{}} })
	d.Match(match)
	return d
}

// Set stores a value, and makes its tag: the Go type says which type the tag has.
// The names are those of clients, in any case: Speed, Program:Main.Speed,
// Motor.Speed for a member, Line[3] for an element that no array was set for.
//
//	bool BOOL, int8 SINT, int16 INT, int32 DINT, int64 LINT, uint8 USINT,
//	uint16 UINT, uint32 UDINT, uint64 ULINT, float32 REAL, float64 LREAL,
//	string the STRING structure of Logix, a slice an array of them, and
//	[]bool, which Logix keeps in DWORDs
//
// A name like @0x8B/1/5 is an attribute, by class, instance and number, and its
// value is written as bytes in the width of its type, a string behind one byte
// with its length. Set panics when the name is none or the value has no such
// type, since that is a mistake of the test.
func (d *Device) Set(name string, value any) {
	if strings.HasPrefix(name, "@") {
		d.setAttribute(name, value)
		return
	}
	v, err := encode(value)
	if err != nil {
		panic(err)
	}
	d.setTag(name, v)
}

// SetRaw stores the bytes of a tag of any type. A structure has a handle, which
// tells its type from others; it is 0 for all other types.
func (d *Device) SetRaw(name string, t enip.DataType, handle uint16, value []byte) {
	size := sizeOf(t)
	if size == 0 || len(value)%size != 0 {
		size = max(len(value), 1)
	}
	d.setTag(name, tag{kind: t, handle: handle, size: size, data: append([]byte(nil), value...)})
}

// RefuseSession answers RegisterSession with a status of the header, until
// Recover. EncapsulationSuccess refuses as some devices do: with a good status,
// and 0 as the handle.
func (d *Device) RefuseSession(status enip.EncapsulationStatus) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.refuseSession, d.refusing = status, true
}

// RefuseForwardOpen answers Forward Open, large and normal, with a native status
// as Fail takes it, until Recover: an enip.ConnectionStatus for 0x01 with that
// word, enip.ServiceNotSupported, an enip.EncapsulationStatus.
func (d *Device) RefuseForwardOpen(native error) {
	d.check(native, false)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.refuseOpen = native
}

// Recover drops all rules and refusals, and opens the port again. Values stay.
func (d *Device) Recover() {
	d.mu.Lock()
	d.refusing, d.refuseOpen = false, nil
	d.mu.Unlock()
	d.Server.Recover()
}
