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

func TestPacketsHaveAStatusForEachItem(t *testing.T) {
	plc := eniptest.NewDevice(t)
	plc.Set("A", int32(1))
	plc.Set("B", float32(1.5))
	c := connect(t, plc)
	plc.FailItem("B", enip.PrivilegeViolation)
	m := packet(readTag("A", 1), readTag("B", 1), readTag("C", 1), writeTag("A", enip.TypeREAL, 0, 0, 0, 0))
	statuses, err := c.ask(c.connected(m))
	require.NoError(t, err)
	require.Len(t, statuses, 4)
	for i, want := range []core.Code{core.OK, 10715, 10704, core.ENIPDataTypeMismatch} {
		assert.Equal(t, want, statuses[i].Code(core.Read), i)
	}
	r, _ := c.last.Reply()
	assert.Equal(t, enip.EmbeddedServiceError, r.GeneralStatus())
	requests := plc.Requests()
	assert.Equal(t, []string{"A", "B", "C", "A"}, requests[0].Items)
	assert.Equal(t, core.Write, requests[0].Op)

	plc.Fail(enip.ServiceNotSupported) // the packet as a whole, as Micro800 controllers answer it
	statuses, err = c.ask(c.connected(m))
	require.NoError(t, err)
	require.Len(t, statuses, 1)
	assert.Equal(t, core.Code(10708), statuses[0].Code(core.Read))
	plc.Recover()

	statuses, err = c.ask(c.connected(packet(readTag("A", 1), readTag("B", 1))))
	require.NoError(t, err)
	assert.Len(t, statuses, 2)
	r, _ = c.last.Reply()
	assert.Equal(t, enip.Success, r.GeneralStatus())

	lie := packet(readTag("A", 1))
	lie[6] = 9
	coretest.RequireCode(t, c.one(core.Read, c.connected(lie)), 10708)
}

func TestAttributes(t *testing.T) {
	plc := eniptest.NewDevice(t)
	plc.Set("@0x8B/1/5", uint16(7))
	plc.Set("@0x8B/1/6", "clock")
	plc.Set("@139/1/7", []byte{1, 2})
	plc.Set("@0x8B/1/300", uint8(9))
	plc.Set("@0x8B/2/301", uint8(10)) // of another instance
	c := connect(t, plc)
	single := func(service, number byte, data ...byte) []byte {
		return append([]byte{service, 3, 0x20, 0x8B, 0x24, 1, 0x30, number}, data...)
	}
	require.NoError(t, c.one(core.Write, c.connected(single(0x10, 5, 8, 0))))
	require.NoError(t, c.one(core.Read, c.connected(single(0x0E, 5))))
	r, _ := c.last.Reply()
	assert.Equal(t, []byte{8, 0}, r.Data())
	coretest.RequireCode(t, c.one(core.Read, c.connected(single(0x0E, 9))), 10720)
	coretest.RequireCode(t, c.one(core.Read, c.connected([]byte{0x0E, 3, 0x20, 0x99, 0x24, 1, 0x30, 1})), 10705)
	require.NoError(t, c.one(core.Read, c.connected([]byte{0x01, 2, 0x20, 0x8B, 0x24, 1})))
	r, _ = c.last.Reply()
	assert.Equal(t, "\x08\x00\x05clock\x01\x02\x09", string(r.Data()))

	plc.FailItem("@0x8b/0x1/5", enip.AttributeNotGettable)
	coretest.RequireStatus(t, c.one(core.Read, c.connected(single(0x0E, 5))), enip.AttributeNotGettable)
	statuses, err := c.ask(c.connected([]byte{0x03, 2, 0x20, 0x8B, 0x24, 1, 3, 0, 5, 0, 99, 0, 7, 0}))
	require.NoError(t, err)
	require.Len(t, statuses, 3)
	for i, want := range []core.Code{10744, 10720, core.OK} {
		assert.Equal(t, want, statuses[i].Code(core.Read), i)
	}
	assert.Contains(t, plc.Requests()[0].Items, "@0x8B/1/5")
}

func TestLargeValuesComeInParts(t *testing.T) {
	plc := eniptest.NewDevice(t)
	values := make([]int32, 300)
	for i := range values {
		values[i] = int32(i)
	}
	plc.Set("Line", values)
	c := connect(t, plc)
	_, err := c.read("Line", 300)
	coretest.RequireStatus(t, err, enip.PartialTransfer)
	r, _ := c.last.Reply()
	_, _, got, _ := r.Value()
	assert.True(t, len(got) > 400 && len(got)%4 == 0)
	for whole := append([]byte(nil), got...); ; {
		m := append(symbol(0x52, "Line"), 0x2C, 0x01, byte(len(whole)), byte(len(whole)>>8), 0, 0)
		require.NoError(t, c.one(core.Read, c.connected(m)))
		r, _ = c.last.Reply()
		_, _, part, _ := r.Value()
		whole = append(whole, part...)
		if !r.More() {
			require.Len(t, whole, 1200)
			assert.Equal(t, []byte{43, 1, 0, 0}, whole[1196:])
			break
		}
	}
	m := append(symbol(0x53, "Line"), 0xC4, 0, 0x2C, 0x01, 4, 0, 0, 0, 5, 0, 0, 0)
	require.NoError(t, c.one(core.Write, c.connected(m)))
	bits := append(symbol(0x4E, "Line"), 4, 0, 3, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF)
	require.NoError(t, c.one(core.Write, c.connected(bits)))
	got, err = c.read("Line", 2)
	require.NoError(t, err)
	assert.Equal(t, []byte{3, 0, 0, 0, 5, 0, 0, 0}, got)

	require.NoError(t, c.forwardOpen(0x5B, 4000))
	got, err = c.read("Line", 300)
	require.NoError(t, err)
	assert.Len(t, got, 1200)

	plc.SetRaw("Recipe", enip.TypeStructure, 0x1234, make([]byte, 40))
	plc.FailItem("Recipe", enip.PartialTransfer)
	_, err = c.read("Recipe", 1)
	coretest.RequireCode(t, err, 10706)
	r, _ = c.last.Reply()
	_, handle, got, _ := r.Value()
	assert.EqualValues(t, 0x1234, handle)
	assert.Len(t, got, 20)
}

// TestRepliesFillTheConnection: a reply has as many bytes as the connection
// allows, in whole values, and never more.
func TestRepliesFillTheConnection(t *testing.T) {
	const room = 500 - 2 - 4 - 2 // connection, less sequence count, CIP reply and type
	plc := eniptest.NewDevice(t)
	plc.Set("Bytes", make([]int8, 700))
	plc.Set("Longs", make([]int64, 100))
	plc.SetRaw("Recipe", enip.TypeStructure, 0x1234, make([]byte, 700))
	c := connect(t, plc)
	for _, tt := range []struct {
		name string
		n    uint16
		want int
		code core.Code
	}{
		{"Bytes", room, room, core.OK},
		{"Bytes", room + 1, room, 10706},
		{"Longs", room / 8, room / 8 * 8, core.OK},
		{"Longs", room/8 + 1, room / 8 * 8, 10706},
		{"Recipe", 1, (room - 2) / 4 * 4, 10706}, // its type has a handle
	} {
		got, err := c.read(tt.name, tt.n)
		coretest.RequireCode(t, err, tt.code)
		assert.Len(t, got, tt.want, "%s, %d", tt.name, tt.n)
	}

	// In a packet, each item leaves the others room for their status.
	_, err := c.ask(c.connected(packet(readTag("Bytes", 700), readTag("Bytes", 700), readTag("Bytes", 700))))
	require.NoError(t, err)
	for i, item := range c.last.Items() {
		_, _, got, _ := item.Value()
		want := room - 4 - (2 + 3*2) - 2*4 // the packet, its offsets, and two statuses
		if i > 0 {
			want = 0
		}
		assert.Len(t, got, want, "item %d", i)
		assert.Equal(t, enip.PartialTransfer, item.GeneralStatus())
	}

	_, err = c.ask(c.connected(packet(readTag("Bytes", 1), readTag("Bytes", 700), readTag("Bytes", 700))))
	require.NoError(t, err)
	for i, item := range c.last.Items() {
		_, _, got, _ := item.Value()
		assert.Len(t, got, []int{1, room - 4 - (2 + 3*2) - (4 + 2 + 1) - 4, 0}[i], "item %d", i)
	}

	// A failure that brings half of the values, if there is room for them.
	plc.Set("Many", make([]int8, 1200))
	plc.Fail(enip.PartialTransfer)
	got, _ := c.read("Many", 1200)
	assert.Len(t, got, room-2, "room for a handle, too")
	for name, want := range map[string]int{"Bytes": 700 / 2, "Longs": 100 / 2 * 8, "Recipe": 700 / 2} {
		got, err := c.read(name, map[string]uint16{"Bytes": 700, "Longs": 100, "Recipe": 1}[name])
		coretest.RequireCode(t, err, 10706)
		assert.Len(t, got, want, name)
	}
	got, _ = c.read("Longs", 3)
	assert.Len(t, got, 8, "whole values")
}

// TestEndsOfAnArray: the last element can be read, written and changed, and
// nothing behind it.
func TestEndsOfAnArray(t *testing.T) {
	plc := eniptest.NewDevice(t)
	c := connect(t, plc)
	last := func(service byte, rest ...byte) []byte {
		return append(append([]byte{service, 4}, append(symbol(0, "Line")[2:], 0x28, 2)...), rest...)
	}
	for _, tt := range []struct {
		name    string
		message []byte
		want    error
	}{
		{"write", last(0x4D, 0xC3, 0, 1, 0, 9, 0), nil},
		{"write two", last(0x4D, 0xC3, 0, 2, 0, 9, 0, 9, 0), enip.LogixAccessBeyondEndOfObject},
		{"write more than announced", last(0x4D, 0xC3, 0, 1, 0, 9, 0, 9, 0), enip.TooMuchData},
		{"write less", last(0x4D, 0xC3, 0, 1, 0, 9), enip.NotEnoughData},
		{"write a part", append(symbol(0x53, "Line"), 0xC3, 0, 3, 0, 4, 0, 0, 0, 9, 0), nil},
		{"write a part that is too long", append(symbol(0x53, "Line"), 0xC3, 0, 3, 0, 4, 0, 0, 0, 9, 0, 9, 0), enip.TooMuchData},
		{"read behind the last part", append(symbol(0x52, "Line"), 3, 0, 6, 0, 0, 0), nil},
		{"read beyond it", append(symbol(0x52, "Line"), 3, 0, 7, 0, 0, 0), enip.LogixAddressOutOfRange},
		{"change", last(0x4E, 2, 0, 1, 0, 0xFF, 0xFF), nil},
		{"change more than an element", last(0x4E, 4, 0, 1, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF), enip.InvalidParameterValue},
		{"change what is not there", append(append([]byte{0x4E, 4}, append(symbol(0, "Line")[2:], 0x28, 3)...), 2, 0, 1, 0, 0xFF, 0xFF), enip.LogixAccessBeyondEndOfObject},
	} {
		plc.Set("Line", []int16{1, 2, 3})
		err := c.one(core.Other, c.connected(tt.message))
		if tt.want == nil {
			assert.NoError(t, err, tt.name)
		} else {
			coretest.AssertStatus(t, err, tt.want)
		}
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

// TestLayouts: how values that are no plain numbers are kept.
func TestLayouts(t *testing.T) {
	plc := eniptest.NewDevice(t)
	plc.Set("Names", []string{"pump", "fan"})
	plc.Set("Bits", append([]bool{false, true}, append(make([]bool, 30), true)...))
	c := connect(t, plc)
	got, err := c.read("Names", 2)
	require.NoError(t, err)
	require.Len(t, got, 2*88)
	assert.Equal(t, "\x04\x00\x00\x00pump\x00", string(got[:9]))
	assert.Equal(t, "\x03\x00\x00\x00fan\x00", string(got[88:96]))
	got, err = c.read("Bits", 2)
	require.NoError(t, err)
	assert.Equal(t, []byte{2, 0, 0, 0, 1, 0, 0, 0}, got)
	_, err = c.read("Bits", 3)
	coretest.RequireStatus(t, err, enip.LogixAccessBeyondEndOfObject)
}

// TestRulesOfATag are those of its elements and members, and of no other tag.
func TestRulesOfATag(t *testing.T) {
	plc := eniptest.NewDevice(t)
	plc.Set("Line", []int16{1, 2})
	plc.Set("Line.Name", int16(3))
	plc.Set("Liner", int16(4))
	c := connect(t, plc)
	path := func(rest ...byte) []byte {
		m := append(append([]byte{0x4C, 0}, symbol(0, "Line")[2:]...), rest...)
		m[1] = byte(len(m)-2) / 2
		return c.connected(append(m, 1, 0))
	}
	element, member := []byte{0x28, 0}, symbol(0, "Name")[2:]
	require.NoError(t, c.one(core.Read, path(element...)))
	require.NoError(t, c.one(core.Read, path(member...)))
	plc.FailItem("Line", enip.PrivilegeViolation)
	coretest.RequireStatus(t, c.one(core.Read, path()), enip.PrivilegeViolation)
	coretest.RequireStatus(t, c.one(core.Read, path(element...)), enip.PrivilegeViolation)
	coretest.RequireStatus(t, c.one(core.Read, path(member...)), enip.PrivilegeViolation)
	_, err := c.read("Liner", 1)
	require.NoError(t, err)
}

// TestPaths: the segments of a path are the name that a client writes.
func TestPaths(t *testing.T) {
	plc := eniptest.NewDevice(t)
	plc.Set("Grid[1,2]", int32(5))
	c := connect(t, plc)
	grid := append([]byte{0x4C, 6}, append(symbol(0, "Grid")[2:], 0x28, 1, 0x29, 0, 2, 0, 1, 0)...)
	require.NoError(t, c.one(core.Read, c.connected(grid)))
	require.Error(t, c.one(core.Read, c.connected([]byte{0x4C, 1, 0x28, 1, 1, 0})), "an element of nothing")
	requests := plc.Requests()
	assert.Equal(t, []string{"Grid[1,2]"}, requests[0].Items)
	assert.Equal(t, []string{"[1]"}, requests[1].Items)
}

// TestPacketsThatLie are answered as what the device does not know.
func TestPacketsThatLie(t *testing.T) {
	plc := eniptest.NewDevice(t)
	plc.Set("A", int32(1))
	c := connect(t, plc)
	whole := packet(readTag("A", 1), readTag("A", 1))
	change := func(at int, b byte) []byte {
		m := append([]byte(nil), whole...)
		m[at] = b
		return m
	}
	for name, m := range map[string][]byte{
		"no count":                    whole[:6],
		"half a count":                whole[:7],
		"no offsets":                  whole[:8],
		"an offset is missing":        whole[:11],
		"no item":                     whole[:12],
		"an item behind the next":     change(8, 0x20),
		"an item behind the end":      change(10, 0xFF),
		"a packet inside of a packet": packet(packet(readTag("A", 1))),
		"an item that cannot be read": change(13, 0xFF),
	} {
		_, err := c.ask(c.connected(m))
		require.NoError(t, err, name)
		requests := plc.Requests()
		assert.False(t, requests[len(requests)-1].Understood, name)
	}
	coretest.RequireCode(t, c.one(core.Read, c.connected(whole)), core.OK)
}

func TestIdentity(t *testing.T) {
	plc := eniptest.NewDevice(t)
	c := dial(t, plc)
	frame := c.frame(enip.ListIdentity, nil)
	_, err := c.conn.Write(frame)
	require.NoError(t, err)
	require.True(t, c.frames.Scan())
	const want = "\x01\x00" + "\x0c\x00\x2a\x00" + "\x01\x00" + "\x00\x02\xaf\x12\x7f\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00" +
		"\x01\x00" + "\x0e\x00" + "\x36\x00" + "\x21\x0b" + "\x60\x30" + "\x78\x56\x34\x12" + "\x08eniptest" + "\x03"
	assert.Equal(t, want, string(c.frames.Bytes()[24:]))
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

func TestFaultsOfTheConnection(t *testing.T) {
	for name, c := range map[string]struct {
		fault eniptest.Fault
		want  core.Code
	}{
		"silence":      {eniptest.Silence, core.PluginDeviceNotResponding},
		"cut":          {eniptest.Cut, core.PluginNotConnected},
		"close":        {eniptest.Close, core.PluginNotConnected},
		"reset":        {eniptest.Reset, core.PluginNotConnected},
		"garbage":      {eniptest.Garbage, core.PluginProtocolParseFailed},
		"truncated":    {eniptest.Truncated, core.PluginProtocolParseFailed},
		"wrong length": {eniptest.WrongLength, core.PluginProtocolParseFailed},
		"wrong id":     {eniptest.WrongID, core.PluginMessageDisorder},
	} {
		t.Run(name, func(t *testing.T) {
			plc := eniptest.NewDevice(t)
			plc.Set("Speed", int32(1))
			for _, request := range []func(*client) []byte{
				func(c *client) []byte { return c.connected(readTag("Speed", 1)) },
				func(c *client) []byte { return c.unconnected(readTag("Speed", 1)) },
			} {
				client := connect(t, plc)
				plc.Break(c.fault, eniptest.Next)
				coretest.RequireCode(t, client.one(core.Read, request(client)), c.want)

				// After any of these a driver connects again, and all is well.
				client = connect(t, plc)
				coretest.RequireCode(t, client.one(core.Read, request(client)), core.OK)
			}
		})
	}
}

// A refusal in the header has no body that could be spoiled.
func TestFaultsOfARefusal(t *testing.T) {
	plc := eniptest.NewDevice(t)
	for fault, want := range map[eniptest.Fault]core.Code{
		eniptest.Truncated: 10736, eniptest.WrongLength: 10736, eniptest.Cut: core.PluginNotConnected, eniptest.WrongID: core.PluginMessageDisorder,
	} {
		plc.Fail(enip.EncapsulationIncorrectData)
		plc.Break(fault)
		c := connect(t, plc)
		_, err := c.read("Speed", 1)
		coretest.RequireCode(t, err, want)
		plc.Recover()
	}
}

func TestHandshakesRefused(t *testing.T) {
	plc := eniptest.NewDevice(t)
	plc.RefuseSession(enip.EncapsulationUnsupportedProtocolRevision)
	err := dial(t, plc).register()
	coretest.RequireCode(t, err, core.ENIPSessionNotRegistered)
	coretest.RequireStatus(t, err, enip.EncapsulationUnsupportedProtocolRevision)
	plc.RefuseSession(enip.EncapsulationSuccess)
	c := dial(t, plc)
	coretest.RequireCode(t, c.register(), core.ENIPSessionNotRegistered)
	assert.Zero(t, c.session)
	coretest.RequireCode(t, c.forwardOpen(0x54, 500), core.ENIPSessionNotRegistered)
	plc.Recover()
	connect(t, plc)

	for native, code := range map[error]core.Code{
		enip.CMConnectionInUse:                                 core.ENIPNoCIPConnection,
		enip.ResourceUnavailable:                               10702,
		enip.ServiceNotSupported:                               10708,
		eniptest.Extended(enip.ConnectionFailure, 0x0109, 500): core.ENIPNoCIPConnection,
		enip.EncapsulationInsufficientMemory:                   10702,
	} {
		plc.RefuseForwardOpen(native)
		c := dial(t, plc)
		require.NoError(t, c.register())
		coretest.RequireCode(t, c.forwardOpen(0x5B, 4000), code)
		plc.Recover()
	}
	plc.Refuse()
	_, err = net.Dial("tcp", plc.Addr())
	coretest.RequireCode(t, enip.Translate(core.Connect, err), core.PluginNotConnected)
	plc.Recover()
	c = connect(t, plc)
	plc.Drop()
	_, err = c.read("Speed", 1)
	coretest.RequireCode(t, err, core.PluginNotConnected)
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

func TestPCCC(t *testing.T) {
	plc := eniptest.NewDevice(t)
	plc.Set("N7:0", []int16{1, 2, 3})
	plc.Set("F8:300", float32(1.5))
	c := connect(t, plc)
	ask := func(command ...byte) []byte {
		m := append([]byte{0x4B, 2, 0x20, 0x67, 0x24, 1, 7, 0x4D, 0, 1, 2, 3, 4}, command...)
		return c.unconnected(m)
	}
	read := func() []byte { return ask(0x0F, 0, 1, 0, 0xA2, 4, 7, 0x89, 0, 0) }
	require.NoError(t, c.one(core.Read, read()))
	r, _ := c.last.Reply()
	answer, ok := r.PCCC()
	assert.True(t, ok)
	assert.Equal(t, []byte{1, 0, 2, 0}, answer.Data())
	require.NoError(t, c.one(core.Write, ask(0x0F, 0, 2, 0, 0xAA, 2, 7, 0x89, 0, 0, 9, 0)))
	require.NoError(t, c.one(core.Read, read()))
	r, _ = c.last.Reply()
	answer, _ = r.PCCC()
	assert.Equal(t, []byte{9, 0, 2, 0}, answer.Data())
	require.NoError(t, c.one(core.Read, ask(0x0F, 0, 3, 0, 0xA2, 4, 8, 0x8A, 0xFF, 0x2C, 0x01, 0)))

	for native, code := range map[error]core.Code{
		enip.PCCCProcessorInProgramMode: 10716, enip.PCCCExtAccessDenied: 10715, enip.PCCCExtTypeMismatch: core.ENIPDataTypeMismatch,
		enip.ResourceUnavailable: 10702, // of CIP, around it
	} {
		plc.FailItem("n7:0", native)
		err := c.one(core.Read, read())
		coretest.RequireCode(t, err, code)
		coretest.RequireStatus(t, err, native)
		plc.Recover()
	}
	coretest.RequireStatus(t, c.one(core.Read, ask(0x0F, 0, 3, 0, 0xA2, 2, 9, 0x89, 0, 0)), enip.PCCCExtAddressNotUsable)
	coretest.RequireStatus(t, c.one(core.Read, ask(0x0F, 0, 4, 0, 0xA2, 8, 7, 0x89, 0, 0)), enip.PCCCExtFileWrongSize)
	coretest.RequireStatus(t, c.one(core.Write, ask(0x0F, 0, 5, 0, 0xAA, 2, 7, 0x89, 0, 0, 1)), enip.PCCCIllegalCommandOrFormat)
	coretest.RequireStatus(t, c.one(core.Other, ask(0x06, 0, 6, 0, 3)), enip.PCCCIllegalCommandOrFormat)
	requests := plc.Requests()
	assert.Equal(t, core.Write, requests[1].Op)
	assert.Equal(t, []string{"N7:0"}, requests[1].Items)
	assert.False(t, requests[len(requests)-1].Understood)
}
