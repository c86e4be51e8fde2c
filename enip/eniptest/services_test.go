package eniptest_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
	"github.com/fieldstatus/fieldstatus/enip"
	"github.com/fieldstatus/fieldstatus/enip/eniptest"
)

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
