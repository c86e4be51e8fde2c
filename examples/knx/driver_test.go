package knx

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/vapourismo/knx-go/knx"
	"github.com/vapourismo/knx-go/knx/cemi"
	"github.com/vapourismo/knx-go/knx/dpt"
	"github.com/vapourismo/knx-go/knx/knxnet"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/coretest"
	knxstatus "github.com/fieldstatus/fieldstatus/knx"
	"github.com/fieldstatus/fieldstatus/knx/knxtest"
)

// fast are limits for gateways on loopback.
var fast = Limits{
	Tunnel:  knx.TunnelConfig{ResendInterval: 50 * time.Millisecond, ResponseTimeout: 200 * time.Millisecond, HeartbeatInterval: time.Hour},
	Confirm: 200 * time.Millisecond,
	Answer:  200 * time.Millisecond,
}

func open(t testing.TB, gateway *knxtest.Device) *Driver {
	t.Helper()
	d, err := Open(gateway.Addr(), fast)
	require.NoError(t, err)
	t.Cleanup(d.Close)
	return d
}

func TestWriteAndRead(t *testing.T) {
	gateway := knxtest.NewDevice(t)
	d := open(t, gateway)
	require.NoError(t, d.Write(context.Background(), "1/2/3", []byte{1}))
	assert.Equal(t, []byte{1}, gateway.Value("1/2/3"))
	value, err := d.Read(context.Background(), "1/2/3")
	require.NoError(t, err)
	assert.Equal(t, []byte{1}, value)
}

func TestDeviceDoesNotExist(t *testing.T) {
	gateway := knxtest.NewDevice(t)
	gateway.FailItem("1/2/3", knxstatus.ConfirmError)
	d := open(t, gateway)
	err := d.Write(context.Background(), "1/2/3", []byte{1})
	coretest.RequireCode(t, err, core.KNXDeviceNotExist)
	coretest.RequireStatus(t, err, knxstatus.ConfirmError)
	coretest.RequireRemedy(t, err, core.Fix)
	assert.False(t, Lost(err))
	assert.Contains(t, err.Error(), "1/2/3")
}

func TestNobodyAnswers(t *testing.T) {
	gateway := knxtest.NewDevice(t)
	gateway.FailItem("1/2/3", knxstatus.GroupReadTimeout)
	d := open(t, gateway)
	_, err := d.Read(context.Background(), "1/2/3")
	coretest.RequireStatus(t, err, knxstatus.GroupReadTimeout)
	coretest.RequireCode(t, err, core.PluginDeviceNotResponding)
}

// TestValueBeforeConfirmation holds a trap of knx-go, which does not keep the
// order of what the gateway sends.
func TestValueBeforeConfirmation(t *testing.T) {
	stanzas, err := coretest.ParseFrames("order.frames", []byte(`name: the value comes before the confirmation
from: constructed, KNX 3/8/4 and 3/6/3: acknowledgement, value and confirmation
op: read
sent: 061004200015 04030000 1100bce000000a03010000
recv: 06100421000a 04030000
recv: 061004200015 04030000 2900bce011070a03010041
recv: 061004200015 04030100 2e00bce011050a03010000
expect: cemi-confirm 0x00 CONFIRM_NO_ERROR 0
`))
	require.NoError(t, err)
	gateway := knxtest.NewDevice(t)
	gateway.Replay(stanzas...)
	value, err := open(t, gateway).Read(context.Background(), "1/2/3")
	require.NoError(t, err)
	assert.Equal(t, []byte{1}, value)
}

func TestNoConfirmation(t *testing.T) {
	gateway := knxtest.NewDevice(t)
	gateway.FailItem("1/2/3", knxstatus.ConfirmTimeout)
	d := open(t, gateway)
	err := d.Write(context.Background(), "1/2/3", []byte{1})
	coretest.RequireStatus(t, err, knxstatus.ConfirmTimeout)
	assert.False(t, core.Repeatable(err), "the telegram may have been on the bus")

	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	assert.ErrorIs(t, d.Write(ctx, "1/2/3", []byte{1}), context.Canceled)
}

// TestConnectResponses meets every status that a gateway can refuse a channel
// with, as knx-go hands it on.
func TestConnectResponses(t *testing.T) {
	gateway := knxtest.NewDevice(t)
	for status := 1; status < 256; status++ {
		if status == 0x24 || status == 0x25 {
			continue // knx-go asks on: TestFullGateway
		}
		gateway.RefuseConnect(knxstatus.ErrorCode(status))
		_, err := Open(gateway.Addr(), fast)
		coretest.RequireStatus(t, err, knxstatus.ErrorCode(status))
		coretest.RequireCode(t, err, knxstatus.ErrorCode(status).Status().Code(core.Connect))
		var cause knxnet.ErrCode
		require.True(t, errors.As(err, &cause), "the library's error stays reachable")
		require.EqualValues(t, status, cause)

		plain := knxstatus.Translate(core.Connect, fmt.Errorf("gateway: %w", cause))
		coretest.RequireStatus(t, plain, knxstatus.ErrorCode(status))
	}
}

// TestFullGateway holds a trap of knx-go: it swallows 0x24 and 0x25.
func TestFullGateway(t *testing.T) {
	for _, status := range []knxstatus.ErrorCode{knxstatus.ENoMoreConnections, knxstatus.ENoMoreUniqueConnections} {
		gateway := knxtest.NewDevice(t)
		gateway.RefuseConnect(status)
		_, err := Open(gateway.Addr(), fast)
		coretest.RequireStatus(t, err, knxstatus.ConnectTimeout)
		coretest.RequireCode(t, err, core.PluginDeviceNotResponding)
		assert.True(t, Lost(err))
	}
}

// TestAcknowledgements meets every status that a gateway can refuse a telegram
// with. knx-go makes the dump of a text of it.
func TestAcknowledgements(t *testing.T) {
	gateway := knxtest.NewDevice(t)
	d := open(t, gateway)
	for status := 1; status < 256; status++ {
		gateway.Fail(knxstatus.AckCode(status), knxtest.Next)
		err := d.Write(context.Background(), "1/2/3", []byte{1})
		coretest.RequireStatus(t, err, knxstatus.AckCode(status))
		coretest.RequireCode(t, err, knxstatus.AckCode(status).Status().Code(core.Write))
		var code knxstatus.AckCode
		require.True(t, errors.As(err, &code))
		require.EqualValues(t, status, code)
	}
}

// TestTexts: the texts of knx-go differ from each other, so that each of them
// names one status, as acknowledgement and as refusal of a channel.
func TestTexts(t *testing.T) {
	seen := map[string]int{}
	for n := range 256 {
		status := knxnet.ErrCode(n)
		if first, ok := seen[status.Error()]; ok {
			t.Errorf("0x%02X and 0x%02X are both %q", first, n, status.Error())
		}
		seen[status.Error()] = n

		acknowledgement := recognizer.Translate(core.Write, fmt.Errorf("tunnelConn request has been rejected with status %#x", status))
		refusal := recognizer.Translate(core.Connect, fmt.Errorf("gateway: %w", status))
		if status == knxnet.NoError {
			assert.NoError(t, acknowledgement)
			assert.NoError(t, refusal)
			continue
		}
		assert.Equal(t, knxstatus.AckCode(n).Status(), core.StatusOf(acknowledgement))
		assert.Equal(t, knxstatus.ErrorCode(n).Status(), core.StatusOf(refusal))
	}
}

func TestSilentGateway(t *testing.T) {
	gateway := knxtest.NewDevice(t)
	d := open(t, gateway)
	gateway.Mute()
	err := d.Write(context.Background(), "1/2/3", []byte{1})
	coretest.RequireStatus(t, err, knxstatus.TunnelAckTimeout)
	assert.True(t, Lost(err))

	_, err = Open(gateway.Addr(), fast)
	coretest.RequireStatus(t, err, knxstatus.ConnectTimeout)
}

func TestGatewayEndsTheTunnel(t *testing.T) {
	gateway := knxtest.NewDevice(t)
	d := open(t, gateway)
	gateway.RefuseConnect(knxstatus.EConnectionType) // so that knx-go's own reconnect fails
	gateway.Disconnect()
	<-d.closed
	err := d.Write(context.Background(), "1/2/3", []byte{1})
	coretest.RequireStatus(t, err, knxstatus.SocketClosed)
	coretest.RequireCode(t, err, core.PluginNotConnected)
	assert.True(t, Lost(err))
}

func TestNobodyListens(t *testing.T) {
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	require.NoError(t, err)
	address := conn.LocalAddr().String()
	conn.Close()
	_, err = Open(address, fast)
	coretest.RequireCode(t, err, core.PluginNotConnected)
	coretest.RequireStatus(t, err, knxstatus.SocketClosed)

	tcp := fast
	tcp.Tunnel.UseTCP = true
	_, err = Open(address, tcp)
	coretest.RequireCode(t, err, core.PluginNotConnected)
	coretest.RequireStatus(t, err, core.NetDialRefused)

	_, err = Open("224.0.23.12:3671", fast)
	coretest.RequireCode(t, err, core.PluginNotConnected)
	_, err = Open("gateway.invalid:3671", fast)
	coretest.RequireCode(t, err, core.PluginNotConnected)
}

// TestLostTCP: the connection ends instead of an answer. knx-go does not
// reconnect over TCP.
func TestLostTCP(t *testing.T) {
	gateway := knxtest.NewTCPDevice(t)
	tcp := fast
	tcp.Tunnel.UseTCP = true
	d, err := Open(gateway.Addr(), tcp)
	require.NoError(t, err)
	t.Cleanup(d.Close)
	require.NoError(t, d.Write(context.Background(), "1/2/3", []byte{1}))
	gateway.Break(knxtest.Reset)
	err = d.Write(context.Background(), "1/2/3", []byte{1})
	coretest.RequireCode(t, err, core.PluginNotConnected)
	coretest.RequireStatus(t, err, knxstatus.SocketClosed)
	assert.True(t, Lost(err))
}

func TestTagErrors(t *testing.T) {
	d := open(t, knxtest.NewDevice(t))
	for _, tag := range []string{"0/0/0", "0/0", "32/0/1", "1/8/1", "32/1", "0", "1/2/3/4"} {
		err := d.Write(context.Background(), tag, []byte{1})
		coretest.RequireStatus(t, err, knxstatus.AddressSyntax)
	}
	for _, address := range []string{"0.0.0", "0.0", "16.0.1", "256.1", "0", "1.2.3.4"} {
		_, err := cemi.NewIndividualAddrString(address)
		coretest.RequireStatus(t, recognizer.Translate(core.Read, err), knxstatus.AddressSyntax)
	}
	var temperature dpt.DPT_9001
	err := recognizer.Translate(core.Read, temperature.Unpack([]byte{0}))
	coretest.RequireStatus(t, err, knxstatus.ValueLengthMismatch)
}

// TestDescribeTimeout holds a trap of knx-go: nothing found and no error.
func TestDescribeTimeout(t *testing.T) {
	gateway := knxtest.NewDevice(t)
	gateway.Mute()
	response, err := knx.DescribeTunnel(gateway.Addr(), 50*time.Millisecond)
	assert.Nil(t, response)
	assert.NoError(t, err)
	coretest.AssertCode(t, knxstatus.DescriptionTimeout.Status().Err(core.Connect), core.PluginDeviceNotResponding)
}

// TestUnpackPanics holds the trap that makes this module decode frames by
// itself. When it fails, knx-go was repaired: say so in the documentation.
func TestUnpackPanics(t *testing.T) {
	for _, bad := range [][]byte{frame(0x0206, "07"), frame(0x0420, "04010000 29c8bce000000a03010081")} {
		assert.Panics(t, func() {
			var service knxnet.Service
			_, _ = knxnet.Unpack(bad, &service)
		})
		_, err := knxstatus.ParseResponse(bad)
		coretest.AssertCode(t, err, core.PluginProtocolParseFailed)
	}
}

// TestUnknownService: what knx-go does not know becomes a frame again.
func TestUnknownService(t *testing.T) {
	var service knxnet.Service
	_, err := knxnet.Unpack(frame(0x0423, "04010000 03fb 01"), &service)
	require.NoError(t, err)
	unknown := service.(*knxnet.UnknownService)
	packed := make([]byte, knxnet.Size(unknown))
	knxnet.Pack(packed, unknown)
	r, err := knxstatus.ParseResponse(packed)
	require.NoError(t, err)
	coretest.AssertStatus(t, r.Err(core.Write), knxstatus.ReturnEAccessReadOnly)
}

// frame puts a header in front of a body in hexadecimal.
func frame(service uint16, body string) []byte {
	rest, err := hex.DecodeString(strings.ReplaceAll(body, " ", ""))
	if err != nil {
		panic(err)
	}
	return append([]byte{0x06, 0x10, byte(service >> 8), byte(service), 0, byte(6 + len(rest))}, rest...)
}
