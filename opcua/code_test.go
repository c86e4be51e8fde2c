package opcua

import (
	"strings"
	"testing"

	"github.com/gopcua/opcua/id"
	"github.com/gopcua/opcua/ua"
	"github.com/stretchr/testify/assert"
)

// TestCodes compares the codes of this package with gopcua's.
func TestCodes(t *testing.T) {
	for ours, theirs := range map[ua.StatusCode]ua.StatusCode{
		good: ua.StatusOK, badUnexpectedError: ua.StatusBadUnexpectedError, badEncodingError: ua.StatusBadEncodingError, badDecodingError: ua.StatusBadDecodingError,
		badEncodingLimitsExceeded: ua.StatusBadEncodingLimitsExceeded, badUnknownResponse: ua.StatusBadUnknownResponse, badTimeout: ua.StatusBadTimeout,
		badServiceUnsupported: ua.StatusBadServiceUnsupported, badServerNotConnected: ua.StatusBadServerNotConnected, badDataTypeIDUnknown: ua.StatusBadDataTypeIDUnknown,
		badCertificateInvalid: ua.StatusBadCertificateInvalid, badSecurityChecksFailed: ua.StatusBadSecurityChecksFailed, badNonceInvalid: ua.StatusBadNonceInvalid,
		badSubscriptionIDInvalid: ua.StatusBadSubscriptionIDInvalid, badNodeIDInvalid: ua.StatusBadNodeIDInvalid, badNotFound: ua.StatusBadNotFound,
		badMonitoredItemIDInvalid: ua.StatusBadMonitoredItemIDInvalid, badSecurityModeRejected: ua.StatusBadSecurityModeRejected,
		badSecurityPolicyRejected: ua.StatusBadSecurityPolicyRejected, badTCPEndpointURLInvalid: ua.StatusBadTCPEndpointURLInvalid,
		badSecureChannelClosed: ua.StatusBadSecureChannelClosed, badConnectionClosed: ua.StatusBadConnectionClosed, badInvalidState: ua.StatusBadInvalidState,
		badRequestTooLarge: ua.StatusBadRequestTooLarge, badResponseTooLarge: ua.StatusBadResponseTooLarge, badCertificatePolicyCheckFailed: ua.StatusBadCertificatePolicyCheckFailed,
	} {
		assert.Equal(t, theirs, ours)
	}
}

// TestRequestsAndResponses compares the numbers with gopcua's names for them.
func TestRequestsAndResponses(t *testing.T) {
	number := func(name string) (uint32, bool) {
		for n := range uint32(20_000) {
			if id.Name(n) == name+"_Encoding_DefaultBinary" {
				return n, true
			}
		}
		return 0, false
	}
	services := 0
	for n := range uint32(20_000) {
		_, response := resultsOf(n)
		assert.False(t, response && isRequest(n), "%d is a response and a request", n)
		name, ok := strings.CutSuffix(id.Name(n), "Response_Encoding_DefaultBinary")
		if !response {
			if ok && name != "SessionlessInvoke" {
				t.Errorf("response %d %s is not known", n, name)
			}
			continue
		}
		if n == idServiceFault {
			continue
		}
		services++
		assert.True(t, ok, "%d is %s", n, id.Name(n))
		request, ok := number(name + "Request")
		if assert.True(t, ok, name) {
			got, ok := responseTo(request)
			assert.True(t, ok, "%s: %d is no request", name, request)
			assert.Equal(t, n, got, name)
		}
	}
	assert.Equal(t, 39, services)
}
