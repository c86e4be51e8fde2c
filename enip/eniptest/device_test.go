package eniptest_test

import (
	"fmt"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
	"github.com/fieldstatus/fieldstatus/enip"
	"github.com/fieldstatus/fieldstatus/enip/eniptest"
)

func TestValuesAreReadAndWritten(t *testing.T) {
	plc := eniptest.NewDevice(t)
	plc.Set("Speed", int32(0x01020304))
	plc.Set("Line", []int16{1, 2, 3})
	plc.Set("Motor.Name", "pump")
	c := connect(t, plc)
	got, err := c.read("speed", 1)
	require.NoError(t, err)
	assert.Equal(t, []byte{4, 3, 2, 1}, got)
	require.NoError(t, c.write("Speed", enip.TypeDINT, 9, 0, 0, 0))
	got, err = c.read("Speed", 1)
	require.NoError(t, err)
	assert.Equal(t, []byte{9, 0, 0, 0}, got)

	element := append([]byte{0x4C, 4}, append(symbol(0, "line")[2:], 0x28, 1, 2, 0)...)
	require.NoError(t, c.one(core.Read, c.connected(element)))
	r, _ := c.last.Reply()
	kind, _, value, _ := r.Value()
	assert.Equal(t, enip.TypeINT, kind)
	assert.Equal(t, []byte{2, 0, 3, 0}, value)

	member := append([]byte{0x4C, 8}, append(append(symbol(0, "Motor")[2:], symbol(0, "name")[2:]...), 1, 0)...)
	member[1] = byte(len(member)-4) / 2
	require.NoError(t, c.one(core.Read, c.connected(member)))
	r, _ = c.last.Reply()
	require.NoError(t, r.CheckType(enip.TypeSTRING))
	_, _, value, _ = r.Value()
	assert.Equal(t, "\x04\x00\x00\x00pump", string(value[:8]))

	requests := plc.Requests()
	require.Len(t, requests, 5, "handshakes are left out")
	assert.Equal(t, []string{"Speed"}, requests[0].Items)
	assert.Equal(t, core.Write, requests[1].Op)
	assert.Equal(t, []string{"Line[1]"}, requests[3].Items)
	assert.Equal(t, []string{"Motor.Name"}, requests[4].Items)
	assert.True(t, requests[4].Understood)
}

func TestWhatAControllerRefusesByItself(t *testing.T) {
	plc := eniptest.NewDevice(t)
	plc.Set("Speed", int32(1))
	plc.Set("Line", []int16{1, 2, 3})
	c := connect(t, plc)
	_, err := c.read("Sped", 1)
	coretest.RequireCode(t, err, 10704)
	coretest.RequireStatus(t, err, enip.PathSegmentError)
	_, err = c.read("Line", 4)
	coretest.RequireStatus(t, err, enip.LogixAccessBeyondEndOfObject)
	err = c.write("Speed", enip.TypeREAL, 0, 0, 0, 0)
	coretest.RequireCode(t, err, core.ENIPDataTypeMismatch)
	coretest.RequireStatus(t, err, enip.LogixDataTypeMismatch)
	coretest.RequireCode(t, c.one(core.Write, c.connected(writeTag("Speed", enip.TypeDINT, 1))), 10719)
	coretest.RequireCode(t, c.one(core.Read, c.connected(symbol(0x4C, "Speed"))), 10719)

	// A tag list, which the device does not have.
	coretest.RequireCode(t, c.one(core.Read, c.connected([]byte{0x55, 3, 0x20, 0x6B, 0x25, 0, 0, 0, 1, 0, 1, 0})), 10708)
	requests := plc.Requests()
	assert.False(t, requests[len(requests)-1].Understood)

	c.open++
	_, err = c.read("Speed", 1)
	coretest.RequireCode(t, err, 10707) // no such connection
	c.session++
	_, err = c.read("Speed", 1)
	coretest.RequireCode(t, err, core.ENIPSessionNotRegistered)
	coretest.RequireCode(t, c.one(core.Other, c.frame(0x00FF, nil)), 10708)
}

func TestNativeStatuses(t *testing.T) {
	plc := eniptest.NewDevice(t)
	plc.Set("Speed", int32(1))
	c := connect(t, plc)
	for n := enip.GeneralStatus(1); n != 0; n++ {
		plc.FailItem("speed", n)
		_, err := c.read("Speed", 1)
		coretest.RequireStatus(t, err, n)
		err = c.write("Speed", enip.TypeDINT, 1, 0, 0, 0)
		coretest.RequireStatus(t, err, n)
		coretest.RequireCode(t, err, n.Status().Code(core.Write))
		plc.Recover()
	}
	for native, code := range map[error]core.Code{
		enip.LogixPrivilegeFailure:                                  10715,
		enip.CMConnectionTimedOut:                                   core.ENIPNoCIPConnection,
		enip.EncapsulationInvalidSessionHandle:                      core.ENIPSessionNotRegistered,
		eniptest.Extended(enip.DeviceStateConflict, 0x2101):         10716,
		eniptest.Extended(enip.VendorSpecificError, 0x0102, 0x1003): 10731,
	} {
		plc.Fail(native)
		_, err := c.read("Speed", 1)
		coretest.RequireCode(t, err, code)
		if _, ours := native.(interface{ Status() core.Status }); ours {
			coretest.RequireStatus(t, err, native)
		}
		plc.Recover()
	}
	plc.Fail(eniptest.Extended(enip.VendorSpecificError, 0x0102, 0x1003), eniptest.Next)
	_, err := c.read("Speed", 1)
	require.Error(t, err)
	r, _ := c.last.Reply()
	second, ok := r.Word(1)
	assert.True(t, ok)
	assert.EqualValues(t, 0x1003, second)

	// A good status is no failure.
	plc.Fail(enip.Success)
	_, err = c.read("Speed", 1)
	require.NoError(t, err)
}

func TestTheNthRequest(t *testing.T) {
	plc := eniptest.NewDevice(t)
	plc.Set("Speed", int32(1))
	c := connect(t, plc)
	plc.Fail(enip.ResourceUnavailable, eniptest.When(3))
	for _, want := range []core.Code{core.OK, core.OK, 10702, core.OK} {
		require.NoError(t, c.one(core.Read, c.connected([]byte{0x0E, 3, 0x20, 1, 0x24, 1, 0x30, 4}))) // a probe of the firmware does not count
		_, err := c.read("Speed", 1)
		coretest.RequireCode(t, err, want)
	}
}

// TestHandshakes: what clients ask by themselves is understood, and no request of
// the driver.
func TestHandshakes(t *testing.T) {
	log := &recorder{TB: t}
	plc := eniptest.NewDevice(log)
	c := connect(t, plc)
	for _, m := range [][]byte{
		{0x01, 2, 0x20, 1, 0x24, 1}, {0x03, 2, 0x20, 1, 0x24, 1, 1, 0, 1, 0}, {0x0E, 3, 0x20, 1, 0x24, 1, 0x30, 4},
		{0x4E, 2, 0x20, 6, 0x24, 1, 10, 14, 7, 0, 0x4D, 0, 1, 2, 3, 4, 2, 0, 0x20, 2, 0x24, 1},
	} {
		require.NoError(t, c.one(core.Connect, c.unconnected(m)))
	}
	assert.Empty(t, plc.Requests())
	assert.Empty(t, log.said())

	// A service of tags is none of objects, and a list has what it announces.
	for _, m := range [][]byte{{0x4C, 2, 0x20, 0x6B, 0x24, 1, 1, 0}, {0x54, 2, 0x20, 1, 0x24, 1}, {0x03, 2, 0x20, 0x8B, 0x24, 1, 2, 0, 1, 0}} {
		require.Error(t, c.one(core.Other, c.unconnected(m)))
		requests := plc.Requests()
		assert.False(t, requests[len(requests)-1].Understood, "%x", m)
	}
	assert.Len(t, log.said(), 3)
}

// A recorder keeps what a device tells its test.
type recorder struct {
	testing.TB
	mu   sync.Mutex
	text []string
}

func (r *recorder) Helper() {}

func (r *recorder) Logf(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.text = append(r.text, fmt.Sprintf(format, args...))
}

func (r *recorder) said() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text
}

// TestRaw: a raw value is elements of its type where it can be, and otherwise one.
func TestRaw(t *testing.T) {
	plc := eniptest.NewDevice(t)
	plc.SetRaw("Words", enip.TypeINT, 0, []byte{1, 0, 2, 0})
	plc.SetRaw("Odd", enip.TypeINT, 0, []byte{1, 2, 3})
	c := connect(t, plc)
	got, err := c.read("Words", 2)
	require.NoError(t, err)
	assert.Equal(t, []byte{1, 0, 2, 0}, got)
	_, err = c.read("Words", 3)
	coretest.RequireStatus(t, err, enip.LogixAccessBeyondEndOfObject)
	got, err = c.read("Odd", 1)
	require.NoError(t, err)
	assert.Equal(t, []byte{1, 2, 3}, got)
}

func TestUnconnectedMessages(t *testing.T) {
	plc := eniptest.NewDevice(t)
	plc.Set("Speed", int32(1))
	c := dial(t, plc)
	require.NoError(t, c.register())
	require.NoError(t, c.one(core.Read, c.unconnected(readTag("Speed", 1))))
	require.NoError(t, c.one(core.Read, c.unconnected(routed(readTag("Speed", 1)))))
	plc.FailItem("Speed", enip.CMUnconnectedRequestTimedOut)
	err := c.one(core.Read, c.unconnected(routed(readTag("Speed", 1))))
	coretest.RequireStatus(t, err, enip.CMUnconnectedRequestTimedOut)
	coretest.RequireCode(t, err, 10701)
	r, _ := c.last.Reply()
	left, ok := r.RemainingPath()
	assert.True(t, ok && left == 1, "the router answers, and says how far it came")
}

func TestSessions(t *testing.T) {
	plc := eniptest.NewDevice(t)
	c := dial(t, plc)
	coretest.RequireCode(t, c.one(core.Connect, c.frame(enip.RegisterSession, []byte{2, 0, 0, 0})), core.ENIPSessionNotRegistered)
	require.NoError(t, c.register())
	handle := c.session
	require.NoError(t, c.register(), "a second one is answered with that of the first")
	assert.Equal(t, handle, c.session)
	for _, command := range []enip.Command{enip.ListServices, enip.ListIdentity, enip.ListInterfaces} {
		require.NoError(t, c.one(core.Other, c.frame(command, nil)))
	}
	_, err := c.conn.Write(c.frame(enip.NOP, nil))
	require.NoError(t, err)
	require.NoError(t, c.forwardOpen(0x54, 500))
	closing := []byte{0x4E, 2, 0x20, 6, 0x24, 1, 10, 14, 7, 0, 0x4D, 0, 1, 2, 3, 4, 2, 0, 0x20, 2, 0x24, 1}
	require.NoError(t, c.one(core.Other, c.unconnected(closing)))
	coretest.RequireStatus(t, c.one(core.Other, c.unconnected(closing)), enip.CMTargetConnectionNotFound)
	_, err = c.ask(c.frame(enip.UnRegisterSession, nil))
	assert.ErrorIs(t, err, net.ErrClosed, "the device closes the connection")

	c = dial(t, plc)
	_, err = c.conn.Write([]byte("GET / HTTP/1.1\r\n\r\n"))
	require.NoError(t, err)
	require.NoError(t, c.conn.SetReadDeadline(time.Now().Add(5*time.Second)))
	_, err = c.conn.Read(make([]byte, 1))
	assert.Error(t, err, "the device hangs up on another protocol")
}

func TestDelay(t *testing.T) {
	plc := eniptest.NewDevice(t)
	plc.Set("Speed", int32(1))
	c := connect(t, plc)
	plc.Delay(50*time.Millisecond, eniptest.Next)
	start := time.Now()
	_, err := c.read("Speed", 1)
	require.NoError(t, err)
	assert.GreaterOrEqual(t, time.Since(start), 50*time.Millisecond)
	plc.Delay(time.Hour) // the end of the test does not wait for it
	_, err = c.read("Speed", 1)
	coretest.RequireCode(t, err, core.PluginDeviceNotResponding)
}

func TestSetComplains(t *testing.T) {
	plc := eniptest.NewDevice(t)
	for name, value := range map[string]any{"": int32(1), "A": 1, "B": struct{}{}, "@1/2": int32(1), "@1/1/x": int32(1), "@1/1/1": 1, "C": string(make([]byte, 83)), "D": nil} {
		assert.Panics(t, func() { plc.Set(name, value) }, name)
	}
	assert.NotPanics(t, func() {
		plc.Set("C", string(make([]byte, 82)))
		plc.Set("E", []bool{true, false, true})
		plc.Set("F", []string{"a", "b"})
		plc.Set("G", true)
		plc.Set("@0x8B/1/300", uint8(1))
	})
}

// What was recorded at a plant fails in a unit test as it did there, connected or
// not.
func TestReplay(t *testing.T) {
	stanzas, err := coretest.ParseFrames("plant.frames", []byte(`name: read beyond the end of an array
from: constructed, 1756-PM020 Read Tag Service errors: general status 0xFF, word 0x2105
op: read
recv: 70001c000102021100000000000000000000000000000000000000000000 0200a10004001900fe80b10008000101cc00ff010521
expect: extended-ff 0x2105 AccessBeyondEndOfObject 10704

name: session lost
from: constructed, CIP Volume 2 Chapter 2-3.4: header with status 0x64 and nothing else
op: read
recv: 6f0000000001021164000000000000000000000000000000
expect: encapsulation 0x00000064 InvalidSessionHandle 10799
`))
	require.NoError(t, err)
	plc := eniptest.NewDevice(t)
	plc.Set("Speed", int32(1))
	c := connect(t, plc)
	plc.Replay(stanzas[0], stanzas[0], stanzas[1])
	_, err = c.read("Speed", 1)
	coretest.RequireCode(t, err, 10704)
	coretest.RequireStatus(t, err, enip.LogixAccessBeyondEndOfObject)
	assert.Equal(t, c.session, c.last.Session(), "of this session, not of the recorded one")
	to, _, connected := c.last.Connected()
	assert.True(t, connected)
	assert.EqualValues(t, 0x1234, to, "on this connection")
	err = c.one(core.Read, c.unconnected(readTag("Speed", 1)))
	coretest.RequireCode(t, err, 10704)
	coretest.RequireStatus(t, err, enip.LogixAccessBeyondEndOfObject)
	_, err = c.read("Speed", 1)
	coretest.RequireCode(t, err, core.ENIPSessionNotRegistered)
	coretest.RequireStatus(t, err, enip.EncapsulationInvalidSessionHandle)
	_, err = c.read("Speed", 1)
	coretest.RequireCode(t, err, core.OK)
}
