package knx

import (
	"encoding/hex"
	"errors"
	"fmt"
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
			assert.Error(t, acknowledgement, "what was rejected is no success, whatever the status says")
			assert.NoError(t, refusal)
			continue
		}
		assert.Equal(t, knxstatus.AckCode(n).Status(), core.StatusOf(acknowledgement))
		assert.Equal(t, knxstatus.ErrorCode(n).Status(), core.StatusOf(refusal))
		var cause knxnet.ErrCode
		assert.True(t, errors.As(refusal, &cause), "the library's error stays reachable")
	}
}

func TestAddressTexts(t *testing.T) {
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
	plant := knxtest.NewDevice(t)
	plant.Mute()
	response, err := knx.DescribeTunnel(plant.Addr(), 50*time.Millisecond)
	assert.Nil(t, response)
	assert.NoError(t, err)
	coretest.AssertCode(t, knxstatus.DescriptionTimeout.Status().Err(core.Connect), core.PluginDeviceNotResponding)
}

// TestUnpackPanics holds the trap that makes the guard try frames before knx-go
// gets them. When it fails, knx-go was repaired: say so in the documentation.
func TestUnpackPanics(t *testing.T) {
	for _, bad := range [][]byte{frame(0x0206, "07"), frame(0x0420, "04010000 29c8bce000000a03010081")} {
		assert.Panics(t, func() {
			var service knxnet.Service
			_, _ = knxnet.Unpack(bad, &service)
		})
		_, err := unpack(bad)
		coretest.AssertCode(t, err, core.PluginProtocolParseFailed)
		_, err = knxstatus.ParseResponse(bad)
		coretest.AssertCode(t, err, core.PluginProtocolParseFailed)
	}
}

// TestUnknownService: what knx-go does not know becomes a frame again.
func TestUnknownService(t *testing.T) {
	service, err := unpack(frame(0x0423, "04010000 03fb 01"))
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
