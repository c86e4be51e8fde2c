package enip

import (
	"encoding/binary"
	"fmt"
	"net"
	"strconv"
	"testing"
	"time"

	"github.com/danomagnum/gologix"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
	enipstatus "github.com/fieldstatus/fieldstatus/enip"
	"github.com/fieldstatus/fieldstatus/enip/eniptest"
)

// limit is how long the driver waits where nothing comes.
const limit = 300 * time.Millisecond

// dial opens a driver that waits this long.
func dial(t *testing.T, plc *eniptest.Device, wait time.Duration) (*Driver, error) {
	t.Helper()
	host, text, err := net.SplitHostPort(plc.Addr())
	require.NoError(t, err)
	port, err := strconv.ParseUint(text, 10, 16)
	require.NoError(t, err)
	return Open(host, uint(port), wait)
}

// open returns a controller with a few tags, and a driver that is connected to it.
func open(t *testing.T) (*eniptest.Device, *Driver) {
	t.Helper()
	plc := eniptest.NewDevice(t)
	plc.Set("Speed", int32(42))
	plc.Set("Level", float32(1.5))
	plc.Set("Line", []int32{1, 2, 3})
	plc.SetRaw("Recipe", enipstatus.TypeStructure, 0x0FCE, make([]byte, 88))
	d, err := dial(t, plc, 5*time.Second)
	require.NoError(t, err)
	t.Cleanup(func() { _ = d.Close() }) // the connection may be gone
	return plc, d
}

// A failure is what a controller does, and what a driver has to make of it.
type failure struct {
	name    string
	prepare func(*eniptest.Device)
	want    core.Code
}

func fails(native error) func(*eniptest.Device) {
	return func(plc *eniptest.Device) { plc.Fail(native) }
}

func TestRead(t *testing.T) {
	for _, c := range []failure{
		{"nothing", func(*eniptest.Device) {}, core.OK},
		{"0x04/0x0000", fails(eniptest.Extended(enipstatus.PathSegmentError, 0)), 10704},
		{"0xFF/0x2105", fails(enipstatus.LogixAccessBeyondEndOfObject), 10731},    // gologix drops the word
		{"0x05", fails(enipstatus.PathDestinationUnknown), core.PluginReadFailed}, // and a refusal without words altogether
		{"header 0x64", fails(enipstatus.EncapsulationInvalidSessionHandle), core.ENIPSessionNotRegistered},
		{"close", func(plc *eniptest.Device) { plc.Break(eniptest.Close) }, core.PluginNotConnected},
	} {
		plc, d := open(t)
		c.prepare(plc)
		var v int32
		err := d.Read("Speed", &v)
		assert.Equal(t, c.want, core.CodeOf(err), "%s: %v", c.name, err)
		if err == nil {
			assert.EqualValues(t, 42, v)
		}
	}
	plc, d := open(t)
	var v int32
	coretest.RequireCode(t, d.Read("Sped", &v), 10704)
	coretest.RequireCode(t, d.Read("Level", &v), core.ENIPDataTypeMismatch)
	plc.FailItem("Recipe", enipstatus.PartialTransfer) // a structure in parts
	var text string
	coretest.RequireCode(t, d.Read("Recipe", &text), 10706)

	d, err := dial(t, plc, limit)
	require.NoError(t, err)
	defer d.Close()
	plc.Break(eniptest.Silence)
	coretest.RequireCode(t, d.Read("Speed", &v), core.PluginDeviceNotResponding)
}

func TestWrite(t *testing.T) {
	for _, c := range []failure{
		{"nothing", func(*eniptest.Device) {}, core.OK},
		{"0xFF/0x2107", fails(enipstatus.LogixDataTypeMismatch), core.ENIPDataTypeMismatch},
		{"0xFF/0x2105", fails(enipstatus.LogixAccessBeyondEndOfObject), 10704},
		{"0x0F", fails(enipstatus.PrivilegeViolation), 10715},
		{"0x1F, two words", fails(eniptest.Extended(enipstatus.VendorSpecificError, 0x0102, 0x1003)), 10731},
		{"header 0x01", fails(enipstatus.EncapsulationInvalidCommand), 10708},
		{"close", func(plc *eniptest.Device) { plc.Break(eniptest.Close) }, core.PluginNotConnected},
	} {
		plc, d := open(t)
		c.prepare(plc)
		err := d.Write("Speed", int32(1))
		assert.Equal(t, c.want, core.CodeOf(err), "%s: %v", c.name, err)
	}
	_, d := open(t)
	coretest.RequireStatus(t, d.Write("Speed", float32(1)), enipstatus.LogixDataTypeMismatch)
}

func TestReadAll(t *testing.T) {
	for _, c := range []failure{
		{"nothing", func(*eniptest.Device) {}, core.OK},
		{"0x1E", func(plc *eniptest.Device) { plc.FailItem("Speed", enipstatus.PathDestinationUnknown) }, 10730}, // gologix does not look inside
		{"0x08", fails(enipstatus.ServiceNotSupported), 10708},
		{"header 0x64", fails(enipstatus.EncapsulationInvalidSessionHandle), core.ENIPSessionNotRegistered},
		{"an item fails in a good packet", replays("8a000000 0100 0400 cc000501 0000"), 10705}, // as some controllers answer
		{"the same without words", replays("8a000000 0100 0400 cc000500"), core.PluginReadFailed},
		{"offsets that lie", replays("8a000000 0100 ff00 cc000500"), core.PluginProtocolParseFailed}, // gologix panics
	} {
		plc, d := open(t)
		c.prepare(plc)
		err := d.ReadAll(map[string]any{"Speed": int32(0)})
		assert.Equal(t, c.want, core.CodeOf(err), "%s: %v", c.name, err)
	}
}

// replays answers with a CIP reply that the device does not make by itself.
func replays(cip string) func(*eniptest.Device) {
	message := unhex(cip)
	frame := unhex("6f00 0000 01000000 00000000 0000000000000000 00000000 00000000 0000 0200 0000 0000 b200")
	frame = append(binary.LittleEndian.AppendUint16(frame, uint16(len(message))), message...)
	binary.LittleEndian.PutUint16(frame[2:], uint16(len(frame)-24))
	return func(plc *eniptest.Device) { plc.Replay(coretest.Stanza{Frames: []coretest.Frame{{Data: frame}}}) }
}

func TestOpen(t *testing.T) {
	for _, c := range []failure{
		{"no session", func(plc *eniptest.Device) { plc.RefuseSession(enipstatus.EncapsulationUnsupportedProtocolRevision) }, core.ENIPSessionNotRegistered},
		{"open refused", func(plc *eniptest.Device) { plc.RefuseForwardOpen(enipstatus.CMOutOfConnections) }, core.ENIPNoCIPConnection},
		{"no resources", func(plc *eniptest.Device) { plc.RefuseForwardOpen(enipstatus.ResourceUnavailable) }, 10702},
		{"refused in header", func(plc *eniptest.Device) { plc.RefuseForwardOpen(enipstatus.EncapsulationInvalidSessionHandle) }, core.ENIPSessionNotRegistered},
		{"port closed", func(plc *eniptest.Device) { plc.Refuse() }, core.PluginNotConnected},
	} {
		plc := eniptest.NewDevice(t)
		c.prepare(plc)
		_, err := dial(t, plc, 5*time.Second)
		assert.Equal(t, c.want, core.CodeOf(err), "%s: %v", c.name, err)
	}
}

// TestMessages: the calls that the driver does not use have wordings of their own.
func TestMessages(t *testing.T) {
	plc, d := open(t)
	plc.Set("@0x8B/1/1", uint16(7))
	plc.Fail(enipstatus.AttributeNotGettable, eniptest.Next)
	_, err := d.client.GenericCIPMessage(0x2B, unhex("208b2401"), nil)
	require.ErrorAs(t, err, new(gologix.CIPStatusError))
	coretest.RequireStatus(t, recognizer.Translate(core.Read, err), enipstatus.AttributeNotGettable)

	_, err = d.client.GetAttrList(0x8B, 1, 1, 99)
	coretest.RequireStatus(t, recognizer.Translate(core.Read, err), enipstatus.AttributeListError)

	plc.Fail(eniptest.Extended(enipstatus.PathSegmentError, 0))
	_, err = d.client.GetAttrList(0x8B, 1, 1)
	coretest.RequireStatus(t, recognizer.Translate(core.Read, err), enipstatus.PathSegmentError)
}

// TestTexts: all texts of gologix differ from each other, so that each of them
// names one status.
func TestTexts(t *testing.T) {
	seen := map[string]int{}
	for n := range 256 {
		text := gologix.CIPStatus(n).String()
		if first, ok := seen[text]; ok {
			t.Errorf("0x%02X and 0x%02X are both %q", first, n, text)
		}
		seen[text] = n
		err := recognizer.Translate(core.Read, fmt.Errorf("read of Speed returned status %v", gologix.CIPStatus(n)))
		assert.Equal(t, enipstatus.GeneralStatus(n).Status().Code(core.Read), core.CodeOf(err), text)
	}
}
