package protocol_test

import (
	"math"
	"testing"

	"github.com/gopcua/opcua/ua"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/cmd/internal/protocol"
)

func named(t *testing.T, name string) *protocol.Protocol {
	t.Helper()
	for _, p := range protocol.All() {
		if p.Name == name {
			return p
		}
	}
	require.FailNow(t, "no such protocol", name)
	return nil
}

// Each reading begins and ends where the field does that it is for: a number
// outside of it is left to the table.
func TestNatives(t *testing.T) {
	for _, tt := range []struct {
		protocol string
		values   []int64
		want     string // of the only status; empty for none
	}{
		// One byte is a return code, and two are an error word with its class.
		{"s7", []int64{-1}, ""},
		{"s7", []int64{0}, "s7 item-return 0x00 Reserved"},
		{"s7", []int64{0x99}, "s7 item-return 0x99"},
		{"s7", []int64{0xFF}, "s7 item-return 0xFF Success"},
		{"s7", []int64{0x100}, "s7 header-class 0x0100"},
		{"s7", []int64{0x8104}, "s7 header-error 0x8104 Code7FunNotAvailable"},
		{"s7", []int64{0xFFFF}, "s7 header-class 0xFFFF"},
		{"s7", []int64{0x81, 0x04}, "s7 header-error 0x8104 Code7FunNotAvailable"},
		{"s7", []int64{0, 0}, "s7 header-error 0x0000 NoError"},
		{"s7", []int64{0xFF, 0xFF}, "s7 header-class 0xFFFF"},
		{"s7", []int64{0x100, 0}, ""},
		{"s7", []int64{0, 0x100}, ""},
		{"s7", []int64{-1, 0}, ""},
		{"s7", []int64{0, -1}, ""},
		// Longer numbers are those of the Snap7 family.
		{"s7", []int64{0x10000}, "s7 client-iso 0x00010000 errIsoConnect"},
		{"s7", []int64{math.MaxInt32}, "s7 client-cli 0x7FFFFFFF"},
		{"s7", []int64{math.MaxInt32 + 1}, ""},
		{"s7", []int64{-1}, ""},

		{"opcua", []int64{0x80340000}, "opcua status 0x80340000 BadNodeIdUnknown"},
		{"opcua", []int64{0x803404FF}, "opcua status 0x803404FF BadNodeIdUnknown"},
		{"opcua", []int64{0x80340000 - 1<<32}, "opcua status 0x80340000 BadNodeIdUnknown"},
		{"opcua", []int64{math.MinInt32}, "opcua status 0x80000000 Bad"},
		{"opcua", []int64{math.MinInt32 - 1}, ""},
		{"opcua", []int64{math.MaxUint32}, "opcua status 0xFFFFFFFF"},
		{"opcua", []int64{math.MaxUint32 + 1}, ""},
		{"opcua", []int64{0x8034, 0}, ""},

		{"fins", []int64{0}, "fins end-code 0x0000 NormalCompletion"},
		{"fins", []int64{-1}, ""},
		{"fins", []int64{0x1143}, "fins end-code 0x1143 AddressRangeError"},
		{"fins", []int64{0x11, 0x43}, "fins end-code 0x1143 AddressRangeError"},
		{"fins", []int64{0xFFFF}, "fins mres-flag 0xFFFF NetworkRelayError"},
		{"fins", []int64{0x10000}, ""},
		{"fins", []int64{0x100, 0}, ""},
		{"fins", []int64{0, -1}, ""},

		{"enip", []int64{0x01, 0x100}, "enip connection-manager-extended 0x01/0x0100 ConnectionInUse"},
		{"enip", []int64{0, 0}, "enip general-status 0x00/0x0000 Success"},
		{"enip", []int64{0, 0xFFFF}, "enip general-status 0x00/0xFFFF Success"},
		{"enip", []int64{0, 0x10000}, ""},
		{"enip", []int64{0, -1}, ""},
		{"enip", []int64{0xFF, 0x2105}, "enip extended-ff 0xFF/0x2105 AccessBeyondEndOfObject"},
		{"enip", []int64{0x100, 0}, ""},
		{"enip", []int64{-1, 0}, ""},
		{"enip", []int64{0x05}, ""},
		// An STS of 0xF0 says that one byte more follows, the EXT STS. With a
		// word behind it the same number is a general status.
		{"enip", []int64{0xF0, 0x01}, "enip pccc-ext-sts 0xF0/0x0001 IllegalFieldValue"},
		{"enip", []int64{0xF0, 0xFF}, "enip pccc-ext-sts 0xF0/0x00FF NotUsed"},
		{"enip", []int64{0xF0, 0x100}, "enip general-status 0xF0/0x0100 ObjectClassSpecific"},
	} {
		statuses := named(t, tt.protocol).Natives(tt.values)
		if tt.want == "" {
			assert.Empty(t, statuses, "%s %#x", tt.protocol, tt.values)
			continue
		}
		if assert.Len(t, statuses, 1, "%s %#x", tt.protocol, tt.values) {
			assert.Equal(t, tt.want, statuses[0].String(), "%s %#x", tt.protocol, tt.values)
		}
	}
}

// What gopcua prints for a status code is read back, alone and at the end of
// what a driver has put before it.
func TestPastedStatusCode(t *testing.T) {
	p := named(t, "opcua")
	for code := range ua.StatusCodes {
		for _, text := range []string{code.Error(), "read ns=2;s=0x10: " + code.Error()} {
			assert.Equal(t, code, p.Pasted(text), text)
		}
	}
}

func TestFINSRequest(t *testing.T) {
	request := named(t, "fins").Request
	assert.True(t, request([]byte{0x80, 0, 2}), "a command")
	assert.True(t, request([]byte{0x81, 0, 2}), "a command that wants no response")
	assert.False(t, request([]byte{0xC0, 0, 2}), "a response")
	assert.False(t, request(nil), "an empty datagram")
}
