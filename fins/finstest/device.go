package finstest

import (
	"fmt"
	"sync"
	"testing"

	"github.com/fieldstatus/fieldstatus/core/devicetest"
	"github.com/fieldstatus/fieldstatus/fins"
)

// A Fault is what a PLC does to the connection or to the frame. WrongID is
// another SID. Over UDP, Close and Reset are Silence, and WrongLength, for want
// of a length field, is a byte more than was asked for.
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

// A Request is one request that the PLC has seen.
type Request = devicetest.Request

// A Device is an Omron PLC on loopback. Its address, the rules that make
// requests fail, the requests seen and the replay of recordings are those of the
// embedded [devicetest.Server].
type Device struct {
	*devicetest.Server
	t   testing.TB
	tcp bool

	mu            sync.Mutex
	memory        map[string][]byte // of each area
	flags         map[string]bool   // completion flags that are set, by address
	clock         [7]byte
	mode          byte
	nodes         int // that have been allocated to clients
	refuseSession fins.TCPError
	breakSession  Fault
}

// NewDevice starts a PLC on a free UDP port of 127.0.0.1. It ends with the test.
func NewDevice(t testing.TB) *Device {
	t.Helper()
	d := newDevice(t)
	d.start(devicetest.ListenPacket(t, func() devicetest.Session { return &session{device: d} }))
	return d
}

// NewTCPDevice is [NewDevice] for FINS/TCP, with its handshake.
func NewTCPDevice(t testing.TB) *Device {
	t.Helper()
	d := newDevice(t)
	d.tcp = true
	d.start(devicetest.Listen(t, fins.ScanFrames, func() devicetest.Session { return &session{device: d} }))
	return d
}

// The modes of operation, as in 0401 and 0601.
const (
	programMode = 0
	monitorMode = 2
	runMode     = 4
)

func newDevice(t testing.TB) *Device {
	return &Device{t: t, memory: map[string][]byte{}, flags: map[string]bool{}, mode: runMode,
		clock: [7]byte{0x00, 0x01, 0x01, 0x00, 0x00, 0x00, 0x06}} // 1 January 2000, a Saturday
}

func (d *Device) start(s *devicetest.Server) {
	s.Match(match)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.Server = s
}

// mustParse panics when an address is none, since that is a mistake of the test.
func mustParse(addr string) address {
	a, err := parseAddress(addr)
	if err != nil {
		panic(err)
	}
	return a
}

// Set stores a value at an address: two bytes for each word, big endian, and one
// for each bit, which is set unless the byte is 0. It panics when the address is
// none, or when it is "status".
func (d *Device) Set(addr string, value []byte) {
	a := mustParse(addr)
	if a.name == status {
		panic(fmt.Errorf("finstest: %q cannot be set", addr))
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.write(a, value)
}

// Value returns what an address holds, in the form of Set. It panics when the
// address is none.
func (d *Device) Value(addr string) []byte {
	a := mustParse(addr)
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.read(a)
}

// FailItem makes every command fail that touches an address; see
// [devicetest.Server.FailItem]. It panics when the address is none.
func (d *Device) FailItem(addr string, native error, when ...When) {
	mustParse(addr)
	d.Server.FailItem(addr, native, when...)
}

// Repeat sends responses twice.
func (d *Device) Repeat(when ...When) { d.Fail(repeated{}, when...) }

// Late keeps responses back, until the next command of the same client has come:
// they are sent in front of the response to that one.
func (d *Device) Late(when ...When) { d.Fail(late{}, when...) }

// RefuseSession answers the handshake of FINS/TCP with an error code and hangs
// up, until Recover.
func (d *Device) RefuseSession(e fins.TCPError) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.refuseSession = e
}

// BreakSession damages the handshake of FINS/TCP, until Recover. It panics for
// Reset and WrongID, which a handshake cannot have.
func (d *Device) BreakSession(f Fault) {
	if f == Reset || f == WrongID {
		panic("finstest: BreakSession knows Silence, Cut, Close, Garbage, Truncated and WrongLength")
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.breakSession = f
}

// Recover drops all rules and refusals, and opens the port again. Values stay.
func (d *Device) Recover() {
	d.t.Helper()
	d.mu.Lock()
	d.refuseSession, d.breakSession = 0, 0
	d.mu.Unlock()
	d.Server.Recover()
}

// area returns the bytes of an address's area.
func (d *Device) area(a address) []byte {
	if d.memory[a.area] == nil {
		d.memory[a.area] = make([]byte, 2*areaWords)
	}
	return d.memory[a.area]
}

// read returns the value of an address that is not outside of its area.
func (d *Device) read(a address) []byte {
	switch a.name {
	case clock:
		return append([]byte(nil), d.clock[:]...)
	case mode:
		return []byte{d.mode}
	case status:
		return d.status()
	}
	if a.kind == words {
		return append([]byte(nil), d.area(a)[2*a.word:2*(a.word+a.count)]...)
	}
	value := make([]byte, a.count)
	for i := range value {
		if a.kind == flags && d.flags[a.flag(i)] || a.kind == bits && d.bit(a, i) {
			value[i] = 1
		}
	}
	return value
}

// flag returns the address of the i-th completion flag.
func (a address) flag(i int) string {
	return address{area: a.area, kind: flags, word: a.word + i, count: 1}.String()
}

// place returns where the i-th bit of an address stands: words are big endian.
func (a address) place(i int) (octet int, mask byte) {
	n := 16*a.word + a.bit + i
	return 2*(n/16) + 1 - n%16/8, 1 << (n % 8)
}

func (d *Device) bit(a address, i int) bool {
	octet, mask := a.place(i)
	return d.area(a)[octet]&mask != 0
}

// write stores as much of value as the address holds.
func (d *Device) write(a address, value []byte) {
	switch a.name {
	case clock:
		copy(d.clock[:], value)
		return
	case mode:
		if len(value) > 0 {
			d.mode = value[0]
		}
		return
	}
	if a.kind == words {
		copy(d.area(a)[2*a.word:2*(a.word+a.count)], value)
		return
	}
	for i := range min(a.count, len(value)) {
		if a.kind == flags {
			d.flags[a.flag(i)] = value[i] != 0
			continue
		}
		octet, mask := a.place(i)
		d.area(a)[octet] &^= mask
		if value[i] != 0 {
			d.area(a)[octet] |= mask
		}
	}
}

// status is the data of 0601: running, mode, no errors, no messages (W227-E1-2,
// 5-3-16).
func (d *Device) status() []byte {
	s := make([]byte, 26)
	if d.mode != programMode {
		s[0] = 1
	}
	s[1] = d.mode
	return s
}
