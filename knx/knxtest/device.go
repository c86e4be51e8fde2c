package knxtest

import (
	"encoding/binary"
	"net"
	"sync"
	"testing"

	"github.com/fieldstatus/fieldstatus/core/devicetest"
	"github.com/fieldstatus/fieldstatus/knx"
)

// A Fault is what a gateway does to the connection or to the frame. Over UDP,
// Close and Reset are Silence. Truncated and WrongLength damage the last
// telegram of an answer, and WrongID acknowledges another sequence counter and
// sends nothing else. Over TCP, where such counters mean nothing, WrongID
// confirms and answers for another group object.
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

// A Request is one request that the gateway has seen.
type Request = devicetest.Request

// busStatus is the number of the interface feature that tells whether there is a bus.
const busStatus = 3

// A Device is a KNXnet/IP gateway on loopback. Its address, the rules that make
// requests fail, the requests seen and the replay of recordings are those of the
// embedded [devicetest.Server].
type Device struct {
	*devicetest.Server
	t   testing.TB
	tcp bool

	mu            sync.Mutex
	endpoint      []byte // as host protocol address information
	values        map[string][]byte
	channels      map[uint8]*channel
	number        uint8 // of the channel that was opened last
	refuseConnect knx.ErrorCode
	refuseState   knx.ErrorCode
	refuseSession knx.SessionStatus
	mute          bool
}

// NewDevice starts a gateway on a free UDP port of 127.0.0.1. It ends with the
// test.
func NewDevice(t testing.TB) *Device {
	t.Helper()
	d := newDevice(t)
	server := devicetest.ListenPacket(t, func() devicetest.Session { return &session{device: d} })
	endpoint := []byte{8, 1, 127, 0, 0, 1, 0, 0}
	if a, err := net.ResolveUDPAddr("udp4", server.Addr()); err == nil {
		binary.BigEndian.PutUint16(endpoint[6:], uint16(a.Port))
	}
	d.start(server, endpoint)
	return d
}

// NewTCPDevice is [NewDevice] on a TCP port.
func NewTCPDevice(t testing.TB) *Device {
	t.Helper()
	d := newDevice(t)
	d.tcp = true
	server := devicetest.Listen(t, knx.ScanFrames, func() devicetest.Session { return &session{device: d} })
	d.start(server, []byte{8, 2, 0, 0, 0, 0, 0, 0})
	return d
}

func newDevice(t testing.TB) *Device {
	return &Device{t: t, values: map[string][]byte{featureName(busStatus): {1}}, channels: map[uint8]*channel{}}
}

// start finishes a device whose server listens already.
func (d *Device) start(server *devicetest.Server, endpoint []byte) {
	server.Match(match)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.Server, d.endpoint = server, endpoint
}

// Set stores a value at an address. It panics when the address is none, since
// that is a mistake of the test.
func (d *Device) Set(addr string, value []byte) {
	a, err := canonical(addr)
	if err != nil {
		panic(err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.write(a, value)
}

// Value returns what an address holds. It panics when the address is none.
func (d *Device) Value(addr string) []byte {
	a, err := canonical(addr)
	if err != nil {
		panic(err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.read(a)
}

func (d *Device) read(addr string) []byte {
	if v := d.values[addr]; len(v) > 0 {
		return append([]byte(nil), v...)
	}
	return []byte{0}
}

func (d *Device) write(addr string, value []byte) {
	d.values[addr] = append([]byte(nil), value...)
}

// Indicate lets a device on the bus write a value to a group object: every
// tunnel gets the telegram. It panics when the address is no group address.
func (d *Device) Indicate(group string, value []byte) {
	a, err := parseGroup(group)
	if err != nil {
		panic(err)
	}
	d.mu.Lock()
	d.write(groupName(a), value)
	d.mu.Unlock()
	cemi := telegram(dataIndication, busDevice, a, true, application(groupValueWrite, value))
	d.push(func(c *channel) []byte {
		if c.management {
			return nil
		}
		c.queue = append(c.queue, outgoing{service: tunnellingRequest, body: cemi})
		return c.next()
	})
}

// Disconnect closes every channel with a DISCONNECT_REQUEST.
func (d *Device) Disconnect() { d.push(d.disconnect) }

// push sends something into every open channel.
func (d *Device) push(frame func(c *channel) []byte) {
	d.Push(func(s devicetest.Session) []byte {
		d.mu.Lock()
		defer d.mu.Unlock()
		var frames []byte
		for _, c := range d.channels {
			if c.owner == s {
				frames = append(frames, frame(c)...)
			}
		}
		return frames
	})
}

// RefuseConnect answers requests for a channel with a status, until Recover.
func (d *Device) RefuseConnect(status knx.ErrorCode) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.refuseConnect = status
}

// RefuseState answers connection state requests, the heartbeats of clients,
// with a status, until Recover.
func (d *Device) RefuseState(status knx.ErrorCode) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.refuseState = status
}

// RefuseSession answers requests for a secure session with a status, until
// Recover. Otherwise the answer is a session number of 0, which means that no
// session is free: this gateway knows no cryptography.
func (d *Device) RefuseSession(status knx.SessionStatus) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.refuseSession = status
}

// Mute answers nothing at all, not even requests for a channel, until Recover.
func (d *Device) Mute() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.mute = true
}

// Drop forgets all channels without a word, as a gateway does that starts
// again: connection states are answered with [knx.EConnectionID], and telegrams
// by silence. TCP connections are closed.
func (d *Device) Drop() {
	d.forget()
	d.Server.Drop()
}

// Refuse closes the port and forgets all channels, as when the gateway is
// switched off, until Recover.
func (d *Device) Refuse() {
	d.Server.Refuse()
	d.forget()
}

func (d *Device) forget() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.channels = map[uint8]*channel{}
}

// Recover drops all rules and refusals, and opens the port again. Values and
// channels stay.
func (d *Device) Recover() {
	d.t.Helper()
	d.mu.Lock()
	d.refuseConnect, d.refuseState, d.refuseSession, d.mute = 0, 0, 0, false
	d.mu.Unlock()
	d.Server.Recover()
}
