package opcua

import (
	"strings"

	"github.com/gopcua/opcua/ua"

	"github.com/fieldstatus/fieldstatus/core"
)

// gopcua words most of its own errors without a type. This file knows the
// wordings of version 0.8.0, each by its beginning, and gives them the
// StatusCode that says the same in the standard's terms. An external test
// compares them with what gopcua returns.

// A wording is the beginning of an error's text, and a piece that has to follow
// somewhere behind it.
type wording struct {
	prefix, infix string
	code          ua.StatusCode
}

// gopcuaPrefix is what gopcua puts in front of most of its texts.
const gopcuaPrefix = "opcua: "

// malformedTexts begin the texts about bytes that break the rules of the
// transport.
var malformedTexts = [...]string{gopcuaPrefix + "uacp: ", gopcuaPrefix + "sechan: ", gopcuaPrefix + "invalid handshake packet "}

var wordings = [...]wording{
	// a connection that is not there; in front of malformedTexts
	{gopcuaPrefix + "sechan: secure channel not open.", "", badSecureChannelClosed},
	{gopcuaPrefix + "no connection", "", badServerNotConnected},
	{gopcuaPrefix + "write failed: ", "", badConnectionClosed},
	{gopcuaPrefix + "uasc: incomplete message ", " sent len=", badConnectionClosed},

	// the endpoint
	{gopcuaPrefix + "unsupported scheme ", "", badTCPEndpointURLInvalid},
	{gopcuaPrefix + "could not resolve address ", "", badTCPEndpointURLInvalid},
	{gopcuaPrefix + "no endpoints available", "", badTCPEndpointURLInvalid},
	{gopcuaPrefix + "no matching endpoint found for policy ", "", badSecurityPolicyRejected},

	// security
	{gopcuaPrefix + "unsupported security policy ", "", badSecurityPolicyRejected},
	{gopcuaPrefix + "invalid channel config: ", "", badSecurityModeRejected},
	{gopcuaPrefix + "invalid symmetric security policy config: ", "", badNonceInvalid},
	{gopcuaPrefix + "local key size should be ", "", badCertificatePolicyCheckFailed},
	{gopcuaPrefix + "remote key size should be ", "", badCertificatePolicyCheckFailed},
	{gopcuaPrefix + "Failed to load private key: ", "", badCertificateInvalid},
	{gopcuaPrefix + "Failed to parse private key: ", "", badCertificateInvalid},
	{gopcuaPrefix + "Failed to load certificate: ", "", badCertificateInvalid},
	{gopcuaPrefix + "Failed to decode PEM block with ", "", badCertificateInvalid},
	{"failed to parse certificate: ", "", badCertificateInvalid},
	{gopcuaPrefix + "signature validation failed", "", badSecurityChecksFailed},
	{gopcuaPrefix + "ciphertext ", "", badSecurityChecksFailed},

	// node ids
	{gopcuaPrefix + "invalid node id: ", "", badNodeIDInvalid},
	{gopcuaPrefix + "invalid node id type ", "", badNodeIDInvalid},
	{gopcuaPrefix + "incompatible node id type", "", badNodeIDInvalid},
	{gopcuaPrefix + "invalid namespace id: ", "", badNodeIDInvalid},
	{gopcuaPrefix + "namespace id out of range ", "", badNodeIDInvalid},
	{gopcuaPrefix + "invalid numeric id: ", "", badNodeIDInvalid},
	{gopcuaPrefix + "numeric id out of range ", "", badNodeIDInvalid},
	{gopcuaPrefix + "invalid guid node id: ", "", badNodeIDInvalid},
	{gopcuaPrefix + "invalid opaque node id: ", "", badNodeIDInvalid},
	{gopcuaPrefix + "namespace uris are not supported. ", "", badNodeIDInvalid},
	{gopcuaPrefix + "namespace urls require a server NamespaceArray", "", badNodeIDInvalid},
	{gopcuaPrefix + "server index is not supported. ", "", badNodeIDInvalid},
	{gopcuaPrefix + "out of range [0..", "", badNodeIDInvalid},
	{gopcuaPrefix + "namespace uri ", " not found in the server NamespaceArray ", badNotFound},
	{gopcuaPrefix + "namespace not found. name=", "", badNotFound},

	// values
	{"trying to create a variant from a type that it is not supported: ", "", badDataTypeIDUnknown},
	{gopcuaPrefix + "unsupported type", "", badDataTypeIDUnknown},
	{gopcuaPrefix + "array too large", "", badEncodingLimitsExceeded},
	{gopcuaPrefix + "value too large", "", badEncodingLimitsExceeded},
	{gopcuaPrefix + "invalid type id: ", "", badDecodingError},
	{gopcuaPrefix + "unbalanced multi-dimensional array", "", badDecodingError},
	{gopcuaPrefix + "encode msg failed: ", "", badEncodingError},
	{gopcuaPrefix + "encode hdr failed: ", "", badEncodingError},

	// messages
	{"invalid response: got ", " want ", badUnknownResponse}, // opcua.InvalidResponseTypeError
	{gopcuaPrefix + "got ", ", want OpenSecureChannelResponse", badUnknownResponse},
	{gopcuaPrefix + "error fetching namespace array. ", "", badUnknownResponse},
	{gopcuaPrefix + "too many chunks: ", "", badResponseTooLarge},
	{gopcuaPrefix + "message too large: ", "", badResponseTooLarge},
	{gopcuaPrefix + "send packet too large: ", "", badRequestTooLarge},
	{gopcuaPrefix + "uasc: unknown service ", "", badServiceUnsupported},
	{gopcuaPrefix + "unknown service ", "", badServiceUnsupported},
	{gopcuaPrefix + "already connected", "", badInvalidState},
	{gopcuaPrefix + "secure channel already connected", "", badInvalidState},

	// subscriptions
	{gopcuaPrefix + "empty NotificationMessage", "", badUnknownResponse},
	{gopcuaPrefix + "missing NotificationData parameter", "", badUnknownResponse},
	{gopcuaPrefix + "unknown NotificationData parameter: ", "", badUnknownResponse},
	{gopcuaPrefix + "unknown message type: *ua.StatusChangeNotification", "", badSubscriptionIDInvalid}, // package monitor: the subscription has ended
	{gopcuaPrefix + "unknown message type: ", "", badUnknownResponse},
	{gopcuaPrefix + "monitor items response length mismatch", "", badUnknownResponse},
	{gopcuaPrefix + "unmonitor items response length mismatch", "", badUnknownResponse},
	{gopcuaPrefix + "modify monitored items response length mismatch", "", badUnknownResponse},
	{gopcuaPrefix + "set monitoring mode response length mismatch", "", badUnknownResponse},
	{gopcuaPrefix + "message sub id ", " does not match sub id ", badSubscriptionIDInvalid},
	{gopcuaPrefix + "invalid subscription id ", "", badSubscriptionIDInvalid},
	{gopcuaPrefix + "republish failed since subscription ", "", badSubscriptionIDInvalid},
	{gopcuaPrefix + "handle ", " not found", badMonitoredItemIDInvalid},
	{gopcuaPrefix + "item not found: ", "", badMonitoredItemIDInvalid},
	{"sub ", ": cannot modify unknown monitored item id: ", badMonitoredItemIDInvalid},
	{"sub ", ": cannot set monitoring mode for unknown monitored item id: ", badMonitoredItemIDInvalid},
}

// findText returns the status of the first error in the tree that has a known
// wording. worded tells that there is none, but an error that gopcua has worded.
func findText(err error) (found core.Status, ok, worded bool) {
	visit(err, func(err error, leaf bool) (stop bool) {
		text := err.Error()
		found, ok = statusOfText(text)
		worded = worded || leaf && strings.HasPrefix(text, gopcuaPrefix)
		return ok
	})
	return found, ok, worded
}

func statusOfText(text string) (core.Status, bool) {
	for i := range wordings {
		w := &wordings[i]
		if rest, ok := strings.CutPrefix(text, w.prefix); ok && strings.Contains(rest, w.infix) {
			return Status(w.code), true
		}
	}
	for _, prefix := range malformedTexts {
		if strings.HasPrefix(text, prefix) {
			return core.FrameMalformed.Status(), true
		}
	}
	return core.Status{}, false
}
