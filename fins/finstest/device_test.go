package finstest_test

import (
	"fmt"
	"io"
	"net"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
	"github.com/fieldstatus/fieldstatus/fins"
	"github.com/fieldstatus/fieldstatus/fins/finstest"
)

// onBoth runs a test over UDP and over TCP, each with a device and a client.
func onBoth(t *testing.T, test func(t *testing.T, plc *finstest.Device, c *client)) {
	for network, start := range transports {
		t.Run(network, func(t *testing.T) {
			plc := start(t)
			test(t, plc, open(t, plc, network))
		})
	}
}

func TestValuesAreReadAndWritten(t *testing.T) {
	onBoth(t, func(t *testing.T, plc *finstest.Device, c *client) {
		plc.Set("D100", []byte{0x12, 0x34})
		plc.Set("D101.03", []byte{1})
		plc.Set("D102.14[3]", []byte{1, 0, 1})
		got, err := c.readWords(100, 4)
		require.NoError(t, err)
		assert.Equal(t, []byte{0x12, 0x34, 0, 8, 0x40, 0, 0, 1}, got)

		require.NoError(t, c.writeWords(100, 0xAB, 0xCD))
		assert.Equal(t, []byte{0xAB, 0xCD}, plc.Value("D100"))
		require.NoError(t, c.command(core.Write, fins.MemoryAreaWrite, 0x31, 0, 5, 15, 0, 2, 1, 1)) // W5.15 and W6.00
		assert.Equal(t, []byte{0x80, 0, 0, 1}, plc.Value("W5[2]"))
		require.NoError(t, c.command(core.Read, fins.MemoryAreaRead, 0x31, 0, 5, 14, 0, 3))
		assert.Equal(t, []byte{0, 1, 1}, c.data)

		requests := plc.Requests()
		require.Len(t, requests, 4)
		assert.Equal(t, []string{"D100[4]"}, requests[0].Items)
		assert.Equal(t, []string{"D100"}, requests[1].Items)
		assert.Equal(t, []string{"W5.15[2]"}, requests[2].Items)
		assert.Equal(t, core.Write, requests[2].Op)
		assert.True(t, requests[2].Understood)
	})
}

func TestAreas(t *testing.T) {
	plc := finstest.NewDevice(t)
	c := open(t, plc, "udp")
	for addr, element := range map[string][]byte{
		"CIO10": {0xB0, 0, 10, 0}, "W5": {0xB1, 0, 5, 0}, "H3": {0xB2, 0, 3, 0}, "A447": {0xB3, 1, 0xBF, 0}, "D65535": {0x82, 0xFF, 0xFF, 0},
		"E7": {0x98, 0, 7, 0}, "E0_8": {0xA0, 0, 8, 0}, "EF_9": {0xAF, 0, 9, 0}, "T1": {0x89, 0, 1, 0}, "C1": {0x89, 0x80, 1, 0},
		"CIO10.01": {0x30, 0, 10, 1}, "W5.01": {0x31, 0, 5, 1}, "H3.15": {0x32, 0, 3, 15}, "A1.00": {0x33, 0, 1, 0}, "D6.10": {0x02, 0, 6, 10},
		"E2_4.01": {0x22, 0, 4, 1}, "T2.00": {0x09, 0, 2, 0}, "C2.00": {0x09, 0x80, 2, 0},
	} {
		plc.Set(addr, []byte{1, 2})
		require.NoError(t, c.command(core.Read, fins.MultipleMemoryAreaRead, element...), addr)
		want := append([]byte{element[0]}, plc.Value(addr)...)
		assert.Equal(t, want, c.data, addr)
		assert.Equal(t, byte(1), c.data[1], addr)
	}
	require.NoError(t, c.command(core.Write, fins.MemoryAreaWrite, 0x09, 0, 7, 0, 0, 2, 1, 1))
	assert.Equal(t, []byte{0, 1, 1, 0}, plc.Value("T6.00[4]"))
}

func TestCommands(t *testing.T) {
	onBoth(t, func(t *testing.T, plc *finstest.Device, c *client) {
		require.NoError(t, c.command(core.Write, fins.MemoryAreaFill, 0x82, 0, 10, 0, 0, 3, 0xBE, 0xEF))
		assert.Equal(t, []byte{0xBE, 0xEF, 0xBE, 0xEF, 0xBE, 0xEF, 0, 0}, plc.Value("D10[4]"))
		require.NoError(t, c.command(core.Write, fins.MemoryAreaTransfer, 0x82, 0, 11, 0, 0xB2, 0, 1, 0, 0, 2))
		assert.Equal(t, []byte{0xBE, 0xEF, 0xBE, 0xEF}, plc.Value("H1[2]"))
		require.NoError(t, c.command(core.Read, fins.MultipleMemoryAreaRead, 0x82, 0, 12, 0, 0x02, 0, 12, 1))
		assert.Equal(t, []byte{0x82, 0xBE, 0xEF, 0x02, 1}, c.data)

		require.NoError(t, c.command(core.Write, fins.Stop))
		require.NoError(t, c.command(core.Read, fins.ControllerStatusRead))
		assert.Equal(t, []byte{0, 0}, c.data[:2])
		require.NoError(t, c.command(core.Write, fins.Run, 0xFF, 0xFF, 4))
		require.NoError(t, c.command(core.Read, fins.ControllerStatusRead))
		assert.Equal(t, []byte{1, 4}, c.data[:2])
		assert.Len(t, c.data, 26)
		require.NoError(t, c.command(core.Write, fins.Run))
		assert.Equal(t, []byte{2}, plc.Value("mode"))
		assert.Equal(t, byte(2), plc.Value("status")[1])

		require.NoError(t, c.command(core.Write, fins.ClockWrite, 0x26, 0x11, 0x25, 0x01, 0x02))
		require.NoError(t, c.command(core.Read, fins.ClockRead))
		assert.Equal(t, []byte{0x26, 0x11, 0x25, 0x01, 0x02, 0, 6}, c.data)
		plc.Set("clock", []byte{0x27})
		plc.Set("mode", []byte{0})
		assert.Equal(t, byte(0x27), plc.Value("clock")[0])

		for _, q := range plc.Requests() {
			assert.True(t, q.Understood, "%x", q.Raw)
		}
	})
}

// What a PLC refuses by itself.
func TestRefusals(t *testing.T) {
	plc := finstest.NewDevice(t)
	c := open(t, plc, "udp")
	d := func(params ...byte) []byte { return append([]byte{0x82, 0, 0, 0}, params...) }
	for _, r := range []struct {
		command fins.Command
		params  []byte
		want    fins.EndCode
	}{
		{0x2801, nil, fins.UndefinedCommand},
		{fins.MemoryAreaRead, []byte{0x55, 0, 0, 0, 0, 1}, fins.AreaClassificationMissing},
		{fins.MemoryAreaRead, []byte{0x82, 0xFF, 0xFF, 0, 0, 2}, fins.AddressRangeExceeded},
		{fins.MemoryAreaRead, []byte{0x89, 0x7F, 0xFF, 0, 0, 2}, fins.AddressRangeExceeded},
		{fins.MemoryAreaRead, []byte{0x02, 0, 0, 16, 0, 1}, fins.AddressRangeError},
		{fins.MemoryAreaRead, d(0x03, 0xE8), fins.ResponseTooLong},
		{fins.MemoryAreaRead, d(0), fins.CommandTooShort},
		{fins.MemoryAreaRead, d(0, 1, 0), fins.CommandTooLong},
		{fins.MemoryAreaWrite, d(0, 2, 1, 2), fins.ElementsDataMismatch},
		{fins.MemoryAreaWrite, nil, fins.CommandTooShort},
		{fins.MemoryAreaFill, d(0, 2, 1), fins.CommandTooShort},
		{fins.MemoryAreaFill, []byte{0x02, 0, 0, 0, 0, 2, 0, 1}, fins.AreaClassificationMissing},
		{fins.MultipleMemoryAreaRead, nil, fins.CommandTooShort},
		{fins.MultipleMemoryAreaRead, d(0x82), fins.CommandFormatError},
		{fins.MultipleMemoryAreaRead, d(0x55, 0, 0, 0), fins.AreaClassificationMissing},
		{fins.MemoryAreaTransfer, d(), fins.CommandFormatError},
		{fins.MemoryAreaTransfer, append(d(0x02, 0, 0, 0), 0, 1), fins.AreaClassificationMissing},
		{fins.ClockWrite, []byte{1}, fins.CommandTooShort},
		{fins.ClockWrite, make([]byte, 8), fins.CommandTooLong},
	} {
		coretest.RequireStatus(t, c.command(core.Read, r.command, r.params...), r.want)
	}
	many := make([]byte, 0, 4*700)
	for range 700 {
		many = append(many, 0x82, 0, 0, 0)
	}
	coretest.RequireStatus(t, c.command(core.Read, fins.MultipleMemoryAreaRead, many...), fins.ResponseTooLong)
}

// Every end code that a manual lists, and every combination of flags, arrives as
// it was given.
func TestEndCodes(t *testing.T) {
	onBoth(t, func(t *testing.T, plc *finstest.Device, c *client) {
		n := 0
		for row := range fins.Rows() {
			if row.Layer != "end-code" && row.Layer != "end-code-unit" {
				continue
			}
			var v uint16
			_, err := fmt.Sscanf(row.Value, "0x%x", &v)
			require.NoError(t, err)
			if v == 0 {
				continue
			}
			n++
			for _, flags := range []fins.EndCode{0, 0x40, 0x80, 0xC0} {
				code := fins.EndCode(v) | flags
				plc.Fail(code, finstest.Next)
				_, err := c.readWords(100, 2)
				coretest.RequireStatus(t, err, code)
				assert.Equal(t, int64(code), c.status.Value())
				coretest.RequireCode(t, err, fins.EndCode(v).Status().Code(core.Read))
				assert.Empty(t, c.data)
			}
		}
		assert.GreaterOrEqual(t, n, 94)
		_, err := c.readWords(100, 2)
		require.NoError(t, err)
	})
}

// An alarm of the CPU is no failure of the command.
func TestFlagsOnSuccesses(t *testing.T) {
	onBoth(t, func(t *testing.T, plc *finstest.Device, c *client) {
		plc.Set("D100", []byte{1, 2})
		for flags, quality := range map[fins.EndCode]core.Quality{0x0040: core.Good, 0x0080: core.Uncertain, 0x00C0: core.Uncertain} {
			plc.Fail(flags)
			got, err := c.readWords(100, 1)
			require.NoError(t, err)
			assert.Equal(t, []byte{1, 2}, got)
			assert.Equal(t, int64(flags), c.status.Value())
			assert.Equal(t, quality, c.status.Quality())
			require.NoError(t, c.writeWords(7, byte(flags), 0))
			assert.Equal(t, []byte{byte(flags), 0}, plc.Value("D7"))

			plc.FailItem("D200", fins.AddressRangeError)
			_, err = c.readWords(200, 1)
			coretest.RequireStatus(t, err, fins.AddressRangeError|flags)
			assert.Equal(t, int64(fins.AddressRangeError|flags), c.status.Value())
			plc.Recover()
		}
	})
}

func TestRelayErrors(t *testing.T) {
	onBoth(t, func(t *testing.T, plc *finstest.Device, c *client) {
		plc.Fail(finstest.Relayed(fins.ResponseTimeout, 1, 3), finstest.Next)
		_, err := c.readWords(100, 2)
		coretest.RequireCode(t, err, core.FINSDestinationNodeError)
		coretest.RequireStatus(t, err, fins.ResponseTimeout|0x8000)
		network, node, ok := fins.Location(core.StatusOf(err))
		assert.Equal(t, [3]any{uint8(1), uint8(3), true}, [3]any{network, node, ok})
		assert.Empty(t, c.data)

		plc.FailItem("D100", fins.EndCode(0x8501), finstest.Next)
		err = c.writeWords(100, 1, 1)
		coretest.RequireCode(t, err, core.FINSRoutingTableError)
		network, node, ok = fins.Location(core.StatusOf(err))
		assert.Equal(t, [3]any{uint8(0), uint8(0), true}, [3]any{network, node, ok})
		assert.Equal(t, []byte{0, 0}, plc.Value("D100"))
		require.NoError(t, c.writeWords(100, 1, 1))
		assert.NotEmpty(t, finstest.Relayed(fins.RoutingTableError, 0, 0).Error())
	})
}

func TestItemsFailByAddress(t *testing.T) {
	plc := finstest.NewDevice(t)
	c := open(t, plc, "udp")
	plc.FailItem("D100", fins.ReadProtected)
	plc.FailItem("T5", fins.AddressRangeError)
	plc.FailItem("clock", fins.WriteReadOnly)
	for _, r := range []struct {
		command fins.Command
		params  []byte
		fails   bool
	}{
		{fins.MemoryAreaRead, []byte{0x82, 0, 99, 0, 0, 1}, false},
		{fins.MemoryAreaRead, []byte{0x82, 0, 99, 0, 0, 2}, true},
		{fins.MemoryAreaRead, []byte{0x02, 0, 100, 15, 0, 1}, true},
		{fins.MemoryAreaRead, []byte{0x02, 0, 101, 0, 0, 1}, false},
		{fins.MemoryAreaRead, []byte{0xB1, 0, 100, 0, 0, 1}, false},
		{fins.MemoryAreaFill, []byte{0x82, 0, 0, 0, 0, 200, 0, 0}, true},
		{fins.MultipleMemoryAreaRead, []byte{0x82, 0, 1, 0, 0x82, 0, 100, 0}, true},
		{fins.MemoryAreaTransfer, []byte{0x82, 0, 1, 0, 0x82, 0, 100, 0, 0, 1}, true},
		{fins.MemoryAreaRead, []byte{0x09, 0, 5, 0, 0, 1}, true},
		{fins.MemoryAreaRead, []byte{0x89, 0x80, 5, 0, 0, 1}, false},
		{fins.ClockRead, nil, true},
		{fins.ControllerStatusRead, nil, false},
	} {
		err := c.command(core.Read, r.command, r.params...)
		assert.Equal(t, r.fails, err != nil, "%v %x: %v", r.command, r.params, err)
	}
	for _, addr := range []string{"", "D", "DM1", "D65536", "D1.16", "D65535[2]", "T32768", "T1.01", "E10_1", "Eg_1", "D1[0]", "W1.0.0"} {
		assert.Panics(t, func() { plc.Set(addr, nil) }, addr)
		assert.Panics(t, func() { plc.Value(addr) }, addr)
		assert.Panics(t, func() { plc.FailItem(addr, fins.ReadProtected) }, addr)
	}
	assert.Panics(t, func() { plc.Set("status", nil) })
}

func TestTheNthRequest(t *testing.T) {
	plc := finstest.NewDevice(t)
	c := open(t, plc, "udp")
	plc.Fail(fins.UnitBusy, finstest.When(3))
	for _, want := range []core.Code{core.OK, core.OK, core.FINSNotExecutableInMode, core.OK} {
		_, err := c.readWords(0, 1)
		coretest.RequireCode(t, err, want)
	}
}

func TestShortData(t *testing.T) {
	onBoth(t, func(t *testing.T, plc *finstest.Device, c *client) {
		plc.FailItem("D100", fins.WrongLength)
		_, err := c.readWords(100, 4)
		coretest.RequireStatus(t, err, fins.WrongLength)
		coretest.RequireCode(t, err, core.PluginProtocolParseFailed)
		plc.Recover()
		for _, command := range []fins.Command{fins.ControllerStatusRead, fins.ClockRead} {
			plc.Fail(fins.WrongLength, finstest.Next)
			coretest.RequireStatus(t, c.command(core.Read, command), fins.WrongLength)
		}
	})
}

func TestFaults(t *testing.T) {
	for name, c := range map[string]struct {
		fault    finstest.Fault
		udp, tcp core.Code
	}{
		"silence":      {finstest.Silence, core.PluginDeviceNotResponding, core.PluginDeviceNotResponding},
		"cut":          {finstest.Cut, core.PluginProtocolParseFailed, core.FINSDisconnected},
		"close":        {finstest.Close, core.PluginDeviceNotResponding, core.FINSDisconnected},
		"reset":        {finstest.Reset, core.PluginDeviceNotResponding, core.FINSDisconnected},
		"garbage":      {finstest.Garbage, core.PluginProtocolParseFailed, core.PluginProtocolParseFailed},
		"truncated":    {finstest.Truncated, core.PluginProtocolParseFailed, core.PluginProtocolParseFailed},
		"wrong length": {finstest.WrongLength, core.PluginProtocolParseFailed, core.PluginProtocolParseFailed},
		"wrong id":     {finstest.WrongID, core.PluginMessageDisorder, core.PluginMessageDisorder},
	} {
		for network, want := range map[string]core.Code{"udp": c.udp, "tcp": c.tcp} {
			t.Run(name+" "+network, func(t *testing.T) {
				plc := transports[network](t)
				client := open(t, plc, network)
				plc.Break(c.fault, finstest.Next)
				_, err := client.readWords(100, 1)
				coretest.RequireCode(t, err, want)

				// After any of these a driver opens a new socket, and all is well.
				client = open(t, plc, network)
				_, err = client.readWords(100, 1)
				require.NoError(t, err)
			})
		}
	}
}

// A write is carried out although its response is lost.
func TestLostResponsesOfWrites(t *testing.T) {
	onBoth(t, func(t *testing.T, plc *finstest.Device, c *client) {
		plc.Break(finstest.Silence)
		coretest.RequireCode(t, c.writeWords(100, 1, 2), core.PluginDeviceNotResponding)
		assert.Equal(t, []byte{1, 2}, plc.Value("D100"))
	})
}

func TestRepeatedAndLateResponses(t *testing.T) {
	onBoth(t, func(t *testing.T, plc *finstest.Device, c *client) {
		plc.Set("D1[2]", []byte{1, 1, 2, 2})
		plc.Repeat(finstest.Next)
		got, err := c.readWords(1, 1)
		require.NoError(t, err)
		assert.Equal(t, []byte{1, 1}, got)
		got, err = c.readWords(2, 1)
		require.NoError(t, err)
		assert.Equal(t, []byte{2, 2}, got)
		assert.Equal(t, 1, c.dropped, "the repeated response")

		plc.Late(finstest.Next)
		_, err = c.readWords(1, 1)
		coretest.RequireCode(t, err, core.PluginDeviceNotResponding)
		if c.tcp {
			return // a driver gives the connection up; see TestLateOverTCP
		}
		got, err = c.readWords(2, 1)
		require.NoError(t, err)
		assert.Equal(t, []byte{2, 2}, got)
		assert.Equal(t, 1, c.dropped, "the late response")

		plc.Late() // all are late: each comes with the next one
		_, err = c.readWords(1, 1)
		coretest.RequireCode(t, err, core.PluginDeviceNotResponding)
		_, err = c.readWords(1, 1)
		coretest.RequireCode(t, err, core.PluginDeviceNotResponding)
		plc.Recover()
		_, err = c.readWords(2, 1)
		require.NoError(t, err)
		assert.Equal(t, 2, c.dropped)
	})
}

// A driver with several commands under way gets the late response in front of
// the next one, in one segment.
func TestLateOverTCP(t *testing.T) {
	plc := finstest.NewTCPDevice(t)
	c := open(t, plc, "tcp")
	plc.Late(finstest.Next)
	first := c.frame(fins.ClockRead)
	c.conversation.Sent(first)
	_, err := c.conn.Write(first)
	require.NoError(t, err)
	require.NoError(t, c.command(core.Read, fins.ControllerStatusRead))
	assert.Len(t, c.data, 26)
	assert.Equal(t, 1, c.dropped)
}

func TestDelay(t *testing.T) {
	plc := finstest.NewDevice(t)
	c := open(t, plc, "udp")
	plc.Delay(50*time.Millisecond, finstest.Next)
	start := time.Now()
	_, err := c.readWords(0, 1)
	require.NoError(t, err)
	assert.GreaterOrEqual(t, time.Since(start), 50*time.Millisecond)
	plc.Delay(time.Hour) // the end of the test does not wait for it
	_, err = c.readWords(0, 1)
	coretest.RequireCode(t, err, core.PluginDeviceNotResponding)
}

func TestPortClosed(t *testing.T) {
	for network, start := range transports {
		t.Run(network, func(t *testing.T) {
			plc := start(t)
			c := open(t, plc, network)
			plc.Refuse()
			_, err := c.readWords(0, 1)
			if network == "udp" {
				coretest.RequireCode(t, err, core.PluginNotConnected) // ICMP port unreachable
			} else {
				coretest.RequireCode(t, err, core.FINSDisconnected)
				_, err = net.Dial("tcp", plc.Addr())
				coretest.RequireCode(t, fins.Translate(core.Connect, err), core.PluginNotConnected)
			}
			plc.Recover()
			_, err = open(t, plc, network).readWords(0, 1)
			require.NoError(t, err)
		})
	}
}

func TestHandshake(t *testing.T) {
	plc := finstest.NewTCPDevice(t)
	for i := range 3 {
		c := open(t, plc, "tcp")
		assert.Equal(t, [2]uint32{uint32(239 + i), 1}, c.nodes)
	}
	c := dial(t, plc, "tcp")
	require.NoError(t, c.handshake(7))
	assert.Equal(t, uint32(7), c.nodes[0])
	c = dial(t, plc, "tcp")
	require.NoError(t, c.exchange(core.Connect, tcpFrame(0)), "as one of the Go clients sends it")
	assert.Empty(t, plc.Requests(), "handshakes are left out")
}

func TestHandshakesRefused(t *testing.T) {
	plc := finstest.NewTCPDevice(t)
	for e, code := range map[fins.TCPError]core.Code{
		fins.TCPHeaderNotFins: core.FINSCommandFormatError, fins.TCPDataLengthTooLong: core.FINSCommandFormatError, fins.TCPCommandNotSupported: core.FINSServiceUnsupported,
		fins.TCPAllConnectionsInUse: core.FINSDisconnected, fins.TCPNodeAlreadyConnected: core.FINSDisconnected, fins.TCPProtectedNodeAccess: core.FINSAccessRightError,
		fins.TCPClientNodeAddressOutOfRange: core.FINSLocalNodeError, fins.TCPSameNodeAddress: core.FINSLocalNodeError, fins.TCPNoNodeAddressLeft: core.FINSDisconnected,
		0x99: core.FINSDisconnected,
	} {
		plc.RefuseSession(e)
		c := dial(t, plc, "tcp")
		err := c.handshake(0)
		coretest.RequireCode(t, err, code)
		coretest.RequireStatus(t, err, e)
		_, err = c.read()
		require.ErrorIs(t, err, io.EOF, "the PLC hangs up")
	}
	plc.Recover()
	require.NoError(t, dial(t, plc, "tcp").handshake(0))
	for _, f := range []finstest.Fault{finstest.Silence, finstest.Close, finstest.Cut, finstest.Garbage, finstest.Truncated, finstest.WrongLength} {
		plc.BreakSession(f)
		coretest.RequireStatus(t, dial(t, plc, "tcp").handshake(0), fins.HandshakeFailed)
	}
	plc.Recover()
	require.NoError(t, dial(t, plc, "tcp").handshake(0))
	assert.Panics(t, func() { plc.BreakSession(finstest.WrongID) })
}

func TestNotifications(t *testing.T) {
	plc := finstest.NewTCPDevice(t)
	notified := func(c *client, err error, native error, code core.Code) {
		t.Helper()
		coretest.RequireStatus(t, err, native)
		coretest.RequireCode(t, err, code)
		_, err = c.read()
		require.ErrorIs(t, err, io.EOF, "the PLC hangs up")
	}
	for e, code := range map[fins.TCPError]core.Code{fins.TCPHeaderNotFins: core.FINSCommandFormatError, fins.TCPCommandNotSupported: core.FINSServiceUnsupported, fins.TCPProtectedNodeAccess: core.FINSAccessRightError} {
		plc.Fail(e, finstest.Next)
		c := open(t, plc, "tcp")
		_, err := c.readWords(0, 1)
		notified(c, err, e, code)
	}
	plc.Fail(fins.TCPFrameSendErrorNotification, finstest.Next)
	c := open(t, plc, "tcp")
	_, err := c.readWords(0, 1)
	notified(c, err, fins.TCPFrameSendErrorNotification, core.FINSDisconnected)

	c = dial(t, plc, "tcp") // a command without a handshake
	_, err = c.readWords(0, 1)
	notified(c, err, fins.TCPCommandNotSupported, core.FINSServiceUnsupported)
	c = open(t, plc, "tcp") // a second handshake
	notified(c, c.handshake(0), fins.TCPCommandNotSupported, core.FINSServiceUnsupported)

	c = open(t, plc, "tcp")
	_, err = c.conn.Write(tcpFrame(3))
	require.NoError(t, err)
	_, err = c.read()
	require.ErrorIs(t, err, io.EOF)
}

func TestOtherFramesOfTCP(t *testing.T) {
	plc := finstest.NewTCPDevice(t)
	c := open(t, plc, "tcp")
	plc.Fail(fins.TCPConnectionConfirmation, finstest.Next)
	_, err := c.readWords(0, 1)
	require.NoError(t, err)
	assert.Equal(t, 1, c.dropped)
	plc.Fail(fins.TCPCommand(9), finstest.Next)
	_, err = c.readWords(0, 1)
	coretest.RequireStatus(t, err, fins.TCPCommand(9))
	coretest.RequireCode(t, err, core.PluginProtocolParseFailed)
}

func TestCommandsWithoutResponse(t *testing.T) {
	onBoth(t, func(t *testing.T, plc *finstest.Device, c *client) {
		f := c.frame(fins.MemoryAreaWrite, 0x82, 0, 1, 0, 0, 1, 5, 6)
		f[len(f)-20] |= 1 // of the ICF
		_, err := c.conn.Write(f)
		require.NoError(t, err)
		got, err := c.readWords(1, 1)
		require.NoError(t, err)
		assert.Equal(t, []byte{5, 6}, got)
		assert.Zero(t, c.dropped)
	})
}

func TestWhatIsNotUnderstood(t *testing.T) {
	onBoth(t, func(t *testing.T, plc *finstest.Device, c *client) {
		junk := [][]byte{[]byte("GET / HTTP/1.1\r\n\r\n"), {}, {0x80, 0}, append([]byte{0xC0}, make([]byte, 13)...)}
		if c.tcp {
			junk = [][]byte{tcpFrame(2), tcpFrame(2, junk[2]...), tcpFrame(2, junk[3]...), junk[0]}
		}
		for _, f := range junk {
			_, err := c.conn.Write(f)
			require.NoError(t, err)
		}
		_, err := c.read()
		if c.tcp {
			require.ErrorIs(t, err, io.EOF, "the device hangs up on another protocol")
		} else {
			require.ErrorIs(t, err, os.ErrDeadlineExceeded)
			_, err = c.readWords(0, 1)
			require.NoError(t, err)
		}
		assert.False(t, plc.Requests()[0].Understood)
		assert.Empty(t, plc.Requests()[0].Items)
	})
}

// What was recorded at a plant fails in a unit test as it did there, over the
// other transport as well.
func TestReplay(t *testing.T) {
	stanzas, err := coretest.ParseFrames("plant.frames", []byte(`name: range exceeded
from: constructed, W227-E1-2 5-3-2 and 8-3: memory area read, end code 1104
op: read
sent: 80000200000000090001 0101 82ffff000002
recv: c0000200090000010001 0101 1104
expect: end-code 0x1104 AddressRangeExceeded 10508

name: flat battery
from: constructed, W421-E1-04 7-4 and W227-E1-2 8-1: FINS/TCP frame, end code with the non-fatal flag
op: read
sent: 46494e530000001a0000000200000000 80000200000000090001 0101 820064000001
recv: 46494e53000000180000000200000000 c0000200090000010001 0101 0040 1234
expect: sres-flag 0x0040 NonFatalCPUUnitError 0
`))
	require.NoError(t, err)
	onBoth(t, func(t *testing.T, plc *finstest.Device, c *client) {
		plc.Replay(stanzas...)
		_, err := c.readWords(65535, 2)
		coretest.RequireStatus(t, err, fins.AddressRangeExceeded)
		got, err := c.readWords(100, 1)
		require.NoError(t, err)
		assert.Equal(t, []byte{0x12, 0x34}, got)
		assert.Equal(t, int64(0x40), c.status.Value())
		got, err = c.readWords(100, 1)
		require.NoError(t, err)
		assert.Equal(t, []byte{0, 0}, got)
	})
}

func TestReplayOfNotifications(t *testing.T) {
	stanzas, err := coretest.ParseFrames("plant.frames", []byte(`name: not supported
from: constructed, W421-E1-04 7-4-2: error notification
op: read
sent: 46494e530000001a0000000200000000 80000200000000090001 0101 820064000001
recv: 46494e53000000080000000300000003
expect: tcp-error 0x00000003 CommandNotSupported 10505
`))
	require.NoError(t, err)
	onBoth(t, func(t *testing.T, plc *finstest.Device, c *client) {
		plc.Replay(stanzas...)
		_, err := c.readWords(100, 1)
		if !c.tcp {
			coretest.RequireCode(t, err, core.PluginProtocolParseFailed)
			return
		}
		coretest.RequireStatus(t, err, fins.TCPCommandNotSupported)
		_, err = c.read()
		require.ErrorIs(t, err, io.EOF)
	})
}
