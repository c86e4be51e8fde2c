package gateway_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fieldstatus/fieldstatus/core"
	"github.com/fieldstatus/fieldstatus/core/gateway"
)

// inNoSwitch are the documented codes below 10000 that the gateway's table
// does not have.
var inNoSwitch = map[core.Code]bool{
	core.APIError: true, core.APIUsernameInvalid: true, core.TagExists: true,
	core.PluginTagValueInvalid: true, core.PluginDeviceNotResponding: true, core.PluginSyncReadUnsupported: true,
}

func TestHTTPStatusOfEveryDocumentedCode(t *testing.T) {
	counts := map[int]int{}
	for code := range core.Codes() {
		status, ok := gateway.HTTPStatus(code)
		assert.Equal(t, code <= 20000 && !inNoSwitch[code], ok, "%v", code)
		if !ok {
			assert.Zero(t, status, "%v", code)
			continue
		}
		counts[status]++
		if code >= 10000 {
			assert.Equal(t, 200, status, "%v", code)
		}
	}
	// OK is no entry of the catalogue, so it is not among these.
	drivers := 0
	for code := range core.Codes() {
		if 10000 <= code && code <= 20000 {
			drivers++
		}
	}
	assert.Equal(t, map[int]int{200: 16 + drivers, 400: 43, 401: 3, 403: 3, 404: 14, 409: 15, 500: 2}, counts)
}

func TestHTTPStatusNamesOnlyDocumentedCodes(t *testing.T) {
	for n := core.Code(-1000); n <= 30000; n++ {
		if _, ok := gateway.HTTPStatus(n); ok && (n < 10000 || n > 20000) {
			assert.True(t, n.Documented(), "%d", n)
		}
	}
}

func TestHTTPStatus(t *testing.T) {
	for code, want := range map[core.Code]int{
		core.OK:                        200,
		core.APIInternalError:          500,
		core.APITokenMissing:           401,
		core.APITokenExpired:           403,
		core.NodeNotExist:              404,
		core.NodeExists:                409,
		core.PluginReadFailed:          200,
		core.PluginNotConnected:        400,
		core.PluginTagTypeMismatch:     400,
		core.PluginTagWriteUnsupported: 404,
		core.S7AddressInvalid:          200,
		core.ENIPErrorLast:             200,
		core.ServerInternalError:       200,
		10000:                          200,
		10899:                          200, // of a later catalogue
	} {
		status, ok := gateway.HTTPStatus(code)
		assert.True(t, ok, "%v", code)
		assert.Equal(t, want, status, "%v", code)
	}
	for _, code := range []core.Code{-1, 1, 999, 3020, 4007, 9999, 20001, core.UserAccessDenied, math.MaxInt32, math.MinInt32} {
		_, ok := gateway.HTTPStatus(code)
		assert.False(t, ok, "%v", code)
	}
}

// TestForWriteAlwaysHasAStatus is law 12, over every number that is near a
// documented one and over the ends of the type.
func TestForWriteAlwaysHasAStatus(t *testing.T) {
	check := func(code core.Code) {
		answer := gateway.ForWrite(code)
		_, ok := gateway.HTTPStatus(answer)
		require.True(t, ok, "%v is answered with %v, which has no HTTP status", code, answer)
		if _, ok := gateway.HTTPStatus(code); ok {
			require.Equal(t, code, answer)
		} else {
			require.Equal(t, core.PluginWriteFailed, answer, "%v", code)
		}
		require.Equal(t, answer, gateway.ForWrite(answer), "ForWrite is idempotent")
		require.Equal(t, code == core.OK, answer == core.OK, "a failure stays a failure")
	}
	for code := range core.Codes() {
		check(code)
	}
	for n := int64(-70000); n <= 70000; n++ {
		check(core.Code(n))
	}
	for n := int64(0); n < 1<<32; n += 65521 {
		check(core.Code(int32(n)))
	}
	check(math.MaxInt32)
	check(math.MinInt32)
}
