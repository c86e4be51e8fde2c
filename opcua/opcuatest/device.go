package opcuatest

import (
	"fmt"
	"sync"
	"testing"

	"github.com/gopcua/opcua/ua"
	"github.com/gopcua/opcua/uacp"

	"github.com/fieldstatus/fieldstatus/core/devicetest"
	opcuastatus "github.com/fieldstatus/fieldstatus/opcua"
)

// A Fault is what a device does to the connection or to the frame. WrongLength
// claims more than any buffer holds, WrongID is the request id of another request.
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

// An Abort is an abort chunk instead of an answer (OPC 10000-6 6.7.3): the
// request failed, the channel stays open.
type Abort struct {
	Code   ua.StatusCode
	Reason string
}

// Error gives the code and the reason.
func (a Abort) Error() string { return fmt.Sprintf("abort chunk: %v %s", a.Code, a.Reason) }

// Unwrap returns the status code.
func (a Abort) Unwrap() error { return a.Code }

// A Device is an OPC UA server on loopback. Its address, the rules that make
// requests fail, the requests seen and the replay of recordings are those of the
// embedded [devicetest.Server].
type Device struct {
	*devicetest.Server
	t       testing.TB
	backend *backend

	mu      sync.Mutex
	mute    bool
	hello   *uacp.Error // refuses HEL
	channel *uacp.Error // refuses OPN
	session ua.StatusCode
	login   ua.StatusCode
}

// NewDevice starts a device on a free port of 127.0.0.1. It ends with the test.
func NewDevice(t testing.TB) *Device {
	t.Helper()
	b, err := takeBackend()
	if err != nil {
		t.Fatal(err)
	}
	d := &Device{t: t, backend: b}
	t.Cleanup(b.release) // runs when Server has closed
	d.Server = devicetest.Listen(t, opcuastatus.ScanFrames, func() devicetest.Session { return &session{device: d} })
	d.Match(match)
	return d
}

// Endpoint returns the URL that clients connect to.
func (d *Device) Endpoint() string { return "opc.tcp://" + d.Addr() }

// Set gives a node of the namespaces 1 to 9 a value, and tells those who monitor
// it. An int becomes an Int32. A *[ua.DataValue] is taken as it is, its status
// included, which monitors see too; an EncodingMask of 0 stands for all that it
// has. Set panics when nodeID is no such node, or when OPC UA has no type
// for the value, since that is a mistake of the test.
func (d *Device) Set(nodeID string, value any) { d.backend.set(variable(nodeID), dataValue(value)) }

// SetAccess sets the access level of a node that was set: without
// [ua.AccessLevelTypeCurrentRead] a read is BadNotReadable, without
// [ua.AccessLevelTypeCurrentWrite] a write is BadNotWritable. It panics when
// there is no such node.
func (d *Device) SetAccess(nodeID string, level ua.AccessLevelType) {
	d.backend.setAccess(variable(nodeID), level)
}

// Value returns what a node holds, or nil when it does not exist.
func (d *Device) Value(nodeID string) *ua.DataValue { return d.backend.value(variable(nodeID)) }

// Mute accepts connections and answers nothing on them, not even the greeting,
// until Recover.
func (d *Device) Mute() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.mute = true
}

// RefuseHello answers the greeting (HEL) with an ERR message, until Recover.
func (d *Device) RefuseHello(code ua.StatusCode, reason string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.hello = &uacp.Error{ErrorCode: uint32(code), Reason: reason}
}

// RefuseChannel answers the opening of the secure channel (OPN) with an ERR
// message, until Recover.
func (d *Device) RefuseChannel(code ua.StatusCode, reason string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.channel = &uacp.Error{ErrorCode: uint32(code), Reason: reason}
}

// RefuseSession answers CreateSession with a ServiceFault, until Recover.
func (d *Device) RefuseSession(code ua.StatusCode) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.session = code
}

// RefuseLogin answers ActivateSession with a ServiceFault, until Recover.
func (d *Device) RefuseLogin(code ua.StatusCode) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.login = code
}

// Recover drops all rules and refusals, and opens the port again. Values stay.
func (d *Device) Recover() {
	d.t.Helper()
	d.mu.Lock()
	d.mute, d.hello, d.channel, d.session, d.login = false, nil, nil, 0, 0
	d.mu.Unlock()
	d.Server.Recover()
}

// refusals returns what the handshakes have to answer.
func (d *Device) refusals() (mute bool, hello, channel *uacp.Error, session, login ua.StatusCode) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.mute, d.hello, d.channel, d.session, d.login
}
